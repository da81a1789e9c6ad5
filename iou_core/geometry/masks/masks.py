"""Instance masks, each placed in the image by its box.

A mask is an ``(H, W)`` array, true where it is not 0, stretched over the
``[x, y, w, h]`` of its label. So each label implies a canvas, the image in its own
resolution, of ``round(W / w)`` by ``round(H / h)`` pixels, with the mask at
``round(x * width), round(y * height)``.

Two masks are compared on the canvas with more pixels; of two equal ones, on the later
label's. The mask of the other label is resized to it by nearest neighbor. Masks are
compared by their run lengths (see :mod:`.rle_overlaps`), and no canvas is allocated. A
mask that reaches beyond its canvas counts with all its pixels.

Source: ``fiftyone.utils.iou``, on whole canvases. It differs deliberately where two
identical labels have empty masks, or a box without area: their IoU is 1 here, and NaN
or 0 there. A label without a mask overlaps nothing, and is reported.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...cancellation import check_cancelled
from ...errors import UnreadableError
from ..boxes import extents
from ..candidates import candidate_pairs
from .rle import RLE, Batch, Mask, encode
from .rle_overlaps import Places, count_overlaps

CACHE_BYTES = 64 * 2**20
"""The number of bytes of encoded masks that are cached for later pairs."""

ENCODE_PIXELS = 2**18
"""The number of pixels encoded at once: as many as fit into the CPU cache."""

BLOCK_ROWS = 2**16
"""The number of rows of masks compared at once."""

MAX_CANVAS = 2**31
"""The largest canvas that a mask may imply, in pixels of one side."""


class Masks:
    """The instance masks of ``N`` labels.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``; see :mod:`..boxes`
        masks: returns the ``(H, W)`` mask of a label, an array of any number type,
            or None if it has none, or raises an UnreadableError. It is called for
            labels whose box meets another one, and for all labels for ``area``; again
            for the same label only after its mask has left the cache

    Raises:
        BoxError: if a box is not finite or has a negative side

    Attributes:
        bounds: ``(N, 4)`` float64, the boxes
        broken: ``[(label, reason)]``, the labels found to have no mask so far;
            they overlap nothing
    """

    def __init__(self, boxes: Floats, masks: Callable[[int], Mask | None]) -> None:
        self.bounds: Floats = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        self.broken: list[tuple[int, str]] = []
        self._sides = extents(self.bounds)
        self._masks = masks
        x, y, w, h = np.abs(self.bounds.T)
        with np.errstate(over="ignore"):
            self._widest = (w * MAX_CANVAS / np.maximum(x, 1.0)).tolist()
            self._highest = (h * MAX_CANVAS / np.maximum(y, 1.0)).tolist()
        self._cache: OrderedDict[int, RLE] = OrderedDict()
        self._cached_bytes = 0
        n = len(self.bounds)
        self._known = np.zeros(n, dtype=np.bool_)
        self._area: Floats = np.zeros(n)
        self._pixels = np.zeros(n, dtype=np.int64)
        self._places = Places(*(np.zeros(n, dtype=np.int64) for _ in range(4)))

    def __len__(self) -> int:
        return len(self.bounds)

    @property
    def area(self) -> Floats:
        """``(N,)`` float64, the relative areas of the masks; 0 without a mask."""
        return self.areas(np.arange(len(self)))

    def areas(self, labels: Ints) -> Floats:
        """Returns the relative areas of the masks of labels.

        Args:
            labels: an ``(M,)`` array of indices; masks not yet known are read
        """
        batch = Batch()
        for k in np.unique(labels[~self._known[labels]]).tolist():
            self._fetch(k, batch)
            if batch.nbytes >= CACHE_BYTES // 4:
                self._finish(batch)
                batch = Batch()
        self._finish(batch)
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

        Masks whose boxes do not touch never overlap, even if rounding to pixels would
        make them.

        Args:
            i: an ``(M,)`` array of indices of the earlier labels
            j: an ``(M,)`` array of indices of the later labels

        Returns:
            ``(i, j, iou, ios)`` of these pairs, both in ``]0, 1]``
        """
        meets = self._meet(i, j)
        i, j = i[meets], j[meets]
        shared, of_i, of_j = self._count(i, j)
        some = shared > 0
        i, j, shared, of_i, of_j = (v[some] for v in (i, j, shared, of_i, of_j))
        return i, j, shared / (of_i + of_j - shared), shared / np.minimum(of_i, of_j)

    def share(self, i: Ints, j: Ints) -> Floats:
        """Returns the intersection over the area of ``i``.

        Args:
            i: an ``(M,)`` array of indices, in any order with ``j``
            j: an ``(M,)`` array of indices
        """
        share: Floats = np.zeros(len(i))
        meets = np.flatnonzero(self._meet(i, j))
        i, j = i[meets], j[meets]
        shared, of_first, of_second = self._count(np.minimum(i, j), np.maximum(i, j))
        own = np.where(i < j, of_first, of_second)
        # a resized mask may have no pixel left
        share[meets] = shared / np.maximum(own, 1)
        return share

    def _meet(self, i: Ints, j: Ints) -> Bools:
        """Returns which pairs of boxes meet or touch."""
        a = self._sides
        right, bottom = (
            np.minimum(a.right[i], a.right[j]),
            np.minimum(a.bottom[i], a.bottom[j]),
        )
        meet: Bools = np.maximum(a.left[i], a.left[j]) <= right
        meet &= np.maximum(a.top[i], a.top[j]) <= bottom
        return meet

    def _count(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Ints]:
        """Returns how many pixels pairs share, and how many each mask has.

        Identical labels without a pixel count as one pixel.
        """
        shared, of_i, of_j = (np.zeros(len(i), dtype=np.int64) for _ in range(3))
        for lo, hi, rles in self._blocks(i.tolist(), j.tolist()):
            p, q = i[lo:hi], j[lo:hi]
            solid = (self._pixels > 0) & (self._sides.area > 0)
            full = np.flatnonzero(solid[p] & solid[q])
            if len(full):
                labels = np.array(sorted(rles))
                both = count_overlaps(
                    [rles[k] for k in labels.tolist()],
                    Places(*(column[labels] for column in self._places)),
                    np.searchsorted(labels, p[full]),
                    np.searchsorted(labels, q[full]),
                )
                for whole, part in zip((shared, of_i, of_j), both):
                    whole[lo + full] = part
            for k in np.flatnonzero(~solid[p] & ~solid[q]).tolist():
                same = self._identical(int(p[k]), int(q[k]), rles)
                shared[lo + k] = of_i[lo + k] = of_j[lo + k] = int(same)
        return shared, of_i, of_j

    def _blocks(
        self, i: list[int], j: list[int]
    ) -> Iterator[tuple[int, int, dict[int, RLE]]]:
        """Yields ranges of pairs with the runs of their labels."""
        lo, rows, batch = 0, 0, Batch()
        for hi, pair in enumerate(zip(i, j), 1):
            for k in pair:
                if k not in batch.heights:
                    self._fetch(k, batch)
                rows += batch.heights[k]
            full = rows >= BLOCK_ROWS or batch.nbytes >= CACHE_BYTES // 4
            if full or hi == len(i):
                check_cancelled()
                self._finish(batch)
                yield lo, hi, batch.rles
                lo, rows, batch = hi, 0, Batch()

    def _identical(self, p: int, q: int, rles: dict[int, RLE]) -> bool:
        """Returns whether two labels without a pixel are copies of each other."""
        a, b = rles[p], rles[q]
        return (
            bool(a.height)
            and (a.height, a.width) == (b.height, b.width)
            and bool((self.bounds[p] == self.bounds[q]).all())
            and np.array_equal(a.ends, b.ends)
        )

    def _fetch(self, k: int, batch: Batch) -> None:
        """Adds a label to a batch: its encoded mask if cached, else its mask."""
        rle = self._cache.get(k)
        if rle is not None:
            self._cache.move_to_end(k)
            batch.add(k, rle)
            return

        check_cancelled()
        mask, fault = None, ""
        try:
            mask = self._masks(k)
        except UnreadableError as error:
            fault = str(error)
        if not fault and not self._fits(k, mask):
            fault = _fault(mask, *self.bounds[k].tolist())
        if mask is None or fault:
            if not self._known[k]:
                self.broken.append((k, fault))
                self._known[k] = True
            mask = np.zeros((0, 0), dtype=np.bool_)
        batch.wait(k, mask)
        if batch.pixels >= ENCODE_PIXELS:
            self._encode(batch)

    def _fits(self, k: int, mask: Mask | None) -> bool:
        """Returns whether a quick check proves that a mask can be placed."""
        if mask is None or mask.ndim != 2 or not mask.size:
            return False
        height, width = mask.shape
        return bool(width < self._widest[k] and height < self._highest[k])

    def _encode(self, batch: Batch) -> None:
        """Encodes the pending masks of a batch."""
        if not batch.masks:
            return
        encoded = encode(list(batch.masks.values()))
        for k, rle in zip(batch.masks, encoded):
            batch.add(k, rle)
            self._cache[k] = rle
            self._cached_bytes += rle.nbytes
        while self._cached_bytes > CACHE_BYTES and len(self._cache) > 1:
            self._cached_bytes -= self._cache.popitem(last=False)[1].nbytes
        batch.masks, batch.pixels = {}, 0

    def _finish(self, batch: Batch) -> None:
        """Encodes the rest of a batch, and records the places of its masks."""
        self._encode(batch)
        known = self._known
        new = {k: rle for k, rle in batch.rles.items() if not known[k]}
        if not new:
            return
        labels = np.array(list(new))
        numbers = [(one.pixels, one.width, one.height) for one in new.values()]
        pixels, columns, rows = np.array(numbers, dtype=np.int64).T
        known[labels] = True
        self._pixels[labels] = pixels
        x, y, w, h = self.bounds[labels].T
        self._area[labels] = pixels / (columns * rows) * w * h
        solid = np.flatnonzero((w > 0) & (h > 0))
        labels, x, y, w, h = (values[solid] for values in (labels, x, y, w, h))
        # rint() takes halves to even, as FiftyOne's round() does
        width = np.maximum(np.rint(columns[solid] / w), 1)
        height = np.maximum(np.rint(rows[solid] / h), 1)
        place = np.rint(x * width), np.rint(y * height), width, height
        for column, value in zip(self._places, place):
            column[labels] = value


def _fault(mask: Mask | None, x: float, y: float, w: float, h: float) -> str:
    """Returns why a mask cannot be placed; "" if it can."""
    if mask is None:
        return "no mask"
    if mask.ndim != 2 or not mask.size:
        return f"a mask of shape {mask.shape}"
    for start, size, pixels in ((x, w, mask.shape[1]), (y, h, mask.shape[0])):
        if size > 0 and pixels * max(1.0, abs(start)) > size * MAX_CANVAS:
            return f"a box {size:g} wide or high at {start:g}, for {pixels} pixels"
    return ""
