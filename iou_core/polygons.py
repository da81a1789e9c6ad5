"""Filled polygons: the union of the rings of each label.

A ring is a list of points ``[x, y]``, relative to the image, and closes by itself.
A point is in a label when any of its rings holds it: a ring within another one
cuts no hole. A ring that crosses itself holds every point that it winds around.

Source: ``fiftyone.utils.iou`` with shapely. It differs knowingly where a ring
crosses itself, which loses area there (half of a bow tie); where identical labels
have no area, whose IoU is 1 here, 0 there; and where a polygon cannot be repaired,
which is 0 there without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .boxes import Bools, Floats, Ints, extents
from .candidates import candidate_pairs
from .errors import PolygonError

Shapes = npt.NDArray[Any]


class Polygons:
    """The filled polygons of ``N`` labels.

    Args:
        points: a ``(P, 2)`` array of ``[x, y]``
        ring_offsets: an ``(R + 1,)`` array: ring ``r`` has the points
            ``ring_offsets[r]:ring_offsets[r + 1]``, which may be none
        label_offsets: an ``(N + 1,)`` array: label ``k`` has the rings
            ``label_offsets[k]:label_offsets[k + 1]``, which may be none
        bounds (None): the ``(N, 4)`` bounding boxes ``[x, y, w, h]``, if known

    Raises:
        PolygonError: if shapely 2 is not installed

    Attributes:
        bounds: ``(N, 4)`` float64, the bounding boxes; zeros for a broken label or
            one without points
        area: ``(N,)`` float64, the relative area
        broken: ``[(label, reason)]``, the labels that are no polygons and cannot
            be made any; they overlap nothing
    """

    def __init__(
        self,
        points: Floats,
        ring_offsets: Ints,
        label_offsets: Ints,
        bounds: Floats | None = None,
    ) -> None:
        self._shapely = _import_shapely()
        self._points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        self._rings = np.asarray(ring_offsets, dtype=np.int64)
        self._labels = np.asarray(label_offsets, dtype=np.int64)
        self.broken: list[tuple[int, str]] = []
        self._shapes = self._make_shapes()
        self.area: Floats = self._shapely.area(self._shapes)
        self.bounds = self._find_bounds() if bounds is None else bounds
        self._sides = extents(self.bounds)
        self._same = self._number_degenerate()

    @classmethod
    def from_lists(cls, labels: Sequence[Sequence[Any]]) -> Polygons:
        """Returns the polygons of labels given as nested lists.

        Args:
            labels: for each label its rings, each a list of ``[x, y]``, as
                FiftyOne's ``Polyline.points``
        """
        rings = [ring for label in labels for ring in label]
        points = [point for ring in rings for point in ring]
        return cls(
            np.array(points, dtype=np.float64).reshape(-1, 2),
            np.cumsum([0, *map(len, rings)]),
            np.cumsum([0, *map(len, labels)]),
        )

    def __len__(self) -> int:
        return len(self._labels) - 1

    def areas(self, labels: Ints) -> Floats:
        """Returns the relative areas of labels."""
        return self.area[labels]

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of one group whose bounding boxes may meet.

        Args:
            group: an ``(N,)`` array of small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, with ``i < j``
        """
        yield from candidate_pairs(self._sides, group)

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs that overlap, with their IoU and IoS.

        Args:
            i: an ``(M,)`` array of indices of the earlier labels
            j: an ``(M,)`` array of indices of the later labels

        Returns:
            ``(i, j, iou, ios)`` of these pairs, both in ``]0, 1]``
        """
        inter = self._intersect(i, j)
        same = self._identical(i, j)
        some = (inter > 0) | same
        i, j, inter, same = i[some], j[some], inter[some], same[some]
        inter[same] = 1.0
        first = np.where(same, 1.0, self.area[i])
        second = np.where(same, 1.0, self.area[j])
        # rounding can make an intersection larger than what it is a part of
        union = np.maximum(first + second - inter, inter)
        return i, j, inter / union, inter / np.maximum(np.minimum(first, second), inter)

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the intersection over the area of ``i``.

        Args:
            i: an ``(M,)`` array of indices, in any order with ``j``
            j: an ``(M,)`` array of indices
        """
        inter = self._intersect(i, j)
        share = np.divide(
            inter, self.area[i], out=np.zeros(len(i)), where=self.area[i] > 0
        )
        return np.where(self._identical(i, j), 1.0, np.minimum(share, 1.0))

    def _intersect(self, i: Ints, j: Ints) -> Floats:
        """Returns the areas of intersections."""
        a = self._sides
        w = np.minimum(a.right[i], a.right[j]) - np.maximum(a.left[i], a.left[j])
        h = np.minimum(a.bottom[i], a.bottom[j]) - np.maximum(a.top[i], a.top[j])
        inter = np.zeros(len(i))
        meets = np.flatnonzero((w > 0) & (h > 0))
        shapes = self._shapes
        inter[meets] = self._shapely.area(
            self._shapely.intersection(shapes[i[meets]], shapes[j[meets]])
        )
        return inter

    def _identical(self, i: Ints, j: Ints) -> Bools:
        """Tells the pairs of identical labels without area."""
        same: Bools = (self._same[i] >= 0) & (self._same[i] == self._same[j])
        return same

    def _make_shapes(self) -> Shapes:
        """Returns a shapely geometry for each label, empty where it has no area."""
        shapely = self._shapely
        n = len(self)
        sizes = np.diff(self._rings)
        owner = np.repeat(np.arange(n), np.diff(self._labels))
        finite = np.isfinite(self._points).all(axis=1)
        ring_of_point = np.repeat(np.arange(len(sizes)), sizes)
        bad = np.zeros(n, dtype=np.bool_)
        bad[owner[ring_of_point[~finite]]] = True
        for k in np.flatnonzero(bad).tolist():
            self.broken.append((k, "a coordinate that is not finite"))

        used = (sizes >= 3) & ~bad[owner]
        number = np.cumsum(used) - 1
        rings = shapely.linearrings(
            self._points[used[ring_of_point]],
            indices=number[ring_of_point[used[ring_of_point]]],
        )
        parts = shapely.polygons(rings)
        parts, owner = self._repair(parts, owner[used])
        shapes = np.full(n, shapely.Polygon(), dtype=object)
        _, first, counts = np.unique(owner, return_index=True, return_counts=True)
        alone = first[counts == 1]
        shapes[owner[alone]] = parts[alone]
        for start, count in zip(first[counts > 1], counts[counts > 1]):
            shapes[owner[start]] = shapely.union_all(parts[start : start + count])
        return shapes

    def _repair(self, parts: Shapes, owner: Ints) -> tuple[Shapes, Ints]:
        shapely = self._shapely
        wrong = np.flatnonzero(~shapely.is_valid(parts))
        parts[wrong] = shapely.make_valid(
            parts[wrong], method="structure", keep_collapsed=False
        )
        return parts, owner

    def _find_bounds(self) -> Floats:
        bounds = np.zeros((len(self), 4))
        starts = self._rings[self._labels]
        some = np.flatnonzero(np.diff(starts))
        if len(some):
            low = np.minimum.reduceat(self._points, starts[some])
            high = np.maximum.reduceat(self._points, starts[some])
            bounds[some, :2] = low
            bounds[some, 2:] = high - low
        bounds[[k for k, _ in self.broken]] = 0.0
        return bounds

    def _number_degenerate(self) -> Ints:
        """Returns a number for each label without area, alike for identical ones."""
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
        the rings, open ones, without the holes that filled rings do not cut; None
        where the first label covers all that the others cover
    """
    shapely = _import_shapely()
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


def _import_shapely() -> Any:
    try:
        import shapely
    except ModuleNotFoundError:
        found = "none"
    else:
        found = shapely.__version__
        if tuple(map(int, found.split(".")[:2])) >= (2, 1):
            return shapely
    raise PolygonError(
        "shapely 2.1 or later to be installed (pip install -U shapely)",
        found,
        "polygons",
    )
