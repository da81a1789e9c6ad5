"""Object keypoint similarity of keypoints and of polylines that are not filled.

The points of a label are ``[x, y]``, relative to the image, in ``[0, 1]``. A
coordinate that is missing is NaN. The points of an unfilled polyline are those
of all its lines, one after the other.

Object keypoint similarity (OKS) is the mean, over the points of the *earlier*
label of a pair, of ``exp(-d**2 / (2 * (s * sigma)**2))``: ``d`` is the
distance to the later label's point at the same index, ``s`` the square root of the
area of the earlier label's extent, at most 1, and ``sigma`` the point's falloff,
1 without sigmas. Points that the earlier label lacks do not count; a point that the
later label lacks is at a distance of 1. If one label has more points, the rest of
them is ignored.

Source: ``fiftyone.utils.iou``, after https://cocodataset.org/#keypoints-eval.
It differs deliberately where ``s`` is 0 (one point, or all on one horizontal or
vertical line), which gives NaN there: here a point counts 1 where both labels
have it at the same place and 0 elsewhere, which is the limit of the formula. So
identical labels have OKS 1 and no value is NaN, but a copy of such a label that is
moved by even 0.001 has OKS 0, because the size of the object is unknown. It also
differs where the number of points is not that of the sigmas: this is an error there;
here, such a label overlaps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ..arrays import Bools, Floats, Ints, chunks, ranges
from ..errors import KeypointError
from .boxes import extents
from .candidates import candidate_pairs

Table = tuple[Floats, Floats, Bools]

AT_ZERO, AT_MINUS_ONE, NO_CONFIDENCE = 1, 2, 4
"""The reasons why a point is probably not marked; see :func:`unmarked_points`."""

MISSING_DISTANCE = 1.0
"""The distance of a point that the later label lacks."""

BLOCK_POINTS = 2**17
"""The number of points compared at once: as many as fit into the CPU cache."""


class Keypoints:
    """The keypoints of ``N`` labels.

    Args:
        points: a ``(P, 2)`` array of ``[x, y]``; NaN where a coordinate is missing
        offsets: an ``(N + 1,)`` array: label ``k`` has the points
            ``offsets[k]:offsets[k + 1]``, which may be none
        sigmas (None): an array of falloffs, one for each point of every label

    Raises:
        KeypointError: if a sigma is not positive and finite

    Attributes:
        bounds: ``(N, 4)`` float64 ``[x, y, w, h]`` around the points that are not
            missing; zeros for a label without any
        area: ``(N,)`` float64, the area of ``bounds``
        broken: ``[(label, reason)]``, the labels whose number of points is not that of
            the sigmas; they overlap nothing
    """

    def __init__(
        self, points: Floats, offsets: Ints, sigmas: Sequence[float] | None = None
    ) -> None:
        self._points: Floats = np.array(points, dtype=np.float64).reshape(-1, 2)
        self._offsets = np.asarray(offsets, dtype=np.int64)
        self._counts = np.diff(self._offsets)
        self._finite: Bools = np.asarray(np.isfinite(self._points).all(axis=1))
        self._all_finite = bool(self._finite.all())
        self._sigmas = _checked(sigmas)
        self.bounds = self._extent(np.isfinite(self._points))
        self.area: Floats = self.bounds[:, 2] * self.bounds[:, 3]
        # infinite coordinates count for the scale, which is clipped to 1
        size = self._extent(~np.isnan(self._points))[:, 2:]
        with np.errstate(invalid="ignore"):
            scale = np.sqrt(size[:, 0] * size[:, 1])
        self._scale: Floats = np.minimum(np.nan_to_num(scale), 1.0)
        self._points[~self._finite] = 0.0
        self.broken = self._find_broken()
        self._counts[[k for k, _ in self.broken]] = 0
        self._table = self._tabulate()

    def __len__(self) -> int:
        return len(self._counts)

    def areas(self, labels: Ints) -> Floats:
        """Returns the areas of the extents of labels."""
        return self.area[labels]

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields all pairs of labels of one group.

        An OKS is 0 by underflow only, so every pair is a candidate.

        Args:
            group: an ``(N,)`` array of small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, with ``i < j``, in small parts
        """
        same_place = extents(np.zeros((len(self), 4)))
        yield from candidate_pairs(same_place, group)

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs whose OKS is not 0, with their OKS.

        Args:
            i: an ``(M,)`` array of indices of the earlier labels
            j: an ``(M,)`` array of indices of the later labels

        Returns:
            ``(i, j, oks, oks)`` of these pairs, ``oks`` in ``]0, 1]``
        """
        oks = self._oks(i, j)
        some = oks > 0
        return i[some], j[some], oks[some], oks[some]

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the OKS, because points have no area to share.

        Args:
            i: an ``(M,)`` array of indices, in any order with ``j``
            j: an ``(M,)`` array of indices
        """
        return self._oks(np.minimum(i, j), np.maximum(i, j))

    def _oks(self, i: Ints, j: Ints) -> Floats:
        counts = np.minimum(self._counts[i], self._counts[j])
        oks: Floats = np.zeros(len(i))
        for lo, hi in chunks(counts, BLOCK_POINTS):
            p, q, n = i[lo:hi], j[lo:hi], counts[lo:hi]
            if self._table is None:
                oks[lo:hi] = self._of_any(p, q, n)
            else:
                oks[lo:hi] = self._of_alike(self._table, p, q)
        return np.minimum(oks, 1.0, out=oks)

    def _of_alike(self, table: Table, i: Ints, j: Ints) -> Floats:
        """Returns the OKS where all labels have the same number of points."""
        x, y, finite = table
        square = x[i]
        square -= x[j]
        square *= square
        dy = y[i]
        dy -= y[j]
        dy *= dy
        square += dy
        if not self._all_finite:
            square[~finite[j]] = MISSING_DISTANCE**2
        value = _falloff(square, self._widths(i[:, None], np.arange(x.shape[1])))
        if self._all_finite:
            mean: Floats = value.mean(axis=1)
            return mean
        there = finite[i]
        value[~there] = 0.0
        oks: Floats = value.sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        return oks

    def _of_any(self, i: Ints, j: Ints, counts: Ints) -> Floats:
        """Returns the OKS of the first ``counts`` points of each pair."""
        pair, p = ranges(self._offsets[i], self._offsets[i] + counts)
        place = p - self._offsets[i][pair]
        q = self._offsets[j][pair] + place
        d = self._points[p] - self._points[q]
        square = d[:, 0] ** 2 + d[:, 1] ** 2
        square[~self._finite[q]] = MISSING_DISTANCE**2
        value = _falloff(square, self._widths(i[pair], place))
        value[~self._finite[p]] = 0.0
        total = np.bincount(pair, value, minlength=len(i))
        n = np.bincount(pair, self._finite[p], minlength=len(i))
        oks: Floats = total / np.maximum(n, 1)
        return oks

    def _widths(self, label: Ints, place: Ints) -> Floats:
        sigma = self._sigmas[place] if self._sigmas is not None else 1.0
        width: Floats = 2 * (self._scale[label] * sigma) ** 2
        return width

    def _find_broken(self) -> list[tuple[int, str]]:
        if self._sigmas is None:
            return []
        n = len(self._sigmas)
        return [
            (k, f"{self._counts[k]} points, but there are {n} keypoint_sigmas")
            for k in np.flatnonzero(self._counts != n).tolist()
        ]

    def _tabulate(self) -> Table | None:
        """Returns ``(N, K)`` tables of the points, if all labels have ``K`` points."""
        n = len(self)
        if n == 0 or self._counts[0] == 0 or (self._counts != self._counts[0]).any():
            return None

        x = np.ascontiguousarray(self._points[:, 0]).reshape(n, -1)
        y = np.ascontiguousarray(self._points[:, 1]).reshape(n, -1)
        return x, y, self._finite.reshape(n, -1)

    def _extent(self, known: Bools) -> Floats:
        """Returns the ``[x, y, w, h]`` around the known coordinates of each label."""
        extent = np.zeros((len(self), 4))
        some = np.flatnonzero(self._counts)
        if not len(some):
            return extent

        starts = self._offsets[some]
        low = np.minimum.reduceat(np.where(known, self._points, np.inf), starts)
        high = np.maximum.reduceat(np.where(known, self._points, -np.inf), starts)
        there = np.logical_or.reduceat(known, starts)
        with np.errstate(invalid="ignore"):
            size = np.nan_to_num(high - low, posinf=np.inf)
        extent[some, :2] = np.where(there, low, 0.0)
        extent[some, 2:] = np.where(there, size, 0.0)
        return extent


