"""Scans that run while the panel polls: in a thread, or in FiftyOne's queue.

Runs are found by records in the database, as the App may load this plugin anew for
every request.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import fiftyone.operators as foo
from bson import ObjectId
from fiftyone.core.view import DatasetView
from fiftyone.factory import DelegatedOperationPagingParams
from fiftyone.operators.delegated import DelegatedOperationService
from fiftyone.operators.executor import ExecutionResult, ExecutionRunState

from ...iou_core.errors import DuplicatesError, RunCancelled, RunError
from ...iou_core.params import FindParams
from ...labels.jobs import runs
from ...labels.jobs.garbage import rare_searches
from ...labels.scans import incremental, search
from ...labels.scans.blocks.compare import decoder_for
from .. import slices
from ..requests import UNCHANGED, Failed
from . import interim

logger = logging.getLogger(__name__)

OPERATOR = "@iou/duplicates/find_duplicates"
NAME = "find_duplicates"

_BEGINS_WITHIN = 10  # seconds
_RECENT = 20  # queued operations to look among
_TAKEN_BACK = "It was canceled before a worker started it."
_WORDS = {NAME: ("scan", "scan"), "send_to_cvat": ("upload", "send")}
_WAITING = {ExecutionRunState.QUEUED, ExecutionRunState.SCHEDULED}


def start(
    samples: Any,
    params: FindParams,
    title: str | None,
    background: bool,
    since: str | None = None,
    calibration: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Starts a scan without waiting for it.

    Args:
        samples: a dataset or a view
        params: the parameters of the scan
        title: a title for the scan
        background: whether to queue it for a worker
        since (None): an earlier scan to reuse, if possible
        calibration (None): see :func:`search.find_duplicates`

    Returns:
        the run, as the panel shows it

    Raises:
        DuplicatesError: if a field cannot be compared
    """
    decoder_for(samples, params)
    run_id = str(ObjectId())
    if background:
        _queue(samples, params, title, run_id)
    else:
        _start_here(samples, params, title, run_id, since, calibration)
    return poll(samples, run_id)


def poll(samples: Any, run_id: str) -> dict[str, Any]:
    """Returns the progress of a run.

    Raises:
        RunError: if there is no such run
    """
    operation = _operation(samples, run_id)
    try:
        status = runs.status(samples, run_id)
    except RunError:
        if operation is None:
            raise
        return _queued(run_id, operation)
    return _begun(
        status, operation, slices.unit(samples._root_dataset, status["field"])
    )


def cancel(samples: Any, run_id: str) -> dict[str, Any]:
    """Cancels a run; one that is still queued is removed from the queue.

    Raises:
        RunError: if there is no such run
    """
    operation = _operation(samples, run_id)
    if operation is not None and operation.run_state in _WAITING:
        taken_back = DelegatedOperationService().set_failed(
            operation.id,
            ExecutionResult(error=_TAKEN_BACK),
            required_state=operation.run_state,
        )
        if taken_back is not None:
            return _run(run_id, "cancelled", background=True)
    runs.cancel(samples, run_id)
    return poll(samples, run_id)


def under_way(samples: Any) -> dict[str, Any] | None:
    """Returns the newest scan in progress on a dataset; None if there is none."""
    for status in runs.list_runs(samples):
        if status["operator"] == NAME and status["state"] == "running":
            return poll(samples, status["run_id"])
    for operation in _operations(samples):
        run_id = _run_id(operation)
        if run_id is not None and operation.run_state in _WAITING:
            return poll(samples, run_id)
    return None


def _start_here(
    samples: Any,
    params: FindParams,
    title: str | None,
    run_id: str,
    since: str | None,
    calibration: dict[str, Any] | None,
) -> None:
    is_rescan = since is not None
    if since is not None and not incremental.is_usable(samples, params, since):
        since = None

    def scan(run: runs.Run) -> None:
        found = search.find_duplicates(
            samples, params, None, title, run=run, since=since, calibration=calibration
        )
        if is_rescan:
            interim.make_interim(samples._root_dataset, str(found.scan_key))

    in_thread(samples, NAME, params.label_field, run_id, scan)


