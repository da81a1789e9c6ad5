"""Deletions remove exactly the tagged or planned labels."""

import bson
import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from deletions import (
    BOX,
    FIELD,
    PATH,
    delete_by_plan,
    delete_by_tag,
    detections,
    label,
    plan_for,
)
from fiftyone import ViewField as F

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.labels.edits import confirm, delete, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.restore import restore


def label_ids(samples):
    return [i for ids in samples.values(f"{PATH}.id") for i in ids or []]


def expected_after(before, removed):
    """Returns the expected samples without some labels, except for the stamp."""
    for document in before.values():
        holder = document.get(FIELD)
        if holder and holder.get("detections"):
            holder["detections"] = [
                stored
                for stored in holder["detections"]
                if str(stored["_id"]) not in removed
            ]
        document.pop("last_modified_at")
    return {_id: bson.encode(document) for _id, document in before.items()}


@pytest.mark.parametrize("way", [delete_by_tag, delete_by_plan])
def test_exactly_the_duplicates_are_removed_and_other_bytes_are_unchanged(
    make_dataset, way
):
    dataset = make_dataset(generated.samples(1))
    before, stamps = theirs.documents(dataset), dataset.values("last_modified_at")
    plan = plan_for(dataset)
    planned = [removal.label_id for removal in plan.removals]
    done = way(dataset, plan)

    assert len(planned) > 50
    assert done.count == len(planned)
    assert sorted(done.label_ids) == sorted(planned)
    assert theirs.stored(dataset) == expected_after(before, set(planned))
    untouched = [
        old == new
        for old, new in zip(stamps, dataset.values("last_modified_at"), strict=True)
    ]
    assert untouched == [_id not in plan.seen for _id in dataset.values("id")]
    assert plan_for(dataset).removals == []


def test_deleted_labels_are_restored_byte_for_byte(make_dataset):
    dataset = make_dataset(generated.samples(3))
    before = theirs.stored(dataset)
    done = delete.delete_plan(dataset, plan_for(dataset))
    back = restore(dataset, done.restore_key)

    assert back.count == done.count > 50
    assert theirs.stored(dataset) == before
    assert restore(dataset, done.restore_key).count == 0
    assert theirs.stored(dataset) == before


def test_only_tagged_labels_of_a_view_are_removed(make_dataset):
    dataset = make_dataset(generated.samples(4))
    tag.tag_plan(dataset, plan_for(dataset), "duplicate")
    cats = dataset.filter_labels(FIELD, F("label") == "cat")
    doomed = set(label_ids(cats.select_labels(tags="duplicate", fields=FIELD)))
    before = theirs.documents(dataset)
    done = delete.delete_tagged(cats, FIELD, "duplicate")

    assert doomed == set(done.label_ids)
    assert 0 < len(doomed) < dataset.count_label_tags()["duplicate"] + len(doomed)
    assert theirs.stored(dataset) == expected_after(before, doomed)


def test_a_plan_of_a_view_is_applied_to_the_dataset(make_dataset):
    dataset = make_dataset(generated.samples(5))
    cats = dataset.filter_labels(FIELD, F("label") == "cat")
    plan = plan_for(cats, iou_thresh=0.3)
    before = theirs.documents(dataset)
    done = delete.delete_plan(dataset, plan)

    assert len(plan) > 3
    assert theirs.stored(dataset) == expected_after(
        before, {removal.label_id for removal in plan.removals}
    )
    assert done.skipped.reasons == {}


class TestPlansAndEdits:
    """A plan is applied to labels that are still duplicates; others are reported."""

    @pytest.fixture
    def dataset(self, make_dataset):
        return make_dataset([[("a", BOX), ("b", BOX), ("c", BOX)] for _ in range(6)])

    def test_labels_whose_partner_was_deleted_are_kept(self, dataset):
        plan = plan_for(dataset)
        keepers = dataset.values(f"{PATH}.id")
        dataset.delete_labels(ids=[ids[0] for ids in keepers[:2]])
        dataset.delete_labels(ids=[ids[1] for ids in keepers[:1]])
        done = delete.delete_plan(dataset, plan)

        left = [len(ids or []) for ids in dataset.values(f"{PATH}.id")]
        assert left == [1, 1, 1, 1, 1, 1]
        assert dataset.values(f"{PATH}.id")[0] == [keepers[0][2]]
        # in the second sample, c still duplicates b
        assert dataset.values(f"{PATH}.id")[1] == [keepers[1][1]]
        assert done.skipped.reasons == {confirm.CHANGED: 3}
        assert done.count == len(plan) - 3

    def test_labels_that_were_moved_apart_are_kept(self, dataset):
        plan = plan_for(dataset)
        sample = dataset.first()
        sample.ground_truth.detections[1].bounding_box = [0.7, 0.7, 0.1, 0.1]
        sample.save()
        done = delete.delete_plan(dataset, plan)

        assert [x.label for x in dataset.first().ground_truth.detections] == ["a", "b"]
        assert done.skipped.reasons == {confirm.CHANGED: 1}

    def test_reordered_labels_are_decided_by_their_new_order(self, dataset):
        plan = plan_for(dataset)
        sample = dataset.first()
        sample.ground_truth.detections.reverse()
        sample.save()
        done = delete.delete_plan(dataset, plan)

        # b and c were planned; now c is first, so a and b would be removed
        assert [x.label for x in dataset.first().ground_truth.detections] == ["c", "a"]
        assert done.skipped.reasons == {confirm.CHANGED: 1}

    def test_edits_of_other_attributes_than_boxes_and_classes_do_not_matter(
        self, dataset
    ):
        plan = plan_for(dataset)
        sample = dataset.first()
        sample.ground_truth.detections[1].confidence = 0.5
        sample["weather"] = "rain"
        sample.save()
        done = delete.delete_plan(dataset, plan)

        assert done.count == len(plan)
        assert done.skipped.reasons == {}

    def test_applying_a_plan_twice_changes_nothing(self, dataset):
        plan = plan_for(dataset)
        delete.delete_plan(dataset, plan)
        before = theirs.stored(dataset, without=())
        done = delete.delete_plan(dataset, plan)

        assert done.count == 0
        assert done.restore_key is None
        assert done.skipped.reasons == {confirm.CHANGED: len(plan)}
        assert theirs.stored(dataset, without=()) == before

    def test_a_plan_whose_field_or_scan_was_deleted_is_an_error(self, dataset):
        plan = plan_for(dataset)
        dataset.delete_sample_field(FIELD)

        with pytest.raises(FieldError, match="expected a field of type Detections"):
            delete.delete_plan(dataset, plan)


