"""Axis-aligned boxes.

A box is ``[x, y, w, h]``: origin top-left, half-open, float64, ``w, h >= 0``.
FiftyOne stores boxes relative to the image, in ``[0, 1]``, but any one unit
works: IoU and IoS are ratios. Boxes may reach beyond the image.

The IoU is computed with the operations of ``fiftyone.utils.iou`` in their
order, so both agree to the last bit. They differ deliberately where a box has no
area: identical boxes have an IoU of 1 here and of 0 there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..errors import BoxError

_PLAIN = 1e100  # squares of smaller numbers do not overflow


class Extents(NamedTuple):
    """The sides and areas of ``N`` boxes, each an ``(N,)`` float64 array."""

    left: Floats
    right: Floats
    top: Floats
    bottom: Floats
    area: Floats


def is_valid(boxes: Floats) -> Bools:
    """Returns which boxes are valid: finite, without a negative side.

    Args:
        boxes: an ``(N, 4)`` array of ``[x, y, w, h]``

    Returns:
        an ``(N,)`` bool array; ``(0,)`` for no boxes

    Examples:
        >>> is_valid(np.array([[0, 0, 1, 1], [0, 0, -1, 1]])).tolist()
        [True, False]
        >>> is_valid(np.zeros((0, 4))).tolist()
        []
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    if len(boxes) and _are_plain(boxes):
        return np.ones(len(boxes), dtype=np.bool_)
    # the far corner may overflow although all four numbers are finite
    with np.errstate(over="ignore", invalid="ignore"):
        corner = boxes[:, :2] + boxes[:, 2:]
        finite = np.isfinite(corner).all(axis=1)
        finite &= np.isfinite(boxes[:, 2] * boxes[:, 3])
    valid: Bools = finite & (boxes[:, 2] >= 0) & (boxes[:, 3] >= 0)
    return valid


def _are_plain(boxes: Floats) -> bool:
    """Returns whether the extremes of all boxes prove them valid; NaN does not."""
    if not (boxes.min() > -_PLAIN and boxes.max() < _PLAIN):
        return False
    return bool(boxes[:, 2].min() >= 0 and boxes[:, 3].min() >= 0)


def extents(boxes: Floats) -> Extents:
    """Returns the sides and areas of boxes.

    Args:
        boxes: an ``(N, 4)`` array of ``[x, y, w, h]``

    Returns:
        an :class:`Extents` of ``(N,)`` arrays

    Raises:
        BoxError: if a box is not finite or has a negative side

    Examples:
        >>> sides = extents(np.array([[1, 2, 3, 4]]))
        >>> sides.right.tolist(), sides.bottom.tolist(), sides.area.tolist()
        ([4.0], [6.0], [12.0])
        >>> extents(np.zeros((0, 4))).area.shape
        (0,)
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    valid = is_valid(boxes)
    if not valid.all():
        k = int(np.argmin(valid))
        raise BoxError(
            "finite [x, y, w, h] with w, h >= 0", str(boxes[k].tolist()), f"box {k}"
        )

    x, y, w, h = (np.ascontiguousarray(boxes[:, k]) for k in range(4))
    return Extents(x, x + w, y, y + h, h * w)


def overlap(a: Extents, i: Ints, j: Ints) -> tuple[Floats, Floats]:
    """Returns the intersection and the union of pairs of boxes.

    Args:
        a: the :class:`Extents` of ``N`` boxes
        i: an ``(M,)`` array of indices into ``a``
        j: an ``(M,)`` array of indices into ``a``

    Returns:
        ``(inter, union)``, both ``(M,)``; ``inter`` is 0 where boxes only touch

    Examples:
        >>> sides = extents(np.array([[0, 0, 2, 2], [1, 1, 2, 2]]))
        >>> inter, union = overlap(sides, np.array([0]), np.array([1]))
        >>> inter.tolist(), union.tolist()
        ([1.0], [7.0])
        >>> none = np.zeros(0, np.int64)
        >>> overlap(sides, none, none)[0].tolist()
        []
    """
    w, h = _common(a.left, a.right, i, j), _common(a.top, a.bottom, i, j)
    with np.errstate(over="ignore"):  # of gaps between distant boxes
        inter = h * w
    inter[(w <= 0) | (h <= 0)] = 0.0
    union = a.area[i] + a.area[j]
    union -= inter
    return inter, union


def meeting(a: Extents, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    """Returns the pairs of boxes that overlap, with intersection and union.

    Most candidates do not overlap; they are dropped after one side is compared.

    Args:
        a: the :class:`Extents` of ``N`` boxes
        i: an ``(M,)`` array of indices into ``a``
        j: an ``(M,)`` array of indices into ``a``

    Returns:
        ``(i, j, inter, union)`` of the pairs whose intersection is larger than 0;
        the values are those of :func:`overlap`
    """
    h = _common(a.top, a.bottom, i, j)
    some = np.flatnonzero(h > 0)
    i, j, h = i.take(some), j.take(some), h.take(some)
    w = _common(a.left, a.right, i, j)
    inter = h * w
    some = np.flatnonzero((w > 0) & (inter > 0))
    i, j, inter = i.take(some), j.take(some), inter.take(some)
    union = a.area.take(i) + a.area.take(j)
    union -= inter
    return i, j, inter, union


def _common(low: Floats, high: Floats, i: Ints, j: Ints) -> Floats:
    # take is twice as fast as indexing
    common = np.minimum(high.take(i), high.take(j))
    common -= np.maximum(low.take(i), low.take(j))
    return common


def same_degenerate(a: Extents, i: Ints, j: Ints) -> Bools:
    """Returns which pairs are two identical boxes without area.

    Args:
        a: the :class:`Extents` of ``N`` boxes
        i: an ``(M,)`` array of indices into ``a``
        j: an ``(M,)`` array of indices into ``a``

    Returns:
        an ``(M,)`` bool array
    """
    same: Bools = (
        (a.area[i] == 0)
        & (a.left[i] == a.left[j])
        & (a.right[i] == a.right[j])
        & (a.top[i] == a.top[j])
        & (a.bottom[i] == a.bottom[j])
    )
    return same
