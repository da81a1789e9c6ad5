"""Every action can be undone byte for byte, at the old positions, repeatedly."""

import json
import os
import pathlib
import subprocess
import sys

import bson
import odd_labels
import pytest
from bson import Binary, ObjectId
from odd_labels import FIELD, PATH

from duplicates.iou_core.errors import FieldError, JournalError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.writing import undo
from duplicates.labels.scans import plans, search

ROOT = pathlib.Path(__file__).resolve().parents[3]

ACTIONS = {
    "delete": delete.delete_plan,
    "merge": lambda dataset, plan: merge.merge_plan(dataset, plan, "mean"),
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "new"),
    "untag": lambda dataset, plan: tag.untag(dataset, FIELD, "x"),
    "delete by tag": lambda dataset, plan: delete.delete_tagged(dataset, FIELD, "x"),
}
EMPTIED = {
    "an empty list": {"$set": {PATH: []}},
    "no list": {"$unset": {PATH: ""}},
    "nothing": {"$set": {FIELD: None}},
    "no field": {"$unset": {FIELD: ""}},
}
REMOVING = ("delete", "merge", "delete by tag")


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(odd_labels.documents(12))


@pytest.fixture
def plan(dataset):
    return planned(dataset)


def planned(dataset, **options):
    found = search.find_duplicates(dataset, FindParams(FIELD, **options))
    return plans.plan(dataset, str(found.scan_key))


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


@pytest.mark.parametrize("name", ACTIONS)
class TestEveryAction:
    def test_undo_restores_the_exact_bytes(self, dataset, plan, name):
        before = odd_labels.raw(dataset)
        done = ACTIONS[name](dataset, plan)
        assert done.count > 0
        assert odd_labels.raw(dataset) != before

        undone = restore.restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == before
        assert undone.skipped.to_dict()["count"] == 0
        assert set(undone.label_ids) >= set(done.label_ids)

    def test_undoing_twice_changes_nothing(self, dataset, plan, name):
        before = odd_labels.raw(dataset)
        done = ACTIONS[name](dataset, plan)
        first = restore.restore(dataset, done.restore_key)
        again = restore.restore(dataset, done.restore_key)

        assert odd_labels.raw(dataset) == before
        assert again.count == 0
        assert again.skipped.reasons == {undo.THERE: first.count}

    def test_repeating_an_action_changes_nothing(self, dataset, plan, name):
        before = odd_labels.raw(dataset)
        done = ACTIONS[name](dataset, plan)
        after = odd_labels.raw(dataset)
        ACTIONS[name](dataset, plan)
        assert odd_labels.raw(dataset) == after
        restore.restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == before

    def test_an_action_can_be_done_and_undone_repeatedly(self, dataset, plan, name):
        before = odd_labels.raw(dataset)
        for _ in range(3):
            done = ACTIONS[name](dataset, plan)
            assert done.count > 0
            restore.restore(dataset, done.restore_key)
            assert odd_labels.raw(dataset) == before

    def test_every_change_advances_all_stamps(self, dataset, plan, name):
        def stamps():
            found = dataset._sample_collection.find({}, {"last_modified_at": True})
            return {doc["_id"]: doc["last_modified_at"] for doc in found}

        before = stamps()
        done = ACTIONS[name](dataset, plan)
        between = stamps()
        restore.restore(dataset, done.restore_key)
        after = stamps()

        written = {
            sample_id for sample_id in before if before[sample_id] != between[sample_id]
        }
        assert len(written) == done.samples > 0
        assert all(before[k] < between[k] <= after[k] for k in written)
        assert all(before[k] == after[k] for k in before.keys() - written)

    def test_a_deleted_sample_is_reported(self, dataset, plan, name):
        before = odd_labels.raw(dataset)
        done = ACTIONS[name](dataset, plan)
        (entries, *_) = journal.entries(done.restore_key)
        gone = entries["sample_id"]
        dataset._sample_collection.delete_one({"_id": gone})
        undone = restore.restore(dataset, done.restore_key)

        del before[gone]
        assert odd_labels.raw(dataset) == before
        assert undone.skipped.reasons == {undo.GONE: len(entries["entries"])}

    def test_an_action_is_listed_until_it_is_erased(self, dataset, plan, name):
        done = ACTIONS[name](dataset, plan)
        (action,) = journal.list_actions(dataset)
        assert action["restore_key"] == done.restore_key
        assert (action["state"], action["field"]) == ("done", FIELD)
        assert action["count"] >= done.count
        assert action["samples"] == done.samples
        json.dumps(action)

        restore.restore(dataset, done.restore_key)
        (action,) = journal.list_actions(dataset)
        assert action["state"] == "restored"

        after = odd_labels.raw(dataset)
        assert journal.empty(dataset, done.restore_key) == 1
        assert journal.list_actions(dataset) == []
        assert list(journal.entries(done.restore_key)) == []
        assert odd_labels.raw(dataset) == after
        with pytest.raises(JournalError, match="expected the key of an action"):
            restore.restore(dataset, done.restore_key)


