"""The protocol of shapes of one kind, and axis-aligned boxes.

:mod:`..overlaps` uses a kind through this protocol only; each kind has its own module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from ..arrays import Floats, Ints
from .boxes import Extents, extents, meeting, overlap, same_degenerate
from .candidates import candidate_pairs


class Geometry(Protocol):
    """The shapes of ``N`` labels of some images.

    Attributes:
        bounds: ``(N, 4)`` float64, relative ``[x, y, w, h]``: the box around each
            shape; zeros where the shape has no place in an image

    A kind may list labels without a valid shape in ``broken: [(label, reason)]``,
    possibly only after they are measured; they overlap nothing.
    """

    bounds: Floats

    def __len__(self) -> int: ...

    def areas(self, labels: Ints) -> Floats:
        """Returns the sizes of labels: areas, volumes or durations.

        Args:
            labels: ``(M,)`` indices

        Returns:
            an ``(M,)`` array
        """

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of shapes of one group that may overlap.

        Args:
            group: ``(N,)`` small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, ``i < j``, every pair once
        """

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs that overlap, with their IoU and IoS.

        Args:
            i: ``(M,)`` indices of earlier labels
            j: ``(M,)`` indices of later labels

        Returns:
            ``(i, j, iou, ios)``, the values in ``(0, 1]``; empty arrays where no pair
            overlaps
        """

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the share of each ``i`` that ``j`` covers, in ``[0, 1]``."""


class Boxes:
    """Axis-aligned boxes: see :mod:`.boxes`.

    Args:
        boxes: an ``(N, 4)`` array of ``[x, y, w, h]``

    Raises:
        BoxError: if a box is not finite or has a negative side
    """

    def __init__(self, boxes: Floats) -> None:
        self.bounds: Floats = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        self._sides: Extents = extents(self.bounds)
        self.area: Floats = self._sides.area
        self._degenerate = bool((self.area == 0).any())

    def __len__(self) -> int:
        return len(self.area)

    def areas(self, labels: Ints) -> Floats:
        """Returns the areas of boxes."""
        return self.area[labels]

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of boxes of one group that may overlap."""
        return candidate_pairs(self._sides, group)

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs that overlap, with their IoU and IoS."""
        p, q, inter, union = meeting(self._sides, i, j)
        smaller = np.minimum(self.area[p], self.area[q])
        # rounding can make an intersection larger than either box
        iou = inter / np.maximum(union, inter)
        ios = inter / np.maximum(smaller, inter)
        if not self._degenerate:
            return p, q, iou, ios

        same = same_degenerate(self._sides, i, j)
        ones = np.ones(int(same.sum()))
        return (
            np.concatenate((p, i[same])),
            np.concatenate((q, j[same])),
            np.concatenate((iou, ones)),
            np.concatenate((ios, ones)),
        )

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the share of each ``i`` that ``j`` covers."""
        inter, _ = overlap(self._sides, i, j)
        area = self.area[i]
        covered = np.divide(inter, area, out=np.ones_like(inter), where=area > 0)
        return np.minimum(covered, 1.0)
