"""The merge of boxes of which some are turned: along the axes of the kept one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....iou_core.arrays import Floats
from ....iou_core.geometry.oriented import corners

_SAME = 1e-12  # sides that differ by less than this part of the image have not moved


@dataclass(frozen=True)
class Turns:
    """The rotations of the boxes of some labels of one image.

    Attributes:
        angles: in radians, clockwise as displayed
        aspect: the width of the image over its height
    """

    angles: Sequence[float]
    aspect: float


def merged_turned_box(
    boxes: Floats, turns: Turns, weights: Sequence[float] | None
) -> list[float] | None:
    """Returns the box that the first one becomes when others are merged into it.

    It keeps its rotation. The union is the smallest such box that holds all. A mean
    is that of the centers and of the sizes; of a box that is closer to a quarter turn
    from the first one than to its angle, width and height change places.

    Args:
        boxes: ``(N, 4)``, relative, before turning
        turns: how each is turned
        weights: the weight of each in the mean; None for the union

    Returns:
        relative ``[x, y, w, h]`` before turning; None where nothing changes
    """
    angles = np.asarray(turns.angles, dtype=np.float64)
    scale = np.array([turns.aspect, 1.0])
    centers = (boxes[:, :2] + boxes[:, 2:] / 2) * scale
    cosine, sine = np.cos(angles[0]), np.sin(angles[0])
    # of the pixels, to the axes of the first box
    axes = np.array([[cosine, -sine], [sine, cosine]])
    own = np.concatenate((-boxes[0, 2:] * scale / 2, boxes[0, 2:] * scale / 2))
    if weights is None:
        aspect = np.full(len(boxes), turns.aspect)
        points = (corners(boxes, angles, aspect) * scale - centers[0]) @ axes
        sides = np.hstack((points.min(axis=(0, 1)), points.max(axis=(0, 1))))
    else:
        sides = _mean_sides((centers - centers[0]) @ axes, boxes, turns, weights)
    if np.abs(sides - own).max() <= _SAME:
        return None
    low, high = sides[:2], sides[2:]
    center = (centers[0] + axes @ ((low + high) / 2)) / scale
    size = (high - low) / scale
    found: list[float] = [*(center - size / 2).tolist(), *size.tolist()]
    return found


def _mean_sides(
    centers: Floats, boxes: Floats, turns: Turns, weights: Sequence[float]
) -> Floats:
    """Returns left, top, right and bottom along the axes of the first box."""
    halves = boxes[:, 2:] * (turns.aspect / 2, 0.5)
    apart = np.asarray(turns.angles) - turns.angles[0]
    across = np.abs(np.sin(apart)) > np.abs(np.cos(apart))
    halves[across] = halves[across][:, ::-1]
    sides = np.hstack((centers - halves, centers + halves))
    mean: Floats = np.average(sides, axis=0, weights=weights)
    return mean
