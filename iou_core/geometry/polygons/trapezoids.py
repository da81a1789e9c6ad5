"""Intersection areas of many pairs of polygons at once.

A polygon is the sum of the regions below its edges, each signed by the edge's
direction. So the area that two polygons share is the signed sum, over every edge of
the first and every edge of the second, of the area below both: the integral of the
lower of the two lines, over the ``x`` of both edges. No cases are distinguished, so
shared edges and touching corners need no special handling.

Source: the trapezoid formula for areas, applied to products of indicator functions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...arrays import Bools, Floats, Ints, chunks, ranges

BLOCK_EDGES = 2**14
"""The number of edges compared at once: as many as fit into the CPU cache."""

BLOCK_ITEMS = 2**20
"""The number of pairs of edges compared at once: two combs have billions of them."""


class _Edges(NamedTuple):
    """Edges that are not vertical, from left to right."""

    left: Floats
    right: Floats
    y: Floats
    slope: Floats
    sign: Floats


class Trapezoids:
    """The edges of ``N`` polygons.

    Args:
        points: a ``(P, 2)`` array, the points of closed rings, the first point of
            each repeated at its end
        ring: a ``(P,)`` array, the number of the ring of each point, ascending
        owner: an ``(R,)`` array, the polygon of each ring, ascending
        is_hole: an ``(R,)`` bool array. Rings of a polygon must not cross
        n: the number of polygons
    """

    def __init__(
        self, points: Floats, ring: Ints, owner: Ints, is_hole: Bools, n: int
    ) -> None:
        same = ring[1:] == ring[:-1]
        a, b, ring = points[:-1][same], points[1:][same], ring[1:][same]
        # relative to a corner, so that the areas of small rings keep their precision
        first = np.searchsorted(ring, np.arange(len(owner)))
        origin = a[np.minimum(first, max(len(a) - 1, 0))][ring]
        cross = (a[:, 0] - origin[:, 0]) * (b[:, 1] - origin[:, 1])
        cross -= (a[:, 1] - origin[:, 1]) * (b[:, 0] - origin[:, 0])
        area = np.bincount(ring, cross, minlength=len(owner))
        sign = np.where(is_hole, -1.0, 1.0) * np.sign(area)

        forward = b[:, 0] > a[:, 0]
        left, right = np.where(forward[:, None], (a, b), (b, a))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            slope = (right[:, 1] - left[:, 1]) / (right[:, 0] - left[:, 0])
        used = np.flatnonzero(np.isfinite(slope))
        of = owner[ring[used]]
        # polygon by polygon, from left to right up to rounding
        low = left[used, 0].min(initial=np.inf)
        self._begin, self._end = left[used, 0] - low, right[used, 0] - low
        self._base = np.arange(n) * (2.0 * self._end.max(initial=0.0) + 1.0)
        self._key = self._base[of] + self._begin
        order = np.argsort(self._key, kind="stable")
        used, self._key = used[order], self._key[order]
        self._begin, self._end = self._begin[order], self._end[order]
        self._edges = _Edges(
            np.ascontiguousarray(left[used, 0]),
            np.ascontiguousarray(right[used, 0]),
            np.ascontiguousarray(left[used, 1]),
            slope[used],
            np.where(forward[used], -1.0, 1.0) * sign[ring[used]],
        )
        self._offsets = np.concatenate(([0], np.cumsum(np.bincount(of, minlength=n))))

    def intersect(
        self, i: Ints, j: Ints, x: Floats, width: Floats, y: Floats
    ) -> Floats:
        """Returns the areas that pairs of polygons share.

        Args:
            i: an ``(M,)`` array of polygons
            j: an ``(M,)`` array of polygons
            x: ``(M,)`` the smallest ``x`` of an intersection
            width: ``(M,)`` its largest width
            y: ``(M,)`` heights near both polygons, subtracted for precision

        Returns:
            an ``(M,)`` float64 array. Its rounding errors are relative to ``width``
            times the heights of the polygons, so it may differ slightly from 0
            where nothing is shared
        """
        area = np.zeros(len(i))
        counts = np.diff(self._offsets)
        for lo, hi in chunks(counts[i] + counts[j], BLOCK_EDGES):
            part = slice(lo, hi)
            frame = x[part], x[part] + width[part], y[part]
            area[part] = self._begin_within(i[part], j[part], frame, ties=True)
            area[part] += self._begin_within(j[part], i[part], frame, ties=False)
        return area

    def _begin_within(
        self, i: Ints, j: Ints, frame: tuple[Floats, Floats, Floats], ties: bool
    ) -> Floats:
        """Returns the areas that edges of ``i`` share with later edges of ``j``.

        An edge is later if its left end is; with ``ties``, also if both are equal.
        """
        edges = self._edges
        left, right, y = frame
        pair, e = ranges(self._offsets[i], self._offsets[i + 1])
        inside = (edges.left[e] < right[pair]) & (edges.right[e] > left[pair])
        pair, e = pair[inside], e[inside]
        # keys are rounded, all in the same way, so they may find too many edges
        base = self._base[j[pair]]
        begin = np.searchsorted(self._key, base + self._begin[e], side="left")
        end = np.searchsorted(self._key, base + self._end[e], side="right")
        begin = np.maximum(begin, self._offsets[j[pair]])
        end = np.minimum(end, self._offsets[j[pair] + 1])
        area = np.zeros(len(i))
        for lo, hi in chunks(np.maximum(end - begin, 0), BLOCK_ITEMS):
            item, value = self._below_both(
                e[lo:hi], begin[lo:hi], end[lo:hi], y[pair[lo:hi]], ties
            )
            # one number after the other, so that no last bit depends on the blocks
            if lo == 0:
                area += np.bincount(pair[:hi][item], value, len(i))
            else:
                np.add.at(area, pair[lo:hi][item], value)
        return area

    def _below_both(
        self, e: Ints, begin: Ints, end: Ints, y: Floats, ties: bool
    ) -> tuple[Ints, Floats]:
        """Returns the signed areas below edges and each of a range of others.

        Args:
            e: an ``(M,)`` array of edges
            begin: ``(M,)`` the first other edge of each
            end: ``(M,)`` the one after the last
            y: ``(M,)`` heights near both, subtracted for precision
            ties: whether edges with the same left end count

        Returns:
            the places in ``e``, and the areas
        """
        edges = self._edges
        item, f = ranges(begin, end)
        e = e[item]
        begins = edges.left[f]
        later = begins >= edges.left[e] if ties else begins > edges.left[e]
        later &= begins < edges.right[e]
        item, e, f, begins = item[later], e[later], f[later], begins[later]

        width = np.minimum(edges.right[e], edges.right[f])
        width -= begins
        height = y[item]
        f0 = edges.y[f] - height
        f1 = f0 + width * edges.slope[f]
        e0 = (begins - edges.left[e]) * edges.slope[e]
        e0 += edges.y[e]
        e0 -= height
        e1 = e0 + width * edges.slope[e]
        value = _mean_of_smaller(e0, e1, f0, f1)
        value *= width
        value *= edges.sign[e]
        value *= edges.sign[f]
        return item, value


def _mean_of_smaller(e0: Floats, e1: Floats, f0: Floats, f1: Floats) -> Floats:
    """Returns the mean of the lower of two lines, given at both ends."""
    d0, d1 = e0 - f0, e1 - f1
    below = np.minimum(d0, 0.0) + np.minimum(d1, 0.0)
    crossing = d0 * d1 < 0
    where = np.flatnonzero(crossing)
    below[where] *= np.abs(below[where]) / np.abs(d0[where] - d1[where])
    mean: Floats = 0.5 * (f0 + f1 + below)
    return mean
