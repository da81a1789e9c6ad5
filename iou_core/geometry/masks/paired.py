"""The IoU of the masks of single pairs, without their runs.

The masks of a few pairs are needed once or twice each, so counting pixels in common is
several times as fast as :mod:`.masks`, which encodes every mask first. The pixels of
the finer mask are compared with those of the other at their centers. Where both have
the resolution of their image, rows and columns may be shifted by less than a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...cancellation import check_cancelled

_AT_ONCE = 500  # pairs between two looks whether the run was canceled


def mask_ious(
    masks: Sequence[Bools], counts: Ints, boxes: Floats, i: Ints, j: Ints
) -> Floats:
    """Returns the IoU of the masks of pairs.

    Args:
        masks: ``N`` masks of any resolution, ``(H, W)``
        counts: ``(N,)`` how many of their pixels are set, at least one
        boxes: ``(N, 4)`` where they are, relative ``[x, y, w, h]`` with sides above 0
        i: ``(M,)`` one mask of each pair
        j: ``(M,)`` the other one

    Returns:
        an ``(M,)`` array in ``[0, 1]``; 1 for copies
    """
    sides = np.array([mask.shape[::-1] for mask in masks], np.int64).reshape(-1, 2)
    steps = boxes[:, 2:] / np.maximum(sides, 1)
    with np.errstate(over="ignore"):
        is_finer = (steps[j] / steps[i]).prod(axis=1) < 1
        i, j = np.where(is_finer, j, i), np.where(is_finer, i, j)
        areas = counts[i] + counts[j] * (steps[j] / steps[i]).prod(axis=1)
    columns, rows = (
        _in_common(boxes[:, k], steps[:, k], sides[:, k], i, j) for k in (0, 1)
    )
    meet = (columns[0] < columns[1]) & (rows[0] < rows[1])
    shared = np.zeros(len(i), dtype=np.int64)
    found = (column[meet].tolist() for column in (i, j, *columns, *rows))
    for number, one in enumerate(zip(np.flatnonzero(meet).tolist(), *found)):
        if number % _AT_ONCE == 0:
            check_cancelled()
        pair, fine, other, left, right, *across, top, bottom, begin, end = one
        part = _taken(masks[other], 0, bottom - top, begin, end)
        part = _taken(part, 1, right - left, *across)
        here = masks[fine][top:bottom, left:right]
        shared[pair] = np.count_nonzero(part & here)
    result: Floats = shared / np.maximum(np.maximum(areas - shared, shared), 1)
    return result


def _taken(mask: Bools, axis: int, n: int, begin: int, end: int) -> Bools:
    """Returns the pixels of the other mask at ``n`` pixels of the finer one.

    Args:
        mask: the other mask
        axis: 0 for rows, 1 for columns
        n: how many pixels of the finer mask, at least 1
        begin: the pixel of the other mask at the first one
        end: that at the last one
    """
    size = end - begin
    if size == n - 1:
        return mask[begin : end + 1] if axis == 0 else mask[:, begin : end + 1]
    half = n // 2 if n > 2 else 0
    if axis == 1 and abs(size - (n - 1)) == 1:
        # one column is left out or doubled; slices are five times as fast as indices
        left = n - 1 - half if size == n else half + 1
        right = end + 1 - (n - left)
        parts = mask[:, begin : begin + left], mask[:, right : end + 1]
        return np.concatenate(parts, axis=1)
    places: Ints = begin + (np.arange(n) * size + half) // (n - 1)
    return mask.take(places, axis)


def _in_common(
    start: Floats, step: Floats, n: Ints, i: Ints, j: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Returns which pixels of one axis pairs of masks have in common.

    Args:
        start: ``(N,)`` where the axis begins
        step: ``(N,)`` the size of its pixels
        n: ``(N,)`` how many there are
        i: ``(M,)`` the finer mask of each pair
        j: ``(M,)`` the other one

    Returns:
        ``(first, last, begin, end)``, each ``(M,)``: the first pixel of the finer mask
        whose center is in the other, and the one after the last, not above the first
        for none; and the pixels of the other mask at the first and at the last
    """
    with np.errstate(over="ignore", invalid="ignore"):
        low = (start[j] - start[i]) / step[i] - 0.5
        high = low + n[j] * (step[j] / step[i])
        first, last = (np.ceil(np.clip(end, 0, n[i])) for end in (low, high))
        begin, end = (
            (start[i] - start[j] + (at + 0.5) * step[i]) / step[j]
            for at in (first, last - 1)
        )
    begin, end = (np.clip(end, 0, n[j] - 1) for end in (begin, end))
    whole = [np.nan_to_num(v).astype(np.int64) for v in (first, last, begin, end)]
    return whole[0], whole[1], whole[2], whole[3]
