"""Masks as runs of pixels, counted together without a canvas.

A run is a stretch of one row. The mask of an object has one or two a row, so the
overlaps of many masks are counted by their runs at once: those of one mask, as
they lie on the other one's canvas, are looked up among those of the other.

A canvas that is resized by the nearest pixel shows in pixel ``k`` its pixel
``floor(k * step)``, with the arithmetic of OpenCV. Beyond the canvas it goes on so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .boxes import Bools, Floats, Ints
from .ranges import chunks, ranges

CHUNK_RUNS = 2**15
"""How many runs are looked up at once: as many as the cache holds."""


class Runs(NamedTuple):
    """The runs of a mask, from its first row to its last.

    Attributes:
        first: ``(R,)`` int64, where each run begins; pixels are numbered row by
            row, with one number left free at the end of each
        last: ``(R,)`` int64, the number after its last pixel
        height: how many rows the mask has
        width: how many columns it has
    """

    first: Ints
    last: Ints
    height: int
    width: int

    @property
    def pixels(self) -> int:
        """How many pixels are in the mask."""
        return int((self.last - self.first).sum())

    @property
    def nbytes(self) -> int:
        """How much memory the runs take."""
        return self.first.nbytes + self.last.nbytes


class Places(NamedTuple):
    """Where masks lie, ``(N,)`` int64 arrays in pixels of a canvas for each.

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


def encode(mask: npt.NDArray[np.generic]) -> Runs:
    """Returns the runs of a mask.

    Args:
        mask: an ``(H, W)`` array; a pixel is in the mask where it is not 0
    """
    height, width = mask.shape
    if not mask.size:
        none = np.zeros(0, dtype=np.int64)
        return Runs(none, none, height, width)

    shown = np.zeros((height, width + 1), dtype=np.bool_)
    if mask.dtype == np.bool_:
        shown[:, :-1] = mask
    else:
        np.not_equal(mask, 0, out=shown[:, :-1])
    pixels = shown.ravel()
    changes = np.empty(pixels.size, dtype=np.bool_)
    changes[0] = pixels[0]
    # bytes, not truth values, as these are compared many at once
    np.not_equal(pixels[1:].view(np.uint8), pixels[:-1].view(np.uint8), out=changes[1:])
    ends = np.flatnonzero(changes)
    return Runs(ends[0::2], ends[1::2], height, width)


def count_overlaps(
    runs: Sequence[Runs], places: Places, a: Ints, b: Ints
) -> tuple[Ints, Ints, Ints]:
    """Counts the pixels of masks, and those that pairs of masks share.

    A pair is compared on the canvas of more pixels, of two alike on that of ``b``:
    the other one is resized to it.

    Args:
        runs: the :class:`Runs` of ``N`` masks
        places: their :class:`Places`
        a: an ``(M,)`` array of indices of masks
        b: an ``(M,)`` array of indices of masks

    Returns:
        ``(shared, of_a, of_b)``, each ``(M,)`` int64
    """
    table = _Table(runs)
    size = places.width * places.height
    a_is_larger = size[a] > size[b]
    to, of = np.where(a_is_larger, a, b), np.where(a_is_larger, b, a)
    columns = _Resize(places.width[of], places.width[to])
    rows = _Resize(places.height[of], places.height[to])

    shared = _shared(table, places, of, to, columns, rows)
    resized = table.pixels[of]
    other = np.flatnonzero(columns.changes | rows.changes)
    resized[other] = _resized(
        table, places, of[other], columns.take(other), rows.take(other)
    )
    whole = table.pixels[to]
    return (
        shared,
        np.where(a_is_larger, whole, resized),
        np.where(a_is_larger, resized, whole),
    )


class _Table:
    """The runs of many masks, end to end."""

    def __init__(self, runs: Sequence[Runs]) -> None:
        count = np.array([len(one.first) for one in runs], dtype=np.int64)
        self.height = np.array([one.height for one in runs], dtype=np.int64)
        self.width = np.array([one.width for one in runs], dtype=np.int64)
        numbers = self.height * (self.width + 1)
        self.base = np.cumsum(numbers) - numbers
        shift = np.repeat(self.base, count)
        self.first = np.concatenate([one.first for one in runs]) + shift
        self.last = np.concatenate([one.last for one in runs]) + shift
        length = self.last - self.first
        self.before = np.cumsum(length) - length
        owner = np.repeat(np.arange(len(runs)), count)
        row, self.column = np.divmod(self.first - shift, self.width[owner] + 1)
        self.end = self.column + length
        # the runs of row r of mask k are row_ends[...r] to row_ends[...r + 1]
        self.row_base = np.cumsum(self.height) - self.height
        of_row = np.bincount(
            self.row_base[owner] + row, minlength=int(self.height.sum())
        )
        self.row_ends = np.concatenate(([0], np.cumsum(of_row)))
        whole = np.concatenate(([0], np.cumsum(length)))
        self.pixels: Ints = np.diff(whole[np.concatenate(([0], np.cumsum(count)))])

    def pixels_before(self, number: Ints) -> Ints:
        """Returns how many pixels of all masks come before a number."""
        run = np.searchsorted(self.first, number, side="right") - 1
        length = self.last[run] - self.first[run]
        inside = np.minimum(number - self.first[run], length)
        before: Ints = np.where(run < 0, 0, self.before[run] + inside)
        return before


