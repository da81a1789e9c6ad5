"""Whether any label of a field has a mask or a rotation.

A search without a match reads all samples. Its time is remembered, so the next search
reads only the samples that were modified since.
"""

from __future__ import annotations

import datetime
from threading import Lock
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from pymongo.errors import ExecutionTimeout

from ...fields import LabelField

PATIENCE = 500
"""The time limit of a search, in milliseconds. One that takes longer has no match."""

_FIRST = 200
"""The number of samples that are searched where a whole search would take too long."""

_A_NUMBER = {"$type": "number", "$ne": 0, "$not": {"$type": "array"}}
_MASKED = {"$or": [{"mask": {"$ne": None}}, {"mask_path": {"$ne": None}}]}
_TURNED = {"rotation": _A_NUMBER}

_STAMP = "last_modified_at"
_NEVER = datetime.datetime.min

_seen: dict[tuple[Any, ...], datetime.datetime | None] = {}
_lock = Lock()


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
        [*stages, {"$project": {"_id": True}}], maxTimeMS=PATIENCE
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
    key = (samples._dataset._doc.id, field.name, *wanted)
    with _lock:
        unseen_since = _seen.get(key, _NEVER)
    if unseen_since is None:
        return True
    collection = field.collection(samples)
    query: dict[str, Any] = {field.list_path: {"$elemMatch": wanted}}
    if unseen_since is not _NEVER:
        query[_STAMP] = {"$gte": unseen_since}
    try:
        newest = collection.find_one(
            {}, {_STAMP: True}, sort=[(_STAMP, -1)], max_time_ms=PATIENCE
        )
        found = collection.find_one(query, {"_id": True}, max_time_ms=PATIENCE)
    except ExecutionTimeout:
        return False
    stamp = (newest or {}).get(_STAMP)
    if not isinstance(stamp, datetime.datetime):
        stamp = _NEVER
    with _lock:
        _seen[key] = None if found is not None else stamp
    return found is not None
