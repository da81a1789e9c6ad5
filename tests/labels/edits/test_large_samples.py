"""Samples of the largest size that MongoDB stores can be changed and restored."""

from datetime import timedelta

import bson
import odd_labels
import pytest
from bson import Binary, ObjectId
from odd_labels import FIELD, PATH

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import delete, max_iou, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.writing import list_changes
from duplicates.labels.edits.writing import writer as write
from duplicates.labels.scans import plans, search

pytestmark = pytest.mark.slow

LIMIT = 16 * 1024 * 1024


def label(size, x=0.1, k=0):
    """Returns a label with a mask of ``size`` bytes."""
    return {
        "_id": ObjectId(),
        "_cls": "Detection",
        "label": "cat",
        "tags": [],
        "bounding_box": [x, 0.1, 0.2, 0.2],
        "mask": Binary(bytes([k % 251]) * size),
    }


def small(x):
    found = label(0, x)
    del found["mask"]
    return found


def sample(labels):
    return {FIELD: {"_cls": "Detections", "detections": labels}}


def planned(dataset, **options):
    found = search.find_duplicates(dataset, FindParams(FIELD, **options))
    return plans.plan(dataset, str(found.scan_key))


def size_of(dataset):
    (found,) = dataset._sample_collection.aggregate(
        [{"$project": {"size": {"$bsonSize": "$$ROOT"}}}]
    )
    return found["size"]


ACTIONS = {
    "delete": delete.delete_plan,
    "merge": merge.merge_plan,
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "new"),
}

SAMPLES = {
    "many labels of 1 MB": lambda: [label(1_000_000, k=k) for k in range(15)],
    "two labels of 7.8 MB": lambda: [label(7_800_000, k=k) for k in range(2)],
    "a label of 15 MB and a small one": lambda: [label(15_000_000), small(0.1)],
    "a small label and one of 15 MB": lambda: [small(0.1), label(15_000_000)],
}


@pytest.mark.parametrize("labels", SAMPLES.values(), ids=list(SAMPLES))
@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_works_and_its_undo_restores_the_bytes(raw_dataset, name, labels):
    dataset = raw_dataset([sample(labels())])
    before = odd_labels.raw(dataset)
    plan = planned(dataset)
    done = ACTIONS[name](dataset, plan)
    assert (done.count, done.skipped.reasons) == (len(plan), {})
    assert odd_labels.raw(dataset) != before
    undone = restore.restore(dataset, done.restore_key)

    assert undone.skipped.reasons == {}
    assert odd_labels.raw(dataset) == before
    (action,) = journal.list_actions(dataset)
    assert action["state"] == "restored"


def test_changes_of_two_large_samples_are_sent_in_two_commands(raw_dataset):
    """Together they exceed the maximum size of a command."""
    dataset = raw_dataset(
        [sample([label(7_500_000, k=k) for k in range(2)]) for _ in range(4)]
    )
    before = odd_labels.raw(dataset)
    done = delete.delete_plan(dataset, planned(dataset))
    assert (done.count, done.samples) == (4, 4)
    restore.restore(dataset, done.restore_key)
    assert odd_labels.raw(dataset) == before


@pytest.fixture
def full(raw_dataset):
    """A dataset whose first sample has room for less than 30 bytes."""
    dataset = raw_dataset([sample([label(7_000_000), small(0.1)])])
    room = LIMIT - size_of(dataset)
    padding = {"_id": ObjectId(), "_cls": "Detection", "label": "x"}
    overhead = len(bson.encode({**padding, "mask": Binary(b"")})) + 20
    padding["mask"] = Binary(bytes(room - overhead))
    dataset._sample_collection.update_one({}, {"$push": {PATH: padding}})
    assert 0 <= LIMIT - size_of(dataset) < 30
    return dataset


def test_a_sample_that_would_become_too_large_is_skipped_and_reported(full):
    before = odd_labels.raw(full)
    done = tag.tag_plan(full, planned(full), "a tag of more than thirty letters")

    assert (done.count, done.restore_key) == (0, None)
    assert done.skipped.reasons == {write.TOO_LARGE: 1}
    assert odd_labels.raw(full) == before
    assert journal.list_actions(full) == []


