"""Stamps of any type, and a database or dataset that disappears during an action."""

import odd_labels
import pytest
from broken import breaks
from odd_labels import FIELD
from pymongo.errors import AutoReconnect

from duplicates.iou_core.errors import DatabaseError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.edits import delete, max_iou, merge, restore, tag, tagged
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.journal.action import Action
from duplicates.labels.jobs import locks, runs
from duplicates.labels.scans import plans, search

STAMPS = {
    "text": "yesterday",
    "a number": 17,
    "a fraction": 1.5,
    "null": None,
    "a document": {"$date": 1},
}
ACTIONS = {
    "delete": delete.delete_plan,
    "merge": merge.merge_plan,
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "new"),
    "delete tagged": lambda dataset, plan: delete.delete_tagged(dataset, FIELD, "x"),
}


def planned(dataset):
    found = search.find_duplicates(dataset, FindParams(FIELD))
    return plans.plan(dataset, str(found.scan_key))


@pytest.mark.parametrize("stamp", STAMPS.values(), ids=list(STAMPS))
class TestOddStamps:
    @pytest.mark.parametrize("name", ACTIONS)
    def test_labels_are_changed_and_restored(self, raw_dataset, name, stamp):
        documents = odd_labels.documents(3, odd=False)
        dataset = raw_dataset([{**one, "last_modified_at": stamp} for one in documents])
        before = odd_labels.raw(dataset)
        done = ACTIONS[name](dataset, planned(dataset))
        assert done.count > 0
        assert done.skipped.reasons == {}
        restore.restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == before

    def test_max_ious_are_stored(self, raw_dataset, stamp):
        documents = odd_labels.documents(3, odd=False)
        dataset = raw_dataset([{**one, "last_modified_at": stamp} for one in documents])
        done = max_iou.compute_max_ious(dataset, ComputeParams(FIELD))
        assert done.skipped.reasons == {}
        assert done.samples == 3


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(odd_labels.documents(4))


@pytest.mark.parametrize(
    ("owner", "name"),
    [(locks, "take"), (runs, "_put"), (tagged, "find_tagged")],
)
def test_a_database_lost_at_the_start_is_reported_in_one_sentence(
    dataset, monkeypatch, owner, name
):
    breaks(monkeypatch, owner, name, "before")
    with (
        pytest.raises(DatabaseError, match=r"^delete_duplicates: expected a database"),
        runs.start(dataset, "delete_duplicates", FIELD) as run,
    ):
        delete.delete_tagged(dataset, FIELD, "x", run)
    assert journal.list_actions(dataset) == []
    with runs.start(dataset, "delete_duplicates", FIELD) as run:
        assert delete.delete_tagged(dataset, FIELD, "x", run).count > 0


def test_a_connection_lost_within_a_run_is_reported_in_one_sentence(dataset):
    with (
        pytest.raises(DatabaseError, match=r"^anything: expected a database"),
        runs.start(dataset, "anything", FIELD, writes=False),
    ):
        raise AutoReconnect("connection closed")


@pytest.mark.parametrize("name", ACTIONS)
def test_a_dataset_deleted_during_an_action_is_reported_in_one_sentence(
    dataset, monkeypatch, name
):
    from duplicates.labels.edits import change

    monkeypatch.setattr(change, "SAMPLES_AT_ONCE", 1)
    plan = planned(dataset)
    record = Action.record

    def gone(action, samples):
        record(action, samples)
        if not dataset.deleted:
            dataset.delete()

    monkeypatch.setattr(Action, "record", gone)
    with pytest.raises(DatabaseError, match="deleted in the meantime"):
        ACTIONS[name](dataset, plan)


def test_a_dataset_deleted_before_an_undo_is_reported_in_one_sentence(dataset):
    done = delete.delete_plan(dataset, planned(dataset))
    collection = store.foo.get_db_conn()["datasets"]
    document = collection.find_one({"_id": dataset._doc.id})
    collection.delete_one({"_id": dataset._doc.id})
    try:
        with pytest.raises(DatabaseError, match="deleted in the meantime"):
            restore.restore(dataset, done.restore_key)
    finally:
        collection.insert_one(document)
