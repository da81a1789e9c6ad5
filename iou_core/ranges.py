"""Ragged work on flat arrays: many ranges of numbers, cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .boxes import Ints


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


def chunks(counts: Ints, size: int) -> Iterator[tuple[int, int]]:
    """Yields slices whose counts add up to about ``size``, at least one entry each.

    Args:
        counts: an ``(M,)`` array
        size: how much a slice should hold
    """
    chunk = np.cumsum(counts) // size
    starts = np.flatnonzero(np.diff(chunk, prepend=-1)).tolist()
    yield from zip(starts, [*starts[1:], len(counts)])
