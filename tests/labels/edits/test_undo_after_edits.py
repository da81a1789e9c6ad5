"""An undo after other edits: positions of restored labels, and what edits keep."""

import bson
import odd_labels
import pytest
from bson import ObjectId
from odd_labels import FIELD, PATH
from undoable import ACTIONS, planned

from duplicates.iou_core.errors import FieldError
from duplicates.labels.edits import restore
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.writing import undo

EMPTIED = {
    "an empty list": {"$set": {PATH: []}},
    "no list": {"$unset": {PATH: ""}},
    "nothing": {"$set": {FIELD: None}},
    "no field": {"$unset": {FIELD: ""}},
}
REMOVING = ("delete", "merge", "delete by tag")


def put(dataset, sample_id, labels):
    dataset._sample_collection.update_one(
        {"_id": sample_id},
        {"$set": {PATH: labels, "last_modified_at": odd_labels.WHEN}},
    )


def stored(dataset, sample_id):
    return dataset._sample_collection.find_one({"_id": sample_id})[FIELD]["detections"]


def samples_of(plan):
    return [ObjectId(sample_id) for sample_id in plan.seen]


def removed_of(plan, sample_id):
    return [
        ObjectId(removal.label_id)
        for removal in plan.removals
        if removal.sample_id == str(sample_id)
    ]


class TestPositions:
    @pytest.mark.parametrize("name", REMOVING)
    def test_new_labels_at_either_end_keep_their_positions(self, dataset, plan, name):
        before = odd_labels.label_ids(dataset)
        done = ACTIONS[name](dataset, plan)
        first, last = ({"_id": ObjectId(), "_cls": "Detection"} for _ in range(2))
        for sample_id in before:
            put(dataset, sample_id, [first, *stored(dataset, sample_id), last])
        restore.restore(dataset, done.restore_key)

        for sample_id, ids in odd_labels.label_ids(dataset).items():
            old = [
                label_id
                for label_id in ids
                if label_id not in (first["_id"], last["_id"], None)
            ]
            assert old == [label_id for label_id in before[sample_id] if label_id]
            assert ids[0] == first["_id"]

    def test_a_label_is_inserted_after_its_nearest_former_predecessor(
        self, dataset, plan
    ):
        sample_id = samples_of(plan)[0]
        before = odd_labels.label_ids(dataset)[sample_id]
        done = ACTIONS["delete"](dataset, plan)
        left = [label for label in stored(dataset, sample_id) if "_id" in label]
        put(dataset, sample_id, left[::-1])
        restore.restore(dataset, done.restore_key)
        after = odd_labels.label_ids(dataset)[sample_id]

        assert set(after) == set(before) - {None}
        named = [label_id for label_id in before if label_id]
        removed = removed_of(plan, sample_id)
        for label_id in removed:
            place = named.index(label_id)
            if place:
                assert after.index(label_id) == after.index(named[place - 1]) + 1

    def test_labels_are_restored_in_order_if_neighbors_were_deleted(
        self, dataset, plan
    ):
        sample_id = samples_of(plan)[0]
        before = odd_labels.label_ids(dataset)[sample_id]
        done = ACTIONS["delete"](dataset, plan)
        taken = [
            label["_id"] for label in stored(dataset, sample_id) if "_id" in label
        ][::2]
        labels = [
            label
            for label in stored(dataset, sample_id)
            if label.get("_id") not in taken
        ]
        put(dataset, sample_id, labels)
        restore.restore(dataset, done.restore_key)

        assert odd_labels.label_ids(dataset)[sample_id] == [
            label_id for label_id in before if label_id not in taken
        ]

    @pytest.mark.parametrize("change", EMPTIED.values(), ids=list(EMPTIED))
    def test_labels_are_restored_in_order_if_the_list_was_deleted(
        self, dataset, plan, change
    ):
        sample_id = samples_of(plan)[0]
        done = ACTIONS["delete"](dataset, plan)
        dataset._sample_collection.update_one({"_id": sample_id}, change)
        undone = restore.restore(dataset, done.restore_key)
        holder = dataset._sample_collection.find_one({"_id": sample_id})[FIELD]
        before = removed_of(plan, sample_id)

        assert undone.skipped.to_dict()["count"] == 0
        assert holder["_cls"] == "Detections"
        was_held = change in (EMPTIED["an empty list"], EMPTIED["no list"])
        assert holder.get("by") == ("annotator" if was_held else None)
        assert [label["_id"] for label in holder["detections"]] == before

    def test_labels_are_restored_beside_invalid_list_entries(self, raw_dataset):
        (document,) = odd_labels.documents(1)
        labels = document[FIELD]["detections"]
        document[FIELD]["detections"] = [None, *labels[:3], 5, *labels[3:], "label"]
        dataset = raw_dataset([document])
        before = odd_labels_of_any_kind(dataset)
        done = ACTIONS["delete"](dataset, planned(dataset))
        assert done.count > 0
        restore.restore(dataset, done.restore_key)

        assert odd_labels_of_any_kind(dataset) == before

    def test_labels_are_restored_beside_labels_with_invalid_ids(self, raw_dataset):
        (document,) = odd_labels.documents(1)
        document[FIELD]["detections"][1:1] = [{"_id": "one"}, {"_id": None}, {"_id": 7}]
        dataset = raw_dataset([document])
        before = odd_labels.raw(dataset)
        done = ACTIONS["delete"](dataset, planned(dataset))
        assert done.count > 0
        restore.restore(dataset, done.restore_key)

        assert odd_labels.raw(dataset) == before


