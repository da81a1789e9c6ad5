"""Shapely geometries of labels, made from rings, repaired and united."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...arrays import Bools, Floats, Ints, chunks
from ...cancellation import check_cancelled
from ...errors import PolygonError
from ..boxes import extents
from ..candidates import candidate_pairs

Shapes = npt.NDArray[Any]
"""An object array of shapely geometries."""

NEEDED = (2, 1)
"""The first version of shapely that repairs a shape without losing area."""

BLOCK_POINTS = 2**15
"""The number of points that shapely works on at once: it cannot be stopped."""

MAX_MEETINGS = 100_000
"""The most pairs of edges that may meet in a label that shapely repairs or unites. That
many take 2 seconds, which cannot be stopped, and memory for each crossing."""

TANGLED = "outlines that cross too often"

_REPAIRED = 2**17  # pairs of edges of the rings that are repaired between two checks
_SAMPLED = 2**22  # pairs of edges that are looked at to estimate how many meet


def import_shapely() -> Any:
    """Returns the shapely module.

    Raises:
        PolygonError: if it is missing, or too old
    """
    try:
        import shapely
    except ModuleNotFoundError:
        found = "none"
    else:
        found = shapely.__version__
        if tuple(map(int, found.split(".")[:2])) >= NEEDED:
            return shapely
    raise PolygonError(
        "shapely 2.1 or later to be installed (pip install -U shapely)",
        found,
        "polygons",
    )


def make_shapes(
    points: Floats, ring: Ints, owner: Ints, n: int
) -> tuple[Shapes, list[tuple[int, str]]]:
    """Returns the union of the rings of each label.

    Args:
        points: a ``(P, 2)`` array of finite numbers
        ring: a ``(P,)`` array, the ring of each point, ``0, 1, ...`` ascending; a
            ring has at least three points and is implicitly closed
        owner: an ``(R,)`` array, the label of each ring, ascending
        n: the number of labels

    Returns:
        an ``(N,)`` array of valid polygons and multi-polygons, empty where a label has
        no area; and ``[(label, reason)]`` of those that cannot be repaired
    """
    shapely = import_shapely()
    parts = shapely.polygons(shapely.linearrings(points, indices=ring))
    failed: dict[int, str] = {}
    sizes = np.bincount(ring, minlength=len(parts))
    for lo, hi in chunks(sizes, BLOCK_POINTS):
        wrong = lo + np.flatnonzero(~shapely.is_valid(parts[lo:hi]))
        large = wrong[sizes[wrong].astype(np.int64) ** 2 > 2 * MAX_MEETINGS]
        for k in large.tolist():
            check_cancelled()
            if _is_tangled(parts[k : k + 1]):
                failed[int(owner[k])] = TANGLED
                parts[k] = shapely.Polygon()
        # the time grows with the square of the points where a ring crosses itself
        for first, last in chunks(sizes[wrong].astype(np.int64) ** 2, _REPAIRED):
            some = wrong[first:last]
            parts[some], reasons = _repair(parts[some], owner[some])
            failed |= reasons
    shapes = np.full(n, shapely.Polygon(), dtype=object)
    counts = np.bincount(owner, minlength=n)
    alone = counts[owner] == 1
    shapes[owner[alone]] = parts[alone]

    parts, owner = parts[~alone], owner[~alone]
    united = _must_be_united(parts, owner, n)
    apart = np.flatnonzero(~united[owner])
    labels, number = np.unique(owner[apart], return_inverse=True)
    if len(labels):
        shapes[labels] = shapely.multipolygons(parts[apart], indices=number)
    for k in np.flatnonzero(united).tolist():
        check_cancelled()
        lo, hi = np.searchsorted(owner, (k, k + 1))
        if _is_tangled(parts[lo:hi]):
            failed[k] = TANGLED
        else:
            shapes[k] = shapely.union_all(parts[lo:hi])
    shapes[list(failed)] = shapely.Polygon()
    return shapes, sorted(failed.items())


def _repair(parts: Shapes, owner: Ints) -> tuple[Shapes, dict[int, str]]:
    """Returns valid shapes, and the reasons of the labels that cannot have one."""
    shapely = import_shapely()

    def valid(some: Any) -> Any:
        # keep every point that the ring winds around
        return shapely.make_valid(some, method="structure", keep_collapsed=False)

    try:
        return valid(parts), {}
    except shapely.GEOSException:
        failed = {}
    for k, part in enumerate(parts.tolist()):
        try:
            parts[k] = valid(part)
        except shapely.GEOSException as error:
            failed[int(owner[k])] = f"a ring that cannot be repaired: {error}"
            parts[k] = shapely.Polygon()
    return parts, failed


def _is_tangled(parts: Shapes) -> bool:
    """Returns whether about more than :data:`MAX_MEETINGS` pairs of edges may meet.

    Edges may meet if their bounding boxes have common area. Of many edges, some that
    are evenly spread are compared with all.
    """
    shapely = import_shapely()
    points, ring = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    starts = np.flatnonzero(ring[:-1] == ring[1:])
    n = len(starts)
    if n**2 <= 2 * MAX_MEETINGS:
        return False
    low = np.minimum(points[starts], points[starts + 1])
    high = np.maximum(points[starts], points[starts + 1])
    some = np.linspace(0, n - 1, min(n, max(16, _SAMPLED // n))).astype(np.intp)
    meetings = sum(
        np.count_nonzero(np.all((low < high[k]) & (low[k] < high), axis=1))
        for k in some.tolist()
    )
    return bool(meetings * n > 2 * MAX_MEETINGS * len(some))


def _must_be_united(parts: Shapes, owner: Ints, n: int) -> Bools:
    """Returns which labels have shapes that are not polygons or that may meet."""
    shapely = import_shapely()
    united = np.zeros(n, dtype=np.bool_)
    plain = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    united[owner[~plain | shapely.is_empty(parts)]] = True
    around = np.nan_to_num(shapely.bounds(parts)).reshape(-1, 4)
    around[:, 2:] -= around[:, :2]
    sides = extents(around)
    for a, b in candidate_pairs(sides, owner):
        gap = np.maximum(sides.top[a], sides.top[b])
        gap -= np.minimum(sides.bottom[a], sides.bottom[b])
        united[owner[a[gap <= 0]]] = True
    return united
