"""Lists of points of many labels at once.

The length of a list of pairs of doubles determines the number of pairs and the place of
each number. All numbers are gathered by their places, and the bytes around them are
checked. Lists that hold anything else are marked as irregular.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Floats, Ints, chunks, ranges
from .buffer import ARRAY, Raw

CHUNK_POINTS = 2**15
"""The number of points that are gathered at once: as many as fit into the cache."""

MAX_POINTS = 10**6
"""The largest number of points in a list: with more, keys have over six digits."""

_DIGITS = 6
_PAIR_BYTES = 4 + 2 * (1 + 2 + 8) + 1
# the length of a pair, and the type and key of its first number
_PAIR_BEGINS = int.from_bytes(
    _PAIR_BYTES.to_bytes(4, "little") + b"\x010\x00", "little"
)
_SECOND_BEGINS = int.from_bytes(b"\x011\x00", "little")
_SEVEN_BYTES, _THREE_BYTES = np.uint64(2**56 - 1), np.uint32(2**24 - 1)
_FIRST_AT, _SECOND_AT = 4 + 3, 4 + 3 + 8 + 3


def points_at(raw: Raw, at: Ints) -> tuple[Floats, Ints, Bools]:
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
    """The layout of lists of up to ``n`` pairs in BSON.

    Attributes:
        size_of: ``(n + 2,)`` the length in bytes of a list of ``0, 1, ..., n`` pairs,
            and a value that is no length
        head: ``(n,)`` uint64, the type and key that precede each pair
        mask: ``(n,)`` uint64, a mask of the bytes of ``head`` that these take
        header: ``(n,)`` the number of these bytes
    """

    def __init__(self, n: int) -> None:
        k = np.arange(n)
        digits = np.ones(n, dtype=np.int64)
        for power in range(1, _DIGITS):
            digits += k >= 10**power
        self.header: Ints = digits + 2
        ends = np.cumsum(self.header + _PAIR_BYTES)
        self.size_of: Ints = np.concatenate(([0], ends, [-6])) + 5
        head = np.full(n, ARRAY, dtype=np.uint64)
        for power in range(_DIGITS):
            figure = (k // 10**power % 10 + ord("0")).astype(np.uint64)
            shift = np.maximum(8 * (digits - power), 0).astype(np.uint64)
            head |= np.where(power < digits, figure << shift, np.uint64(0))
        self.head: npt.NDArray[np.uint64] = head
        unused = (8 * (8 - self.header)).astype(np.uint64)
        self.mask: npt.NDArray[np.uint64] = np.uint64(2**64 - 1) >> unused
