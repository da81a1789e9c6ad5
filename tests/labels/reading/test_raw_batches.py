"""Raw batches contain the same documents as pymongo's cursors."""

import bson
import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect, OperationFailure

from duplicates.labels.reading.raw import batches as raw_batches

SIZES = [0, 1, 9, 10, 11, 99, 101, 499, 500, 501, 2501]


@pytest.fixture
def collection(raw_dataset):
    return raw_dataset([])._sample_collection


def fill(collection, n):
    collection.delete_many({})
    if n:
        collection.insert_many([{"_id": ObjectId(), "n": k} for k in range(n)])


@pytest.mark.parametrize("n", SIZES)
def test_batches_contain_the_documents_of_a_query(collection, n):
    fill(collection, n)
    batches = list(raw_batches.find(collection, {}, {"n": True}))
    documents = [doc for batch in batches for doc in batch.documents()]

    assert [bson.decode(doc) for doc in documents] == list(collection.find())
    assert all(batch.starts for batch in batches)


@pytest.mark.parametrize("n", SIZES)
def test_batches_contain_the_results_of_a_pipeline(collection, n):
    fill(collection, n)
    pipeline = [{"$match": {"n": {"$gte": 3}}}, {"$sort": {"n": -1}}]
    batches = raw_batches.aggregate(collection, pipeline)
    documents = [doc for batch in batches for doc in batch.documents()]

    assert [bson.decode(doc) for doc in documents] == list(
        collection.aggregate(pipeline)
    )


def test_query_and_order_are_respected(collection):
    fill(collection, 20)
    query, order = {"n": {"$lt": 5}}, {"n": -1}
    (batch,) = raw_batches.find(collection, query, {"n": True}, order)
    found = [bson.decode(doc)["n"] for doc in batch.documents()]

    assert found == [4, 3, 2, 1, 0]


def test_an_abandoned_cursor_is_closed_on_the_server(collection):
    fill(collection, 3000)
    open_cursors = [_open_cursors(collection)]
    batches = raw_batches.find(collection, {}, {"n": True})
    next(batches)
    open_cursors.append(_open_cursors(collection))
    batches.close()
    open_cursors.append(_open_cursors(collection))

    assert open_cursors == [0, 1, 0]


def test_a_connection_that_was_lost_earlier_is_opened_again(collection, monkeypatch):
    fill(collection, 3)
    monkeypatch.setattr(raw_batches, "_answer", lost_at(0))

    (batch,) = raw_batches.find(collection, {}, {})
    assert len(batch.starts) == 3


def test_a_connection_lost_between_batches_is_an_error(collection, monkeypatch):
    fill(collection, 3000)
    monkeypatch.setattr(raw_batches, "_answer", lost_at(1))

    with pytest.raises(AutoReconnect):
        list(raw_batches.find(collection, {}, {}))


def test_a_command_that_fails_on_the_server_is_an_error(collection):
    with pytest.raises(OperationFailure):
        list(raw_batches.find(collection, {"$nonsense": 1}, {}))


def lost_at(number):
    """Runs commands, but loses the connection at one of them."""
    answer, asked = raw_batches._answer, []

    def run_or_lose(*args):
        asked.append(args)
        if len(asked) == number + 1:
            raise AutoReconnect("connection closed")
        return answer(*args)

    return run_or_lose


def _open_cursors(collection):
    found = collection.database.client.admin.aggregate(
        [
            {"$currentOp": {"idleCursors": True, "allUsers": True}},
            {"$match": {"type": "idleCursor", "ns": collection.full_name}},
        ]
    )
    return len(list(found))


@pytest.mark.parametrize("n", [0, 1, 2501])
def test_pymongos_cursors_are_used_with_a_router(collection, monkeypatch, n):
    fill(collection, n)
    monkeypatch.setattr(raw_batches, "_answers_itself", lambda collection: False)
    asked = [
        raw_batches.find(collection, {}, {"n": True}, {"n": -1}),
        raw_batches.aggregate(collection, [{"$sort": {"n": -1}}]),
    ]
    for batches in asked:
        found = [bson.decode(doc) for batch in batches for doc in batch.documents()]
        assert found == list(collection.find(sort=[("n", -1)]))


def test_a_single_server_is_queried_with_commands(collection):
    assert raw_batches._answers_itself(collection)


def test_a_cursor_with_an_id_of_any_integer_type_is_continued():
    reply = {
        "ok": 1,
        "noise": b"\x00\x01",
        "cursor": {"id": 5, "nextBatch": [{"a": 1}]},
    }
    batch, cursor_id = raw_batches._read(bson.encode(reply))

    assert cursor_id == 5
    assert [bson.decode(doc) for doc in batch.documents()] == [{"a": 1}]
