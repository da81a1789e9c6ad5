"""Tags are added to exactly the planned labels, and can be removed."""

import bson
import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from deletions import BOX, FIELD, PATH, label
from fiftyone import ViewField as F

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import confirm, retagging, tag
from duplicates.labels.fields import require_label_field
from duplicates.labels.scans import plans, search


def plan_for(samples, iou_thresh=0.5, method="simple", **options):
    params = FindParams(FIELD, iou_thresh=iou_thresh, method=method, **options)
    found = search.find_duplicates(samples, params)
    return plans.plan(samples, found.scan_key), found


def tags_by_id(dataset):
    return {
        str(stored.get("_id")): stored.get("tags", "missing")
        for document in theirs.documents(dataset).values()
        for stored in (document.get(FIELD) or {}).get("detections") or []
    }


def without_tags(document):
    for stored in (document.get(FIELD) or {}).get("detections") or []:
        stored.pop("tags", None)
    return document


@pytest.mark.parametrize("method", ["simple", "greedy"])
def test_the_duplicates_are_tagged_and_nothing_else_is_changed(make_dataset, method):
    dataset = make_dataset(generated.samples(1))
    before = theirs.stored(dataset)
    plan, found = plan_for(dataset, method=method)
    done = tag.tag_plan(dataset, plan, "duplicate")

    assert done.label_ids == found.label_ids
    assert dataset.count_label_tags() == {"duplicate": done.count}
    assert done.count == len(found.label_ids)
    assert done.samples == found.images
    tagged = dataset.select_labels(tags="duplicate", fields=FIELD)
    assert {i for ids in tagged.values(f"{PATH}.id") for i in ids} == set(
        found.label_ids
    )
    tag.untag(dataset, FIELD, "duplicate")
    assert theirs.stored(dataset) == before


def test_samples_without_duplicates_are_byte_equal(make_dataset):
    dataset = make_dataset(generated.samples(2))
    before = theirs.stored(dataset, without=())
    last = dataset.max("last_modified_at")
    plan, _ = plan_for(dataset)
    tag.tag_plan(dataset, plan, "duplicate")
    after = theirs.stored(dataset, without=())
    touched = {ObjectId(sample_id) for sample_id in plan.seen}

    assert {_id for _id in after if after[_id] != before[_id]} == touched
    stamps = dataset.select(list(plan.seen)).values("last_modified_at")
    assert min(stamps) > last


@pytest.mark.parametrize(
    ("tags", "after"),
    [
        ([], ["duplicate"]),
        (["other"], ["other", "duplicate"]),
        (["duplicate"], ["duplicate"]),
        (["duplicate", "other"], ["duplicate", "other"]),
        (None, ["duplicate"]),
        ("missing", ["duplicate"]),
    ],
    ids=str,
)
def test_tags_of_any_kind_are_added_to(raw_dataset, tags, after):
    mine = {} if tags == "missing" else {"tags": tags}
    labels = [label(tags=["first"]), label(**mine), label(**mine), label(tags=[])]
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    before = [without_tags(doc) for doc in theirs.documents(dataset).values()]
    plan, _ = plan_for(dataset)
    done = tag.tag_plan(dataset, plan, "duplicate")

    assert list(tags_by_id(dataset).values()) == [
        ["first"],
        after,
        after,
        ["duplicate"],
    ]
    assert done.count == 3
    after_tagging = [without_tags(doc) for doc in theirs.documents(dataset).values()]
    for one, other in zip(before, after_tagging, strict=True):
        del one["last_modified_at"], other["last_modified_at"]
        assert bson.encode(one) == bson.encode(other)


def test_tagging_twice_changes_nothing(make_dataset):
    dataset = make_dataset(generated.samples(3, n=30))
    plan, _ = plan_for(dataset)
    first = tag.tag_plan(dataset, plan, "duplicate")
    before = theirs.stored(dataset, without=())
    second = tag.tag_plan(dataset, plan, "duplicate")

    assert (second.count, second.label_ids) == (first.count, first.label_ids)
    assert theirs.stored(dataset, without=()) == before


def test_untagging_a_view_changes_only_its_labels(make_dataset):
    dataset = make_dataset(generated.samples(4))
    plan, _ = plan_for(dataset)
    done = tag.tag_plan(dataset, plan, "duplicate")
    cats = dataset.filter_labels(FIELD, F("label") == "cat")
    n_cats = cats.count_label_tags()["duplicate"]
    off = tag.untag(cats, FIELD, "duplicate")

    assert 0 < n_cats < done.count
    assert off.count == n_cats
    assert dataset.count_label_tags() == {"duplicate": done.count - n_cats}
    assert cats.count_label_tags() == {}


