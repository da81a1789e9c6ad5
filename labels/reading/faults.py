"""Labels that cannot be compared, found in the columns of a field."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...iou_core.arrays import Bools, Floats, Ints
from ...iou_core.geometry.boxes import is_valid
from .raw import buffer, hashes

REPEATED_ID = "has the id of another label of its sample"
TOO_LARGE = "has a bounding_box that is too large"

FAR = 1e100
"""The largest coordinate of turned boxes, whose corners must be finite."""


def box_faults(boxes: Floats) -> Iterator[tuple[int, str]]:
    """Yields the rows of boxes that are invalid, and the reasons.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``
    """
    for row in np.flatnonzero(~is_valid(boxes)).tolist():
        box = boxes[row]
        yield (
            row,
            "has a bounding_box that is not finite"
            if not np.isfinite(box).all()
            else "has a bounding_box with a negative side"
            if (box[2:] < 0).any()
            else TOO_LARGE,
        )


def far_boxes(boxes: Floats) -> Bools:
    """Returns which boxes are too far out to be turned.

    Args:
        boxes: an ``(N, 4)`` array of relative ``[x, y, w, h]``
    """
    found: Bools = np.abs(boxes).max(axis=1, initial=0.0) > FAR
    return found


def repeated_ids(ids: buffer.Bytes, sample: Ints) -> Ints:
    """Returns the labels that share their id with another label of their sample.

    A write to one of them would change the other as well.

    Args:
        ids: an ``(N, 12)`` uint8 array of ObjectIds
        sample: an ``(N,)`` array, the number of each label's sample
    """
    none = np.zeros(0, dtype=np.int64)
    if _rise(ids, sample):
        return none
    words = np.ascontiguousarray(ids[:, :8]).view(np.uint64)[:, 0]
    tails = np.ascontiguousarray(ids[:, 8:]).view(np.uint32)[:, 0]
    key = hashes.mix(words ^ hashes.mix(tails + (sample.astype(np.uint64) << 32)))
    ordered = np.sort(key)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.flatnonzero(np.isin(key, repeated)) if len(repeated) else none


def _rise(ids: buffer.Bytes, sample: Ints) -> bool:
    """Returns whether the ids of each sample rise, as ids made in order do."""
    head = np.ascontiguousarray(ids[:, :8]).view(">u8")[:, 0].astype(np.uint64)
    tail = np.ascontiguousarray(ids[:, 8:]).view(">u4")[:, 0].astype(np.uint32)
    rises = head[1:] > head[:-1]
    rises |= (head[1:] == head[:-1]) & (tail[1:] > tail[:-1])
    rises |= sample[1:] != sample[:-1]
    return bool(rises.all())