def odd_labels_of_any_kind(dataset):
    (document,) = dataset._sample_collection.find()
    return bson.encode(document[FIELD])


class TestEditedSince:
    def test_a_label_that_got_other_tags_since_keeps_them(self, dataset, plan):
        done = ACTIONS["tag"](dataset, plan)
        sample_id = samples_of(plan)[0]
        label_id = removed_of(plan, sample_id)[0]
        labels = stored(dataset, sample_id)
        for label in labels:
            if label.get("_id") == label_id:
                label["tags"] = ["by hand"]
        put(dataset, sample_id, labels)
        undone = restore.restore(dataset, done.restore_key)

        assert undone.skipped.reasons == {undo.EDITED: 1}
        assert undone.count == len(plan) - 1
        (label,) = (x for x in stored(dataset, sample_id) if x.get("_id") == label_id)
        assert label["tags"] == ["by hand"]

    def test_edits_of_other_attributes_do_not_prevent_untagging(self, dataset, plan):
        done = ACTIONS["tag"](dataset, plan)
        for sample_id in samples_of(plan):
            labels = [
                {**label, "label": "edited"} for label in stored(dataset, sample_id)
            ]
            put(dataset, sample_id, labels)
        undone = restore.restore(dataset, done.restore_key)

        assert undone.count == len(plan)
        assert not dataset.count_label_tags(FIELD).get("new")
        assert set(
            dataset.select([str(k) for k in samples_of(plan)]).distinct(f"{PATH}.label")
        ) == {"edited"}

    def test_an_edited_merged_label_is_kept_and_its_parts_are_restored(
        self, dataset, plan
    ):
        before = odd_labels.raw_labels(dataset)
        done = ACTIONS["merge"](dataset, plan)
        sample_id = samples_of(plan)[0]
        (entries,) = (
            x for x in journal.entries(done.restore_key) if x["sample_id"] == sample_id
        )
        keepers = [x["label_id"] for x in entries["entries"] if x["op"] == "replace"]
        parts = [x["label_id"] for x in entries["entries"] if x["op"] == "remove"]
        labels = stored(dataset, sample_id)
        for label in labels:
            if label.get("_id") == keepers[0]:
                label["label"] = "edited"
        put(dataset, sample_id, labels)
        undone = restore.restore(dataset, done.restore_key)
        after = odd_labels.raw_labels(dataset)

        assert undone.skipped.reasons == {undo.EDITED: 1}
        assert bson.decode(after[keepers[0]][0])["label"] == "edited"
        assert {k: after[k] for k in [*parts, *keepers[1:]]} == {
            k: before[k] for k in [*parts, *keepers[1:]]
        }

    def test_a_deleted_tagged_label_is_reported(self, dataset, plan):
        done = ACTIONS["tag"](dataset, plan)
        sample_id = samples_of(plan)[0]
        put(dataset, sample_id, [])
        undone = restore.restore(dataset, done.restore_key)
        n_removed = len(removed_of(plan, sample_id))
        assert undone.skipped.reasons == {"was deleted": n_removed}

    def test_a_label_that_is_already_restored_is_not_inserted_twice(
        self, dataset, plan
    ):
        before = odd_labels.label_ids(dataset)
        done = ACTIONS["delete"](dataset, plan)
        sample_id = samples_of(plan)[0]
        back = {"_id": removed_of(plan, sample_id)[0], "_cls": "Detection"}
        put(dataset, sample_id, [*stored(dataset, sample_id), back])
        undone = restore.restore(dataset, done.restore_key)

        assert undone.skipped.reasons == {undo.THERE: 1}
        after = odd_labels.label_ids(dataset)[sample_id]
        assert sorted(map(str, after)) == sorted(map(str, before[sample_id]))

    def test_a_field_with_another_value_is_not_changed(self, dataset, plan):
        done = ACTIONS["delete"](dataset, plan)
        sample_id = samples_of(plan)[0]
        dataset._sample_collection.update_one({"_id": sample_id}, {"$set": {FIELD: 5}})
        undone = restore.restore(dataset, done.restore_key)

        assert undone.skipped.reasons == {undo.EDITED: len(removed_of(plan, sample_id))}
        assert dataset._sample_collection.find_one({"_id": sample_id})[FIELD] == 5

    @pytest.mark.parametrize("read_only", [False, True])
    def test_a_deleted_or_read_only_field_is_an_error(self, dataset, plan, read_only):
        done = ACTIONS["delete"](dataset, plan)
        if read_only:
            field = dataset.get_field(FIELD)
            field.read_only = True
            field.save()
        else:
            dataset.delete_sample_field(FIELD)
        after = odd_labels.raw(dataset)
        with pytest.raises(FieldError):
            restore.restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == after
        assert journal.list_actions(dataset)[0]["state"] == "done"
