"""Shapes of several kinds, each compared with its own kind only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..arrays import Floats, Ints
from .protocol import Geometry


class Parted:
    """The shapes of ``N`` labels, each in one of several geometries.

    Args:
        parts: for each geometry, the indices of its labels among the ``N``,
            ascending. A group must not contain labels of two geometries
    """

    def __init__(self, parts: Sequence[tuple[Ints, Geometry]]) -> None:
        self._rows = [rows for rows, _ in parts]
        self._parts = [part for _, part in parts]
        n = sum(len(rows) for rows in self._rows)
        self._part = np.zeros(n, dtype=np.int64)
        self._place = np.zeros(n, dtype=np.int64)
        self.bounds: Floats = np.zeros((n, 4))
        for k, (rows, part) in enumerate(parts):
            self._part[rows] = k
            self._place[rows] = np.arange(len(rows))
            self.bounds[rows] = part.bounds

    @property
    def broken(self) -> list[tuple[int, str]]:
        """``[(label, reason)]``, the labels that could not be computed."""
        return [
            (int(rows[label]), reason)
            for rows, part in zip(self._rows, self._parts)
            for label, reason in getattr(part, "broken", ())
        ]

    def __len__(self) -> int:
        return len(self._part)

    def areas(self, labels: Ints) -> Floats:
        """Returns the sizes of labels, each by the measure of its kind."""
        area = np.zeros(len(labels))
        for k, part in enumerate(self._parts):
            mine = self._part[labels] == k
            area[mine] = part.areas(self._place[labels[mine]])
        return area

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of one group that may overlap, part after part."""
        for rows, part in zip(self._rows, self._parts):
            for i, j in part.candidates(group[rows]):
                yield rows[i], rows[j]

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs that overlap, with their IoU and IoS."""
        found = []
        for k, (rows, part) in enumerate(zip(self._rows, self._parts)):
            mine = self._part[i] == k
            a, b, iou, ios = part.measure(self._place[i[mine]], self._place[j[mine]])
            found.append((rows[a], rows[b], iou, ios))
        first, second, iou, ios = (np.concatenate(part) for part in zip(*found))
        return first, second, iou, ios

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the share of each ``i`` that ``j`` covers."""
        share = np.zeros(len(i))
        for k, part in enumerate(self._parts):
            mine = self._part[i] == k
            share[mine] = part.share(self._place[i[mine]], self._place[j[mine]])
        return share
