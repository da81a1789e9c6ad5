"""Labels that are points in an image: the vertices of polylines, and keypoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....iou_core.arrays import Floats, Ints
from ....iou_core.geometry.keypoints import Keypoints
from .shapes import ShapeError

NOT_PAIRS = "has points that are not pairs of numbers"


def read_points(values: Any) -> Floats:
    """Returns a stored list of points as a ``(P, 2)`` array.

    Raises:
        ShapeError: if it holds anything but pairs of numbers
    """
    try:
        points = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ShapeError(NOT_PAIRS) from None
    if not points.size:
        return np.zeros((0, 2))
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError(NOT_PAIRS)
    return points


def box_around(points: Floats) -> list[float]:
    """Returns the ``[x, y, w, h]`` of the box around ``(P, 2)`` points, ``P > 0``."""
    low, high = points.min(axis=0), points.max(axis=0)
    return [*low.tolist(), *(high - low).tolist()]


def boxes_around(points: Floats, offsets: Ints) -> Floats:
    """Returns the box around the finite points of each label.

    Args:
        points: ``(P, 2)`` the points of all labels
        offsets: ``(M + 1,)``, rising: the points of label ``k`` are the rows
            ``offsets[k]:offsets[k + 1]``

    Returns:
        an ``(M, 4)`` array of ``[x, y, w, h]``, zeros for labels without finite points
    """
    if len(offsets) < 2:
        return np.zeros((0, 4))
    finite = np.isfinite(points).all(axis=1)[:, None]
    low = np.minimum.reduceat(np.where(finite, points, np.inf), offsets[:-1])
    high = np.maximum.reduceat(np.where(finite, points, -np.inf), offsets[:-1])
    none = np.isinf(low).any(axis=1)
    low[none] = high[none] = 0.0
    with np.errstate(over="ignore"):
        return np.hstack((low, high - low))


def points_geometry(
    labels: Sequence[Floats], sigmas: Sequence[float] | None
) -> Keypoints:
    """Returns the geometry of labels that are compared point by point.

    Args:
        labels: the ``(P, 2)`` points of each label
        sigmas: the spread of each point; None for the default
    """
    points = np.concatenate(labels) if len(labels) else np.zeros((0, 2))
    return Keypoints(points, np.cumsum([0, *map(len, labels)]), sigmas)
