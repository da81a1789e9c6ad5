"""The bins that pairs are counted in: IoU, size, free sides, and reach.

The IoU is that of the masks where it is known, and otherwise that of the boxes.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...pairs import Pairs

LOWEST = 0.25
"""The IoU above which pairs are fitted.

Four in five pairs above 0.05 are below 0.2. They would decide the neighbors'
densities, whose tail near 1 is what matters.
"""

N_IOU = 75
"""The number of bins of the IoU: of boxes in ``(LOWEST, 1]``, each 0.01 wide; of masks
in ``[0, 1]``."""

SIZES = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85])
"""The lower bounds of the bins of size, but the first: ``sqrt(area)``, relative."""

BORDER = 0.01
"""The distance to the image's border within which a side counts as at it, relative."""

N_SIZES, N_FREE = len(SIZES) + 1, 5
N_PLACES = N_SIZES * N_FREE + 1
"""The number of places: a size and a number of free sides, or :data:`NO_SIDES`."""

NO_SIDES = N_PLACES - 1
"""The place of labels without a box, such as segments of a video."""

COPY = N_IOU
"""The bin of IoU of exact copies, after the others."""

N_BINS = N_IOU + 1
N_LEVELS = 2 * N_BINS
"""The number of levels: the bins of the IoU of boxes, then those of masks."""

_EQUAL = 1e-9  # what rounding may take from the IoU of equal boxes

N_REACH = 5
N_CELLS = N_PLACES * N_REACH * N_LEVELS


def place_of(size: Floats, free: Ints) -> Ints:
    """Returns places, from ``(M,)`` sizes and numbers of free sides."""
    bins = np.searchsorted(SIZES, size, side="right")
    place: Ints = bins * N_FREE + free
    return place


def label_places(boxes: Floats) -> Ints:
    """Returns the place of each label.

    Args:
        boxes: ``(N, 4)`` relative ``[x, y, w, h]``; zeros where there is no box

    Returns:
        an ``(N,)`` array in ``[0, N_PLACES)``
    """
    size = np.sqrt(boxes[:, 2] * boxes[:, 3])
    free = 4 - _at_border(boxes).sum(axis=1)
    return np.where(has_sides(boxes), place_of(size, free), NO_SIDES)


def pair_cells(pairs: Pairs, boxes: Floats) -> Ints:
    """Returns the cell of each pair.

    A side is free unless both boxes are at the border there. The reach of a pair is
    the larger of two numbers: of free sides on which the first box reaches
    further, and on which the second does. Sides that are equal count for the one with
    fewer, so half of the free sides is the least.

    Args:
        pairs: ``M`` pairs of ``N`` labels
        boxes: ``(N, 4)`` relative ``[x, y, w, h]``; zeros where there is no box

    Returns:
        an ``(M,)`` array in ``[0, N_CELLS)``; boxes below :data:`LOWEST` are in the
        lowest bin of their IoU
    """
    first, second = boxes[pairs.i], boxes[pairs.j]
    free = free_sides(first, second)
    low = first[:, :2] - second[:, :2]
    high = second[:, :2] + second[:, 2:] - first[:, :2] - first[:, 2:]
    further = np.concatenate([low, high], axis=1)
    n_free = free.sum(axis=1)
    reach = np.maximum(
        (free & (further > 0)).sum(axis=1), (free & (further < 0)).sum(axis=1)
    )
    reach = np.maximum(reach, (n_free + 1) // 2)
    areas = np.maximum(first[:, 2] * first[:, 3], second[:, 2] * second[:, 3])
    place = place_of(np.sqrt(areas), n_free)
    known = has_sides(first) & has_sides(second)
    place, reach = np.where(known, place, NO_SIDES), np.where(known, reach, 0)
    level = _bins(pairs.iou, LOWEST)
    if pairs.mask_iou is not None:
        of_masks = N_BINS + _bins(np.nan_to_num(pairs.mask_iou), 0)
        level = np.where(np.isnan(pairs.mask_iou), level, of_masks)
    cell: Ints = (place * N_REACH + reach) * N_LEVELS + level
    return cell


def _bins(iou: Floats, lowest: float) -> Ints:
    """Returns the bins of IoUs between a lowest one and 1."""
    number = ((iou - lowest) / (1 - lowest) * N_IOU).astype(np.int64)
    return np.where(iou > 1 - _EQUAL, COPY, np.clip(number, 0, N_IOU - 1))


def free_sides(first: Floats, second: Floats) -> Bools:
    """Returns which sides of pairs are not at the image's border in both boxes.

    Args:
        first: ``(M, 4)`` relative ``[x, y, w, h]``
        second: ``(M, 4)``

    Returns:
        an ``(M, 4)`` array: left, top, right and bottom
    """
    return ~(_at_border(first) & _at_border(second))


def split(cell: Ints) -> tuple[Ints, Ints, Ints]:
    """Returns the place, the reach and the level of cells."""
    both, level = np.divmod(cell, N_LEVELS)
    place, reach = np.divmod(both, N_REACH)
    return place, reach, level


def _at_border(boxes: Floats) -> Bools:
    """Returns ``(N, 4)``: whether left, top, right and bottom are at the border."""
    ends = boxes[:, :2] + boxes[:, 2:]
    return np.concatenate([boxes[:, :2] <= BORDER, ends >= 1 - BORDER], axis=1)


def has_sides(boxes: Floats) -> Bools:
    """Returns ``(N,)``: which labels have a box."""
    has: Bools = (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
    return has
