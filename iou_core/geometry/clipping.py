"""Areas that convex polygons share, and the parts of polygons beyond a plane.

Pairs are computed exactly, all at once. Of any two convex polygons, one is clipped at
each side of the other. Of a polygon and the unit square, the shared area is a sum over
the sides of the polygon.

Source: Sutherland and Hodgman, Reentrant polygon clipping, 1974.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools, Floats


def signed_area(polygons: Floats) -> Floats:
    """Returns the areas of polygons, positive where ``x`` turns to ``y``.

    Args:
        polygons: an ``(N, V, 2)`` array of ``[x, y]``

    Returns:
        an ``(N,)`` float64 array
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

    Examples:
        >>> square = np.array([[[0, 0], [1, 0], [1, 1], [0, 1]]], float)
        >>> convex_intersection(square, square + 0.5).tolist()
        [0.25]
        >>> convex_intersection(square[:0], square[:0]).tolist()
        []
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
        outside: an ``(M, V)`` array, the distance of each corner beyond the
            plane, in any unit; at most 0 on the side that is kept

    Returns:
        an ``(M, W, D)`` array; a polygon wholly beyond the plane becomes one point
    """
    inside: Bools = outside <= 0
    outside_after = np.concatenate((outside[:, 1:], outside[:, :1]), axis=1)
    crosses: Bools = inside != (outside_after <= 0)
    if not crosses.any():
        some = np.asarray(inside.any(axis=1, keepdims=True))
        return np.where(some[..., None], polygons, polygons[:, :1])

    count = np.cumsum(inside.view(np.int8) + crosses.view(np.int8), axis=1)
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
    row, corner = np.nonzero(inside)
    place = count[row, corner] - 1 - crosses[row, corner]
    clipped[row, place] = polygons[row, corner]
    row, corner = np.nonzero(np.arange(size) >= count[:, -1:])
    clipped[row, corner] = clipped[row, 0]
    return clipped


def unit_square_share(x: Floats, y: Floats) -> Floats:
    """Returns the areas that convex polygons share with the unit square.

    The area below a side, within the square, is the integral of its ``y``, clipped to
    ``[0, 1]``, over its ``x``, clipped to ``[0, 1]``. The shared area is the signed sum
    of these areas over the sides of a polygon.

    Args:
        x: a ``(V, M)`` array of the corners of ``M`` polygons, in order
        y: a ``(V, M)`` array

    Returns:
        an ``(M,)`` float64 array in ``[0, 1]``
    """
    width, rise = np.roll(x, -1, axis=0) - x, np.roll(y, -1, axis=0) - y
    begin, end = np.clip(x, 0, 1), np.clip(x + width, 0, 1)
    slope = np.divide(
        rise, width, out=np.zeros_like(rise), where=np.abs(width) > 1e-100
    )
    # from the nearer end, where the rounding error of a steep side is small
    first, last = y + (begin - x) * slope, y + rise + (end - x - width) * slope
    low, high = np.minimum(first, last), np.maximum(first, last)
    bottom, top = np.clip(low, 0, 1), np.clip(high, 0, 1)
    under = (top - bottom) * (top + bottom) / 2 + np.maximum(
        high - np.maximum(low, 1), 0
    )
    mean = np.divide(under, high - low, out=bottom, where=high > low)
    area: Floats = np.abs(((end - begin) * mean).sum(axis=0))
    return np.minimum(area, 1.0)
