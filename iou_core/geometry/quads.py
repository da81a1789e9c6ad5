"""Rotated boxes, and the areas that pairs of convex four-sided shapes share.

FiftyOne stores a rotated box as a closed polyline of its four corners. Relative to
an image that is not square a rotated rectangle is a parallelogram, so that is what a
rotated box is here.

A pair is computed exactly, all pairs at once: the one shape is clipped at each side
of the other. Source: Sutherland and Hodgman, Reentrant polygon clipping, 1974.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools, Floats

TOLERANCE = 1e-9
"""How far a corner may be off, as a part of the longer diagonal."""


def is_rotated_box(corners: Floats) -> Bools:
    """Tells which four corners, in order, are those of a rotated box.

    Args:
        corners: an ``(N, 4, 2)`` array of ``[x, y]``

    Returns:
        an ``(N,)`` bool array; False for a box without area or of corners that are
        not finite, and ``(0,)`` for no corners
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


def signed_area(polygons: Floats) -> Floats:
    """Returns the areas of polygons, negative where ``y`` turns to ``x``.

    Args:
        polygons: an ``(N, V, 2)`` array of ``[x, y]``
    """
    local = polygons - polygons[:, :1]
    x, y = local[:, :, 0], local[:, :, 1]
    cross = x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)
    area: Floats = 0.5 * cross.sum(axis=1)
    return area


def convex_intersection(a: Floats, b: Floats) -> Floats:
    """Returns the areas that pairs of convex polygons share.

    Args:
        a: an ``(M, V, 2)`` array of corners in order, either way around
        b: an ``(M, W, 2)`` array of the same

    Returns:
        an ``(M,)`` float64 array; exactly 0 where they are apart or only touch
    """
    origin = a[:, :1]
    turned = np.where((signed_area(b) < 0)[:, None, None], b[:, ::-1], b) - origin
    clipped = a - origin
    for k in range(b.shape[1]):
        start = turned[:, k, None]
        side = turned[:, (k + 1) % b.shape[1], None] - start
        to = clipped - start
        outside = side[..., 1] * to[..., 0] - side[..., 0] * to[..., 1]
        clipped = clip(clipped, outside)
    return np.abs(signed_area(clipped))


def clip(polygons: Floats, outside: Floats) -> Floats:
    """Returns the parts of polygons on one side of a plane.

    Args:
        polygons: an ``(M, V, D)`` array of corners in order. A corner may be
            repeated, which is how polygons of fewer corners fill their row
        outside: an ``(M, V)`` array, how far each corner is on the other side

    Returns:
        an ``(M, W, D)`` array; of a polygon with nothing on this side, one corner
    """
    stays: Bools = outside <= 0
    outside_after = np.concatenate((outside[:, 1:], outside[:, :1]), axis=1)
    crosses: Bools = stays != (outside_after <= 0)
    if not crosses.any():
        some = np.asarray(stays.any(axis=1, keepdims=True))
        return np.where(some[..., None], polygons, polygons[:, :1])

    count = np.cumsum(stays.view(np.int8) + crosses.view(np.int8), axis=1)
    size = max(int(count[:, -1].max(initial=0)), 1)
    clipped = np.empty((len(polygons), size, polygons.shape[2]))
    clipped[:, 0] = polygons[:, 0]
    row, corner = np.nonzero(crosses)
    here, there = outside[row, corner], outside_after[row, corner]
    start = polygons[row, corner]
    way = polygons[row, (corner + 1) % polygons.shape[1]] - start
    clipped[row, count[row, corner] - 1] = (
        start + (here / (here - there))[:, None] * way
    )
    row, corner = np.nonzero(stays)
    place = count[row, corner] - 1 - crosses[row, corner]
    clipped[row, place] = polygons[row, corner]
    row, corner = np.nonzero(np.arange(size) >= count[:, -1:])
    clipped[row, corner] = clipped[row, 0]
    return clipped
