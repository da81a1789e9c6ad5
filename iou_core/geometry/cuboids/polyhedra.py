"""Intersection volumes of many pairs of rotated cuboids at once.

In the frame of the first cuboid, the second is the sum of the columns below its six
faces, each signed by the direction of the face. So the shared volume is the signed
sum, over these faces, of the volume between the face and a floor, within the sides and
below the top of the first cuboid. Each face counts separately, and the sum depends
continuously on it, so shared faces, touching edges and nearly equal planes need no
special handling.

Source: the divergence theorem, as :mod:`..polygons.trapezoids` uses it in the plane.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Floats
from ..clipping import clip

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
        a: an ``(M, 3)`` array, the dimensions of the first, around the origin
        b: an ``(M, 3)`` array, the dimensions of the second
        center: an ``(M, 3)`` array, the center of the second
        turn: an ``(M, 3, 3)`` array, its rotation

    Returns:
        an ``(M,)`` float64 array; about 0 where they are apart or only touch
    """
    corners = np.einsum("nij,ncj->nci", turn, _CORNERS * b[:, None])
    corners += center[:, None]
    floor = np.maximum(corners[..., 2].min(axis=1), -a[:, 2] / 2)
    top = np.minimum(corners[..., 2].max(axis=1), a[:, 2] / 2)
    faces = corners[:, _FACES].reshape(-1, 4, 3)
    owner = np.repeat(np.arange(len(a)), len(_FACES))
    for axis in range(2):
        for sign in (-1.0, 1.0):
            outside = sign * faces[..., axis] - a[owner, axis, None] / 2
            faces = clip(faces, outside)
    volume = _above(faces, floor[owner]) - _above(faces, top[owner])
    return np.bincount(owner, volume, minlength=len(a)).astype(np.float64)


def _above(faces: Floats, height: Floats) -> Floats:
    """Returns the signed volumes between faces and a plane below them.

    Args:
        faces: an ``(M, V, 3)`` array of corners in order
        height: ``(M,)`` the planes; parts of faces below them do not count
    """
    z = faces[..., 2] - height[:, None]
    faces = clip(faces, -z)
    x, y = (faces[..., k] - faces[:, :1, k] for k in range(2))
    z = faces[..., 2] - height[:, None]
    area = x[:, 1:-1] * y[:, 2:] - y[:, 1:-1] * x[:, 2:]
    total = z[:, :1] + z[:, 1:-1] + z[:, 2:]
    volume: Floats = np.einsum("nv,nv->n", area, total) / 6
    return volume
