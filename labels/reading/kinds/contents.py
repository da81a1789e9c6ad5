"""Whether any label of a field has a mask or a rotation.

A search without a match reads all samples. Its time is remembered, so the next search
reads only the samples that were modified since.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillSearching
from threading import BoundedSemaphore, Lock, Thread
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout

from ...fields import LabelField

PATIENCE = 0.5
"""The number of seconds that a caller waits for a search.

A longer search continues and counts as one without a match until it ends.
"""

_LONGEST = 60.0  # seconds; a search that takes longer has no match

_at_once = BoundedSemaphore(2)

_FIRST = 200
"""The number of samples that are searched where a whole search would take too long."""

_A_NUMBER = {"$type": "number", "$ne": 0, "$not": {"$type": "array"}}
_MASKED = {"$or": [{"mask": {"$ne": None}}, {"mask_path": {"$ne": None}}]}
_TURNED = {"rotation": _A_NUMBER}

_STAMP = "last_modified_at"
_NEVER = datetime.datetime.min

_Key = tuple[Any, ...]

_seen: dict[_Key, datetime.datetime | None] = {}
_under_way: dict[_Key, tuple[float, Future[bool]]] = {}
_lock = Lock()


def begin(samples: foc.SampleCollection, fields: Iterable[LabelField]) -> None:
    """Begins all searches of some fields, so that a caller waits for them only once."""
    for field in fields:
        if field.document is fol.Detections:
            for wanted in (_MASKED, _TURNED):
                _search(samples, field, wanted)


def has_masks(samples: foc.SampleCollection, field: LabelField) -> bool:
    """Returns whether any label of a field of a dataset has an instance mask."""
    return field.document is fol.Detections and _holds(samples, field, _MASKED)


def begins_with_masks(samples: foc.SampleCollection, field: LabelField) -> bool:
    """Returns whether the database holds a mask of one of the first samples.

    It takes a few milliseconds, whatever the size of the dataset.
    """
    if field.document is not fol.Detections:
        return False
    masked = {field.list_path: {"$elemMatch": {"mask": {"$ne": None}}}}
    stages = [{"$limit": _FIRST}, {"$match": masked}, {"$limit": 1}]
    found = field.collection(samples).aggregate(
        [*stages, {"$project": {"_id": True}}], maxTimeMS=int(1000 * PATIENCE)
    )
    try:
        return any(True for _ in found)
    except ExecutionTimeout:
        return False


def has_turned_boxes(samples: foc.SampleCollection, field: LabelField) -> bool:
    """Returns whether any box of a field of a dataset is turned."""
    return field.document is fol.Detections and _holds(samples, field, _TURNED)


def _holds(
    samples: foc.SampleCollection, field: LabelField, wanted: dict[str, Any]
) -> bool:
    begun, answer = _search(samples, field, wanted)
    try:
        return answer.result(max(0.0, begun + PATIENCE - time.monotonic()))
    except StillSearching:
        return False


def _search(
    samples: foc.SampleCollection, field: LabelField, wanted: dict[str, Any]
) -> tuple[float, Future[bool]]:
    """Returns when a search began, and its answer; begins it unless it is under way."""
    key = (samples._dataset._doc.id, field.name, *wanted)
    answer: Future[bool] = Future()
    with _lock:
        if key in _under_way:
            return _under_way[key]
        unseen_since = _seen.get(key, _NEVER)
        begun = time.monotonic(), answer
        if unseen_since is None:
            answer.set_result(True)
            return begun
        _under_way[key] = begun
    query: dict[str, Any] = {field.list_path: {"$elemMatch": wanted}}
    if unseen_since is not _NEVER:
        query[_STAMP] = {"$gte": unseen_since}
    collection = field.collection(samples)

    def work() -> None:
        try:
            with _at_once:
                found, stamp = _find(collection, query)
            with _lock:
                _seen[key] = None if found else stamp
            answer.set_result(found)
        except BaseException as error:  # noqa: BLE001 - raised in the caller
            answer.set_exception(error)
        finally:
            with _lock:
                del _under_way[key]

    # a daemon, as a script does not wait for it at its end
    Thread(target=work, name="iou-duplicates-contents", daemon=True).start()
    return begun


def _find(
    collection: Collection[Any], query: dict[str, Any]
) -> tuple[bool, datetime.datetime]:
    """Returns whether a sample matches, and the newest stamp before the search."""
    limit = int(1000 * _LONGEST)
    newest = collection.find_one(
        {}, {_STAMP: True}, sort=[(_STAMP, -1)], max_time_ms=limit
    )
    stamp = (newest or {}).get(_STAMP)
    if not isinstance(stamp, datetime.datetime):
        stamp = _NEVER
    try:
        found = collection.find_one(query, {"_id": True}, max_time_ms=limit)
    except ExecutionTimeout:
        found = None
    return found is not None, stamp
