"""Ragged work on flat arrays: many ranges of numbers, cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def ranges(begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Returns, for each range, its position and every number in it.

    Args:
        begin: an ``(M,)`` array, the first number of each range
        end: an ``(M,)`` array, the number after its last; before it: no number

    Returns:
        ``(position, number)``, two arrays as long as all ranges together
    """
    counts = np.maximum(end - begin, 0)
    position = np.repeat(np.arange(len(counts)), counts)
    shift = begin - np.cumsum(counts) + counts
    return position, np.arange(len(position)) + shift[position]


def numbered(keys: Ints, size: int) -> tuple[Ints, Ints]:
    """Returns the distinct keys, and the number of each key among them.

    As ``np.unique(keys, return_inverse=True)`` does, but where the keys are dense
    nothing is sorted.

    Args:
        keys: an ``(M,)`` array of numbers in ``[0, size)``
        size: how many different keys there may be

    Returns:
        ``(distinct, number)``: the sorted distinct keys, and ``(M,)`` indices
    """
    if size > _SPARSE * len(keys):
        return np.unique(keys, return_inverse=True)
    seen = np.zeros(size, dtype=np.bool_)
    seen[keys] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[keys]


_SPARSE = 16


def chunks(counts: Ints, size: int) -> Iterator[tuple[int, int]]:
    """Yields slices whose counts add up to about ``size``, at least one entry each.

    Args:
        counts: an ``(M,)`` array
        size: how much a slice should hold
    """
    chunk = np.cumsum(counts) // size
    starts = np.flatnonzero(np.diff(chunk, prepend=-1)).tolist()
    yield from zip(starts, [*starts[1:], len(counts)])
