"""The values of elements of many labels at once."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.flags import read_flag
from . import buffer
from .hashes import string_hashes

_NUMBERS = (buffer.INT32, buffer.INT64, buffer.DOUBLE)
_EMPTY = 5  # the length of an array without elements
_HEADS = [b"\x01%d\x00" % k for k in range(4)]
_BOX = struct.pack("<i", 49) + b"".join(head + bytes(8) for head in _HEADS) + bytes(8)
_BOX_MASK = b"\xff" * 4 + 4 * (b"\xff" * 3 + bytes(8)) + b"\xff" + bytes(7)
"""An array of four doubles, padded to whole words; and what all such have in common."""


def object_ids(raw: buffer.Raw, at: Ints) -> buffer.Bytes:
    """Returns the ObjectIds at offsets, as an ``(n, 12)`` uint8 array."""
    return raw.rows(at, 12)


def boxes(raw: buffer.Raw, element: buffer.Element) -> tuple[Floats, Bools]:
    """Returns the arrays of four doubles at an element.

    Returns:
        ``(n, 4)`` float64, and an ``(n,)`` bool array that is False where the
        element is anything but an array of exactly four doubles
    """
    regular = element.type == buffer.ARRAY
    if not len(regular):
        return np.zeros((0, 4)), regular
    at = element.at if regular.all() else np.where(regular, element.at, 0)
    rows = raw.rows(at, len(_BOX))
    regular &= buffer.are(rows.view(np.uint64), _BOX, _BOX_MASK)
    values = np.ndarray(
        (len(rows), 4), "<f8", rows.data, 4 + 3, strides=(len(_BOX), 3 + 8)
    )
    return values.copy(), regular


def numbers(
    raw: buffer.Raw, element: buffer.Element, n: int, whole: bool = False
) -> tuple[npt.NDArray[Any], Bools]:
    """Returns the arrays of ``n`` numbers at an element.

    Args:
        raw: the bytes
        element: an element of ``M`` documents
        n: the number of numbers
        whole (False): whether they have to be whole numbers

    Returns:
        ``(M, n)`` float64, or int64 if they are whole, and an ``(M,)`` bool array that
        is False where the element is anything but an array of exactly ``n`` of them
    """
    kinds = {buffer.DOUBLE: raw.f64, buffer.INT32: raw.i32, buffer.INT64: raw.i64}
    if whole:
        del kinds[buffer.DOUBLE]
    regular: Bools = element.type == buffer.ARRAY
    at = np.where(regular, element.at, 0)
    end = at + raw.i32[at] - 1
    values = np.zeros((len(at), n), np.int64 if whole else np.float64)
    here = at + 4
    for k in range(n):
        kind = raw.u8[here]
        key = b"%d\x00" % k
        regular &= raw.matches(here + 1, key) & np.isin(kind, list(kinds))
        for known, numbers_at in kinds.items():
            these = np.flatnonzero(regular & (kind == known))
            values[these, k] = numbers_at[here[these] + 1 + len(key)]
        size = np.where(kind == buffer.INT32, 4, 8)
        here = np.where(regular, here + 1 + len(key) + size, 0)
    regular &= here == end
    return values, regular


def rotations(raw: buffer.Raw, element: buffer.Element) -> tuple[Floats, Bools]:
    """Returns the numbers at an element, 0 where there is none.

    Returns:
        ``(M,)`` float64, and an ``(M,)`` bool array that is False where the element
        is anything but one finite number, nothing, or an empty array
    """
    kind, at = element.type, element.at
    value = np.zeros(len(kind))
    known: Bools = np.isin(kind, (buffer.ABSENT, buffer.NULL))
    known |= (kind == buffer.ARRAY) & (raw.i32[at] == _EMPTY)
    for number, numbers_at in (
        (buffer.DOUBLE, raw.f64),
        (buffer.INT32, raw.i32),
        (buffer.INT64, raw.i64),
    ):
        these = np.flatnonzero(kind == number)
        value[these] = numbers_at[at[these]]
        known[these] = np.isfinite(value[these])
    return value, known


def binaries(raw: buffer.Raw, element: buffer.Element) -> tuple[Ints, Ints, Bools]:
    """Returns where the bytes at an element begin and end.

    Returns:
        ``(begin, end, regular)``, each ``(M,)``: False where the element is anything
        but binary data of the general subtype, and there nothing is said
    """
    regular: Bools = element.type == buffer.BINARY
    at = np.where(regular, element.at, 0)
    regular &= raw.u8[at + 4] == 0
    begin = at + 5
    return begin, begin + raw.i32[at], regular


def strings(raw: buffer.Raw, element: buffer.Element) -> tuple[Ints, Ints, Bools]:
    """Returns where the bytes of the text at an element begin and end.

    Returns:
        as :func:`binaries` does
    """
    regular: Bools = element.type == buffer.STRING
    at = np.where(regular, element.at, 0)
    begin = at + 4
    return begin, begin + raw.i32[at] - 1, regular


def truth(raw: buffer.Raw, element: buffer.Element) -> tuple[Bools, Bools]:
    """Returns the truth of numbers and booleans, and where it is known."""
    kind, at = element.type, element.at
    truth = np.zeros(len(kind), dtype=np.bool_)
    truth |= (kind == buffer.BOOL) & (raw.u8[at] != 0)
    truth |= (kind == buffer.INT32) & (raw.i32[at] != 0)
    truth |= (kind == buffer.INT64) & (raw.i64[at] != 0)
    truth |= (kind == buffer.DOUBLE) & (raw.f64[at] != 0)
    known = np.isin(
        kind,
        (
            buffer.ABSENT,
            buffer.NULL,
            buffer.BOOL,
            buffer.INT32,
            buffer.INT64,
            buffer.DOUBLE,
        ),
    )
    return truth, known


def flags(raw: buffer.Raw, element: buffer.Element) -> tuple[Bools, Bools]:
    """Returns which elements mean yes as :func:`read_flag` reads them.

    Returns:
        ``(flags, known)``, each ``(M,)``: not known, and False, where the element is
        of another type, or a text that is no spelling of yes or no
    """
    found, known = truth(raw, element)
    at = element.at
    found &= ~((element.type == buffer.DOUBLE) & np.isnan(raw.f64[at]))
    texts = np.flatnonzero(element.type == buffer.STRING)
    if len(texts):
        hashes, lengths = string_hashes(raw, at[texts])
        _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        begins, ends = at[texts[first]] + 4, at[texts[first]] + 4 + lengths[first]
        read = [
            read_flag(raw.data[begin:end].decode(errors="replace"))
            for begin, end in zip(begins.tolist(), ends.tolist())
        ]
        known[texts] = np.array([flag is not None for flag in read])[inverse]
        found[texts] = np.array([flag is True for flag in read])[inverse]
    return found, known
