"""Array types, and ragged arrays: many ranges of numbers, and chunks of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .cancellation import check_cancelled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def ranges(begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Returns, for each range, its position and every number in it.

    Args:
        begin: an ``(M,)`` array, the first number of each range
        end: an ``(M,)`` array, the number after its last. A range that
            ends before it begins is empty

    Returns:
        ``(position, number)``, two arrays as long as all ranges together

    Examples:
        >>> position, number = ranges(np.array([2, 7]), np.array([4, 8]))
        >>> position.tolist(), number.tolist()
        ([0, 0, 1], [2, 3, 7])
        >>> ranges(np.zeros(0, np.int64), np.zeros(0, np.int64))[1].tolist()
        []
    """
    counts = np.maximum(end - begin, 0)
    position = np.repeat(np.arange(len(counts)), counts)
    shift = begin - np.cumsum(counts) + counts
    return position, np.arange(len(position)) + shift[position]


def numbered(keys: Ints, size: int) -> tuple[Ints, Ints]:
    """Returns the distinct keys, and the number of each key among them.

    The same as ``np.unique(keys, return_inverse=True)``, without sorting where the
    keys are dense.

    Args:
        keys: an ``(M,)`` array of numbers in ``[0, size)``
        size: the number of possible keys

    Returns:
        ``(distinct, number)``: the sorted distinct keys, and ``(M,)`` indices

    Examples:
        >>> distinct, number = numbered(np.array([7, 3, 7]), 8)
        >>> distinct.tolist(), number.tolist()
        ([3, 7], [1, 0, 1])
        >>> numbered(np.zeros(0, np.int64), 8)[0].tolist()
        []
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
        size: the sum that a slice should have

    Examples:
        >>> list(chunks(np.array([3, 3, 9, 1]), 6))
        [(0, 1), (1, 2), (2, 4)]
        >>> list(chunks(np.zeros(0, np.int64), 6))
        []
    """
    chunk = np.cumsum(counts) // size
    starts = np.flatnonzero(np.diff(chunk, prepend=-1)).tolist()
    for both in zip(starts, [*starts[1:], len(counts)]):
        check_cancelled()
        yield both
