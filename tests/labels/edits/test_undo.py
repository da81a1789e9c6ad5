"""Every action can be undone byte for byte, at the old positions, repeatedly."""

import json
import os
import pathlib
import subprocess
import sys

import odd_labels
import pytest
from bson import Binary, ObjectId
from odd_labels import FIELD
from undoable import ACTIONS, planned

from duplicates.iou_core.errors import JournalError, ParamsError
from duplicates.labels.edits import delete, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.writing import undo
from duplicates.labels.scans import plans

ROOT = pathlib.Path(__file__).resolve().parents[3]


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
        assert again.skipped.reasons == {undo.THERE: first.count + first.others}

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
        assert action["count"] == done.count
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
        assert undone.count == done.count
        assert undone.count + undone.others == len(entries) - len(same)
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
