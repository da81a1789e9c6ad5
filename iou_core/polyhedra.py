"""Volumes that pairs of turned cuboids share, of many pairs at once.

In the frame of the one cuboid its six sides are planes of one coordinate each. The
faces of the other are clipped at one plane after the other, and the hole that each
plane leaves is closed by a new face, of the very points where edges were cut. So the
solid stays closed whatever is rounded, and nearly equal faces are no special case.
"""

from __future__ import annotations

import numpy as np

from .boxes import Bools, Floats
from .rotated import clip

_CORNERS = np.array(
    [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
)
# seen from outside, the corners of every face turn the same way
_FACES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
)


def cuboid_intersection(a: Floats, b: Floats, center: Floats, turn: Floats) -> Floats:
    """Returns the volumes that pairs of cuboids share.

    Args:
        a: an ``(M, 3)`` array, the dimensions of the one, around the origin
        b: an ``(M, 3)`` array, the dimensions of the other
        center: an ``(M, 3)`` array, the center of the other
        turn: an ``(M, 3, 3)`` array, its rotation

    Returns:
        an ``(M,)`` float64 array; about 0 where they are apart or only touch
    """
    corners = np.einsum("nij,ncj->nci", turn, _CORNERS * b[:, None])
    faces = (corners + center[:, None])[:, _FACES]
    for axis in range(3):
        for sign in (-1.0, 1.0):
            faces = _cut(faces, axis, sign, a[:, axis] / 2)
    return _volume(faces)


def _cut(faces: Floats, axis: int, sign: float, limit: Floats) -> Floats:
    """Returns the faces of what is left of solids on this side of a plane."""
    m, f, v, _ = faces.shape
    outside = sign * faces[..., axis] - limit[:, None, None]
    stays: Bools = outside <= 0
    if stays.all():
        return faces

    cap = _cap(faces, outside, stays, axis, sign)
    cap[..., axis] = sign * limit[:, None]
    some = _any(stays)
    cut = np.flatnonzero(some & _any(~stays))
    clipped = clip(faces.reshape(m * f, v, 3)[cut], outside.reshape(m * f, v)[cut])
    width = max(v, clipped.shape[1], cap.shape[1])
    left = np.empty((m, f + 1, width, 3))
    left[:, :f, :v] = faces
    left[:, :f, v:] = faces[:, :, :1]
    left[:, f] = cap[:, :1]
    left[:, f, : cap.shape[1]] = cap
    row, face = np.divmod(cut, f)
    left[row, face] = clipped[:, :1]
    left[row, face, : clipped.shape[1]] = clipped
    row, face = np.nonzero(~some)
    left[row, face] = left[row, face, :1]
    return left


def _cap(
    faces: Floats, outside: Floats, stays: Bools, axis: int, sign: float
) -> Floats:
    """Returns the face in the plane: of each face, the point where it leaves it.

    Faces turn all the same way, so each cut edge is left by one of its two faces. A
    solid that is not cut gets a face of a single point.
    """
    outside_after = np.concatenate((outside[..., 1:], outside[..., :1]), axis=2)
    leaves: Bools = stays & (outside_after > 0)
    there = _any(leaves)
    row, face = np.nonzero(there)
    corner = np.argmax(leaves[row, face], axis=1)
    at, after = (row, face, corner), (row, face, (corner + 1) % faces.shape[2])
    part = outside[at] / (outside[at] - outside[after])
    start = faces[at]
    points = np.zeros((*there.shape, 3))
    points[row, face] = start + part[:, None] * (faces[after] - start)

    u, v = (axis + 1) % 3, (axis + 2) % 3
    count = np.bincount(row, minlength=len(there))
    middle = np.add.reduce(points, axis=1) / np.maximum(count, 1)[:, None]
    turn = np.full(there.shape, np.inf)
    turn[row, face] = sign * np.arctan2(
        points[row, face, v] - middle[row, v], points[row, face, u] - middle[row, u]
    )
    order = np.argsort(turn, axis=1)
    # what is not there repeats the first corner, which adds no area
    order = np.where(np.arange(there.shape[1]) < count[:, None], order, order[:, :1])
    order = order[:, : max(int(count.max(initial=0)), 1)]
    cap: Floats = np.take_along_axis(points, order[..., None], axis=1)
    return cap


def _volume(faces: Floats) -> Floats:
    """Returns the volumes of solids, as pyramids from a point near all corners."""
    m, f, v, _ = faces.shape
    middle = np.add.reduce(faces.reshape(m, f * v, 3), axis=1) / (f * v)
    # one coordinate after the other, as rows of three are slow to go through
    x, y, z = (
        np.ascontiguousarray(faces[..., k]) - middle[:, k, None, None] for k in range(3)
    )
    a, b, c = (part[..., 1:] - part[..., :1] for part in (x, y, z))
    pyramids = np.zeros((m, f))
    for height, p, q in ((x, b, c), (y, c, a), (z, a, b)):
        area = p[..., :-1] * q[..., 1:] - q[..., :-1] * p[..., 1:]
        pyramids += height[..., 0] * np.einsum("nfv->nf", area)
    volume: Floats = np.add.reduce(pyramids, axis=1) / 6
    return volume


def _any(which: Bools) -> Bools:
    """Returns whether any of each row holds; rows are short."""
    found = which[..., 0].copy()
    for k in range(1, which.shape[-1]):
        found |= which[..., k]
    return found
