"""Instance masks compared by their outlines, simplified with a tolerance.

The caller traces the outlines with the library that FiftyOne uses: contours through
the centers of pixels, then polygons within ``tolerance`` pixels of them. They are
compared as polygons. Only masks whose boxes meet are traced.

Source: ``fiftyone.utils.iou`` with a tolerance. It differs deliberately for a label
without a mask, whose box is used there: here it overlaps nothing, and is reported.
See :mod:`..polygons.polygons` for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...arrays import Floats, Ints
from ...cancellation import check_cancelled
from ...errors import UnreadableError
from ..boxes import extents
from ..candidates import candidate_pairs
from ..polygons.polygons import Polygons

Rings = Sequence[Sequence[Any]]


class Outlines:
    """The outlines of the instance masks of ``N`` labels.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``; see :mod:`..boxes`
        outlines: returns the rings of a label, lists of relative ``[x, y]`` as of
            ``Detection.to_polyline(tolerance).points``, or None if it has no mask, or
            raises an UnreadableError. Called at most once for each label: if its box
            meets another one, or for ``area``

    Raises:
        BoxError: if a box is not finite or has a negative side
        PolygonError: if shapely 2.1 is not installed, once masks are compared

    Attributes:
        bounds: ``(N, 4)`` float64, the boxes
        broken: ``[(label, reason)]``, the labels found to have no mask, or none
            that can be compared, so far; they overlap nothing
    """

    def __init__(self, boxes: Floats, outlines: Callable[[int], Rings | None]) -> None:
        self.bounds: Floats = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        self.broken: list[tuple[int, str]] = []
        self._sides = extents(self.bounds)
        self._outlines = outlines
        self._traced: dict[int, list[Floats]] = {}
        self._reported: set[int] = set()

    def __len__(self) -> int:
        return len(self.bounds)

    @property
    def area(self) -> Floats:
        """``(N,)`` float64, the relative areas within the outlines."""
        return self.areas(np.arange(len(self)))

    def areas(self, labels: Ints) -> Floats:
        """Returns the relative areas within the outlines of some labels.

        Args:
            labels: an ``(M,)`` array of indices; outlines not yet known are traced
        """
        return self._polygons(labels).area

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of one group whose boxes may meet.

        Args:
            group: an ``(N,)`` array of small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, with ``i < j``
        """
        a = self._sides
        for i, j in candidate_pairs(a, group):
            meet = np.maximum(a.top[i], a.top[j]) <= np.minimum(
                a.bottom[i], a.bottom[j]
            )
            yield i[meet], j[meet]

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs that overlap, with their IoU and IoS.

        Args:
            i: an ``(M,)`` array of indices of the earlier labels
            j: an ``(M,)`` array of indices of the later labels

        Returns:
            ``(i, j, iou, ios)`` of these pairs, both in ``]0, 1]``
        """
        labels, p, q = _renumber(i, j)
        p, q, iou, ios = self._polygons(labels).measure(p, q)
        return labels[p], labels[q], iou, ios

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the intersection over the area of ``i``.

        Args:
            i: an ``(M,)`` array of indices, in any order with ``j``
            j: an ``(M,)`` array of indices
        """
        labels, p, q = _renumber(i, j)
        return self._polygons(labels).share(p, q)

    def _polygons(self, labels: Ints) -> Polygons:
        """Returns the outlines of labels, and adds those without any to ``broken``."""
        polygons = Polygons.from_lists([self._trace(k) for k in labels.tolist()])
        for place, reason in polygons.broken:
            self._report(int(labels[place]), reason)
        return polygons

    def _trace(self, k: int) -> list[Floats]:
        if k not in self._traced:
            check_cancelled()
            rings = None
            try:
                rings = self._outlines(k)
                if rings is None:
                    self._report(k, "no mask")
            except UnreadableError as error:
                self._report(k, str(error))
            self._traced[k] = [np.asarray(ring, np.float64) for ring in rings or ()]
        return self._traced[k]

    def _report(self, k: int, reason: str) -> None:
        if k not in self._reported:
            self._reported.add(k)
            self.broken.append((k, reason))


def _renumber(i: Ints, j: Ints) -> tuple[Ints, Ints, Ints]:
    """Returns the labels of pairs, and the pairs as positions among them."""
    labels, position = np.unique(np.concatenate((i, j)), return_inverse=True)
    return labels, position[: len(i)], position[len(i) :]
