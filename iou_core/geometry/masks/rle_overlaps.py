"""Intersections of pairs of masks, counted by run lengths without a canvas.

Many pairs are counted at once: the runs of one mask, placed on the canvas of the other,
are looked up among the runs of the other.

Nearest-neighbor resizing shows pixel ``floor(k * step)`` of a canvas at pixel ``k``,
with the arithmetic of OpenCV, within the canvas and beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ...arrays import Bools, Floats, Ints, chunks, ranges
from .rle import RLE

CHUNK_RUNS = 2**15
"""The number of runs looked up at once: as many as fit into the CPU cache."""


class Places(NamedTuple):
    """The places of masks: ``(N,)`` int64 arrays in pixels, each on its own canvas.

    Attributes:
        x: the left column of the mask
        y: its upper row
        width: the width of the canvas
        height: the height of the canvas
    """

    x: Ints
    y: Ints
    width: Ints
    height: Ints


def count_overlaps(
    rles: Sequence[RLE], places: Places, a: Ints, b: Ints
) -> tuple[Ints, Ints, Ints]:
    """Returns how many pixels pairs of masks share, and how many each mask has.

    A pair is compared on the canvas with more pixels; of two equal ones, on that of
    ``b``. The other mask is resized to it.

    Args:
        rles: the :class:`.rle.RLE` of ``N`` masks
        places: their :class:`Places`
        a: an ``(M,)`` array of indices of masks
        b: an ``(M,)`` array of indices of masks

    Returns:
        ``(shared, of_a, of_b)``, each ``(M,)`` int64
    """
    table = _Table(rles)
    size = places.width * places.height
    a_is_larger = size[a] > size[b]
    to, of = np.where(a_is_larger, a, b), np.where(a_is_larger, b, a)
    shared, resized = _count(table, places, of, to)
    whole = table.pixels[to]
    return (
        shared,
        np.where(a_is_larger, whole, resized),
        np.where(a_is_larger, resized, whole),
    )


class _Table:
    """The runs of many masks, concatenated."""

    def __init__(self, rles: Sequence[RLE]) -> None:
        count = np.array([len(one.ends) // 2 for one in rles], dtype=np.int64)
        self.height = np.array([one.height for one in rles], dtype=np.int64)
        self.width = np.array([one.width for one in rles], dtype=np.int64)
        numbers = self.height * (self.width + 1)
        self.base = np.cumsum(numbers) - numbers
        shift = np.repeat(self.base, count)
        ends = np.concatenate([one.ends for one in rles])
        first, last = ends[0::2], ends[1::2]
        length = last - first
        after = np.cumsum(length)
        self._first = first + shift
        # no pixels come before a number below the first run
        self._shift = np.concatenate(([0], after - last - shift))
        self._most = np.concatenate(([0], after))
        owner = np.repeat(np.arange(len(rles)), count)
        row, self.column = np.divmod(first, self.width[owner] + 1)
        self.end = self.column + length
        self.row_base = np.cumsum(self.height) - self.height
        of_row = np.bincount(
            self.row_base[owner] + row, minlength=int(self.height.sum())
        )
        self.row_ends = np.concatenate(([0], np.cumsum(of_row)))
        self.pixels = np.array([one.pixels for one in rles], dtype=np.int64)

    def pixels_within(self, mask: Ints, row: Ints, left: Ints, right: Ints) -> Ints:
        """Returns how many pixels rows of masks have between two columns.

        Args:
            mask: an ``(M,)`` array of masks
            row: an ``(M,)`` array, a row of each, counted over all masks
            left: an ``(M,)`` array of columns
            right: an ``(M,)`` array, the columns after the last ones
        """
        run = self.row_ends[row]
        count = self.row_ends[row + 1] - run
        run = np.minimum(run, len(self.end) - 1)
        # most rows have one run
        pixels: Ints = np.minimum(right, self.end[run])
        pixels -= np.maximum(left, self.column[run])
        np.maximum(pixels, 0, out=pixels)
        pixels[count == 0] = 0
        more = np.flatnonzero(count > 1)
        if len(more):
            mask, row = mask[more], row[more]
            start = self.base[mask]
            start += (row - self.row_base[mask]) * (self.width[mask] + 1)
            pixels[more] = self._pixels_before(start + right[more])
            pixels[more] -= self._pixels_before(start + left[more])
        return pixels

    def _pixels_before(self, number: Ints) -> Ints:
        """Returns how many pixels of all masks come before a number."""
        run = np.searchsorted(self._first, number, side="right")
        before: Ints = np.minimum(number + self._shift[run], self._most[run])
        return before


class _Resize:
    """The resizing of a side of canvases from one size to another."""

    def __init__(self, size: Ints, to_size: Ints) -> None:
        self._size = size
        self._to_size = to_size
        self._step: Floats = 1.0 / (to_size / size)
        self.changes: Bools = size != to_size
        self.any = bool(self.changes.any())

    def begins(self, pair: Ints, pixel: Ints) -> Ints:
        """Returns the first resized pixel that shows this pixel or a later one."""
        if not self.any:
            return pixel
        step = self._step[pair]
        begins = np.ceil(pixel / step)
        # correct a rounding error of one by the definition
        begins[np.flatnonzero((begins - 1) * step >= pixel)] -= 1
        begins[np.flatnonzero(begins * step < pixel)] += 1
        edge = np.flatnonzero(pixel == self._size[pair])
        begins[edge] = self._to_size[pair[edge]]
        return begins.astype(np.int64)


def _count(table: _Table, places: Places, of: Ints, to: Ints) -> tuple[Ints, Ints]:
    """Returns how many pixels pairs share, and how many ``of`` has after resizing."""
    n = len(of)
    rows = _Resize(places.height[of], places.height[to])
    columns = _Resize(places.width[of], places.width[to])
    changes = columns.changes | rows.changes
    pair, row, shown, times = _shown_rows(table, places, of, to, rows, changes)
    shown_from, shown_to = shown
    row += table.row_base[of][pair]
    begin, end = table.row_ends[row], table.row_ends[row + 1]

    shared, resized = np.zeros(n), np.zeros(n)
    x, left_of, width = places.x[of], places.x[to], table.width[to]
    row_at = table.row_base[to] - places.y[to]
    for lo, hi in chunks(end - begin, CHUNK_RUNS):
        item, run = ranges(begin[lo:hi], end[lo:hi])
        item += lo
        p = pair[item]
        shift = x[p]
        left = columns.begins(p, table.column[run] + shift)
        right = columns.begins(p, table.end[run] + shift)
        if columns.any or rows.any:
            resized += np.bincount(p, (right - left) * times[item], minlength=n)
        shift, limit = left_of[p], width[p]
        left = np.minimum(np.maximum(left - shift, 0), limit)
        right = np.minimum(np.maximum(right - shift, 0), limit)
        meets = np.flatnonzero((left < right) & (shown_from[item] < shown_to[item]))
        item, left, right = item[meets], left[meets], right[meets]
        for few, y in _each_row(shown_from[item], shown_to[item]):
            p = pair[item[few]]
            inside = table.pixels_within(to[p], row_at[p] + y, left[few], right[few])
            shared += np.bincount(p, inside, minlength=n)
    resized = np.where(changes, resized, table.pixels[of])
    return shared.astype(np.int64), resized.astype(np.int64)


def _shown_rows(
    table: _Table, places: Places, of: Ints, to: Ints, rows: _Resize, changes: Bools
) -> tuple[Ints, Ints, tuple[Ints, Ints], Ints]:
    """Returns the rows of masks ``of`` that the canvases of ``to`` show.

    Returns:
        for each row its pair; its number in the mask; the first row of the canvas that
        shows it and the one after the last, within the mask ``to``; and how many rows
        it has after resizing
    """
    y, top = places.y[of], places.y[to]
    bottom = top + table.height[to]
    # without resizing, only the rows of both are compared
    first = np.where(changes, 0, np.maximum(top - y, 0))
    after = np.where(changes, table.height[of], bottom - y)
    after = np.maximum(np.minimum(after, table.height[of]), first)
    # and the row after the last, where the last one ends
    pair, row = ranges(first, after + 1)
    begins = rows.begins(pair, row + y[pair])
    is_row = np.flatnonzero(pair[1:] == pair[:-1])
    pair, row = pair[is_row], row[is_row]
    shown_from, shown_to = begins[is_row], begins[is_row + 1]
    times = shown_to - shown_from
    np.maximum(shown_from, top[pair], out=shown_from)
    np.minimum(shown_to, bottom[pair], out=shown_to)
    return pair, row, (shown_from, shown_to), times


def _each_row(begin: Ints, end: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yields the position of each range and every number in it, in chunks."""
    for lo, hi in chunks(end - begin, CHUNK_RUNS):
        position, number = ranges(begin[lo:hi], end[lo:hi])
        yield position + lo, number
