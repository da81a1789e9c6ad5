"""Oriented boxes: boxes that are rotated about their centers.

A box is stored as ``[x, y, w, h]``, relative to its image, as if it were not rotated.
It is rotated in pixels, by an angle that is positive from ``x`` to ``y``, clockwise as
displayed. So the area that a box covers depends on the aspect ratio of the image:
relative to an image that is not square, a rotated box is a parallelogram.

A pair of upright boxes is computed as in :mod:`.boxes`, to the last bit. Any other
pair is transformed so that the larger box is the unit square; see
:func:`.clipping.unit_square_share`. Exact copies have an IoU of exactly 1.

Source: the convention is that of ``Detection.rotation`` in voxel51/fiftyone#8448.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..cancellation import check_cancelled
from ..errors import BoxError
from .boxes import Extents, extents, overlap
from .clipping import unit_square_share
from .ratios import Sized

FAINT = 1e-12
"""An intersection below this part of the smaller box is a rounding error."""

ROUNDING = 1e-15
"""So is one below this part of the larger box."""

BLOCK_PAIRS = 4096
"""The number of pairs computed at once: as many as fit into the CPU cache."""

_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


class OrientedBoxes(Sized):
    """The oriented boxes of ``N`` labels.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``, before rotation
        angle: an ``(N,)`` array of radians; 0 for an upright box
        aspect: an ``(N,)`` array, the width of each label's image over its height

    Raises:
        BoxError: if a number is not finite, a side is negative, or an aspect ratio is
            not positive

    Attributes:
        bounds: ``(N, 4)`` float64, relative ``[x, y, w, h]``: the upright box around
            each label
        area: ``(N,)`` float64, relative areas
    """

    def __init__(self, boxes: Floats, angle: Floats, aspect: Floats) -> None:
        boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        angle, aspect = (
            np.asarray(part, dtype=np.float64).reshape(-1) for part in (angle, aspect)
        )
        valid = np.isfinite(angle) & np.isfinite(aspect) & (aspect > 0)
        if not valid.all():
            k = int(np.argmin(valid))
            raise BoxError(
                "a finite angle and a positive aspect ratio",
                f"{angle[k]} and {aspect[k]}",
                f"box {k}",
            )
        upright = extents(boxes)
        self._numbers = np.stack((*boxes.T, angle, aspect))
        self._is_turned: Bools = angle != 0
        self.area: Floats = upright.area
        self.bounds: Floats = _bounds(boxes, angle, aspect)
        self._upright: Extents = upright
        self._sides: Extents = extents(self.bounds)

    def _identical(self, i: Ints, j: Ints) -> Bools:
        """Returns which pairs are identical labels without area."""
        flat: Bools = self.area[i] + self.area[j] == 0
        return flat & self._are_copies(i, j)

    def _intersect(self, i: Ints, j: Ints) -> Floats:
        """Returns the relative areas that pairs share."""
        a = self._sides
        meets = np.minimum(a.right[i], a.right[j]) > np.maximum(a.left[i], a.left[j])
        meets &= np.minimum(a.bottom[i], a.bottom[j]) > np.maximum(a.top[i], a.top[j])
        shared = np.zeros(len(i))
        some = np.flatnonzero(meets & (self.area[i] > 0) & (self.area[j] > 0))
        turned = self._is_turned[i[some]] | self._is_turned[j[some]]
        upright, some = some[~turned], some[turned]
        shared[upright] = overlap(self._upright, i[upright], j[upright])[0]
        copies = self._are_copies(i[some], j[some])
        shared[some[copies]] = self.area[i[some[copies]]]
        some = some[~copies]
        for lo in range(0, len(some), BLOCK_PAIRS):
            check_cancelled()
            these = some[lo : lo + BLOCK_PAIRS]
            shared[these] = self._share(i[these], j[these])
        return shared

    def _share(self, i: Ints, j: Ints) -> Floats:
        """Returns the relative areas that pairs of boxes with an area share."""
        swap = self.area[i] > self.area[j]
        small, large = np.where(swap, j, i), np.where(swap, i, j)
        x, y, width, height, angle, aspect = self._numbers.take(large, axis=1)
        u, v, w, h, turn, _ = self._numbers.take(small, axis=1)
        cosine, sine = np.cos(angle), np.sin(angle)
        right, down = aspect * (u - x + (w - width) / 2), v - y + (h - height) / 2
        center = (
            (cosine * right + sine * down) / (aspect * width) + 0.5,
            (cosine * down - sine * right) / height + 0.5,
        )
        cosine, sine = np.cos(turn - angle) / 2, np.sin(turn - angle) / 2
        # from the center of the smaller box to the middles of its right and lower side
        across = cosine * w / width, sine * aspect * w / height
        along = -sine * h / (aspect * width), cosine * h / height
        corners = [
            np.stack((c - a - b, c + a - b, c + a + b, c - a + b))
            for c, a, b in zip(center, across, along)
        ]
        area = self.area[large] * unit_square_share(*corners)
        least = np.maximum(FAINT * self.area[small], ROUNDING * self.area[large])
        return np.where(area > least, area, 0.0)

    def _are_copies(self, i: Ints, j: Ints) -> Bools:
        same: Bools = self._numbers[0, i] == self._numbers[0, j]
        some = np.flatnonzero(same)
        for column in self._numbers[1:]:
            some = some[column[i[some]] == column[j[some]]]
        same[:] = False
        same[some] = True
        return same


def _bounds(boxes: Floats, angle: Floats, aspect: Floats) -> Floats:
    """Returns the upright boxes around oriented ones; upright ones as they are."""
    x, y, w, h = boxes.T
    cosine, sine = np.abs(np.cos(angle)), np.abs(np.sin(angle))
    around = np.stack((cosine * w + sine * h / aspect, sine * w * aspect + cosine * h))
    corner = np.stack((x, y)) + (np.stack((w, h)) - around) / 2
    return np.where(angle != 0, np.concatenate((corner, around)), boxes.T).T


def corners(boxes: Floats, angle: Floats, aspect: Floats) -> Floats:
    """Returns the corners of oriented boxes, relative to their images.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``, before rotation
        angle: an ``(N,)`` array of radians, positive clockwise as displayed
        aspect: an ``(N,)`` array, the width of each label's image over its height

    Returns:
        an ``(N, 4, 2)`` float64 array: top left, top right, bottom right, bottom left
        as they were before rotation; ``(0, 4, 2)`` for no boxes
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    scale = np.column_stack((aspect, np.ones(len(boxes))))[:, None]
    offsets = _CORNERS * boxes[:, None, 2:] * scale
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = offsets[..., 0], offsets[..., 1]
    turned = np.stack((cosine * x - sine * y, sine * x + cosine * y), axis=2)
    found: Floats = turned / scale + (boxes[:, :2] + boxes[:, 2:] / 2)[:, None]
    return found
