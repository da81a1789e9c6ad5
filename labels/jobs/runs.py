"""The record of runs: progress, cancellation, and the lock on a field.

The host shows the progress of an immediate run only at its end, and cannot cancel it.
So every engine records its progress here, and checks here for cancellation.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import ConnectionFailure, DuplicateKeyError, PyMongoError

from ...iou_core.cancellation import cancelled_by
from ...iou_core.errors import DuplicatesError, RunCancelled, RunError
from .. import store
from . import locks
from .process_identity import this_process

KEEP_FOR = timedelta(days=7)  # the record of an ended run

_HEARTBEAT = 0.5  # seconds between two heartbeats, and between two reports

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
        self._reported = -_HEARTBEAT
        self._done = (0, 0)
        self._waits: str | None = None
        self._cancelled = False
        self._ended = threading.Event()
        self._heart = threading.Thread(
            target=self._beat, name=f"iou-duplicates-heart-{run_id}", daemon=True
        )

    def progress(self, done: int, total: int) -> None:
        """Records the progress of the run. Frequent calls cost little.

        Args:
            done: the number of samples done
            total: the number of samples known so far

        Raises:
            RunCancelled: if the run was asked to stop
        """
        self._done = (done, total)
        self.check_cancelled()
        due = time.monotonic() - self._reported >= _HEARTBEAT
        if self._report is not None and due:
            self._reported = time.monotonic()
            self._report(done, total)

    def check_cancelled(self) -> None:
        """Raises an error if the run was asked to stop. Frequent calls cost little.

        Raises:
            RunCancelled: if it was
        """
        if self._cancelled:
            got = f"a request to stop after {self._done[0]} samples"
            raise RunCancelled("the run to continue", got, self.id)

    def waits_for(self, words: str) -> None:
        """Records what the run waits for, as "throttled by CVAT"; empty for nothing."""
        self._waits = words or None
        self.heartbeat()

    def found(self, scan_key: str) -> None:
        """Records which scan the run made, for callers that wait for it."""
        found = {"scan_key": scan_key}
        store.collection("runs").update_one({"_id": self.id}, {"$set": found})

    def __enter__(self) -> Run:
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._heart.join(_HEARTBEAT)

    def _beat(self) -> None:
        """Records heartbeats during long steps, and checks for cancellation."""
        while not self._ended.wait(_HEARTBEAT):
            # the work itself notices a lost connection
            with suppress(PyMongoError):
                self.heartbeat()

    def signs(self) -> dict[str, Any]:
        """Returns the progress and the heartbeat for the record."""
        done, total = self._done
        return {
            "done": done,
            "total": total,
            "waits": self._waits,
            "heartbeat": store.now(),
        }

    def heartbeat(self) -> None:
        """Records a heartbeat and the progress, and checks for cancellation."""
        found = store.collection("runs").find_one_and_update(
            {"_id": self.id, "state": "running"}, {"$set": self.signs()}
        )
        # if the record is gone, or has ended, another run took over
        self._cancelled = found is None or found["cancel"]


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
    """Records a run while its body is running, and then how it ended.

    Args:
        samples: a dataset or a view
        operator: the name of what is running
        field: its label field
        writes (True): whether it writes labels. Only one such run on a field is allowed
        report (None): called with (done, total)
        run_id (None): its id; by default, a new one
        other_field (None): a second field that it writes to

    Yields:
        a :class:`Run`

    Raises:
        RunError: if another run writes to the field, or a run of another dataset
            has the id
        DatabaseError: if the connection is lost, at the start or in the body
    """
    dataset = samples._root_dataset
    run_id = run_id or str(ObjectId())
    names = sorted({field, other_field or field}) if writes else []
    taken = {f"{dataset._doc.id}:{name}": name for name in names}
    try:
        with store.answering(operator, store.AGAIN):
            for lock, name in taken.items():
                locks.require(lock, name, run_id)
            delete_old()
            _put(_new_record(run_id, dataset, operator, field))
    except BaseException:
        with suppress(ConnectionFailure):
            locks.give_back(taken, run_id)
        raise
    run = Run(run_id, report)
    stopping = cancelled_by(run.check_cancelled)
    try:
        with run, stopping, store.answering(operator, store.AGAIN):
            yield run
    except BaseException as error:
        # without a database the record is kept, and counts as lost after a while
        with suppress(ConnectionFailure):
            _end(run, error)
        raise
    else:
        _end(run, None)
    finally:
        with suppress(ConnectionFailure):
            locks.give_back(taken, run_id)


def _new_record(run_id: str, dataset: Any, operator: str, field: str) -> dict[str, Any]:
    """Returns the record of a run that starts now."""
    return {
        "_id": run_id,
        "format": store.FORMAT,
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
        "process": this_process(),
    }


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


def _end(run: Run, error: BaseException | None) -> None:
    if error is None:
        state, reason = "done", None
    elif isinstance(error, RunCancelled):
        state, reason = "cancelled", None
    elif isinstance(error, DuplicatesError):
        state, reason = "failed", str(error)
    else:
        state, reason = "failed", f"{type(error).__name__}: {error}"
    ended = {"state": state, "error": reason, **run.signs()}
    store.collection("runs").update_one({"_id": run.id}, {"$set": ended})


def cancel(samples: Any, run_id: str) -> dict[str, Any]:
    """Asks a run on a dataset to stop, which it does in a second or two.

    Returns:
        the record of the run

    Raises:
        RunError: if the dataset has no such run
    """
    # at once: a run that begins between two requests would count as asked
    return _listed_if_found(
        store.collection("runs").find_one_and_update(
            _own(samples, run_id), {"$set": {"cancel": True}}
        ),
        run_id,
    )


def status(samples: Any, run_id: str) -> dict[str, Any]:
    """Returns the record of a run, with ``state`` "lost" if its process died.

    Raises:
        RunError: if the dataset has no such run
    """
    found = store.collection("runs").find_one(_own(samples, run_id))
    return _listed_if_found(found, run_id)


def is_under_way(run_id: str) -> bool:
    """Returns whether a run, by an id that the plugin itself stored, is running."""
    found = store.collection("runs").find_one({"_id": run_id})
    return found is not None and locks.state(found) == "running"


def _own(samples: Any, run_id: str) -> dict[str, Any]:
    """Returns a query for a run on a dataset."""
    dataset_id = str(samples._root_dataset._doc.id)
    return {"_id": store.key("run_id", run_id), "dataset_id": dataset_id}


def list_runs(samples: Any) -> list[dict[str, Any]]:
    """Returns the runs on a dataset, the newest first."""
    of_dataset = {"dataset_id": str(samples._root_dataset._doc.id)}
    found = store.collection("runs").find(of_dataset).sort("started", -1)
    return [_listed(run) for run in found]


def _listed_if_found(run: dict[str, Any] | None, run_id: str) -> dict[str, Any]:
    if run is None:
        raise RunError("the id of a run on this dataset", repr(run_id), "run_id")
    return _listed(run)


def _listed(run: dict[str, Any]) -> dict[str, Any]:
    locks.require_known(run)
    return {
        "run_id": run["_id"],
        **{name: run[name] for name in ("operator", "field", "done", "total", "error")},
        "state": locks.state(run),
        "waits": run.get("waits"),
        "scan_key": run.get("scan_key"),
        "started": run["started"].isoformat() + "Z",
    }


def delete_old() -> None:
    """Deletes the records of runs that ended, or died, long ago."""
    store.collection("runs").delete_many({"heartbeat": {"$lt": store.now() - KEEP_FOR}})
