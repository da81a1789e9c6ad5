"""Instance masks, each placed in the image by its box.

A mask is an ``(H, W)`` array, true where it is not 0, stretched over the
``[x, y, w, h]`` of its label. So each label implies a canvas, the image in its own
resolution, of ``round(W / w)`` by ``round(H / h)`` pixels, with the mask at
``round(x * width), round(y * height)``.

Two masks are compared on the canvas with more pixels, of two alike the later
label's: the mask of the other one is resized to it, by the nearest pixel. Only
the part where both masks are is looked at; no canvas is ever made. A mask that
reaches beyond its canvas counts with all its pixels.

Source: ``fiftyone.utils.iou``, on whole canvases. It differs knowingly where two
identical labels have empty masks, or a box without area: their IoU is 1 here, NaN
or 0 there. A label without a mask overlaps nothing, and is told of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .boxes import Bools, Floats, Ints, extents
from .candidates import candidate_pairs

Mask = npt.NDArray[Any]

CACHE_BYTES = 64 * 2**20
"""How many bytes of masks are held, besides the two that are compared."""

MAX_CANVAS = 2**40
"""The largest canvas that a mask may imply, in pixels of one side."""


@dataclass(frozen=True)
class _Placed:
    """A mask with its place, in pixels of its canvas."""

    mask: Bools
    x: int
    y: int
    width: int
    height: int
    pixels: int


class Masks:
    """The instance masks of ``N`` labels.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``; see :mod:`.boxes`
        masks: gives the ``(H, W)`` mask of a label, an array of any number type,
            or None if it has none. Called for labels whose box meets another one,
            and for all when ``area`` is asked for

    Raises:
        BoxError: if a box is not finite or has a negative side

    Attributes:
        bounds: ``(N, 4)`` float64, the boxes
        broken: ``[(label, reason)]``, the labels found to have no mask so far
    """

    def __init__(self, boxes: Floats, masks: Callable[[int], Mask | None]) -> None:
        self.bounds: Floats = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        self.broken: list[tuple[int, str]] = []
        self._sides = extents(self.bounds)
        self._masks = masks
        self._placed: OrderedDict[int, _Placed | None] = OrderedDict()
        self._bytes = 0
        self._area: Floats = np.full(len(self.bounds), np.nan)

    def __len__(self) -> int:
        return len(self.bounds)

    @property
    def area(self) -> Floats:
        """``(N,)`` float64: the relative area that is masked; 0 without a mask."""
        for k in np.flatnonzero(np.isnan(self._area)).tolist():
            self._get(k)
        return self._area

    def candidates(self, group: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yields the pairs of one group whose boxes may meet.

        Args:
            group: an ``(N,)`` array of small non-negative group numbers

        Yields:
            ``(i, j)``: arrays of indices, with ``i < j``
        """
        yield from candidate_pairs(self._sides, group)

    def measure(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Returns the pairs whose masks overlap, with their IoU and IoS.

        Masks of boxes that do not even touch never overlap, although rounding to
        pixels may move them into one another.

        Args:
            i: an ``(M,)`` array of indices of the earlier labels
            j: an ``(M,)`` array of indices of the later labels

        Returns:
            ``(i, j, iou, ios)`` of these pairs, both in ``]0, 1]``
        """
        meets = self._meet(i, j)
        i, j = i[meets], j[meets]
        inter, first, second = self._count(i, j)
        some = inter > 0
        i, j, inter = i[some], j[some], inter[some]
        first, second = first[some], second[some]
        union = first + second - inter
        return i, j, inter / union, inter / np.minimum(first, second)

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the intersection over the area of ``i``.

        Args:
            i: an ``(M,)`` array of indices, in any order with ``j``
            j: an ``(M,)`` array of indices
        """
        inter, first, second = self._count(np.minimum(i, j), np.maximum(i, j))
        own = np.where(i < j, first, second)
        share: Floats = np.where(self._meet(i, j), inter / np.maximum(own, 1), 0.0)
        return share

    def _meet(self, i: Ints, j: Ints) -> Bools:
        """Tells the pairs whose boxes meet or touch."""
        a = self._sides
        meet: Bools = np.maximum(a.left[i], a.left[j]) <= np.minimum(
            a.right[i], a.right[j]
        )
        meet &= np.maximum(a.top[i], a.top[j]) <= np.minimum(a.bottom[i], a.bottom[j])
        return meet

    def _count(self, i: Ints, j: Ints) -> tuple[Floats, Floats, Floats]:
        """Returns the pixels of intersections, and of both masks.

        Identical labels without a pixel count as one pixel.
        """
        counts = np.zeros((len(i), 3))
        for k, (p, q) in enumerate(zip(i.tolist(), j.tolist())):
            a, b = self._get(p), self._get(q)
            if a is None or b is None:
                continue
            if self._has_no_pixel(p, a) or self._has_no_pixel(q, b):
                counts[k] = float(self._identical(p, q, a, b))
            else:
                counts[k] = _overlap(a, b)
        return counts[:, 0], counts[:, 1], counts[:, 2]

    def _has_no_pixel(self, k: int, placed: _Placed) -> bool:
        return not placed.pixels or not self._sides.area[k]

    def _identical(self, p: int, q: int, a: _Placed, b: _Placed) -> bool:
        same_box = bool((self.bounds[p] == self.bounds[q]).all())
        return same_box and np.array_equal(a.mask, b.mask)

    def _get(self, k: int) -> _Placed | None:
        if k in self._placed:
            self._placed.move_to_end(k)
            return self._placed[k]

        placed = self._place(k)
        self._placed[k] = placed
        self._bytes += _size(placed)
        while self._bytes > CACHE_BYTES and len(self._placed) > 1:
            _, oldest = self._placed.popitem(last=False)
            self._bytes -= _size(oldest)
        return placed

    def _place(self, k: int) -> _Placed | None:
        mask = self._masks(k)
        x, y, w, h = self.bounds[k].tolist()
        reason = _fault(mask, x, y, w, h)
        if mask is None or reason:
            if np.isnan(self._area[k]):
                self.broken.append((k, reason))
                self._area[k] = 0.0
            return None

        shown: Bools = np.ascontiguousarray(mask != 0)
        pixels = int(np.count_nonzero(shown))
        self._area[k] = pixels / shown.size * w * h
        if w == 0 or h == 0:
            return _Placed(shown, 0, 0, 0, 0, pixels)
        # round() takes halves to even, as FiftyOne's does
        width = max(round(shown.shape[1] / w), 1)
        height = max(round(shown.shape[0] / h), 1)
        return _Placed(
            shown, round(x * width), round(y * height), width, height, pixels
        )


