"""Lists of numbers and of points in raw BSON, of many labels at once.

A list of pairs of doubles has a length that tells how many there are, and each of its
numbers a place that follows from it. So all are gathered by their places, and what
stands around them is checked: lists that hold anything else are said to be irregular,
and nothing is guessed of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Floats, Ints, chunks, ranges
from ....iou_core.flags import read_flag
from . import walk

CHUNK_POINTS = 2**15
"""How many points are gathered at once: as many as the cache holds."""

MAX_POINTS = 10**6
"""How many points a list may have: their keys have six digits then."""

_DIGITS = 6
_EMPTY = 5  # the length of an array without elements
_PAIR_BYTES = 4 + 2 * (1 + 2 + 8) + 1
# the length of a pair, and the type and key of its first number
_PAIR_BEGINS = int.from_bytes(
    _PAIR_BYTES.to_bytes(4, "little") + b"\x010\x00", "little"
)
_SECOND_BEGINS = int.from_bytes(b"\x011\x00", "little")
_SEVEN_BYTES, _THREE_BYTES = np.uint64(2**56 - 1), np.uint32(2**24 - 1)
_FIRST_AT, _SECOND_AT = 4 + 3, 4 + 3 + 8 + 3


def points(raw: walk.Raw, at: Ints) -> tuple[Floats, Ints, Bools]:
    """Returns the lists of points at offsets.

    Args:
        raw: the bytes
        at: an ``(n,)`` array, where arrays begin

    Returns:
        ``(points, counts, regular)``: the ``(P, 2)`` float64 points, list after list;
        how many each list has ``(n,)``; and an ``(n,)`` bool array, False for lists
        that hold anything but pairs of doubles, whose count is 0
    """
    size = raw.i32[at].astype(np.int64)
    most = min(int(size.max(initial=0)) // (_PAIR_BYTES + 3), MAX_POINTS)
    places = _Places(most)
    counts = np.searchsorted(places.size_of[:-1], size)
    regular: Bools = places.size_of[counts] == size
    counts[~regular] = 0
    found: Floats = np.empty((int(counts.sum()), 2))
    done = 0
    for lo, hi in chunks(counts, CHUNK_POINTS):
        array, k = ranges(np.zeros(hi - lo, np.int64), counts[lo:hi])
        here = at[lo:hi][array] + places.size_of[k] - 1
        good = (raw.u64[here] & places.mask[k]) == places.head[k]
        here += places.header[k]
        good &= (raw.u64[here] & _SEVEN_BYTES) == _PAIR_BEGINS
        good &= (raw.u32[here + _SECOND_AT - 3] & _THREE_BYTES) == _SECOND_BEGINS
        if not good.all():
            regular[lo + array[~good]] = False
        part = found[done : done + len(here)]
        part[:, 0] = raw.f64[here + _FIRST_AT]
        part[:, 1] = raw.f64[here + _SECOND_AT]
        done += len(here)
    if not regular.all():
        found = found[np.repeat(regular, counts)]
        counts[~regular] = 0
    return found, counts, regular


class _Places:
    """Where the pairs of a list stand, and what stands before each.

    Attributes:
        size_of: ``(n + 2,)`` the length in bytes of a list of ``0, 1, ..., n`` pairs,
            and a number that is none
        head: ``(n,)`` uint64, the type and key of each pair
        mask: ``(n,)`` uint64, the bytes that these are
        header: ``(n,)`` how many bytes these are
    """

    def __init__(self, n: int) -> None:
        k = np.arange(n)
        digits = np.ones(n, dtype=np.int64)
        for power in range(1, _DIGITS):
            digits += k >= 10**power
        self.header: Ints = digits + 2
        ends = np.cumsum(self.header + _PAIR_BYTES)
        self.size_of: Ints = np.concatenate(([0], ends, [-6])) + 5
        head = np.full(n, walk.ARRAY, dtype=np.uint64)
        for power in range(_DIGITS):
            figure = (k // 10**power % 10 + ord("0")).astype(np.uint64)
            shift = np.maximum(8 * (digits - power), 0).astype(np.uint64)
            head |= np.where(power < digits, figure << shift, np.uint64(0))
        self.head: npt.NDArray[np.uint64] = head
        unused = (8 * (8 - self.header)).astype(np.uint64)
        self.mask: npt.NDArray[np.uint64] = np.uint64(2**64 - 1) >> unused


def numbers(
    raw: walk.Raw, element: walk.Element, n: int, whole: bool = False
) -> tuple[npt.NDArray[Any], Bools]:
    """Returns the arrays of ``n`` numbers at an element.

    Args:
        raw: the bytes
        element: an element of ``M`` documents
        n: how many numbers, at most ten
        whole (False): whether they have to be whole numbers

    Returns:
        ``(M, n)`` float64, or int64 if they are whole, and an ``(M,)`` bool array that
        is False where the element is anything but an array of exactly ``n`` of them
    """
    kinds = {walk.DOUBLE: raw.f64, walk.INT32: raw.i32, walk.INT64: raw.i64}
    if whole:
        del kinds[walk.DOUBLE]
    regular: Bools = element.type == walk.ARRAY
    at = np.where(regular, element.at, 0)
    end = at + raw.i32[at] - 1
    values = np.zeros((len(at), n), np.int64 if whole else np.float64)
    here = at + 4
    for k in range(n):
        kind = raw.u8[here]
        regular &= raw.matches(here + 1, b"%d\x00" % k) & np.isin(kind, list(kinds))
        for known, numbers_at in kinds.items():
            these = np.flatnonzero(regular & (kind == known))
            values[these, k] = numbers_at[here[these] + 3]
        size = np.where(kind == walk.INT32, 4, 8)
        here = np.where(regular, here + 3 + size, 0)
    regular &= here == end
    return values, regular


def rotations(raw: walk.Raw, element: walk.Element) -> tuple[Floats, Bools]:
    """Returns the numbers at an element, 0 where there is none.

    Returns:
        ``(M,)`` float64, and an ``(M,)`` bool array that is False where the element
        is anything but one finite number, nothing, or an empty array
    """
    kind, at = element.type, element.at
    value = np.zeros(len(kind))
    known: Bools = np.isin(kind, (walk.ABSENT, walk.NULL))
    known |= (kind == walk.ARRAY) & (raw.i32[at] == _EMPTY)
    for number, numbers_at in (
        (walk.DOUBLE, raw.f64),
        (walk.INT32, raw.i32),
        (walk.INT64, raw.i64),
    ):
        these = np.flatnonzero(kind == number)
        value[these] = numbers_at[at[these]]
        known[these] = np.isfinite(value[these])
    return value, known


def binaries(raw: walk.Raw, element: walk.Element) -> tuple[Ints, Ints, Bools]:
    """Returns where the bytes at an element begin and end.

    Returns:
        ``(begin, end, regular)``, each ``(M,)``: False where the element is anything
        but binary data of the general subtype, and there nothing is said
    """
    regular: Bools = element.type == walk.BINARY
    at = np.where(regular, element.at, 0)
    regular &= raw.u8[at + 4] == 0
    begin = at + 5
    return begin, begin + raw.i32[at], regular


def strings(raw: walk.Raw, element: walk.Element) -> tuple[Ints, Ints, Bools]:
    """Returns where the bytes of the text at an element begin and end.

    Returns:
        as :func:`binaries` does
    """
    regular: Bools = element.type == walk.STRING
    at = np.where(regular, element.at, 0)
    begin = at + 4
    return begin, begin + raw.i32[at] - 1, regular


def truth(raw: walk.Raw, element: walk.Element) -> tuple[Bools, Bools]:
    """Returns the truth of numbers and booleans, and where it is known."""
    kind, at = element.type, element.at
    truth = np.zeros(len(kind), dtype=np.bool_)
    truth |= (kind == walk.BOOL) & (raw.u8[at] != 0)
    truth |= (kind == walk.INT32) & (raw.i32[at] != 0)
    truth |= (kind == walk.INT64) & (raw.i64[at] != 0)
    truth |= (kind == walk.DOUBLE) & (raw.f64[at] != 0)
    known = np.isin(
        kind,
        (walk.ABSENT, walk.NULL, walk.BOOL, walk.INT32, walk.INT64, walk.DOUBLE),
    )
    return truth, known


def flags(raw: walk.Raw, element: walk.Element) -> tuple[Bools, Bools]:
    """Returns which elements mean yes as :func:`.read_flag` reads them.

    Returns:
        ``(flags, known)``, each ``(M,)``: not known, and False, where the element is
        of another type, or a text that is no spelling of yes or no
    """
    found, known = truth(raw, element)
    at = element.at
    found &= ~((element.type == walk.DOUBLE) & np.isnan(raw.f64[at]))
    texts = np.flatnonzero(element.type == walk.STRING)
    if len(texts):
        hashes, lengths = walk.string_hashes(raw, at[texts])
        _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        begins, ends = at[texts[first]] + 4, at[texts[first]] + 4 + lengths[first]
        read = [
            read_flag(raw.data[begin:end].decode(errors="replace"))
            for begin, end in zip(begins.tolist(), ends.tolist())
        ]
        known[texts] = np.array([flag is not None for flag in read])[inverse]
        found[texts] = np.array([flag is True for flag in read])[inverse]
    return found, known
