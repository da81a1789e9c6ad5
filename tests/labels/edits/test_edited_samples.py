"""Plans of samples that were edited since the scan."""

import pytest
from bson import ObjectId
from decided import FIELD, ids, planned, scanned

from duplicates.labels import store
from duplicates.labels.edits import confirm, delete, merge, tag, tagged
from duplicates.labels.fields import require_label_field
from duplicates.labels.review import emptied
from duplicates.labels.scans.decisions import verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")
BOX, WIDE = [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.41, 0.4]
FAR, ELSEWHERE = [0.6, 0.6, 0.2, 0.2], [0.6, 0.1, 0.2, 0.2]
TAG = "duplicate"


def edit(dataset, change):
    """Changes the labels of the only sample, as another program would."""
    sample = dataset._sample_collection.find_one()
    labels = sample[FIELD]["detections"]
    change(labels)
    values = {f"{FIELD}.detections": labels, "last_modified_at": store.now()}
    dataset._sample_collection.update_one({"_id": sample["_id"]}, {"$set": values})


def move(place, box):
    return lambda labels: labels[place].update(bounding_box=box)


def boxes(dataset):
    return dataset.values(f"{FIELD}.detections.bounding_box")[0]


@pytest.mark.parametrize("edited", [lambda labels: labels.pop(0), move(0, FAR)])
def test_a_label_is_merged_into_no_other_label_than_was_planned(make_dataset, edited):
    dataset = make_dataset([[("a", BOX), ("a", BOX), ("a", WIDE)]])
    plan = planned(dataset, scanned(dataset, method="nms"))
    assert len(plan) == 2
    edit(dataset, edited)
    before = boxes(dataset)

    check = merge.mergeable(dataset, plan)
    assert len(confirm.remainder(dataset, plan, check)[0]) == 0
    done = merge.merge_plan(dataset, plan)

    assert (done.count, dict(done.skipped.reasons)) == (0, {confirm.CHANGED: 2})
    assert boxes(dataset) == before


def test_a_verdict_merges_into_no_other_label_than_was_planned(make_dataset):
    dataset = make_dataset([[("a", BOX), ("a", BOX), ("a", WIDE)]])
    a, b, c = ids(dataset)
    verdicts.set_verdict(dataset, [b, c], "merge", b)
    verdicts.set_verdict(dataset, [a, b], "duplicate", a)
    plan = planned(dataset, scanned(dataset))
    assert [(r.label_id, r.merges) for r in plan.removals] == [(b, False), (c, True)]
    # b is kept now, and c would be merged into it
    edit(dataset, lambda labels: labels.pop(0))

    assert len(confirm.remainder(dataset, plan)[0]) == 0
    done = delete.delete_plan(dataset, plan)
    assert (done.count, dict(done.skipped.reasons)) == (0, {confirm.CHANGED: 2})


def test_a_label_that_is_no_duplicate_any_more_loses_the_plugins_tag(make_dataset):
    dataset = make_dataset([[("a", BOX), ("a", BOX), ("b", FAR), ("b", FAR)]])
    plan = planned(dataset, scanned(dataset))
    assert tag.tag_plan(dataset, plan, TAG).count == 2
    edit(dataset, move(0, ELSEWHERE))

    done = tag.tag_plan(dataset, plan, TAG, replace=True)

    assert (done.count, done.untagged) == (1, 1)
    assert dict(done.skipped.reasons) == {confirm.CHANGED: 1}
    found = tagged.find_tagged(dataset, require_label_field(dataset, FIELD), TAG)
    assert len(found) == 1


def test_objects_of_edited_samples_are_those_of_the_labels_as_they_are_now(
    make_dataset,
):
    dataset = make_dataset([[("a", BOX)] * 3 + [("b", FAR)] * 2])
    a, b, *_ = ids(dataset)
    verdicts.set_verdict(dataset, [a, b], "remove_both")
    plan = planned(dataset, scanned(dataset), classes=["a"])
    assert emptied.by_plan(dataset, plan).consented == 0
    edit(dataset, move(2, ELSEWHERE))
    left, *_ = confirm.remainder(dataset, plan)
    assert {removal.label_id for removal in left.removals} == {a, b}
    found = emptied.by_plan(dataset, left)
    assert (found.count, found.consented) == (0, 1)


def test_an_object_that_only_an_edit_separates_is_not_emptied_unasked(make_dataset):
    dataset = make_dataset([[("a", BOX)] * 3])
    a, b, c = ids(dataset)
    for other in (a, b):
        verdicts.set_verdict(dataset, [other, c], "duplicate", c)
    plan = planned(dataset, scanned(dataset))
    assert emptied.by_plan(dataset, plan).count == 0
    edit(dataset, move(2, WIDE))
    assert emptied.by_plan(dataset, plan).count == 0
    edit(dataset, move(2, FAR))
    assert emptied.by_plan(dataset, plan).count == 1


def test_a_sample_that_was_only_saved_again_does_not_count_as_edited(make_dataset):
    dataset = make_dataset([[("a", BOX)] * 2, [("a", BOX)] * 2])
    plan = planned(dataset, scanned(dataset))
    for sample in dataset.iter_samples(autosave=True):
        sample.tags.append("seen")
    assert confirm.remainder(dataset, plan).edited == set()
    edit(dataset, move(0, FAR))

    assert confirm.remainder(dataset, plan).edited == {ObjectId(dataset.first().id)}