def unmarked_points(
    points: Floats, confidence: Floats | None = None
) -> npt.NDArray[np.uint8]:
    """Returns why points are probably not marked.

    Exporters store a point that is not in the image at exactly ``(0, 0)`` or
    ``(-1, -1)``, or with a confidence of 0.

    Args:
        points: a ``(P, 2)`` array of ``[x, y]``
        confidence (None): a ``(P,)`` array, NaN where it is not known

    Returns:
        a ``(P,)`` array of :data:`AT_ZERO`, :data:`AT_MINUS_ONE`, :data:`NO_CONFIDENCE`
        and sums of these; 0 for points that are marked; ``(0,)`` without points
    """
    reasons = np.zeros(len(points), dtype=np.uint8)
    reasons[(points == 0).all(axis=1)] = AT_ZERO
    reasons[(points == -1).all(axis=1)] = AT_MINUS_ONE
    if confidence is not None:
        reasons[confidence == 0] |= NO_CONFIDENCE
    return reasons


def _falloff(square: Floats, width: Floats) -> Floats:
    """Returns ``exp(-square / width)``, with its limits where the width is 0."""
    square *= -1
    with np.errstate(divide="ignore", invalid="ignore"):
        square /= width
    value: Floats = np.exp(square, out=square)
    value[np.isnan(value)] = 1.0
    return value


def _checked(sigmas: Sequence[float] | None) -> Floats | None:
    if sigmas is None:
        return None
    checked = np.asarray(sigmas, dtype=np.float64)
    if checked.ndim != 1 or not (np.isfinite(checked) & (checked > 0)).all():
        raise KeypointError(
            "a list of positive numbers", repr(list(sigmas)), "keypoint_sigmas"
        )
    return checked
