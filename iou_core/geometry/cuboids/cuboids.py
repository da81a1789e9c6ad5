"""Cuboids in 3-D space.

A cuboid has a center ``[x, y, z]``, dimensions along its own three axes, and a rotation
vector: the axis of the rotation, whose length is the angle in radians, as FiftyOne
reads ``Detection.rotation``. Any one unit of length works.

The intersection of two cuboids that are rotated about the same coordinate axis, as most
are in traffic, is that of two rectangles times that of two intervals. For any other
pair, the faces of one cuboid are clipped at the planes of the other. Exact copies have
an IoU of exactly 1.

Source: ``fiftyone.utils.utils3d``, which calls Qhull for each pair. It differs
deliberately for identical cuboids without volume, whose IoU is 1 here and 0 there. It
differs by up to about 1e-6 where a corner is within 1e-6 of a plane, which counts as on
the plane there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...cancellation import check_cancelled
from ...errors import CuboidError
from ..boxes import extents
from ..candidates import candidate_pairs
from ..clipping import convex_intersection
from ..ratios import Sized
from .polyhedra import cuboid_intersection

FAINT = 1e-12
"""An intersection below this part of the smaller cuboid is a rounding error."""

BLOCK_PAIRS = 256
"""The number of pairs clipped at once: as many as fit into the CPU cache."""


def is_cuboid(location: Floats, dimensions: Floats, rotation: Floats) -> Bools:
    """Returns which cuboids are valid: finite, without a negative dimension.

    Args:
        location: an ``(N, 3)`` array of centers
        dimensions: an ``(N, 3)`` array
        rotation: an ``(N, 3)`` array of rotation vectors

    Returns:
        an ``(N,)`` bool array; ``(0,)`` for no cuboids
    """
    # squares of these numbers are finite as well
    parts = [np.abs(part) < 1e100 for part in (location, dimensions, rotation)]
    parts.append(dimensions >= 0)
    return np.asarray(np.concatenate(parts, axis=1).all(axis=1))


class Cuboids(Sized):
    """The cuboids of ``N`` labels.

    Args:
        location: an ``(N, 3)`` array of centers
        dimensions: an ``(N, 3)`` array, along the cuboid's own axes
        rotation: an ``(N, 3)`` array of rotation vectors, in radians

    Raises:
        CuboidError: if a number is not finite or a dimension negative

    Attributes:
        bounds: ``(N, 4)`` zeros: a cuboid has no box in an image
        area: ``(N,)`` float64, the volume
    """

    def __init__(self, location: Floats, dimensions: Floats, rotation: Floats) -> None:
        self._location, self._dimensions, self._rotation = (
            np.asarray(part, dtype=np.float64).reshape(-1, 3)
            for part in (location, dimensions, rotation)
        )
        valid = is_cuboid(self._location, self._dimensions, self._rotation)
        if not valid.all():
            k = int(np.argmin(valid))
            raise CuboidError(
                "finite location, dimensions and rotation, with dimensions >= 0",
                f"{self._location[k].tolist()}, {self._dimensions[k].tolist()}, "
                f"{self._rotation[k].tolist()}",
                f"cuboid {k}",
            )
        self.area: Floats = self._dimensions.prod(axis=1)
        self.bounds: Floats = np.zeros((len(self), 4))
        self._matrix = rotation_matrices(self._rotation)
        reach = np.einsum("nij,nj->ni", np.abs(self._matrix), self._dimensions / 2)
        self._low, self._high = self._location - reach, self._location + reach
        turns = self._rotation != 0
        # rotated about axis k, and about no other axis
        self._around = np.stack([~np.delete(turns, k, 1).any(1) for k in range(3)], 1)

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of one group that may meet.

        Args:
            group: an ``(N,)`` array of small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, with ``i < j``
        """
        if not len(self):
            return

        # relative to the corner of each group, as the sweep is exact for small numbers
        corner = np.full((int(group.max()) + 1, 3), np.inf)
        np.minimum.at(corner, group, self._low)
        low, size = self._low - corner[group], self._high - self._low
        ground = extents(np.concatenate((low[:, :2], size[:, :2]), axis=1))
        for i, j in candidate_pairs(ground, group):
            meet = np.maximum(self._low[i, 2], self._low[j, 2]) <= np.minimum(
                self._high[i, 2], self._high[j, 2]
            )
            yield i[meet], j[meet]

    def _identical(self, i: Ints, j: Ints) -> Bools:
        same: Bools = self.area[i] == self.area[j]
        some = np.flatnonzero(same)
        i, j = i[some], j[some]
        for part in (self._location, self._dimensions, self._rotation):
            same[some] &= (part[i] == part[j]).all(axis=1)
        return same

    def _intersect(self, i: Ints, j: Ints) -> Floats:
        """Returns the volumes that pairs share."""
        low = np.maximum(self._low[i], self._low[j])
        high = np.minimum(self._high[i], self._high[j])
        meets = (high > low).all(axis=1) & (self.area[i] > 0) & (self.area[j] > 0)
        shared = np.zeros(len(i))
        left = np.flatnonzero(meets)
        for axis in range(3):
            around = self._around[i[left], axis] & self._around[j[left], axis]
            these, left = left[around], left[~around]
            height = high[these, axis] - low[these, axis]
            shared[these] = height * self._ground_plans(axis, i[these], j[these])
        for lo in range(0, len(left), BLOCK_PAIRS):
            check_cancelled()
            these = left[lo : lo + BLOCK_PAIRS]
            shared[these] = self._clip(i[these], j[these])
        shared[shared <= FAINT * np.minimum(self.area[i], self.area[j])] = 0.0
        return shared

    def _ground_plans(self, axis: int, i: Ints, j: Ints) -> Floats:
        """Returns the areas that pairs share as seen along an axis."""
        u, v = (axis + 1) % 3, (axis + 2) % 3
        sides = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) / 2

        def corners(k: Ints) -> Floats:
            own = sides * self._dimensions[k][:, None, (u, v)]
            turn = self._matrix[k][:, (u, v)][:, :, (u, v)]
            at = self._location[k] - self._location[i]
            turned: Floats = np.einsum("nij,ncj->nci", turn, own)
            return turned + at[:, None, (u, v)]

        return convex_intersection(corners(i), corners(j))

    def _clip(self, i: Ints, j: Ints) -> Floats:
        """Returns the volumes that pairs of arbitrarily rotated cuboids share."""
        a, b = self._dimensions[i], self._dimensions[j]
        back = self._matrix[i].transpose(0, 2, 1)
        center = np.einsum("nij,nj->ni", back, self._location[j] - self._location[i])
        turn = back @ self._matrix[j]
        # most disjoint pairs are separated along an axis of one of them
        gap = 2 * np.abs(center) - a - np.einsum("nij,nj->ni", np.abs(turn), b)
        other = 2 * np.abs(np.einsum("nij,ni->nj", turn, center))
        other -= b + np.einsum("nij,ni->nj", np.abs(turn), a)
        near = np.flatnonzero(np.maximum(gap, other).max(axis=1, initial=-1.0) < 0)
        shared = np.zeros(len(i))
        shared[near] = cuboid_intersection(a[near], b[near], center[near], turn[near])
        return shared


def rotation_matrices(rotation: Floats) -> Floats:
    """Returns the matrices of rotation vectors.

    Source: Rodrigues' rotation formula.

    Args:
        rotation: an ``(N, 3)`` array, in radians

    Returns:
        an ``(N, 3, 3)`` float64 array
    """
    angle = np.linalg.norm(rotation, axis=1)
    x, y, z = (rotation / np.where(angle > 0, angle, 1.0)[:, None]).T
    zero = np.zeros_like(x)
    cross = np.stack((zero, -z, y, z, zero, -x, -y, x, zero), axis=1).reshape(-1, 3, 3)
    sine, cosine = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    matrices: Floats = np.eye(3) + sine * cross + (1 - cosine) * (cross @ cross)
    return matrices
