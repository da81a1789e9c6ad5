"""The pairs of boxes that may overlap, found by sort and sweep.

The boxes of many images are swept at once. Each box has the key ``group * span +
left``; in the order of these keys, the boxes that begin before another one ends
follow it directly. Rounding is monotone, so it may add candidates but never loses
one: candidates are a superset of the pairs that overlap.

Crowded images are cut into horizontal strips. A box is in every strip that it
touches, and a pair counts only in the first strip that contains both, so it is found
once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..arrays import Ints
from ..cancellation import check_cancelled
from .boxes import Extents

STRIPS_FROM = 64
"""Images with fewer boxes than this are not cut into strips."""

MAX_STRIPS_PER_BOX = 4
"""The number of strips that a box may touch on average."""

CHUNK_PAIRS = 65_536
"""The number of candidates yielded at once: as many as fit into the CPU cache."""

_KEY_RANGE = 1e6  # boxes farther out share a key, which only adds candidates


def candidate_pairs(a: Extents, group: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yields the pairs of boxes of one group that may overlap.

    Every pair of one group whose closed boxes meet in ``x`` and that shares a strip
    is yielded exactly once, in no particular order.

    Args:
        a: the :class:`Extents` of ``N`` boxes
        group: an ``(N,)`` array of small non-negative group numbers (an image,
            or an image and a class)

    Yields:
        ``(i, j)``: arrays of indices, with ``i < j``; nothing for fewer than
        two boxes

    Examples:
        >>> from .boxes import extents
        >>> boxes = np.array([[0, 0, 1, 1], [0.5, 0, 1, 1], [5, 0, 1, 1]])
        >>> group = np.zeros(3, np.int64)
        >>> ((i, j),) = candidate_pairs(extents(boxes), group)
        >>> i.tolist(), j.tolist()
        ([0], [1])
        >>> list(candidate_pairs(extents(boxes[:0]), group[:0]))
        []
    """
    if len(group) < 2:
        return

    owner, strip, first, rows = _cut_into_strips(a, group)
    left = np.clip(a.left.take(owner), -_KEY_RANGE, _KEY_RANGE)
    right = np.clip(a.right.take(owner), -_KEY_RANGE, _KEY_RANGE)
    lowest = left.min()
    span = left.max() - lowest + 1.0
    # a box's right side must not reach into the next group's keys
    right = np.minimum(right, left.max())
    base = rows * (2.0 * span) - lowest
    key = base + left
    cut = bool(strip.any())
    # cut boxes come from left to right, so only their rows are out of order
    order = np.argsort(_narrow(rows) if cut else key, kind="stable")
    key = key.take(order)
    end = np.searchsorted(key, (base + right).take(order), side="right")
    counts = end - np.arange(1, len(key) + 1)
    owner, strip, first = owner.take(order), strip.take(order), first.take(order)

    for lo, hi in _chunks(counts):
        p, q = _expand(counts, lo, hi)
        if cut:
            latest = np.maximum(first.take(p), first.take(q))
            once = np.flatnonzero(strip.take(p) == latest)
            p, q = p.take(once), q.take(once)
        i, j = owner.take(p), owner.take(q)
        yield np.minimum(i, j), np.maximum(i, j)


def _cut_into_strips(a: Extents, group: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Returns, for each box and strip it touches: box, strip, first strip, row.

    The boxes keep their order, unless an image is cut: then they come from left to
    right.
    """
    n = len(group)
    sizes = np.bincount(group)
    if sizes.max() < STRIPS_FROM:
        zeros = np.zeros(n, dtype=np.int64)
        return np.arange(n), zeros, zeros, group

    boxes = np.argsort(a.left, kind="stable")
    a, group = Extents(*(side.take(boxes) for side in a)), group.take(boxes)
    top = np.full(len(sizes), np.inf)
    bottom = np.full(len(sizes), -np.inf)
    np.minimum.at(top, group, a.top)
    np.maximum.at(bottom, group, a.bottom)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        height = bottom - top
        mean = np.bincount(group, weights=a.bottom - a.top) / sizes
        fit = (MAX_STRIPS_PER_BOX - 1) * height / mean
    limit = np.where(sizes >= STRIPS_FROM, sizes // 8, 1)
    usable = np.isfinite(height) & (height > 0)
    fit = np.where(np.isfinite(fit), fit, limit)
    # fewer strips would copy boxes but separate hardly any of them
    usable &= fit > 4 * MAX_STRIPS_PER_BOX
    strips = np.where(usable, np.clip(fit, 1, limit), 1).astype(np.int64)

    scale = np.where(usable, strips / np.where(usable, height, 1.0), 0.0)[group]
    origin = np.where(usable, top, 0.0)[group]
    last = strips[group] - 1
    lo = np.clip((a.top - origin) * scale, 0, last).astype(np.int64)
    hi = np.clip((a.bottom - origin) * scale, 0, last).astype(np.int64)

    touched = hi - lo + 1
    owner = np.repeat(np.arange(n), touched)
    first = np.repeat(lo, touched)
    starts = np.cumsum(touched) - touched
    strip = first + np.arange(len(owner)) - np.repeat(starts, touched)
    offsets = np.concatenate(([0], np.cumsum(strips)[:-1]))
    return boxes.take(owner), strip, first, offsets[group.take(owner)] + strip


def _narrow(rows: Ints) -> Ints | npt.NDArray[np.uint16]:
    """Returns rows as 16-bit integers where they fit: NumPy sorts those by radix."""
    return rows.astype(np.uint16) if rows.max() < 1 << 16 else rows


def _chunks(counts: Ints) -> Iterator[tuple[int, int]]:
    """Yields ranges of boxes that have about ``CHUNK_PAIRS`` candidates."""
    total = np.cumsum(counts)
    lo, done = 0, 0
    while lo < len(counts):
        hi = int(np.searchsorted(total, done + CHUNK_PAIRS, side="right"))
        hi = max(hi, lo + 1)
        check_cancelled()
        yield lo, hi
        lo, done = hi, int(total[hi - 1])


def _expand(counts: Ints, lo: int, hi: int) -> tuple[Ints, Ints]:
    """Returns each box ``p`` in ``[lo, hi)`` with its ``counts[p]`` followers."""
    part = counts[lo:hi]
    p = np.repeat(np.arange(lo, hi), part)
    starts = np.cumsum(part) - part
    q = np.arange(len(p)) - np.repeat(starts, part) + p + 1
    return p, q