@pytest.mark.slow
def test_another_process_can_undo_an_action(dataset, plan):
    before = odd_labels.raw(dataset)
    keys = [ACTIONS[name](dataset, plan).restore_key for name in ("tag", "delete")]
    dataset.persistent = True
    script = """
import sys
sys.path.insert(0, sys.argv[1])
import duplicates_loader
duplicates_loader.load()
import fiftyone as fo
from duplicates.labels.edits import restore
dataset = fo.load_dataset(sys.argv[2])
print([restore.restore(dataset, key).count for key in sys.argv[3:]])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), dataset.name, *reversed(keys)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == str([len(plan), len(plan)])
    assert odd_labels.raw(dataset) == before


def test_successive_actions_are_undone_in_reverse(dataset, plan):
    states, keys = [], []
    for act in (
        lambda: ACTIONS["tag"](dataset, plan),
        lambda: tag.untag(dataset, FIELD, "new"),
        lambda: ACTIONS["merge"](dataset, plan),
        lambda: ACTIONS["delete by tag"](dataset, plan),
    ):
        states.append(odd_labels.raw(dataset))
        keys.append(act().restore_key)
    for state, restore_key in zip(reversed(states), reversed(keys), strict=True):
        restore.restore(dataset, restore_key)
        assert odd_labels.raw(dataset) == state


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


@pytest.mark.slow
def test_labels_larger_than_one_journal_document_are_journaled(raw_dataset):
    """The journal splits ten masks of 3 MB, which exceed MongoDB's limit."""
    mask = bytes(1_000_000)
    labels = [
        {
            "_id": ObjectId(),
            "_cls": "Detection",
            "label": "cat",
            "bounding_box": [0.1, 0.1, 0.2, 0.2],
            "mask": Binary(mask + bytes([k])),
        }
        for k in range(14)
    ]
    dataset = raw_dataset(
        [
            {FIELD: {"_cls": "Detections", "detections": labels}},
            *odd_labels.documents(2),
        ]
    )
    before = odd_labels.raw(dataset)
    for name in ("delete", "merge"):
        plan = planned(dataset)
        done = ACTIONS[name](dataset, plan)
        documents = list(journal.entries(done.restore_key))
        assert len(documents) > 3
        assert odd_labels.raw(dataset) != before
        (action, *_) = journal.list_actions(dataset)
        assert action["bytes"] > 13_000_000

        undone = restore.restore(dataset, done.restore_key)
        entries = [entry for x in documents for entry in x["entries"]]
        # a label may be unchanged when others are merged into it
        same = [
            e for e in entries if e["op"] == "replace" and e["before"] == e["after"]
        ]
        assert undone.count == len(entries) - len(same)
        assert odd_labels.raw(dataset) == before


def test_a_clone_and_its_original_undo_their_own_actions(dataset, plan):
    clone = dataset.clone()
    try:
        before = odd_labels.raw(dataset), odd_labels.raw(clone)
        key = ACTIONS["delete"](dataset, plan).restore_key
        assert odd_labels.raw(clone) == before[1]
        with pytest.raises(JournalError):
            restore.restore(clone, key)
        with pytest.raises(JournalError):
            journal.empty(clone, key)
        assert journal.list_actions(clone) == []

        theirs = ACTIONS["delete"](clone, plans.plan(clone, plan.scan_key))
        assert theirs.count == len(plan)
        restore.restore(dataset, key)
        assert odd_labels.raw(dataset) == before[0]
        assert odd_labels.raw(clone) != before[1]
        restore.restore(clone, theirs.restore_key)
        assert odd_labels.raw(clone) == before[1]
    finally:
        clone.delete()


def test_emptying_the_trash_of_one_dataset_keeps_the_others(raw_dataset):
    first, second = (raw_dataset(odd_labels.documents(3, seed=k)) for k in (1, 2))
    before = odd_labels.raw(second)
    for dataset in (first, second):
        for name in ("tag", "delete"):
            ACTIONS[name](dataset, planned(dataset))
    assert journal.empty(first) == 2
    assert journal.empty(first) == 0
    assert journal.list_actions(first) == []

    for action in journal.list_actions(second):
        restore.restore(second, action["restore_key"])
    assert odd_labels.raw(second) == before


def test_an_action_that_changes_nothing_is_not_listed(dataset, plan):
    assert ACTIONS["tag"](dataset, plan).restore_key
    assert ACTIONS["tag"](dataset, plan).restore_key is None
    assert tag.untag(dataset, FIELD, "nowhere").restore_key is None
    assert len(journal.list_actions(dataset)) == 1


@pytest.mark.parametrize("given", ["", " ", None, 5, []])
def test_an_invalid_tag_is_an_error(dataset, plan, given):
    before = odd_labels.raw(dataset)
    for work in (
        lambda: tag.tag_plan(dataset, plan, given),
        lambda: tag.untag(dataset, FIELD, given),
        lambda: delete.delete_tagged(dataset, FIELD, given),
    ):
        with pytest.raises(ParamsError, match=r"^tag: expected a tag, got"):
            work()
    assert odd_labels.raw(dataset) == before
    assert journal.list_actions(dataset) == []
