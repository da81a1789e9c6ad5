"""IoU, IoS and crowd shares, computed from intersections and sizes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from ..arrays import Bools, Floats, Ints
from .boxes import Extents
from .candidates import candidate_pairs


def iou_and_ios(
    shared: Floats, size_i: Floats, size_j: Floats, same: Bools
) -> tuple[Floats, Floats]:
    """Returns intersection over union, and over the smaller.

    Args:
        shared: an ``(M,)`` array of intersections: areas, volumes or durations;
            0 only for identical labels without size
        size_i: ``(M,)`` the sizes of the first labels
        size_j: ``(M,)`` the sizes of the second labels
        same: ``(M,)`` which pairs are identical, including those without size

    Returns:
        ``(iou, ios)``, both ``(M,)`` in ``]0, 1]``; 1 for identical labels
    """
    shared = np.where(same, 1.0, shared)
    size_i, size_j = np.where(same, 1.0, size_i), np.where(same, 1.0, size_j)
    # rounding can make an intersection larger than either label
    union = np.maximum(size_i + size_j - shared, shared)
    return shared / union, shared / np.maximum(np.minimum(size_i, size_j), shared)


def share_of(shared: Floats, size: Floats, same: Bools) -> Floats:
    """Returns intersection over size, at most 1.

    Source: COCO's evaluation against a crowd region.

    Args:
        shared: an ``(M,)`` array of intersections
        size: ``(M,)`` the sizes of the labels that may lie in a crowd
        same: ``(M,)`` which pairs are identical, including those without size

    Returns:
        an ``(M,)`` float64 array in ``[0, 1]``; 1 for identical labels
    """
    share = np.divide(shared, size, out=np.zeros(len(size)), where=size > 0)
    return np.where(same, 1.0, np.minimum(share, 1.0))


class Sized(ABC):
    """The base of shapes that have a size: an area, a volume or a duration.

    Attributes:
        area: ``(N,)`` float64, the sizes
    """

    area: Floats
    _sides: Extents

    def __len__(self) -> int:
        return len(self.area)

    def areas(self, labels: Ints) -> Floats:
        """Returns the sizes of labels.

        Args:
            labels: an ``(M,)`` array of indices
        """
        return self.area[labels]

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of one group whose surrounding boxes may meet.

        Args:
            group: an ``(N,)`` array of small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, with ``i < j``
        """
        yield from candidate_pairs(self._sides, group)

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs that overlap, with their IoU and IoS.

        Args:
            i: an ``(M,)`` array of indices of the earlier labels
            j: an ``(M,)`` array of indices of the later labels

        Returns:
            ``(i, j, iou, ios)`` of these pairs, both in ``]0, 1]``
        """
        shared, same = self._intersect(i, j), self._identical(i, j)
        some = (shared > 0) | same
        i, j, shared, same = i[some], j[some], shared[some], same[some]
        return i, j, *iou_and_ios(shared, self.area[i], self.area[j], same)

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the intersection over the size of ``i``, at most 1.

        Args:
            i: an ``(M,)`` array of indices, in any order with ``j``
            j: an ``(M,)`` array of indices
        """
        shared = self._intersect(np.minimum(i, j), np.maximum(i, j))
        return share_of(shared, self.area[i], self._identical(i, j))

    @abstractmethod
    def _intersect(self, i: Ints, j: Ints) -> Floats:
        """Returns the sizes of intersections, of earlier with later labels."""

    @abstractmethod
    def _identical(self, i: Ints, j: Ints) -> Bools:
        """Returns which pairs are identical, including those without size.

        These have an IoU of exactly 1. A kind may leave out identical labels that
        have a size.
        """
