"""Steps of work that take about half a second each."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_SECONDS = 0.5
_FIRST = 10
_GROWTH = 4

T = TypeVar("T")


def steps(items: Iterable[T], most: int) -> Iterator[list[T]]:
    """Yields items in steps whose size follows from the time that each step took.

    A run checks for cancellation between two steps, and holds one step in memory: a
    sample may hold one label, or 16 MB of them.

    Args:
        items: the items
        most: the largest number in a step
    """
    left = iter(items)
    size = min(_FIRST, most)
    while step := list(islice(left, size)):
        begin = time.monotonic()
        yield step
        took = max(time.monotonic() - begin, 1e-6)
        wanted = int(size * min(max(_SECONDS / took, 1 / _GROWTH), _GROWTH))
        size = min(max(wanted, 1), most)
