"""Rotated boxes among polygons.

FiftyOne stores a rotated box as a closed polyline of its four corners. Relative to
an image that is not square, a rotated rectangle is a parallelogram, so any
parallelogram counts as a rotated box here.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, Floats
from ..clipping import signed_area

TOLERANCE = 1e-9
"""The allowed error of a corner, relative to the longer diagonal."""


def is_rotated_box(corners: Floats) -> Bools:
    """Returns which rows of four corners, in order, are those of a rotated box.

    Args:
        corners: an ``(N, 4, 2)`` array of ``[x, y]``

    Returns:
        an ``(N,)`` bool array; False for a box without area or with corners that are
        not finite; ``(0,)`` for no corners
    """
    corners = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 2)
    with np.errstate(over="ignore", invalid="ignore"):
        diagonals = corners[:, 2:] - corners[:, :2]
        longer = np.abs(diagonals).max(axis=(1, 2))
        gap = corners[:, 0] - corners[:, 1] + corners[:, 2] - corners[:, 3]
        closes = np.abs(gap).max(axis=1) <= TOLERANCE * longer
        area = np.abs(signed_area(corners))
        found: Bools = closes & (area > TOLERANCE * longer**2) & np.isfinite(area)
    return found