def in_thread(
    samples: Any, name: str, field: str, run_id: str, work: Callable[[runs.Run], object]
) -> None:
    """Starts a thread that does work under a run, and returns once the run has begun.

    Args:
        samples: a dataset or a view
        name: the name of the operator
        field: the label field of the run
        run_id: the id of the run
        work: does the work; it writes no label
    """
    begun = threading.Event()

    def do() -> None:
        try:
            started = runs.start(samples, name, field, False, run_id=run_id)
            with rare_searches, started as run:
                begun.set()
                work(run)
        except RunCancelled:
            pass
        except DuplicatesError as error:
            logger.info("%s %s ended: %s", name, run_id, error)
        # the end of a thread: no caller could catch it, and the run's record has it
        except Exception:
            logger.exception("%s %s failed", name, run_id)
        finally:
            begun.set()

    threading.Thread(target=do, name=f"iou-duplicates-{run_id}", daemon=True).start()
    begun.wait(_BEGINS_WITHIN)


def _queue(samples: Any, params: FindParams, title: str | None, run_id: str) -> None:
    given = {k: v for k, v in params.to_dict().items() if v is not None}
    if title is not None:
        given["title"] = title
    is_view = isinstance(samples, DatasetView)
    queued = foo.execute_operator(
        OPERATOR,
        {"view" if is_view else "dataset": samples},
        params={**given, "run_id": run_id},
        request_delegation=True,
    )
    if not isinstance(queued, ExecutionResult):
        raise Failed(
            "A scan cannot be queued from within an event loop.",
            "Scan in the foreground instead.",
        )


def _operations(samples: Any) -> list[Any]:
    """Returns the newest background scans of a dataset."""
    return DelegatedOperationService().list_operations(
        operator=OPERATOR,
        dataset_id=samples._root_dataset._doc.id,
        paging=DelegatedOperationPagingParams(limit=_RECENT),
    )


def _operation(samples: Any, run_id: str) -> Any:
    found = (op for op in _operations(samples) if _run_id(op) == run_id)
    return next(found, None)


def _run_id(operation: Any) -> str | None:
    return operation.context.request_params.get("params", {}).get("run_id")


def _queued(run_id: str, operation: Any) -> dict[str, Any]:
    """Returns a run that so far exists only in the queue."""
    if operation.run_state == ExecutionRunState.FAILED:
        error = operation.result.error if operation.result else None
        # a poll may be answered after the cancellation that it overlapped with
        if error == _TAKEN_BACK:
            return _run(run_id, "cancelled", background=True)
        return _run(
            run_id, "failed", background=True, error=_failure(_last_line(error), error)
        )
    since = operation.queued_at or operation.scheduled_at
    waiting = datetime.now(timezone.utc).replace(tzinfo=None) - since
    state = "queued" if operation.run_state in _WAITING else "running"
    seconds = max(0.0, round(waiting.total_seconds(), 1))
    return _run(run_id, state, background=True, waiting=seconds)


def _begun(status: dict[str, Any], operation: Any, unit: str) -> dict[str, Any]:
    state, error = status["state"], status["error"]
    died = operation is not None and operation.run_state == ExecutionRunState.FAILED
    if state == "lost" or (state == "running" and died):
        state, error = "failed", "Its process has ended."
    return _run(
        status["run_id"],
        state,
        unit=unit,
        background=operation is not None,
        done=status["done"],
        total=status["total"],
        waits=status["waits"],
        scan_key=status["scan_key"],
        error=_failure(error, error, status["operator"]) if state == "failed" else None,
    )


def _run(run_id: str, state: str, **values: Any) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "state": state,
        "background": False,
        "unit": "sample",
        "done": 0,
        "total": 0,
        "waiting": 0,
        "waits": None,
        "scan_key": None,
        "error": None,
        **values,
    }


def _failure(
    reason: str | None, details: str | None, operator: str = NAME
) -> dict[str, str]:
    what, again = _WORDS.get(operator, _WORDS[NAME])
    failure = {
        "message": f"The {what} failed: {reason or 'for an unknown reason'}",
        "consequence": UNCHANGED,
        "advice": f"Fix the cause, then {again} again.",
    }
    return failure if details is None else {**failure, "details": details}


def _last_line(error: str | None) -> str | None:
    lines = (error or "").strip().splitlines()
    return lines[-1] if lines else None
