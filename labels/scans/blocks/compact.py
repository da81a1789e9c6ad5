"""Arrays of a stored scan in few bytes, which cost little time to make and to read.

Compressing random bits takes long and gains nothing, so only what has a pattern is
compressed. All values are read again exactly.

-   whole numbers: differences of neighbors where those are smaller, in the fewest
    bytes; compressed if that is one byte each
-   ids: their three words, as whole numbers
-   floats: only their first two bytes have a pattern: sign, exponent, and a little of
    the fraction
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Floats
from ... import store
from ...media.inflate import inflate
from ...reading.raw.ids import Bytes

_LEVEL = 1
_LARGEST = 2**62  # differences of smaller numbers do not overflow
_PATTERN = 2  # bytes of a float


def pack_ints(numbers: npt.NDArray[Any]) -> dict[str, Any]:
    """Returns an array of whole numbers as a document."""
    n = len(numbers)
    low, high = (int(numbers.min()), int(numbers.max())) if n else (0, 0)
    document: dict[str, Any] = {"ints": n, "dtype": numbers.dtype.str}
    if max(-low, high) >= _LARGEST:
        return {**document, "data": np.ascontiguousarray(numbers).tobytes()}
    if low == high:
        return {**document, "low": low} if low else document
    values = numbers.astype(np.int64)
    steps = np.diff(values, prepend=low)
    down, up = int(steps.min()), int(steps.max())
    if up - down < high - low and _narrow(up - down) != _narrow(high - low):
        values, low, high = steps, down, up
        document["first"] = int(numbers.min())
    narrow = _narrow(high - low)
    data = (values - low).astype(narrow).tobytes()
    if narrow.itemsize == 1:
        data = zlib.compress(data, _LEVEL)
    return {**document, "low": low, "narrow": narrow.str, "data": data}


def _unpack_ints(document: dict[str, Any]) -> npt.NDArray[Any]:
    """Returns the array that :func:`pack_ints` was given."""
    n, dtype, low = document["ints"], document["dtype"], document.get("low", 0)
    if "data" not in document:
        return np.full(n, low, dtype)
    if "narrow" not in document:
        return np.frombuffer(document["data"], dtype)
    narrow = np.dtype(document["narrow"])
    data = document["data"]
    if narrow.itemsize == 1:
        data = inflate(data, n)
    values = np.frombuffer(data, narrow).astype(np.int64) + low
    if "first" in document:
        values = np.cumsum(values) + document["first"]
    return values.astype(dtype)


def _narrow(span: int) -> np.dtype[Any]:
    return np.min_scalar_type(span).newbyteorder("<")


def pack_ids(ids: Bytes) -> dict[str, Any]:
    """Returns ``(n, 12)`` uint8 ids as a document."""
    words = np.ascontiguousarray(ids).view(">u4")
    return {"ids": [pack_ints(words[:, k]) for k in range(words.shape[1])]}


def _unpack_ids(document: dict[str, Any]) -> Bytes:
    """Returns the ids that :func:`pack_ids` was given."""
    words = np.stack([_unpack_ints(word) for word in document["ids"]], axis=1)
    return np.ascontiguousarray(words.astype(">u4")).view(np.uint8)


def pack_floats(values: Floats) -> dict[str, Any]:
    """Returns an array of float64 as a document."""
    rows = np.ascontiguousarray(values.astype("<f8")).view(np.uint8).reshape(-1, 8)
    return {
        "floats": list(values.shape),
        "first": zlib.compress(rows[:, -_PATTERN:].T.tobytes(), _LEVEL),
        "rest": rows[:, :-_PATTERN].tobytes(),
    }


def _unpack_floats(document: dict[str, Any]) -> Floats:
    """Returns the array that :func:`pack_floats` was given."""
    shape = document["floats"]
    n = math.prod(shape)
    rows = np.empty((n, 8), np.uint8)
    first = np.frombuffer(inflate(document["first"], n * _PATTERN), np.uint8)
    rows[:, -_PATTERN:] = first.reshape(_PATTERN, n).T
    rest = np.frombuffer(document["rest"], np.uint8)
    rows[:, :-_PATTERN] = rest.reshape(n, 8 - _PATTERN)
    found: Floats = rows.view("<f8").astype(np.float64, copy=False).reshape(shape)
    return found


def unpack(document: dict[str, Any]) -> npt.NDArray[Any]:
    """Returns the array that a document of this module or of :mod:`...store` holds."""
    if "ints" in document:
        return _unpack_ints(document)
    if "ids" in document:
        return _unpack_ids(document)
    if "floats" in document:
        return _unpack_floats(document)
    return store.unpack(document)
