"""Masks as run lengths.

A run is a sequence of pixels within one row. The mask of an object has one or two runs
per row, so masks are stored and compared as runs; see :mod:`.rle_overlaps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...arrays import Ints

Mask = npt.NDArray[Any]


class RLE(NamedTuple):
    """The runs of a mask, from its first row to its last.

    Attributes:
        ends: ``(2 * R,)`` int64, the first pixel of each run and the pixel after its
            last, alternating. Pixels are numbered row by row, with one number unused at
            the end of each row
        height: the number of rows
        width: the number of columns
        pixels: the number of pixels in the mask
    """

    ends: Ints
    height: int
    width: int
    pixels: int

    @property
    def nbytes(self) -> int:
        """The memory that the runs take, in bytes."""
        return self.ends.nbytes


def encode(masks: Sequence[Mask]) -> list[RLE]:
    """Returns the runs of masks, all encoded at once.

    Args:
        masks: ``(H, W)`` arrays; a pixel is in the mask where it is not 0

    Returns:
        the :class:`RLE` of each; an empty list for no masks

    Examples:
        >>> encode([np.array([[0, 1, 1], [1, 0, 0]])])[0].ends.tolist()
        [1, 3, 4, 5]
        >>> encode([])
        []
    """
    sizes = [mask.shape[0] * (mask.shape[1] + 1) for mask in masks]
    begins = np.cumsum([0, *sizes])
    # an unset pixel before the first and after each row
    shown = np.zeros(1 + int(begins[-1]), dtype=np.bool_)
    for mask, begin, size in zip(masks, begins.tolist(), sizes):
        height, width = mask.shape
        rows = shown[1 + begin : 1 + begin + size].reshape(height, width + 1)[:, :-1]
        # the bytes of bools that were read from a file may be other than 0 and 1
        np.not_equal(mask.view(np.uint8) if mask.dtype == np.bool_ else mask, 0, rows)
    # NumPy compares bytes several at once, but not bools
    pixels = shown.view(np.uint8)
    changes = np.flatnonzero(pixels[1:] != pixels[:-1])
    places = np.searchsorted(changes, begins)
    total = np.concatenate(([0], np.cumsum(changes[1::2] - changes[0::2])))
    counts = np.diff(total[places // 2]).tolist()
    changes -= np.repeat(begins[:-1], np.diff(places))
    encoded = []
    bounds = places.tolist()
    for mask, lo, hi, count in zip(masks, bounds, bounds[1:], counts):
        # a copy, as one mask may be cached for longer than the others
        height, width = mask.shape
        encoded.append(RLE(changes[lo:hi].copy(), height, width, count))
    return encoded


class Batch:
    """The runs of some labels, and the masks of others that are still to be encoded.

    Attributes:
        rles: the runs of each label
        masks: the masks to be encoded
        heights: the number of rows of either
        pixels: the number of pixels to be encoded
        nbytes: the memory that the runs take, in bytes
    """

    def __init__(self) -> None:
        self.rles: dict[int, RLE] = {}
        self.masks: dict[int, Mask] = {}
        self.heights: dict[int, int] = {}
        self.pixels = 0
        self.nbytes = 0

    def add(self, k: int, rle: RLE) -> None:
        """Adds the runs of a label."""
        self.rles[k] = rle
        self.heights[k] = rle.height
        self.nbytes += rle.nbytes

    def wait(self, k: int, mask: Mask) -> None:
        """Adds the mask of a label, to be encoded later."""
        self.masks[k] = mask
        self.heights[k] = len(mask)
        self.pixels += mask.size
