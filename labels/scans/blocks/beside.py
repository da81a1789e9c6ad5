"""What is known of pairs beside their overlaps: masks, and attributes that agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ....iou_core.arrays import Floats
from ....iou_core.clues import agreements
from ....iou_core.geometry.masks.masks import Masks
from ....iou_core.pairs import Pairs
from ...reading.columns import LabelColumns
from ...reading.kinds.mask_arrays import read_mask
from ...reading.kinds.shapes import bounds_in

NEAR = 0.2
"""The IoU of boxes above which masks are compared: below, few pairs are one object."""


def with_evidence(pairs: Pairs, fields: Sequence[LabelColumns]) -> Pairs:
    """Returns pairs with the IoUs of their masks, and how their attributes agree.

    Args:
        pairs: ``M`` pairs of the labels of all fields, one field after the other
        fields: the columns of each field
    """
    agreement = None
    if fields[0].clues is not None:
        numbers = [columns.clues for columns in fields if columns.clues is not None]
        agreement = agreements(pairs, np.concatenate(numbers))
    return replace(pairs, mask_iou=mask_ious(pairs, fields), agreement=agreement)


def mask_ious(pairs: Pairs, fields: Sequence[LabelColumns]) -> Floats | None:
    """Returns the IoUs of the masks of pairs.

    Args:
        pairs: ``M`` pairs of the labels of all fields, one field after the other
        fields: the columns of each field

    Returns:
        ``(M,)`` the IoU of the masks where the boxes have an IoU above :data:`NEAR`,
        and both labels a mask with at least one pixel; otherwise NaN. None if that
        is nowhere so
    """
    if all(columns.masks is None for columns in fields):
        return None
    masks = [mask for columns in fields for mask in _masks_of(columns)]
    has = np.array([mask is not None for mask in masks], dtype=np.bool_)
    near = np.flatnonzero((pairs.iou > NEAR) & has[pairs.i] & has[pairs.j])
    if not len(near):
        return None
    used = np.unique(np.concatenate([pairs.i[near], pairs.j[near]]))
    i, j = (np.searchsorted(used, ends[near]) for ends in (pairs.i, pairs.j))
    shapes = Masks(bounds_in(fields)[used], lambda k: read_mask(masks[used[k]]))
    # pairs are sorted, and those that share a pixel are returned in their order
    first, second, iou, _ = shapes.measure(i, j)
    found = np.searchsorted(i * len(used) + j, first * len(used) + second)
    values = np.zeros(len(near))
    values[found] = iou
    values[(shapes.areas(i) == 0) | (shapes.areas(j) == 0)] = np.nan
    result = np.full(len(pairs), np.nan)
    result[near] = values
    return result


def _masks_of(columns: LabelColumns) -> list[bytes | str | None]:
    return [None] * len(columns) if columns.masks is None else columns.masks.tolist()