def _fault(mask: Mask | None, x: float, y: float, w: float, h: float) -> str:
    """Returns why a mask cannot be placed; nothing if it can."""
    if mask is None:
        return "no mask"
    if mask.ndim != 2 or not mask.size:
        return f"a mask of shape {mask.shape}"
    for start, size, pixels in ((x, w, mask.shape[1]), (y, h, mask.shape[0])):
        if size > 0 and pixels * max(1.0, abs(start)) > size * MAX_CANVAS:
            return f"a box {size:g} wide or high at {start:g}, for {pixels} pixels"
    return ""


def _size(placed: _Placed | None) -> int:
    return placed.mask.nbytes if placed is not None else 0


def _overlap(a: _Placed, b: _Placed) -> tuple[int, int, int]:
    """Returns the pixels of the intersection, of ``a`` and of ``b``."""
    if (a.width, a.height) == (b.width, b.height):
        return _crop_overlap(a, b), a.pixels, b.pixels
    if a.width * a.height > b.width * b.height:
        inter, resized = _resized_overlap(b, a)
        return inter, a.pixels, resized
    inter, resized = _resized_overlap(a, b)
    return inter, resized, b.pixels


def _crop_overlap(a: _Placed, b: _Placed) -> int:
    left, top = max(a.x, b.x), max(a.y, b.y)
    right = min(a.x + a.mask.shape[1], b.x + b.mask.shape[1])
    bottom = min(a.y + a.mask.shape[0], b.y + b.mask.shape[0])
    if left >= right or top >= bottom:
        return 0
    return int(
        np.count_nonzero(
            a.mask[top - a.y : bottom - a.y, left - a.x : right - a.x]
            & b.mask[top - b.y : bottom - b.y, left - b.x : right - b.x]
        )
    )


def _resized_overlap(small: _Placed, large: _Placed) -> tuple[int, int]:
    """Returns the pixels of the intersection, and of ``small`` on ``large``."""
    height, width = small.mask.shape
    column = _Resized(small.x, width, small.width, large.width)
    row = _Resized(small.y, height, small.height, large.height)
    pixels = _weighted_sum(small.mask, row.counts(), column.counts())

    height, width = large.mask.shape
    left, columns = column.between(large.x, large.x + width)
    top, rows = row.between(large.y, large.y + height)
    if not len(columns) or not len(rows):
        return 0, pixels
    part = small.mask[rows].take(columns, axis=1)
    y, x = top - large.y, left - large.x
    part &= large.mask[y : y + len(rows), x : x + len(columns)]
    return int(np.count_nonzero(part)), pixels


def _weighted_sum(mask: Bools, by_row: Floats, by_column: Floats) -> int:
    """Returns how many pixels a mask has when each stands for several."""
    # float32, which is faster, holds these sums of whole numbers up to 2**24
    exact = np.float32 if by_column.sum() < 2**24 else np.float64
    in_rows = mask.astype(exact) @ by_column.astype(exact)
    return int(by_row @ in_rows.astype(np.float64))


class _Resized:
    """The pixels ``start ... start + n`` of one side of a canvas that is resized.

    Pixel ``k`` of the resized canvas shows pixel ``floor(k * step)``, with the
    arithmetic of OpenCV's nearest interpolation. Beyond the canvas it goes on so.
    """

    def __init__(self, start: int, n: int, size: int, to_size: int) -> None:
        self._start = start
        self._n = n
        self._size = size
        self._to_size = to_size
        self._step = 1.0 / (to_size / size)

    def counts(self) -> Floats:
        """Returns on how many pixels each of the ``n`` is shown."""
        pixel = np.arange(self._start, self._start + self._n + 1, dtype=np.float64)
        edges = np.ceil(pixel / self._step)
        # rounding may be off by one: settle by the definition itself
        edges -= np.floor((edges - 1) * self._step) >= pixel
        edges += np.floor(edges * self._step) < pixel
        edges[pixel == self._size] = self._to_size
        return np.diff(edges)

    def between(self, lo: int, hi: int) -> tuple[int, Ints]:
        """Returns the first pixel in ``lo ... hi`` to show one, and what they show."""
        shown = np.floor(np.arange(lo, hi) * self._step).astype(np.int64)
        if lo <= self._to_size < hi:
            beyond = shown[self._to_size - lo :]
            np.maximum(beyond, self._size, out=beyond)
        shown -= self._start
        a, b = np.searchsorted(shown, (0, self._n)).tolist()
        return lo + a, shown[a:b]
