"""The plugin's own record of its runs: progress, cancel, and the lock on a field.

The host tells the progress of an immediate run only when it is over, and can
cancel none; so every engine writes here, and looks here whether to stop.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import ConnectionFailure, DuplicateKeyError

from ..iou_core.errors import DuplicatesError, RunCancelled, RunError
from . import store

STALE_AFTER = timedelta(seconds=120)
"""A run that has shown no sign of life for this long is taken for dead."""

KEEP_FOR = timedelta(days=7)
"""How long an ended run is remembered."""

_HEARTBEAT = 0.5  # seconds between two looks at the record

Progress = Callable[[int, int], None]


class Run:
    """A run under way; see :func:`start`.

    Args:
        run_id: its id
        report: called with (done, total), for the host's own progress
    """

    def __init__(self, run_id: str, report: Progress | None = None) -> None:
        self.id = run_id
        self._report = report
        self._looked = 0.0

    def progress(self, done: int, total: int) -> None:
        """Records how far the run is, about twice a second.

        Args:
            done: how many samples are done
            total: how many there are, as far as is known

        Raises:
            RunCancelled: if the run was asked to stop
        """
        if time.monotonic() - self._looked < _HEARTBEAT:
            return

        self._looked = time.monotonic()
        found = store.collection("runs").find_one_and_update(
            {"_id": self.id},
            {"$set": {"done": done, "total": total, "heartbeat": store.now()}},
        )
        if found is not None and found["cancel"]:
            raise RunCancelled(
                "the run to go on", f"a request to stop after {done} samples", self.id
            )
        if self._report is not None:
            self._report(done, total)

    def found(self, scan_key: str) -> None:
        """Records which scan the run made, for whoever waits for it."""
        store.collection("runs").update_one(
            {"_id": self.id}, {"$set": {"scan_key": scan_key}}
        )


@contextmanager
def start(
    samples: Any,
    operator: str,
    field: str,
    writes: bool = True,
    report: Progress | None = None,
    run_id: str | None = None,
    other_field: str | None = None,
) -> Iterator[Run]:
    """Records a run while its body works, and ends the record with it.

    Args:
        samples: a dataset or a view
        operator: what runs
        field: the label field that it is about
        writes (True): whether it writes labels; two such runs on one field
            are refused
        report (None): called with (done, total)
        run_id (None): the id to give it; made up by default
        other_field (None): a second field that it writes to

    Yields:
        a :class:`Run`

    Raises:
        RunError: if another run writes to the field, or a run of another dataset
            has the id
    """
    dataset = samples._root_dataset
    run_id = run_id or str(ObjectId())
    locked = sorted({field, other_field or field}) if writes else []
    locks = [f"{dataset._doc.id}:{name}" for name in locked]
    record = {
        "_id": run_id,
        "dataset_id": str(dataset._doc.id),
        "dataset": dataset.name,
        "operator": operator,
        "field": field,
        "state": "running",
        "done": 0,
        "total": 0,
        "cancel": False,
        "error": None,
        "scan_key": None,
        "started": store.now(),
        "heartbeat": store.now(),
        "process": f"{socket.gethostname()}:{os.getpid()}",
    }
    try:
        for lock, name in zip(locks, locked):
            _lock(lock, name, run_id)
        forget_old()
        _put(record)
    except BaseException:
        with suppress(ConnectionFailure):
            _unlock(locks, run_id)
        raise
    try:
        yield Run(run_id, report)
    except BaseException as error:
        # without a database the record stays, and counts as lost after a while
        with suppress(ConnectionFailure):
            _end(run_id, error)
        raise
    else:
        _end(run_id, None)
    finally:
        with suppress(ConnectionFailure):
            _unlock(locks, run_id)


def _put(record: dict[str, Any]) -> None:
    """Stores the record of a run; one of the same id and dataset is replaced.

    Raises:
        RunError: if a run of another dataset has the id
    """
    own = {"_id": record["_id"], "dataset_id": record["dataset_id"]}
    try:
        store.collection("runs").replace_one(own, record, upsert=True)
    except DuplicateKeyError:
        got = f"{record['_id']!r}, of a run on another dataset"
        raise RunError("a new id", got, "run_id") from None


def _end(run_id: str, error: BaseException | None) -> None:
    if error is None:
        state, reason = "done", None
    elif isinstance(error, RunCancelled):
        state, reason = "cancelled", None
    elif isinstance(error, DuplicatesError):
        state, reason = "failed", str(error)
    else:
        state, reason = "failed", f"{type(error).__name__}: {error}"
    store.collection("runs").update_one(
        {"_id": run_id},
        {"$set": {"state": state, "error": reason, "heartbeat": store.now()}},
    )


def _unlock(locks: list[str], run_id: str) -> None:
    store.collection("locks").delete_many({"_id": {"$in": locks}, "run_id": run_id})


def _lock(lock: str, field: str, run_id: str) -> None:
    """Takes the lock on a field, from nobody or from a run that is dead."""
    locks = store.collection("locks")
    while True:
        try:
            locks.insert_one({"_id": lock, "run_id": run_id, "taken": store.now()})
            return
        except DuplicateKeyError:
            held = locks.find_one({"_id": lock})
        if held is None:
            continue

        holder = store.collection("runs").find_one({"_id": held["run_id"]})
        alive = holder is None or holder["state"] == "running"
        seen = holder["heartbeat"] if holder else held["taken"]
        if alive and store.now() - seen < STALE_AFTER:
            who = holder["operator"] if holder else "another run"
            raise RunError(
                "no other run that writes to this field (wait for it, or cancel it)",
                f"{who}, run {held['run_id']}",
                field,
            )
        locks.delete_one({"_id": lock, "run_id": held["run_id"]})


def cancel(samples: Any, run_id: str) -> dict[str, Any]:
    """Asks a run on a dataset to stop; it does so at its next block.

    Returns:
        the record of the run

    Raises:
        RunError: if the dataset has no such run
    """
    store.collection("runs").update_one(
        _own(samples, run_id), {"$set": {"cancel": True}}
    )
    return status(samples, run_id)


def status(samples: Any, run_id: str) -> dict[str, Any]:
    """Returns the record of a run, with ``state`` "lost" where its process died.

    Raises:
        RunError: if the dataset has no such run
    """
    found = store.collection("runs").find_one(_own(samples, run_id))
    if found is None:
        expected = "the id of a run on this dataset"
        raise RunError(expected, repr(run_id), "run_id")
    return _with_state(found)


def is_under_way(run_id: str) -> bool:
    """Returns whether a run works; for ids that the plugin itself has stored."""
    found = store.collection("runs").find_one({"_id": run_id})
    return found is not None and _with_state(found)["state"] == "running"


def _own(samples: Any, run_id: str) -> dict[str, Any]:
    """Returns a query for a run, if it is one of the dataset's own."""
    return {
        "_id": store.key("run_id", run_id),
        "dataset_id": str(samples._root_dataset._doc.id),
    }


def list_runs(samples: Any) -> list[dict[str, Any]]:
    """Returns the runs on a dataset, the newest first."""
    found = store.collection("runs").find(
        {"dataset_id": str(samples._root_dataset._doc.id)}
    )
    return [_with_state(run) for run in found.sort("started", -1)]


def _with_state(run: dict[str, Any]) -> dict[str, Any]:
    silent = store.now() - run["heartbeat"] > STALE_AFTER
    state = "lost" if run["state"] == "running" and silent else run["state"]
    return {
        "run_id": run["_id"],
        "operator": run["operator"],
        "field": run["field"],
        "state": state,
        "done": run["done"],
        "total": run["total"],
        "error": run["error"],
        "scan_key": run.get("scan_key"),
        "started": run["started"].isoformat() + "Z",
    }


def forget_old() -> None:
    """Forgets runs that ended, or died, long ago."""
    store.collection("runs").delete_many({"heartbeat": {"$lt": store.now() - KEEP_FOR}})
