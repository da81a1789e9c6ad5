"""Temporal segments, ``[first, last]``.

The length of a segment is ``last - first``, in frames or in any one unit of time. So a
segment of a single frame has no length, and segments that share one frame only touch.

Source: ``fiftyone.utils.iou.compute_segment_ious``. Equal segments without length
have an IoU of 1, as there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..arrays import Bools, Floats, Ints
from ..errors import SegmentError
from .boxes import extents
from .ratios import Sized


def is_segment(first: npt.ArrayLike, last: npt.ArrayLike) -> Bools:
    """Returns which segments are valid: finite, with ``first <= last``.

    Args:
        first: an ``(N,)`` array
        last: an ``(N,)`` array

    Returns:
        an ``(N,)`` bool array; ``(0,)`` for no segments
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(last, dtype=np.float64)
    found: Bools = np.isfinite(a) & np.isfinite(b) & (a <= b)
    return found


class Segments(Sized):
    """The segments of ``N`` labels.

    Args:
        first: an ``(N,)`` array, where each begins
        last: an ``(N,)`` array, where each ends, ``last >= first``

    Raises:
        SegmentError: if a segment is not finite or ends before it begins

    Attributes:
        bounds: ``(N, 4)`` zeros: a segment has no box in an image
        area: ``(N,)`` float64, the length
    """

    def __init__(self, first: npt.ArrayLike, last: npt.ArrayLike) -> None:
        self._first = np.asarray(first, dtype=np.float64)
        self._last = np.asarray(last, dtype=np.float64)
        valid = is_segment(self._first, self._last)
        if not valid.all():
            k = int(np.argmin(valid))
            raise SegmentError(
                "finite [first, last] with first <= last",
                f"[{self._first[k]:g}, {self._last[k]:g}]",
                f"segment {k}",
            )
        self.area: Floats = self._last - self._first
        self.bounds: Floats = np.zeros((len(self), 4))
        flat = self.bounds.copy()
        flat[:, 0], flat[:, 2] = self._first, self.area
        self._sides = extents(flat)

    def _intersect(self, i: Ints, j: Ints) -> Floats:
        shared = np.minimum(self._last[i], self._last[j])
        shared -= np.maximum(self._first[i], self._first[j])
        return np.maximum(shared, 0.0)

    def _identical(self, i: Ints, j: Ints) -> Bools:
        """Returns which pairs are equal segments without length."""
        same: Bools = self.area[i] + self.area[j] == 0
        same &= self._last[i] == self._last[j]
        return same