def test_labels_without_an_id_are_skipped_and_reported(raw_dataset):
    ghost = {"max_iou": 0.5, "tags": ["duplicate"]}
    null = label(_id=None, tags=["duplicate"])
    dataset = raw_dataset(
        [detections(ghost, label(tags=["duplicate"]), null, {"max_iou": 0.1})]
    )
    done = delete.delete_tagged(dataset, FIELD, "duplicate")
    (document,) = theirs.documents(dataset).values()

    assert done.count == 1
    assert done.skipped.reasons == {"has no id": 2}
    assert document[FIELD]["detections"] == [ghost, null, {"max_iou": 0.1}]


def test_labels_that_share_an_id_are_not_deleted(raw_dataset):
    twin = ObjectId()
    dataset = raw_dataset(
        [
            detections(
                label(_id=twin, tags=["duplicate"]),
                label(_id=twin, label="another"),
                label(tags=["duplicate"]),
            )
        ]
    )
    done = delete.delete_tagged(dataset, FIELD, "duplicate")

    assert done.count == 1
    assert done.skipped.reasons == {"has the id of another label of its sample": 1}
    assert label_ids(dataset) == [str(twin)] * 2


@pytest.mark.parametrize("odd", [None, 5, "text"])
def test_list_entries_that_are_not_labels_are_kept(raw_dataset, odd):
    keep = label()
    dataset = raw_dataset([detections(odd, keep, odd, label(tags=["duplicate"]), odd)])
    done = delete.delete_tagged(dataset, FIELD, "duplicate")
    (document,) = theirs.documents(dataset).values()

    assert done.count == 1
    assert document[FIELD]["detections"] == [odd, keep, odd, odd]


def test_without_tagged_labels_nothing_is_deleted_or_journaled(make_dataset):
    dataset = make_dataset(generated.samples(6, n=10))
    before = theirs.stored(dataset, without=())
    done = delete.delete_tagged(dataset, FIELD, "duplicate")

    assert (done.count, done.samples, done.restore_key) == (0, 0, None)
    assert journal.list_actions(dataset) == []
    assert theirs.stored(dataset, without=()) == before


@pytest.mark.parametrize("name", ["", "  ", None, 5])
def test_an_invalid_tag_is_an_error(make_dataset, name):
    dataset = make_dataset([[("a", BOX)]])

    with pytest.raises(ParamsError, match="tag: expected a tag"):
        delete.delete_tagged(dataset, FIELD, name)


@pytest.mark.parametrize("path", [FIELD, PATH])
def test_a_read_only_field_is_an_error(make_dataset, path):
    dataset = make_dataset([[("a", BOX, {"tags": ["duplicate"]}), ("a", BOX)]])
    plan = plan_for(dataset)
    field = dataset.get_field(path)
    field.read_only = True
    field.save()
    before = theirs.stored(dataset, without=())

    with pytest.raises(FieldError, match="expected a field that can be edited"):
        delete.delete_tagged(dataset, FIELD, "duplicate")
    with pytest.raises(FieldError, match="expected a field that can be edited"):
        delete.delete_plan(dataset, plan)
    assert theirs.stored(dataset, without=()) == before


def test_only_tagged_labels_of_the_active_slice_are_deleted(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    group = fo.Group()
    dataset.add_samples(
        [
            fo.Sample(
                filepath=f"/images/{name}.jpg",
                group=group.element(name),
                ground_truth=fo.Detections(
                    detections=[
                        fo.Detection(label="a", bounding_box=BOX, tags=["duplicate"])
                    ]
                ),
            )
            for name in ("left", "right")
        ],
        progress=False,
    )
    done = delete.delete_tagged(dataset, FIELD, "duplicate")

    assert done.count == 1
    assert dataset.select_group_slices("left").count(PATH) == 0
    assert dataset.select_group_slices("right").count(PATH) == 1
    dataset.delete()
