"""Objects that lose every label: counted, whatever the labels are removed by."""

import random

import naive
import pytest
from bson import ObjectId
from fiftyone import ViewField as F

from duplicates.iou_core.params import METHODS, FindParams
from duplicates.labels.review import emptied
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import class_pair_rules, verdicts

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.4, 0.4]
FAR = [0.6, 0.6, 0.2, 0.2]


def crowded(make_dataset, n=40, seed=3):
    """Samples with up to nine boxes around three places."""
    rng = random.Random(seed)
    places = [(0.1, 0.1), (0.4, 0.4), (0.12, 0.12)]

    def box():
        x, y = rng.choice(places)
        return [x + rng.random() / 30, y + rng.random() / 30, 0.3, 0.3]

    sizes = [rng.randint(0, 9) for _ in range(n)]
    return make_dataset([[(rng.choice("ab"), box()) for _ in range(k)] for k in sizes])


def held(dataset):
    """The ids, boxes and classes of the labels of each sample."""
    return [
        (sample["_id"], (sample[FIELD] or {}).get("detections", []))
        for sample in dataset._sample_collection.find({})
    ]


def count_one_by_one(dataset, removed, thresh):
    """Counts emptied objects by joining labels one pair at a time."""
    count = 0
    for sample_id, labels in held(dataset):
        group = list(range(len(labels)))
        boxes = [label["bounding_box"] for label in labels]
        for i in range(len(labels)):
            for j in range(i):
                if naive.iou(boxes[i], boxes[j]) > thresh:
                    group = [group[j] if g == group[i] else g for g in group]
        gone = [label["_id"] in removed.get(sample_id, ()) for label in labels]
        for g in set(group):
            members = [k for k in range(len(labels)) if group[k] == g]
            count += len(members) > 1 and all(gone[k] for k in members)
    return count


def some_labels(dataset, share, seed):
    rng = random.Random(seed)
    return {
        sample_id: [label["_id"] for label in labels if rng.random() < share]
        for sample_id, labels in held(dataset)
    }


@pytest.mark.parametrize("share", [0.5, 0.8, 1])
@pytest.mark.parametrize("thresh", [0.3, 0.75, 0.9])
def test_objects_are_counted_as_by_joining_labels_pair_by_pair(
    make_dataset, share, thresh
):
    dataset = crowded(make_dataset)
    search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=thresh), "scan")
    removed = some_labels(dataset, share, seed=5)

    found = emptied.by_newest_scan(dataset, FIELD, removed)
    assert (found.scan_key, found.iou_thresh) == ("scan", thresh)
    assert found.count == count_one_by_one(dataset, removed, thresh) > 0


def test_a_pair_that_is_real_connects_nothing(make_dataset):
    dataset = make_dataset([[("car", BOX), ("car", BOX), ("truck", BOX)]])
    search.find_duplicates(dataset, FindParams(FIELD))
    ((sample_id, labels),) = held(dataset)
    ids = [label["_id"] for label in labels]
    removed = {sample_id: ids[:2]}

    def count():
        return emptied.by_newest_scan(dataset, FIELD, removed).count

    assert count() == 0  # the truck is a label of the same object

    class_pair_rules.set_class_pairs(
        dataset, [{"classes": ["car", "truck"], "may_overlap": True}]
    )
    assert count() == 1
    verdicts.set_verdict(dataset, [str(_id) for _id in ids[:2]])
    assert count() == 0


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize("keep", [(), ("largest",)])
def test_no_plan_empties_an_object(make_dataset, method, keep):
    dataset = crowded(make_dataset)
    params = FindParams(FIELD, iou_thresh=0.5, method=method, keep=keep)
    key = search.find_duplicates(dataset, params).scan_key
    for classes in (None, ["a"]):
        plan = plans.plan(dataset, key, classes=classes)
        assert len(plan) > 20
        assert emptied.by_plan(dataset, plan).count == 0


def test_two_plans_together_empty_objects(make_dataset):
    dataset = make_dataset([[("car", BOX), ("car", BOX)]] * 5)
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    both = {}
    for method in ("simple", "greedy"):
        for removal in plans.plan(dataset, key, method=method).removals:
            both.setdefault(ObjectId(removal.sample_id), []).append(
                ObjectId(removal.label_id)
            )
    found = emptied.by_newest_scan(dataset, FIELD, both)
    assert found.count == 5
    words = "5 objects would lose every label"
    assert str(found) == f"{words} (judged by the scan {key}, IoU above 0.75)"


def test_a_label_that_the_view_hides_remains(make_dataset):
    hidden = ("hidden", BOX)
    dataset = make_dataset([[("car", BOX), ("car", BOX), hidden], [("car", BOX)] * 2])
    view = dataset.filter_labels(FIELD, F("label") == "car")
    search.find_duplicates(view, FindParams(FIELD))
    removed = {
        sample_id: [label["_id"] for label in labels if label["label"] == "car"]
        for sample_id, labels in held(dataset)
    }
    assert emptied.by_newest_scan(dataset, FIELD, removed).count == 1
    every = {_id: [label["_id"] for label in found] for _id, found in held(dataset)}
    assert emptied.by_newest_scan(dataset, FIELD, every).count == 2


def test_a_label_of_the_other_field_remains(make_dataset):
    import fiftyone as fo

    dataset = make_dataset([[("car", BOX), ("car", BOX), ("b", FAR), ("b", FAR)]])
    search.find_duplicates(dataset, FindParams(FIELD))
    sample = dataset.first()
    one = fo.Detection(label="car", bounding_box=BOX)
    sample["other"] = fo.Detections(detections=[one])
    sample.save()
    ((sample_id, labels),) = held(dataset)
    removed = {sample_id: [label["_id"] for label in labels]}
    assert emptied.by_newest_scan(dataset, FIELD, removed).count == 2

    search.find_duplicates(dataset, FindParams(FIELD, other_field="other"), "against")
    plan = plans.plan(dataset, "against")
    assert (len(plan), emptied.by_plan(dataset, plan).count) == (2, 0)
    # nothing of the other field covers the two b
    assert emptied.by_newest_scan(dataset, FIELD, removed).count == 1


def test_the_newest_scan_that_still_holds_judges(make_dataset):
    dataset = make_dataset([[("car", BOX), ("car", BOX)], [("car", BOX)]])
    search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.6), "older")
    search.find_duplicates(dataset.limit(1), FindParams(FIELD), "of_the_first_sample")
    removed = {_id: [label["_id"] for label in found] for _id, found in held(dataset)}
    judged = emptied.by_newest_scan(dataset, FIELD, removed)
    assert (judged.count, judged.scan_key) == (1, "older")
    first = dict([*removed.items()][:1])
    judged = emptied.by_newest_scan(dataset, FIELD, first)
    assert (judged.count, judged.scan_key) == (1, "of_the_first_sample")

    sample = dataset.last()
    sample[FIELD].detections.append(sample[FIELD].detections[0].copy())
    sample.save()
    removed = {_id: [label["_id"] for label in found] for _id, found in held(dataset)}
    judged = emptied.by_newest_scan(dataset, FIELD, removed)
    assert (judged.count, judged.scan_key, judged.iou_thresh) == (2, None, 0.75)
    assert str(judged).endswith("(judged by a new scan, IoU above 0.75)")


def test_without_labels_to_remove_no_object_is_emptied(make_dataset):
    dataset = make_dataset([None, []])
    assert emptied.by_newest_scan(dataset, FIELD, {}).count == 0
