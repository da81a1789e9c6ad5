"""Locks in the database, which are released when their process ends."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import ConnectionFailure, DuplicateKeyError

from ...iou_core.errors import DatabaseError, RunError
from .. import store
from .process_identity import is_gone, this_process

STALE_AFTER = timedelta(seconds=60)
"""A run on another machine counts as dead after this time without a heartbeat. On the
same machine, the end of its process is noticed at once."""

_LOOKS_EVERY = 0.05  # seconds
_WAITS_FOR = 90  # seconds: longer than STALE_AFTER


def state(run: dict[str, Any]) -> str:
    """Returns the state of a recorded run: "lost" if its process is gone."""
    found: str = run["state"]
    if found == "running" and (
        store.now() - run["heartbeat"] > STALE_AFTER or is_gone(run.get("process"))
    ):
        return "lost"
    return found


def require_known(record: dict[str, Any]) -> None:
    """Raises an error if a newer version of the plugin stored a run or a lock.

    Raises:
        ScanError: if it did
    """
    # those of the first versions name no format
    store.require_format(record.get("format", 1), f"run {record['_id']}")


def require(lock: str, field: str, run_id: str) -> None:
    """Takes the lock on a field.

    Raises:
        RunError: if another run holds it and is still running
    """
    other = take(lock, run_id)
    if other is not None:
        raise RunError(
            "no other run that writes to this field (wait for it, or cancel it)",
            f"{other.get('operator', 'another run')}, run {other['_id']}",
            field,
        )


def take(lock: str, run_id: str, on_disk: bool = True) -> dict[str, Any] | None:
    """Takes a lock that is free, or whose run is dead.

    Args:
        lock: the id of the lock
        run_id: the id of the run that takes it
        on_disk (True): whether to wait until it is on disk, and with it all earlier
            writes of this process

    Returns:
        None on success. Otherwise the record of the run that holds the lock, of which
        at least the ``_id`` is known

    Raises:
        ScanError: if a newer version of the plugin has taken the lock
    """
    taken = {
        "_id": lock,
        "format": store.FORMAT,
        "run_id": run_id,
        "process": this_process(),
    }
    locks = store.collection("locks", journaled=on_disk)
    runs = store.collection("runs")
    while True:
        try:
            locks.insert_one({**taken, "taken": store.now()})
            return None
        except DuplicateKeyError:
            held = locks.find_one({"_id": lock})
        if held is None:
            continue

        require_known(held)
        own = {"_id": held["run_id"]}
        begun = {**own, "state": "running", "heartbeat": held["taken"]}
        other = runs.find_one(own) or {**begun, "process": held.get("process")}
        require_known(other)
        if state(other) == "running":
            return other
        # a run that counted as dead but is not stops at its next heartbeat
        runs.update_one(own, {"$set": {"cancel": True}})
        locks.delete_one({"_id": lock, "run_id": held["run_id"]})


def give_back(locks: Iterable[str], run_id: str, on_disk: bool = True) -> None:
    """Releases those of some locks that the run holds.

    Args:
        locks: the ids of the locks
        run_id: the id of the run
        on_disk (True): whether to wait until that is on disk. A lock that a crash of
            the database brought back would look like one that this process still holds
    """
    store.collection("locks", journaled=on_disk).delete_many(
        {"_id": {"$in": list(locks)}, "run_id": run_id}
    )


@contextmanager
def keys_of(dataset_id: ObjectId) -> Iterator[None]:
    """Holds the lock on the keys of a dataset's runs: to take, rename or delete one.

    FiftyOne checks whether a key is free, and then takes it: two processes that do so
    at the same time would both get it. It is held for milliseconds, so it is not
    written to disk at once: after a crash of the database, another one waits for
    :data:`STALE_AFTER` at most.

    Args:
        dataset_id: the id of the dataset

    Raises:
        DatabaseError: if another process holds the lock for a minute and a half
    """
    lock, run_id = f"keys:{dataset_id}", str(ObjectId())
    ends = time.monotonic() + _WAITS_FOR
    while take(lock, run_id, on_disk=False) is not None:
        if time.monotonic() > ends:
            got = f"one that has held it for {_WAITS_FOR} s"
            raise DatabaseError("no other process that takes a key", got, "key")
        time.sleep(_LOOKS_EVERY)
    try:
        yield
    finally:
        # without a database, the end of this process releases it
        with suppress(ConnectionFailure):
            give_back([lock], run_id, on_disk=False)
