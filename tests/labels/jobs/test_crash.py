"""Locks after a crash of MongoDB, on a server that writes to disk rarely."""

import pymongo
import pytest
from bson import ObjectId

from dev import mongod
from duplicates.labels import store
from duplicates.labels.jobs import locks


class Lazy(mongod.Mongod):
    """A server that writes to disk every half second, unless it is asked to."""

    def _arguments(self):
        return [*super()._arguments(), "--journalCommitInterval", "500"]

    def crash(self):
        process, self._process = self._process, None
        process.kill()
        process.wait()


@pytest.fixture
def server(tmp_path, monkeypatch):
    with Lazy(tmp_path / "db", cache_gb=0.25) as server:
        client = pymongo.MongoClient(server.uri)
        monkeypatch.setattr(store.foo, "get_db_conn", lambda: client["fiftyone"])
        yield server
        client.close()


def test_a_released_lock_is_free_after_a_crash(server):
    lock, run_id = "dataset:field", str(ObjectId())
    assert locks.take(lock, run_id) is None
    locks.give_back([lock], run_id)
    server.crash()
    server.start()

    assert store.collection("locks").find_one({"_id": lock}) is None


def test_a_taken_lock_is_still_taken_after_a_crash(server):
    run_id = str(ObjectId())
    assert locks.take("dataset:field", run_id) is None
    server.crash()
    server.start()

    assert locks.take("dataset:field", str(ObjectId()))["_id"] == run_id
