"""Which pairs of boxes can meet: sort and sweep, never ``n x n``.

Boxes of many images are swept at once. Each box gets the key ``group * span +
left``; sorted by it, the boxes that begin before another one ends follow it
directly. Rounding is monotone, so a key may make candidates equal that are
not, but never loses one: candidates are a superset of the pairs that overlap.

Crowded images are cut into horizontal strips. A box stands in every strip that
it touches, and a pair counts only in the first strip that holds both, so it is
found once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..arrays import Ints
from .boxes import Extents

STRIPS_FROM = 64
"""Images with fewer boxes than this are not cut into strips."""

MAX_STRIPS_PER_BOX = 4
"""How many strips a box may touch on average."""

CHUNK_PAIRS = 65_536
"""How many candidates are handed out at once: as many as the cache holds."""

_KEY_RANGE = 1e6  # keys of boxes farther out than this collapse, harmlessly


def candidate_pairs(a: Extents, group: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yields pairs of boxes of one group whose boxes may meet.

    Every pair of one group whose closed boxes meet in ``x`` and whose strips
    meet in ``y`` is yielded exactly once, in no particular order.

    Args:
        a: the :class:`Extents` of ``N`` boxes
        group: an ``(N,)`` array of small non-negative group numbers (an image,
            or an image and a class)

    Yields:
        ``(i, j)``: arrays of indices, with ``i < j``; nothing for fewer than
        two boxes
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
    # boxes that are cut come from left to right: only their rows are out of order
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

    The boxes come in their order; from left to right if any image is cut.
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
    # fewer strips than this would copy boxes and part hardly any of them
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
    """Returns rows as numbers of 16 bits where they fit: those need no comparing."""
    return rows.astype(np.uint16) if rows.max() < 1 << 16 else rows


def _chunks(counts: Ints) -> Iterator[tuple[int, int]]:
    """Yields ranges of boxes that have about ``CHUNK_PAIRS`` candidates."""
    total = np.cumsum(counts)
    lo, done = 0, 0
    while lo < len(counts):
        hi = int(np.searchsorted(total, done + CHUNK_PAIRS, side="right"))
        hi = max(hi, lo + 1)
        yield lo, hi
        lo, done = hi, int(total[hi - 1])


def _expand(counts: Ints, lo: int, hi: int) -> tuple[Ints, Ints]:
    """Returns each box ``p`` in ``[lo, hi)`` with its ``counts[p]`` followers."""
    part = counts[lo:hi]
    p = np.repeat(np.arange(lo, hi), part)
    starts = np.cumsum(part) - part
    q = np.arange(len(p)) - np.repeat(starts, part) + p + 1
    return p, q
