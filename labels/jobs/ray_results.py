"""The results of Ray's workers, which come through the database as checked BSON.

``ray.get`` unpickles results, and unpickling can run any code. So a worker writes its
result into a collection of the plugin. It is read as plain data, and raises an error
unless it has the expected structure.
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

import bson
import numpy as np
from bson.errors import BSONError
from pymongo import ReplaceOne

from ...iou_core.errors import RunError, UnreadableError
from .. import store
from ..media.inflate import inflate

KEPT_FOR = 86_400
"""After how many seconds MongoDB deletes results that were not taken."""

_PART = 8_000_000  # bytes of a document
_CONTAINERS = ("map", "list", "array")


class _Array(NamedTuple):
    """An array of numbers of some dimensions."""

    n_dims: int


class _MapOf(NamedTuple):
    """A dict with any texts, or None, as keys."""

    values: Any


_TEXT_OR_NONE = (str, type(None))
_COUNTS = _MapOf(int)
_SKIPPED = {"count": int, "reasons": _COUNTS, "labels": [_MapOf(object)]}
_CURVES = {
    "labels": _Array(1),
    "images": _Array(1),
    "class_labels": _Array(2),
    "class_images": _Array(2),
}
_RESULTS = {
    "find": {
        "label_ids": [str],
        "images": int,
        "n_labels": _COUNTS,
        "n_duplicates": _COUNTS,
        "skipped": _SKIPPED,
        "rotation_units": _MapOf(str),
        "unmarked": _COUNTS,
        "curves": {"simple": _CURVES, "greedy": (_CURVES,)},
        "evidence": {
            "classes": _Array(2),
            "row": _Array(1),
            "cell": _Array(1),
            "count": _Array(1),
            "tilt": _Array(1),
            "agreement": _Array(1),
            "places": _Array(1),
        },
        "sums": {
            "names": [_TEXT_OR_NONE],
            "histogram": _Array(1),
            **dict.fromkeys(("zero", "none", "pairs", "samples", "truncated"), int),
        },
    },
    "max_iou": {
        "count": int,
        "samples": int,
        "bounds": ([float], type(None)),
        "counts": _Array(1),
        "by_class": _COUNTS,
        "skipped": _SKIPPED,
        "schema_changed": bool,
        "rotation_units": _MapOf(str),
        "unmarked": _COUNTS,
        "restore_keys": [str],
    },
    "tag": {
        "count": int,
        "samples": int,
        "label_ids": [str],
        "skipped": _SKIPPED,
        "restore_key": _TEXT_OR_NONE,
        "on_frames": bool,
    },
}
_REFUSED = {"refused": [str]}
_WORDS = 4  # the class of the error, and its arguments


def put(job_id: str, number: int, result: dict[str, Any]) -> None:
    """Stores the result of a part of a job, and replaces an earlier one."""
    data = zlib.compress(bson.encode({"result": _packed(result)}), 1)
    parts = [data[k : k + _PART] for k in range(0, len(data), _PART)]
    _collection().bulk_write(
        [
            ReplaceOne(
                {"_id": f"{job_id}:{number}:{k}"},
                {
                    "job_id": job_id,
                    "number": number,
                    "part": k,
                    "parts": len(parts),
                    "created_at": store.now(),
                    "data": part,
                },
                upsert=True,
            )
            for k, part in enumerate(parts)
        ]
    )


def take(job_id: str, number: int, work: str) -> dict[str, Any] | None:
    """Returns a stored result, and deletes it.

    Args:
        job_id: the job
        number: the part
        work: the kind of work, a key of :data:`..worker.WORK`

    Returns:
        the result, or ``{"refused": …}``; None if the worker stored nothing

    Raises:
        RunError: if the stored result has another structure
    """
    own = {"job_id": job_id, "number": number}
    found = list(_collection().find(own).sort("part", 1))
    _collection().delete_many(own)
    if not found or len(found) != found[0]["parts"]:
        return None
    try:
        data = inflate(b"".join(each["data"] for each in found))
        result = _unpacked(bson.decode(data)["result"])
        is_refused = set(result) == {"refused"}
        _require(result, _REFUSED if is_refused else _RESULTS[work])
        if is_refused and len(result["refused"]) != _WORDS:
            raise ValueError("another number of words")
    except (UnreadableError, BSONError, ValueError, TypeError, LookupError) as error:
        raise RunError(
            "a result of the expected shape from the cluster",
            f"{type(error).__name__}: {error}",
            "engine",
        ) from None
    return dict(result)


def prepare() -> None:
    """Makes MongoDB delete results that are not taken."""
    _collection().create_index("created_at", expireAfterSeconds=KEPT_FOR)
    _collection().create_index("job_id")


def delete(job_id: str) -> None:
    """Deletes all results of a job."""
    _collection().delete_many({"job_id": job_id})


def _collection() -> Any:
    return store.collection("results")


def _packed(value: Any) -> Any:
    """Returns plain data for BSON; the keys of dicts may be None, or any text."""
    if isinstance(value, dict):
        return {"map": [[key, _packed(each)] for key, each in value.items()]}
    if isinstance(value, (list, tuple)):
        return {"list": [_packed(each) for each in value]}
    if isinstance(value, np.ndarray):
        return {"array": store.pack(value)}
    return value.item() if isinstance(value, np.generic) else value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    if kind not in _CONTAINERS:
        raise ValueError(f"a value of kind {kind!r}")
    if kind == "map":
        return {key: _unpacked(each) for key, each in held}
    if kind == "list":
        return [_unpacked(each) for each in held]
    if np.dtype(held["dtype"]).kind not in "biuf":
        raise ValueError(f"an array of {held['dtype']!r}")
    return store.unpack(held)


def _require(value: Any, shape: Any, where: str = "result") -> None:
    """Raises an error unless data has a shape.

    Raises:
        ValueError: if the data have another shape
    """
    if isinstance(shape, _Array):
        fits = isinstance(value, np.ndarray) and value.ndim == shape.n_dims
    elif isinstance(shape, _MapOf):
        fits = isinstance(value, dict)
        for key, each in value.items() if fits else ():
            _require(key, _TEXT_OR_NONE, f"a key of {where}")
            _require(each, shape.values, f"{where}[{key!r}]")
    elif isinstance(shape, dict):
        fits = isinstance(value, dict) and set(value) == set(shape)
        for key in shape if fits else ():
            _require(value[key], shape[key], f"{where}.{key}")
    elif isinstance(shape, list):
        fits = isinstance(value, list)
        for each in value if fits else ():
            _require(each, shape[0], f"an entry of {where}")
    elif isinstance(shape, tuple) and isinstance(shape[0], (list, dict)):
        fits = value is None
        if not fits:
            _require(value, shape[0], where)
            fits = True
    else:
        fits = isinstance(value, shape) and (
            not isinstance(value, bool) or shape in (bool, object)
        )
    if not fits:
        raise ValueError(f"another {where}")
