"""The values of attributes that may show whether two labels mark one object.

A value becomes a number of 64 bits, by which values are compared: two of a pair
are equal or not, and two times are within a minute or not. 0 stands for no value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timezone
from hashlib import blake2b
from typing import Any

import numpy as np
from bson import ObjectId
from bson.datetime_ms import DatetimeMS

from ....iou_core.clues import IS_TIME, Clues
from . import buffer

_MIDDLE = 1 << 62  # added to times, so that those before 1970 are positive
_LAST = (1 << 63) - 1


def number_of(value: Any) -> int:
    """Returns the number of a value; 0 for None, "" and what cannot be compared.

    Numbers are equal whatever their type, and True is 1. An instance is its id.
    """
    if isinstance(value, dict):
        value = value.get("_id")
        value = value if isinstance(value, ObjectId) else None
    if isinstance(value, datetime):
        value = DatetimeMS(value.replace(tzinfo=timezone.utc))
    if isinstance(value, DatetimeMS):
        return IS_TIME | min(max(int(value) + _MIDDLE, 0), _LAST)
    if isinstance(value, ObjectId):
        return _hashed(b"i" + value.binary)
    if isinstance(value, str) and value:
        return _hashed(b"t" + value.encode(errors="surrogatepass"))
    if isinstance(value, (bool, int, float)) and math.isfinite(value):
        return _hashed(b"n" + float(value).hex().encode())
    return 0


def _hashed(data: bytes) -> int:
    number = int.from_bytes(blake2b(data, digest_size=8).digest(), "little")
    return number & _LAST or 1


def of_labels(raw: buffer.Raw, elements: Sequence[buffer.Element]) -> Clues:
    """Returns the numbers of the attributes of labels.

    Args:
        raw: the bytes
        elements: of each of ``K`` attributes, its elements in ``N`` labels

    Returns:
        an ``(N, K)`` array
    """
    columns = [_of_attribute(raw, element) for element in elements]
    return np.stack(columns, axis=1)


def _of_attribute(raw: buffer.Raw, element: buffer.Element) -> Clues:
    numbers = np.zeros(len(element.type), dtype=np.uint64)
    known: dict[Any, int] = {}
    for row in np.flatnonzero(element.type).tolist():
        value = _value(raw, int(element.type[row]), int(element.at[row]))
        key = type(value), value
        if key not in known:
            known[key] = number_of(value)
        numbers[row] = known[key]
    return numbers


def _value(raw: buffer.Raw, kind: int, at: int) -> Any:
    """Returns the value at an offset; None for one that cannot be compared."""
    if kind == buffer.STRING:
        return raw.data[at + 4 : at + 3 + int(raw.i32[at])].decode(errors="replace")
    if kind == buffer.DOUBLE:
        return float(raw.f64[at])
    if kind in (buffer.INT32, buffer.INT64):
        return int((raw.i32 if kind == buffer.INT32 else raw.i64)[at])
    if kind == buffer.BOOL:
        return bool(raw.u8[at])
    if kind == buffer.DATE:
        return DatetimeMS(int(raw.i64[at]))
    if kind == buffer.OBJECT_ID:
        return ObjectId(raw.data[at : at + 12])
    if kind == buffer.DOCUMENT:
        found = raw.decoded(at).get("_id")
        return found if isinstance(found, ObjectId) else None
    return None
