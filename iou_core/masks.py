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

    def areas(self, labels: Ints) -> Floats:
        """Returns the relative areas that are masked; 0 without a mask.

        Args:
            labels: an ``(M,)`` array of indices; masks not seen yet are asked for
        """
        for k in labels[np.isnan(self._area[labels])].tolist():
            self._get(k)
        return self._area[labels]

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
        if mask is None or mask.ndim != 2 or not mask.size:
            if np.isnan(self._area[k]):
                reason = "no mask" if mask is None else f"a mask of shape {mask.shape}"
                self.broken.append((k, reason))
                self._area[k] = 0.0
            return None

        mask = np.ascontiguousarray(mask != 0)
        pixels = int(np.count_nonzero(mask))
        x, y, w, h = self.bounds[k].tolist()
        self._area[k] = pixels / mask.size * w * h
        if w == 0 or h == 0:
            return _Placed(mask, 0, 0, 0, 0, pixels)
        width, height = round(mask.shape[1] / w), round(mask.shape[0] / h)
        return _Placed(mask, round(x * width), round(y * height), width, height, pixels)


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
    columns = _edges(small.x, small.mask.shape[1], small.width, large.width)
    rows = _edges(small.y, small.mask.shape[0], small.height, large.height)
    pixels = np.diff(rows) @ (small.mask @ np.diff(columns))

    x, y = large.x, large.y
    height, width = large.mask.shape
    left, right = max(x, int(columns[0])), min(x + width, int(columns[-1]))
    top, bottom = max(y, int(rows[0])), min(y + height, int(rows[-1]))
    if left >= right or top >= bottom:
        return 0, int(pixels)
    column = np.searchsorted(columns, np.arange(left, right), side="right") - 1
    row = np.searchsorted(rows, np.arange(top, bottom), side="right") - 1
    part = small.mask[row[:, None], column]
    part &= large.mask[top - y : bottom - y, left - x : right - x]
    return int(np.count_nonzero(part)), int(pixels)


def _edges(start: int, n: int, size: int, to_size: int) -> Ints:
    """Returns where the pixels ``start ... start + n`` begin on a resized canvas.

    Pixel ``k`` of the resized canvas shows pixel ``floor(k * step)``, with the
    arithmetic of OpenCV's nearest interpolation.
    """
    step = 1.0 / (to_size / size)
    pixel = np.arange(start, start + n + 1)
    edges = np.ceil(pixel / step).astype(np.int64)
    # rounding may be off by one: settle by the definition itself
    edges -= np.floor((edges - 1) * step) >= pixel
    edges += np.floor(edges * step) < pixel
    return edges
