"""The methods that choose which labels are removed.

Each takes the pairs whose value (IoU, IoS or likelihood) exceeds the threshold, and
removes labels until no two of the rest are such a pair:

-   ``simple`` removes the less preferred label of every pair, by default the later
    one. In a chain it may remove a label that overlaps no kept label
-   ``greedy`` repeatedly removes the label with the most remaining pairs; of equals,
    by default the earliest. It removes fewer labels than ``simple`` in most data,
    though not always the fewest
-   ``nms`` keeps labels from the most preferred down, and removes those that overlap
    a kept one. Every removed label overlaps a kept label
-   ``fewest`` removes as few labels as possible

By default ``simple`` and ``greedy`` remove the same labels as
``fiftyone.utils.iou.find_duplicates``.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..errors import ParamsError
from ..pairs import Pairs
from ..params import METHODS
from .cover import fewest_cover, greedy_cover, nms_cover, simple_cover

NO_EDGE = -1.0
"""The value of a pair that is not a duplicate at any threshold."""

ALWAYS = 2.0
"""The value of a pair that is a duplicate at every threshold."""


def simple(earlier_iou: Floats, iou_thresh: float) -> Ints:
    """Returns the labels that ``simple`` removes.

    Args:
        earlier_iou: an ``(N,)`` array, the largest IoU of each label with an
            earlier one; see :class:`..overlaps.Overlaps`
        iou_thresh: the threshold, which is exceeded, not met

    Returns:
        a sorted array of indices
    """
    return np.flatnonzero(earlier_iou > iou_thresh)


def greedy(pairs: Pairs, iou_thresh: float) -> Ints:
    """Returns the labels that ``greedy`` removes.

    Args:
        pairs: the :class:`..pairs.Pairs` of any number of images
        iou_thresh: the threshold, which is exceeded, not met

    Returns:
        a sorted array of indices; empty for no pairs
    """
    edges = pairs.decides & (pairs.iou > iou_thresh)
    return greedy_cover(
        pairs.i[edges].astype(np.int64), pairs.j[edges].astype(np.int64)
    )


def cover(method: str, i: Ints, j: Ints, rank: Ints | None, n: int) -> Ints:
    """Returns the labels that a method removes, given the pairs above a threshold.

    Args:
        method: a key of :data:`..params.METHODS`
        i: an ``(M,)`` array of labels
        j: an ``(M,)`` array of labels, ``i < j``
        rank: an ``(N,)`` array, the preference of each label, 0 for the most
            preferred; None for list order
        n: the number of labels

    Returns:
        a sorted array of indices; empty for no pairs

    Raises:
        ParamsError: if the method is unknown
    """
    in_order = np.arange(n) if rank is None else rank
    if method == "simple":
        return simple_cover(i, j, in_order)
    if method == "greedy":
        return greedy_cover(i, j, rank)
    if method == "nms":
        return nms_cover(i, j, in_order)
    if method == "fewest":
        return fewest_cover(i, j, in_order)[0]
    raise ParamsError(" or ".join(METHODS), repr(method), "method")


def find_duplicates(
    pairs: Pairs,
    earlier_iou: Floats,
    iou_thresh: float,
    method: str = "simple",
    image: Ints | None = None,
    truncated: Ints | None = None,
    values: Floats | None = None,
    rank: Ints | None = None,
) -> Ints:
    """Returns the labels that a method removes.

    Images of which not all pairs are stored are decided by ``simple`` in list order,
    which does not need the pairs, so that no two labels above the threshold are kept.
    With ``values``, they are decided by the pairs that are stored.

    Args:
        pairs: the :class:`..pairs.Pairs`, at least those above ``iou_thresh``
        earlier_iou: an ``(N,)`` array; see :class:`..overlaps.Overlaps`
        iou_thresh: the threshold, which is exceeded, not met
        method ("simple"): a key of :data:`..params.METHODS`
        image (None): an ``(N,)`` array of image numbers; needed for truncated
        truncated (None): the images of which not all pairs are stored
        values (None): an ``(M,)`` array of values of the pairs in place of their
            IoUs; see :func:`pair_values`
        rank (None): an ``(N,)`` array, the preference of each label

    Returns:
        a sorted array of indices; empty where nothing overlaps

    Raises:
        ParamsError: if the method is unknown

    Examples:
        >>> from ..overlaps import find_overlaps
        >>> boxes = np.array([[0, 0, 1, 1], [0, 0, 1, 0.9], [2, 2, 1, 1]], float)
        >>> found = find_overlaps(boxes, np.zeros(3, np.int64))
        >>> find_duplicates(found.pairs, found.earlier_iou, 0.75).tolist()
        [1]
        >>> find_duplicates(Pairs.empty(), np.zeros(0), 0.75).tolist()
        []
    """
    if method not in METHODS:
        raise ParamsError(" or ".join(METHODS), repr(method), "method")
    if method == "simple" and values is None and rank is None:
        return simple(earlier_iou, iou_thresh)

    n = len(earlier_iou)
    value = pair_values(pairs) if values is None else values
    edges = value > iou_thresh
    cut = None
    if values is None and truncated is not None and len(truncated):
        if image is None:
            raise ParamsError("the image of each label", "nothing", "image")
        cut = np.isin(image, truncated)
        edges &= ~cut[pairs.i]
    i, j = pairs.i[edges].astype(np.int64), pairs.j[edges].astype(np.int64)
    removed = cover(method, i, j, rank, n)
    if cut is not None:
        rest = simple(np.where(cut, earlier_iou, 0.0), iou_thresh)
        removed = np.union1d(removed, rest)
    return removed


def pair_values(
    pairs: Pairs,
    overlap: Floats | None = None,
    own_thresh: Floats | None = None,
    real: Bools | None = None,
) -> Floats:
    """Returns the value of each pair that is compared with the threshold.

    Args:
        pairs: ``M`` pairs
        overlap (None): an ``(M,)`` array of what is compared with it, such as the IoS;
            by default the IoUs
        own_thresh (None): an ``(M,)`` array of thresholds that replace the common
            one; NaN for pairs without, infinity for pairs that may overlap
        real (None): an ``(M,)`` bool array of pairs marked as two real objects

    Returns:
        an ``(M,)`` array: the overlap; :data:`ALWAYS` or :data:`NO_EDGE` where
        an own threshold is exceeded or not; :data:`NO_EDGE` for pairs with a
        crowd and for real ones

    Examples:
        >>> chain = Pairs(*np.array([[0, 1], [1, 2]]), *np.ones((2, 2)), np.ones(2) > 0)
        >>> pair_values(chain, real=np.array([True, False])).tolist()
        [-1.0, 1.0]
        >>> pair_values(Pairs.empty()).tolist()
        []
    """
    overlap = pairs.iou if overlap is None else overlap
    value = np.where(pairs.decides, overlap, NO_EDGE)
    if own_thresh is not None:
        own = ~np.isnan(own_thresh)
        exceeded = value[own] > own_thresh[own]
        value[own] = np.where(exceeded, ALWAYS, NO_EDGE)
    if real is not None:
        value[real] = NO_EDGE
    return value


def beaten_value(values: Floats, pairs: Pairs, rank: Ints | None, n: int) -> Floats:
    """Returns the largest value of each label with a label preferred to it.

    Args:
        values: ``(M,)``; see :func:`pair_values`
        pairs: ``M`` pairs
        rank: an ``(N,)`` array, the preference of each label; None for list order
        n: the number of labels

    Returns:
        an ``(N,)`` array; 0 where there is none
    """
    worse = pairs.j
    if rank is not None:
        worse = np.where(rank[pairs.i] > rank[pairs.j], pairs.i, pairs.j)
    largest = np.zeros(n)
    np.maximum.at(largest, worse, values)
    return largest
