"""The evidence on pairs besides their overlaps: masks, attributes and predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.cancellation import check_cancelled
from ....iou_core.clues import agreements, joined, of_predictions
from ....iou_core.errors import UnreadableError
from ....iou_core.geometry.masks import paired
from ....iou_core.overlaps import find_overlaps
from ....iou_core.pairs import Pairs
from ....iou_core.params import ComputeParams
from ...reading.columns import LabelColumns
from ...reading.kinds.kind import Kind
from ...reading.kinds.mask_arrays import read_mask
from ...reading.kinds.shapes import bounds_in

NEAR = 0.2
"""The IoU of boxes above which masks are compared.

It is below the lowest IoU that likelihoods are fitted to. Otherwise, the densities of
boxes would be those of low overlaps only, as all others had masks.
"""

_AT_ONCE = 100  # pairs that are compared, and the rest of their last image
_NO_PIXEL = np.zeros((1, 1), np.bool_)


def with_evidence(
    pairs: Pairs, fields: Sequence[LabelColumns], predicted: Pairs | None = None
) -> Pairs:
    """Returns pairs with the IoUs of their masks, and how what else is known agrees.

    Args:
        pairs: ``M`` pairs of the labels of all fields, one field after the other
        fields: the columns of each field
        predicted (None): what :func:`with_predictions` returns
    """
    agreement, n = None, 0
    if fields[0].clues is not None:
        numbers = [columns.clues for columns in fields if columns.clues is not None]
        agreement, n = agreements(pairs, np.concatenate(numbers)), len(numbers[0].T)
    if predicted is not None:
        code = np.zeros(len(pairs), np.int64) if agreement is None else agreement
        agreement = joined(code, of_predictions(pairs, predicted, len(fields[0])), n)
    return replace(pairs, mask_iou=mask_ious(pairs, fields), agreement=agreement)


def with_predictions(
    labels: LabelColumns, predictions: LabelColumns, kind: Kind, params: ComputeParams
) -> Pairs:
    """Returns the overlaps of labels with predictions, of whatever class.

    Args:
        labels: the ``N`` labels of a field
        predictions: the predictions of the same samples
        kind: what both are
        params: how they are compared

    Returns:
        pairs of a label ``i`` and a prediction, whose number is ``j - N``
    """
    fields = (labels, predictions)
    image = np.concatenate([columns.image for columns in fields])
    side = np.repeat([0, 1], [len(columns) for columns in fields])
    geometry = kind.geometry_of(fields, image, params)
    return find_overlaps(geometry, image, side=side).pairs


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
    boxes = bounds_in(fields)
    near = near[(boxes[pairs.i[near], 2:] > 0).all(axis=1)]
    near = near[(boxes[pairs.j[near], 2:] > 0).all(axis=1)]
    image = np.concatenate([columns.image for columns in fields])[pairs.i[near]]
    near = near[np.argsort(image, kind="stable")]
    ends = pairs.i[near], pairs.j[near]
    result = np.full(len(pairs), np.nan)
    for rows, i, j in _whole_images(np.sort(image), near, *ends):
        result[rows] = _compared(masks, boxes, i, j)
    return None if np.isnan(result).all() else result


def _whole_images(image: Ints, *columns: Ints) -> Iterator[tuple[Ints, ...]]:
    """Yields parts of pairs, so that no mask is in two of them.

    Args:
        image: ``(M,)`` ascending, the image of each pair
        columns: ``(M,)`` arrays to be divided
    """
    last = np.append(np.flatnonzero(np.diff(image)) + 1, len(image))
    begin = 0
    while begin < len(image):
        at = np.searchsorted(last, begin + _AT_ONCE)
        end = int(last[min(at, len(last) - 1)])
        yield tuple(column[begin:end] for column in columns)
        begin = end


def _compared(
    stored: Sequence[bytes | str | None], boxes: Floats, i: Ints, j: Ints
) -> Floats:
    """Returns the IoUs of the masks of ``M`` pairs, NaN where one has no pixel.

    The masks are dropped at the end: memory that was just used is faster than new.
    """
    used, ends = np.unique(np.concatenate([i, j]), return_inverse=True)
    pixels = [_pixels(stored[row]) for row in used.tolist()]
    counts = np.array([np.count_nonzero(mask) for mask in pixels], dtype=np.int64)
    i, j = ends.reshape(2, -1)
    result = np.full(len(i), np.nan)
    known = np.flatnonzero((counts[i] > 0) & (counts[j] > 0))
    result[known] = paired.mask_ious(pixels, counts, boxes[used], i[known], j[known])
    return result


def _pixels(stored: bytes | str | None) -> Bools:
    """Returns a mask; one without a pixel stands for one that cannot be read."""
    check_cancelled()
    try:
        mask = _NO_PIXEL if stored is None else read_mask(stored)
    except UnreadableError:
        mask = _NO_PIXEL
    return mask if mask.dtype == np.bool_ else mask != 0


def _masks_of(columns: LabelColumns) -> list[bytes | str | None]:
    return [None] * len(columns) if columns.masks is None else columns.masks.tolist()
