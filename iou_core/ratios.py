"""From what two labels share to IoU, IoS and the share of a crowd."""

from __future__ import annotations

import numpy as np

from .boxes import Bools, Floats


def iou_and_ios(
    shared: Floats, size_i: Floats, size_j: Floats, same: Bools
) -> tuple[Floats, Floats]:
    """Returns intersection over union, and over the smaller.

    Args:
        shared: an ``(M,)`` array of intersections: areas, volumes or durations;
            not 0 but for identical labels without size
        size_i: ``(M,)`` the sizes of the one labels
        size_j: ``(M,)`` the sizes of the other ones
        same: ``(M,)`` which pairs are identical labels without size

    Returns:
        ``(iou, ios)``, both ``(M,)`` in ``]0, 1]``; 1 for identical labels
    """
    shared = np.where(same, 1.0, shared)
    size_i, size_j = np.where(same, 1.0, size_i), np.where(same, 1.0, size_j)
    # rounding can make an intersection larger than what it is a part of
    union = np.maximum(size_i + size_j - shared, shared)
    return shared / union, shared / np.maximum(np.minimum(size_i, size_j), shared)


def share_of(shared: Floats, size: Floats, same: Bools) -> Floats:
    """Returns intersection over size, at most 1.

    Source: COCO's evaluation against a crowd region.

    Args:
        shared: an ``(M,)`` array of intersections
        size: ``(M,)`` the sizes of the labels that may lie in a crowd
        same: ``(M,)`` which pairs are identical labels without size

    Returns:
        an ``(M,)`` float64 array in ``[0, 1]``; 1 for identical labels
    """
    share = np.divide(shared, size, out=np.zeros(len(size)), where=size > 0)
    return np.where(same, 1.0, np.minimum(share, 1.0))
