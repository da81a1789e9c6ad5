"""Locks in the database, which the end of their process opens."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import ConnectionFailure, DuplicateKeyError

from ...iou_core.errors import DatabaseError
from .. import store
from .process_identity import is_gone, this_process

STALE_AFTER = timedelta(seconds=60)
"""A run of another machine that has shown no sign of life for this long is taken for
dead. On the machine of its process, the end of that process is seen at once."""

_LOOKS_EVERY = 0.05  # seconds
_WAITS_FOR = 90  # seconds: longer than it takes to open the lock of a dead process


def state(run: dict[str, Any]) -> str:
    """Returns the state of a recorded run: "lost" where its process is gone."""
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


def take(lock: str, run_id: str) -> dict[str, Any] | None:
    """Takes a lock that nobody holds, or that a run holds that is dead.

    Args:
        lock: the id of the lock
        run_id: the id of the run that takes it

    Returns:
        None if it is taken. Otherwise the record of the run that holds it, of which at
        least the ``_id`` is known

    Raises:
        ScanError: if a newer version of the plugin has taken the lock
    """
    taken = {
        "_id": lock,
        "format": store.FORMAT,
        "run_id": run_id,
        "process": this_process(),
    }
    # on disk, and with it all that this process has written before
    locks = store.collection("locks", journaled=True)
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
        holder = runs.find_one(own) or {**begun, "process": held.get("process")}
        require_known(holder)
        if state(holder) == "running":
            return holder
        # one that was taken for dead, and is not, stops at its next look
        runs.update_one(own, {"$set": {"cancel": True}})
        locks.delete_one({"_id": lock, "run_id": held["run_id"]})


def give_back(locks: Iterable[str], run_id: str) -> None:
    """Opens locks, as far as the run holds them."""
    store.collection("locks").delete_many(
        {"_id": {"$in": list(locks)}, "run_id": run_id}
    )


@contextmanager
def keys_of(dataset_id: ObjectId) -> Iterator[None]:
    """Lets one process at a time take, rename or delete the keys of a dataset's runs.

    FiftyOne looks whether a key is free, and then takes it: two processes that do so
    at once both get it. Within this, looking and taking is one step.

    Args:
        dataset_id: the id of the dataset

    Raises:
        DatabaseError: if another process keeps the keys for a minute and a half
    """
    lock, run_id = f"keys:{dataset_id}", str(ObjectId())
    ends = time.monotonic() + _WAITS_FOR
    while take(lock, run_id) is not None:
        if time.monotonic() > ends:
            got = f"one that has held it for {_WAITS_FOR} s"
            raise DatabaseError("no other process that takes a key", got, "key")
        time.sleep(_LOOKS_EVERY)
    try:
        yield
    finally:
        # without a database, the end of this process opens it
        with suppress(ConnectionFailure):
            give_back([lock], run_id)
