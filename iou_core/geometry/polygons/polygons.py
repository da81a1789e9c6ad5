"""Filled polygons: the union of the rings of each label.

A ring is a list of points ``[x, y]``, relative to the image, and is implicitly closed.
A point is in a label when it is in any of its rings, so a ring within another one cuts
no hole. A ring that crosses itself contains every point that it winds around.

Source: ``fiftyone.utils.iou`` with shapely. It differs deliberately where a ring
crosses itself, which loses area there (half of a bow tie); where identical labels
have no area, whose IoU is 1 here and 0 there; and where a polygon cannot be repaired,
which is reported here and silently has an IoU of 0 there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays import Bools, Floats, Ints, chunks
from ..boxes import extents, is_valid
from ..clipping import convex_intersection
from ..ratios import Sized
from .rings import BLOCK_POINTS, Shapes, import_shapely, make_shapes
from .rotated_boxes import is_rotated_box
from .trapezoids import Trapezoids

FAINT = 1e-9
"""Intersections below this part of their bounding boxes are computed by shapely."""

THIN = 1e-4
"""So are those of polygons whose areas are below this part of them."""


class Polygons(Sized):
    """The filled polygons of ``N`` labels.

    Args:
        points: a ``(P, 2)`` array of ``[x, y]``
        ring_offsets: an ``(R + 1,)`` array: ring ``r`` has the points
            ``ring_offsets[r]:ring_offsets[r + 1]``, which may be none
        label_offsets: an ``(N + 1,)`` array: label ``k`` has the rings
            ``label_offsets[k]:label_offsets[k + 1]``, which may be none

    Raises:
        PolygonError: if shapely 2 is not installed

    Attributes:
        bounds: ``(N, 4)`` float64, the bounding boxes; zeros for a broken label or
            one without points
        area: ``(N,)`` float64, the relative area
        broken: ``[(label, reason)]``, the labels that are not valid polygons and cannot
            be repaired; they overlap nothing
    """

    def __init__(
        self,
        points: Floats,
        ring_offsets: Ints,
        label_offsets: Ints,
    ) -> None:
        self._shapely = import_shapely()
        self._points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        self._rings = np.asarray(ring_offsets, dtype=np.int64)
        self._labels = np.asarray(label_offsets, dtype=np.int64)
        self.broken: list[tuple[int, str]] = []
        self.bounds = self._find_bounds()
        self._sides = extents(self.bounds)
        self._shapes = self._make_shapes()
        self.area: Floats = self._shapely.area(self._shapes)
        self._same = self._number_degenerate()
        self._box_corners, self._is_box = self._find_rotated_boxes()
        self._trapezoids: Trapezoids | None = None

    @classmethod
    def from_lists(cls, labels: Sequence[Sequence[Any]]) -> Polygons:
        """Returns the polygons of labels given as nested lists.

        Args:
            labels: for each label its rings, each a list of ``[x, y]``, as
                FiftyOne's ``Polyline.points``
        """
        rings = [ring for label in labels for ring in label]
        points = [np.asarray(ring, np.float64).reshape(-1, 2) for ring in rings]
        return cls(
            np.concatenate([np.zeros((0, 2)), *points]),
            np.cumsum([0, *map(len, rings)]),
            np.cumsum([0, *map(len, labels)]),
        )

    def __len__(self) -> int:
        return len(self._labels) - 1

    def _intersect(self, i: Ints, j: Ints) -> Floats:
        """Returns the areas of intersections."""
        a = self._sides
        x, y = np.maximum(a.left[i], a.left[j]), np.maximum(a.top[i], a.top[j])
        w = np.minimum(a.right[i], a.right[j]) - x
        h = np.minimum(a.bottom[i], a.bottom[j]) - y
        solid = self.area > 0
        inter: Floats = np.zeros(len(i))
        meets = np.flatnonzero((w > 0) & (h > 0) & solid[i] & solid[j])
        boxes = self._is_box[i[meets]] & self._is_box[j[meets]]
        turned, meets = meets[boxes], meets[~boxes]
        inter[turned] = convex_intersection(
            self._box_corners[i[turned]], self._box_corners[j[turned]]
        )
        i, j, x, y, w = i[meets], j[meets], x[meets], y[meets], w[meets]
        if self._trapezoids is None:
            self._trapezoids = self._make_trapezoids()
        areas = self._trapezoids.intersect(i, j, x, w, y)

        height = a.bottom - a.top
        size = w * np.maximum(height[i], height[j])
        doubtful = areas < FAINT * size
        doubtful |= self.area[i] + self.area[j] < THIN * size
        these = np.flatnonzero(doubtful)
        areas[these] = self._intersect_by_shapely(i[these], j[these])

        inter[meets] = areas
        return inter

    def _intersect_by_shapely(self, i: Ints, j: Ints) -> Floats:
        shapely, areas = self._shapely, np.zeros(len(i))
        sizes = np.diff(self._rings[self._labels])
        for lo, hi in chunks(sizes[i] + sizes[j], BLOCK_POINTS):
            a, b = self._shapes[i[lo:hi]], self._shapes[j[lo:hi]]
            # ten times as fast as an intersection, which most of these pairs lack
            some = np.flatnonzero(shapely.intersects(a, b))
            areas[lo + some] = shapely.area(shapely.intersection(a[some], b[some]))
        return areas

    def _identical(self, i: Ints, j: Ints) -> Bools:
        """Returns which pairs are identical labels without area."""
        same: Bools = (self._same[i] >= 0) & (self._same[i] == self._same[j])
        return same

    def _make_shapes(self) -> Shapes:
        """Returns a shapely geometry for each label, empty where it has no area."""
        sizes = np.diff(self._rings)
        owner = np.repeat(np.arange(len(self)), np.diff(self._labels))
        whole = np.ones(len(self), dtype=np.bool_)
        whole[[k for k, _ in self.broken]] = False
        rings = (sizes >= 3) & whole[owner]
        used = np.repeat(rings, sizes)
        number = np.repeat(np.cumsum(rings) - 1, sizes)
        shapes, failed = make_shapes(
            self._points[used], number[used], owner[rings], len(self)
        )
        self.broken += failed
        return shapes

    def _make_trapezoids(self) -> Trapezoids:
        shapely = self._shapely
        parts, owner = shapely.get_parts(self._shapes, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        is_hole = np.diff(part, prepend=-1) == 0
        return Trapezoids(points, ring, owner[part], is_hole, len(self))

    def _find_bounds(self) -> Floats:
        """Returns the bounding boxes, and adds labels without one to ``broken``."""
        bounds = np.zeros((len(self), 4))
        starts = self._rings[self._labels]
        some = np.flatnonzero(np.diff(starts))
        if len(some):
            low = np.minimum.reduceat(self._points, starts[some])
            high = np.maximum.reduceat(self._points, starts[some])
            bounds[some, :2] = low
            with np.errstate(over="ignore", invalid="ignore"):
                bounds[some, 2:] = high - low
        for k in np.flatnonzero(~is_valid(bounds)).tolist():
            self.broken.append((k, "a coordinate that is not finite, or too large"))
            bounds[k] = 0.0
        return bounds

    def _find_rotated_boxes(self) -> tuple[Floats, Bools]:
        """Returns the corners of rotated boxes, and which labels are rotated boxes."""
        corners = np.zeros((len(self), 4, 2))
        starts, sizes = self._rings[self._labels[:-1]], np.diff(self._rings)
        one_ring = np.flatnonzero(np.diff(self._labels) == 1)
        four = one_ring[sizes[self._labels[one_ring]] == 4]
        corners[four] = self._points[starts[four, None] + np.arange(4)]
        return corners, is_rotated_box(corners)

    def _number_degenerate(self) -> Ints:
        """Returns a number for each label without area, equal for identical labels."""
        numbers = np.full(len(self), -1, dtype=np.int64)
        seen: dict[bytes, int] = {}
        starts = self._rings[self._labels]
        degenerate = (self.area == 0) & (np.diff(starts) > 0)
        degenerate[[k for k, _ in self.broken]] = False
        for k in np.flatnonzero(degenerate).tolist():
            rings = self._rings[self._labels[k] : self._labels[k + 1] + 1] - starts[k]
            points = self._points[starts[k] : starts[k + 1]] + 0.0
            key = rings.tobytes() + points.tobytes()
            numbers[k] = seen.setdefault(key, len(seen))
        return numbers


def unite(labels: Sequence[Sequence[Floats]]) -> list[Floats] | None:
    """Returns the rings of the union of labels.

    Args:
        labels: for each label its rings, each a ``(P, 2)`` array

    Returns:
        the rings, not closed and without holes; None where the first label covers
        all others
    """
    shapely = import_shapely()
    rings = [ring for label in labels for ring in label]
    shapes = Polygons(
        np.concatenate([np.zeros((0, 2)), *rings]),
        np.cumsum([0, *map(len, rings)]),
        np.cumsum([0, *map(len, labels)]),
    )._shapes
    united = shapely.union_all(shapes)
    if shapely.area(united) <= shapely.area(shapes[0]) * (1 + 1e-12):
        return None
    parts = [p for p in shapely.get_parts(united) if shapely.area(p) > 0]
    outlines = [shapely.get_coordinates(p.exterior)[:-1] for p in parts]
    return [np.asarray(outline, dtype=np.float64) for outline in outlines]