def test_untagging_keeps_other_tags_and_other_fields(make_dataset):
    dataset = make_dataset([[("a", BOX, {"tags": ["x", "duplicate", "y"]})]])
    dataset.add_sample_field(
        "predictions", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    detection = fo.Detection(label="a", bounding_box=BOX, tags=["duplicate"])
    dataset.set_values("predictions", [fo.Detections(detections=[detection])])
    tag.untag(dataset, FIELD, "duplicate")

    assert dataset.values(f"{PATH}.tags") == [[["x", "y"]]]
    assert dataset.values("predictions.detections.tags") == [[["duplicate"]]]


def test_a_planned_label_that_was_edited_is_decided_again(make_dataset):
    near, far = [0.1, 0.1, 0.2, 0.21], [0.7, 0.7, 0.1, 0.1]
    dataset = make_dataset([[("a", BOX), ("a", BOX)] for _ in range(4)])
    plan, _ = plan_for(dataset)
    ids = [[ObjectId(i) for i in mine] for mine in dataset.values(f"{PATH}.id")]
    samples = list(dataset)
    samples[0].ground_truth.detections[1].bounding_box = near
    samples[1].ground_truth.detections[1].bounding_box = far
    samples[2].ground_truth.detections.pop(0)
    samples[3].ground_truth.detections[1].label = "another"
    for sample in samples:
        sample.save()
    done = tag.tag_plan(dataset, plan, "duplicate")

    assert done.label_ids == [str(ids[0][1]), str(ids[3][1])]
    assert done.skipped.reasons == {confirm.CHANGED: 2}


def test_tagging_does_not_make_a_plan_out_of_date(make_dataset):
    dataset = make_dataset(generated.samples(5, n=30))
    plan, _ = plan_for(dataset)
    for name in ("first", "second"):
        done = tag.tag_plan(dataset, plan, name)
        assert done.count == len(plan)
        assert done.skipped.reasons == {}


def test_a_deleted_sample_is_skipped_and_reported(make_dataset):
    dataset = make_dataset([[("a", BOX), ("a", BOX)] for _ in range(3)])
    plan, _ = plan_for(dataset)
    dataset.delete_samples(dataset.first().id)
    done = tag.tag_plan(dataset, plan, "duplicate")

    assert (done.count, done.samples) == (2, 2)
    assert done.skipped.reasons == {confirm.CHANGED: 1}


def test_labels_that_share_an_id_are_not_untagged(raw_dataset):
    twin = ObjectId()
    labels = [label(_id=twin, tags=["duplicate"]), label(_id=twin), label()]
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    before = theirs.stored(dataset, without=())
    done = tag.untag(dataset, FIELD, "duplicate")

    assert done.count == 0
    assert done.skipped.reasons == {"has the id of another label of its sample": 1}
    assert theirs.stored(dataset, without=()) == before


@pytest.mark.parametrize("name", ["", "  ", None, 5, ["duplicate"]])
def test_an_invalid_tag_is_an_error(make_dataset, name):
    dataset = make_dataset([[("a", BOX), ("a", BOX)]])
    plan, _ = plan_for(dataset)
    before = theirs.stored(dataset, without=())

    with pytest.raises(ParamsError, match="tag: expected a tag"):
        tag.tag_plan(dataset, plan, name)
    with pytest.raises(ParamsError, match="tag: expected a tag"):
        tag.untag(dataset, FIELD, name)
    assert theirs.stored(dataset, without=()) == before


@pytest.mark.parametrize("path", [FIELD, PATH])
def test_a_read_only_field_is_an_error(make_dataset, path):
    dataset = make_dataset([[("a", BOX, {"tags": ["old"]}), ("a", BOX)]])
    plan, _ = plan_for(dataset)
    field = dataset.get_field(path)
    field.read_only = True
    field.save()
    before = theirs.stored(dataset, without=())

    with pytest.raises(FieldError, match="expected a field that can be edited"):
        tag.tag_plan(dataset, plan, "duplicate")
    with pytest.raises(FieldError, match="expected a field that can be edited"):
        tag.untag(dataset, FIELD, "old")
    assert theirs.stored(dataset, without=()) == before


def as_recorded(dataset, plan):
    """Returns the journal entries of tagging the first sample, and that sample."""
    sample_ids = [ObjectId(sample_id) for sample_id in plan.seen][:1]
    field = require_label_field(dataset, FIELD)
    tagging = retagging.Tagging(dataset, field, "new", plan, {})
    entries, _ = tagging.prepare(confirm.confirm(dataset, plan, sample_ids))
    return tagging, entries, sample_ids[0]


class TestUnconfirmedWrites:
    """After a failed guard, the labels show whether the write was applied."""

    def make(self, make_dataset):
        boxes = [("cat", [0.1, 0.1, 0.2, 0.2]) for _ in range(3)]
        dataset = make_dataset([boxes])
        return dataset, plan_for(dataset)[0]

    def test_untagged_labels_were_not_written(self, make_dataset):
        dataset, plan = self.make(make_dataset)
        tagging, entries, _ = as_recorded(dataset, plan)
        assert tagging.happened(entries) == set()

    def test_tagged_labels_were_written(self, make_dataset):
        dataset, plan = self.make(make_dataset)
        tagging, entries, sample_id = as_recorded(dataset, plan)
        tag.tag_plan(dataset, plan, "new")
        assert tagging.happened(entries) == {sample_id}

    def test_tagged_labels_were_written_even_if_one_was_deleted_since(
        self, make_dataset
    ):
        dataset, plan = self.make(make_dataset)
        tagging, entries, sample_id = as_recorded(dataset, plan)
        tag.tag_plan(dataset, plan, "new")
        dataset.delete_labels(ids=[str(entries[0].entries[0].label_id)], fields=FIELD)
        assert tagging.happened(entries) == {sample_id}

    def test_a_deleted_sample_was_not_written(self, make_dataset):
        dataset, plan = self.make(make_dataset)
        tagging, entries, sample_id = as_recorded(dataset, plan)
        dataset.delete_samples([str(sample_id)])
        assert tagging.happened(entries) == set()
