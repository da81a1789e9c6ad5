"""One shape of several: how boxes, instance masks and polygons are merged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import fiftyone.core.labels as fol
import fiftyone.core.utils as fou
import numpy as np

from ....iou_core.errors import FieldError, ParamsError, UnreadableError
from ....iou_core.geometry.polygons.polygons import unite
from ...fields import MERGEABLE, LabelField
from ...media.images import MAX_PIXELS
from ...reading.kinds.mask_arrays import Mask, mask_of
from ...reading.kinds.numbers import is_real
from .merge_turned import Turns, merged_turned_box

HOW = {
    "union": "the smallest box that holds the boxes of all, turned as the kept one is; "
    "of masks and polygons, all that they cover",
    "mean": "the mean of the sides of all boxes",
    "weighted_mean": "their mean, weighted by confidence; 1 for labels without one",
}
"""The ways to merge shapes, with their descriptions."""


def require_how(field: LabelField, how: object) -> None:
    """Raises an error unless labels of a field can be merged in a way.

    Raises:
        ParamsError: if there is no such way
        FieldError: if the labels of the field cannot be merged
    """
    if not isinstance(how, str) or how not in HOW:
        raise ParamsError(" or ".join(HOW), repr(how), "how")
    if field.document not in MERGEABLE:
        raise FieldError(
            "a field of boxes, instance masks or polygons to merge",
            f"{field.name!r} of type {field.document.__name__}",
            "label_field",
        )
    if field.document is fol.Polylines and how != "union":
        raise ParamsError("union, as polygons have no mean", repr(how), "how")


def merged_shape(
    labels: Sequence[dict[str, Any]], how: str, turns: Turns | None = None
) -> dict[str, Any]:
    """Returns what changes of the first label's shape when others are merged into it.

    Args:
        labels: the kept label, and those merged into it
        how: a key of :data:`HOW`. The box of a label with a mask is where its mask
            is, so a mean leaves both as they are
        turns (None): how the boxes are turned, if any is

    Returns:
        the keys that change; empty where the first covers all the others, has a mask
        that cannot be read, or would have one of more than :data:`MAX_PIXELS` pixels

    Raises:
        FieldError: if the labels are no boxes, masks or polygons
    """
    keeper = labels[0]
    if "points" in keeper:
        return _merged_polygons(labels)
    if len(keeper.get("bounding_box") or ()) != 4:
        raise FieldError("boxes to merge", "labels without any", "label_field")
    if keeper.get("mask") is not None or keeper.get("mask_path"):
        return _merged_masks(labels) if how == "union" else {}
    if turns is not None:
        boxes = np.array([_box(label) for label in labels])
        weights = None if how == "union" else _weights(labels, how)
        turned = merged_turned_box(boxes, turns, weights)
        return {} if turned is None else {"bounding_box": turned}
    box = _merged_box(labels, how)
    return {} if box == keeper["bounding_box"] else {"bounding_box": box}


def _merged_polygons(labels: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if not all(label.get("filled") for label in labels):
        raise FieldError("filled polylines to merge", "lines", "label_field")
    rings = [[np.array(r, float) for r in label["points"] if r] for label in labels]
    united = unite(rings)
    if united is None:
        return {}
    return {"points": [ring.tolist() for ring in united], "closed": True}


def _merged_masks(labels: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Unites masks on the pixels of the first."""
    found = [(_box(label), _mask(label)) for label in labels]
    placed = [(box, mask) for box, mask in found if mask is not None and mask.any()]
    (x, y, w, h), own = found[0]
    if own is None or not w or not h:
        return {}

    per_x, per_y = own.shape[1] / w, own.shape[0] / h
    cells = []
    for (left, top, width, height), mask in placed:
        column, row = round((left - x) * per_x), round((top - y) * per_y)
        shape = (max(round(height * per_y), 1), max(round(width * per_x), 1))
        cells.append((row, column, shape, mask))
    first_row = min([0, *(row for row, *_ in cells)])
    first_column = min([0, *(column for _, column, *_ in cells)])
    rows = max([own.shape[0], *(r + s[0] for r, _, s, _ in cells)]) - first_row
    columns = max([own.shape[1], *(c + s[1] for _, c, s, _ in cells)]) - first_column
    if rows * columns > MAX_PIXELS:
        return {}
    canvas = np.zeros((rows, columns), dtype=own.dtype)
    full = own.max(initial=0) or 1
    for row, column, shape, mask in cells:
        at_row, at_column = row - first_row, column - first_column
        part = canvas[at_row : at_row + shape[0], at_column:][:, : shape[1]]
        part[_resized(mask, shape).astype(bool)] = full
    if canvas.shape == own.shape and ((canvas != 0) == (own != 0)).all():
        return {}
    box = [
        x + first_column / per_x,
        y + first_row / per_y,
        columns / per_x,
        rows / per_y,
    ]
    # a file may be shared, and would not come back by an undo: it is left alone
    return {
        "bounding_box": box,
        "mask": fou.serialize_numpy_array(canvas),
        "mask_path": None,
    }


def _mask(label: dict[str, Any]) -> Mask | None:
    try:
        return mask_of(label)
    except UnreadableError:
        return None


def _resized(mask: Mask, shape: tuple[int, int]) -> Mask:
    """Returns a mask with another number of pixels, by its nearest ones."""
    rows = (np.arange(shape[0]) * mask.shape[0]) // shape[0]
    columns = (np.arange(shape[1]) * mask.shape[1]) // shape[1]
    return mask[rows[:, None], columns]


def _box(label: dict[str, Any]) -> tuple[float, float, float, float]:
    x, y, w, h = (float(value) for value in label["bounding_box"])
    return x, y, w, h


def _merged_box(labels: Sequence[dict[str, Any]], how: str) -> list[float]:
    boxes = [_box(label) for label in labels]
    weights = None if how == "union" else _weights(labels, how)
    x, w = _merged_side([(x, w) for x, _, w, _ in boxes], weights)
    y, h = _merged_side([(y, h) for _, y, _, h in boxes], weights)
    return [x, y, w, h]


def _merged_side(
    sides: Sequence[tuple[float, float]], weights: Sequence[float] | None
) -> tuple[float, float]:
    """Returns begin and length of the union, or of the mean, along one axis.

    Where that is one of the sides, its numbers are returned, without rounding.
    """
    if len(set(sides)) == 1:
        return sides[0]
    if weights is None:
        low = min(begin for begin, _ in sides)
        high = max(begin + length for begin, length in sides)
    else:
        low, high = (
            sum(w * side for w, side in zip(weights, ends)) / sum(weights)
            for ends in zip(*((begin, begin + length) for begin, length in sides))
        )
    for begin, length in sides:
        if begin == low and begin + length == high:
            return begin, length
    return low, high - low


def _weights(labels: Sequence[dict[str, Any]], how: str) -> list[float]:
    if how != "weighted_mean":
        return [1.0] * len(labels)
    weights = [_confidence(label) for label in labels]
    return weights if sum(weights) else [1.0] * len(weights)


def _confidence(label: dict[str, Any]) -> float:
    value = label.get("confidence")
    return float(value) if is_real(value) and 0 <= value < math.inf else 1.0