class _Resize:
    """The resizing of a side of canvases from one size to another."""

    def __init__(self, size: Ints, to_size: Ints) -> None:
        self._size = size
        self._to_size = to_size
        self._step: Floats = 1.0 / (to_size / size)
        self.changes: Bools = size != to_size

    def take(self, which: Ints) -> _Resize:
        return _Resize(self._size[which], self._to_size[which])

    def begins(self, pair: Ints, pixel: Ints) -> Ints:
        """Returns the first pixel after resizing that shows this one or a later."""
        if not self.changes.any():
            return pixel
        step = self._step[pair]
        begins = np.ceil(pixel / step)
        # rounding may be off by one: settle by the definition itself
        begins -= np.floor((begins - 1) * step) >= pixel
        begins += np.floor(begins * step) < pixel
        begins = np.where(pixel == self._size[pair], self._to_size[pair], begins)
        return begins.astype(np.int64)

    def shows(self, pair: Ints, pixel: Ints) -> Ints:
        """Returns the pixel that one shows after resizing."""
        if not self.changes.any():
            return pixel
        shown = np.floor(pixel * self._step[pair]).astype(np.int64)
        beyond = pixel >= self._to_size[pair]
        return np.where(beyond, np.maximum(shown, self._size[pair]), shown)


def _shared(
    table: _Table, places: Places, of: Ints, to: Ints, columns: _Resize, rows: _Resize
) -> Ints:
    """Returns how many pixels each pair of masks shares."""
    n = len(of)
    every = np.arange(n)
    # the rows of ``to`` that may show one of ``of``
    top = np.maximum(rows.begins(every, places.y[of]), places.y[to])
    bottom = np.minimum(
        rows.begins(every, places.y[of] + table.height[of]),
        places.y[to] + table.height[to],
    )
    pair, y = ranges(top, bottom)
    row = rows.shows(pair, y) - places.y[of][pair]
    row += table.row_base[of][pair]
    begin, end = table.row_ends[row], table.row_ends[row + 1]

    shared = np.zeros(n)
    for lo, hi in chunks(end - begin, CHUNK_RUNS):
        item, run = ranges(begin[lo:hi], end[lo:hi])
        item += lo
        p = pair[item]
        target = to[p]
        start = table.base[target]
        start += (y[item] - places.y[target]) * (table.width[target] + 1)
        shift = places.x[of[p]]
        left = columns.begins(p, table.column[run] + shift) - places.x[target]
        right = columns.begins(p, table.end[run] + shift) - places.x[target]
        left = np.clip(left, 0, table.width[target])
        right = np.clip(right, 0, table.width[target])
        inside = table.pixels_before(start + right)
        inside -= table.pixels_before(start + left)
        shared += np.bincount(p, inside, minlength=n)
    return shared.astype(np.int64)


def _resized(
    table: _Table, places: Places, of: Ints, columns: _Resize, rows: _Resize
) -> Ints:
    """Returns how many pixels each mask has when its canvas is resized."""
    n = len(of)
    pair, row = ranges(np.zeros(n, np.int64), table.height[of])
    y = row + places.y[of][pair]
    times = rows.begins(pair, y + 1) - rows.begins(pair, y)
    row += table.row_base[of][pair]
    begin, end = table.row_ends[row], table.row_ends[row + 1]

    pixels = np.zeros(n)
    for lo, hi in chunks(end - begin, CHUNK_RUNS):
        item, run = ranges(begin[lo:hi], end[lo:hi])
        item += lo
        p = pair[item]
        shift = places.x[of[p]]
        length = columns.begins(p, table.end[run] + shift)
        length -= columns.begins(p, table.column[run] + shift)
        pixels += np.bincount(p, length * times[item], minlength=n)
    return pixels.astype(np.int64)
