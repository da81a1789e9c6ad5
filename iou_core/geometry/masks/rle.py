"""Masks as runs of pixels.

A run is a stretch of one row. The mask of an object has one or two a row, so masks
are held as their runs, and compared by them: see :mod:`.rle_overlaps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...arrays import Ints

Mask = npt.NDArray[Any]


class Runs(NamedTuple):
    """The runs of a mask, from its first row to its last.

    Attributes:
        ends: ``(2 * R,)`` int64, where each run begins, and the number after its last
            pixel, in turns; pixels are numbered row by row, with one number left free
            at the end of each
        height: how many rows the mask has
        width: how many columns it has
        pixels: how many pixels are in the mask
    """

    ends: Ints
    height: int
    width: int
    pixels: int

    @property
    def nbytes(self) -> int:
        """How much memory the runs take."""
        return self.ends.nbytes


def encode(masks: Sequence[Mask]) -> list[Runs]:
    """Returns the runs of masks, which are looked at all at once.

    Args:
        masks: ``(H, W)`` arrays; a pixel is in the mask where it is not 0

    Returns:
        the :class:`Runs` of each; none for no masks
    """
    sizes = [mask.shape[0] * (mask.shape[1] + 1) for mask in masks]
    begins = np.cumsum([0, *sizes])
    # before the first pixel as after each row there is one that is in no mask
    shown = np.zeros(1 + int(begins[-1]), dtype=np.bool_)
    for mask, begin, size in zip(masks, begins.tolist(), sizes):
        height, width = mask.shape
        rows = shown[1 + begin : 1 + begin + size].reshape(height, width + 1)[:, :-1]
        # the bytes of truth values that were read from a file need not be 0 and 1
        np.not_equal(mask.view(np.uint8) if mask.dtype == np.bool_ else mask, 0, rows)
    # bytes, not truth values, as these are compared many at once
    pixels = shown.view(np.uint8)
    changes = np.flatnonzero(pixels[1:] != pixels[:-1])
    places = np.searchsorted(changes, begins)
    total = np.concatenate(([0], np.cumsum(changes[1::2] - changes[0::2])))
    counts = np.diff(total[places // 2]).tolist()
    changes -= np.repeat(begins[:-1], np.diff(places))
    encoded = []
    bounds = places.tolist()
    for mask, lo, hi, count in zip(masks, bounds, bounds[1:], counts):
        # a copy, as one mask may be held for longer than the others
        height, width = mask.shape
        encoded.append(Runs(changes[lo:hi].copy(), height, width, count))
    return encoded


class Batch:
    """The runs of some labels, and the masks of others, which wait to be encoded.

    Attributes:
        runs: the runs of each label
        masks: the masks that wait
        heights: the rows of either
        pixels: how many the masks that wait have
        nbytes: how much memory the runs take
    """

    def __init__(self) -> None:
        self.runs: dict[int, Runs] = {}
        self.masks: dict[int, Mask] = {}
        self.heights: dict[int, int] = {}
        self.pixels = 0
        self.nbytes = 0

    def add(self, k: int, runs: Runs) -> None:
        """Adds the runs of a label."""
        self.runs[k] = runs
        self.heights[k] = runs.height
        self.nbytes += runs.nbytes

    def wait(self, k: int, mask: Mask) -> None:
        """Adds the mask of a label, which is to be encoded."""
        self.masks[k] = mask
        self.heights[k] = len(mask)
        self.pixels += mask.size