@pytest.mark.parametrize("attr", ["max_iou", "score"])
def test_a_sample_without_room_for_values_is_skipped_and_reported(full, attr):
    (other,) = odd_labels.documents(1, odd=False)
    other[FIELD]["detections"][0]["score"] = 0.25  # not a value of the plugin
    (document,) = full._sample_collection.find()
    other |= {"filepath": "/other.jpg", "last_modified_at": odd_labels.WHEN}
    full._sample_collection.insert_one({**document, **other, "_id": ObjectId()})
    full.reload()
    before = odd_labels.raw(full)[document["_id"]]
    done = max_iou.compute_max_ious(full, ComputeParams(FIELD), attr, overwrite=True)

    n = len(other[FIELD]["detections"])
    assert (done.count, done.samples) == (n, 1)
    assert done.skipped.reasons == {write.TOO_LARGE: 2, "has no bounding_box": 1}
    assert odd_labels.raw(full)[document["_id"]] == before


def test_an_undo_that_would_make_a_sample_too_large_skips_it(raw_dataset):
    labels = [label(7_000_000, k=k) for k in range(2)]
    dataset = raw_dataset([sample(labels), *odd_labels.documents(2)])
    done = delete.delete_plan(dataset, planned(dataset))
    large = dataset._sample_collection.find_one()["_id"]
    dataset._sample_collection.update_one(
        {"_id": large}, {"$push": {PATH: label(9_000_000, x=50.0)}}
    )
    before = odd_labels.raw(dataset)[large]
    undone = restore.restore(dataset, done.restore_key)

    assert undone.skipped.reasons == {write.TOO_LARGE: 1}
    assert undone.count == done.count - 1
    assert odd_labels.raw(dataset)[large] == before


@pytest.mark.parametrize("edit", ["the same size", "another size"])
def test_an_edit_of_labels_too_large_to_compare_is_noticed(
    raw_dataset, monkeypatch, edit
):
    """FiftyOne's edits set the stamp; others at least change the size."""
    monkeypatch.setattr(list_changes, "EXACT_BYTES", 1000)
    dataset = raw_dataset([sample([label(5000), label(5000, k=1)])])
    plan = planned(dataset)
    update = write.Writer._update
    edited = []

    def edited_first(writer, batch):
        if not edited:
            edited.append(True)
            collection = dataset._sample_collection
            document = collection.find_one()
            change = {f"{PATH}.1.mask": Binary(b"x" * 5000)}
            if edit == "the same size":
                change["last_modified_at"] = odd_labels.WHEN + timedelta(days=1)
            else:
                change[f"{PATH}.1.mask"] = Binary(b"x" * 5001)
            collection.update_one({"_id": document["_id"]}, {"$set": change})
        return update(writer, batch)

    monkeypatch.setattr(write.Writer, "_update", edited_first)
    done = delete.delete_plan(dataset, plan)
    assert edited
    restore.restore(dataset, done.restore_key)
    (document,) = dataset._sample_collection.find()
    assert document[FIELD]["detections"][1]["mask"][:1] == b"x"


@pytest.mark.long
def test_a_list_of_eighty_thousand_labels_is_changed_and_restored(raw_dataset):
    """That is the largest number that FiftyOne can store in a sample."""
    labels = [
        {
            "_id": ObjectId(),
            "_cls": "Detection",
            "attributes": {},
            "tags": [],
            "label": "cat",
            "bounding_box": [2.0 * (k // 2), 0.0, 1.0, 1.0],
        }
        for k in range(80_000)
    ]
    dataset = raw_dataset([sample(labels)])
    before = odd_labels.raw(dataset)
    plan = planned(dataset)
    assert len(plan) == 40_000
    for action in (ACTIONS["tag"], ACTIONS["delete"]):
        done = action(dataset, plan)
        assert (done.count, done.skipped.reasons) == (40_000, {})
        restore.restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == before
