"""Which labels are duplicates of which: the methods.

Both methods take the pairs with ``iou > iou_thresh`` and remove labels until no
two of the rest are such a pair:

-   ``simple`` removes the later label of every pair
-   ``greedy`` removes, again and again, the label with the most pairs left, the
    earliest of equals. It removes fewer labels than ``simple`` in most data,
    though not always the fewest; of a lone pair it removes the earlier label

Both are what ``fiftyone.utils.iou.find_duplicates`` decides, label for label.
"""

from __future__ import annotations

import numpy as np

from .boxes import Floats, Ints
from .errors import ParamsError
from .pairs import Pairs

PARALLEL_ROUNDS = 16
"""How many labels of a group go at most before it is decided on its own."""


def simple(earlier_iou: Floats, iou_thresh: float) -> Ints:
    """Returns the labels that ``simple`` removes.

    Args:
        earlier_iou: an ``(N,)`` array, the largest IoU of each label with an
            earlier one; see :class:`.overlap.Overlaps`
        iou_thresh: the threshold, which is exceeded, not met

    Returns:
        a sorted array of indices
    """
    return np.flatnonzero(earlier_iou > iou_thresh)


def greedy(pairs: Pairs, iou_thresh: float) -> Ints:
    """Returns the labels that ``greedy`` removes.

    Args:
        pairs: the :class:`.pairs.Pairs` of any number of images
        iou_thresh: the threshold, which is exceeded, not met

    Returns:
        a sorted array of indices; empty for no pairs
    """
    edges = pairs.decides & (pairs.iou > iou_thresh)
    return greedy_cover(
        pairs.i[edges].astype(np.int64), pairs.j[edges].astype(np.int64)
    )


def greedy_cover(i: Ints, j: Ints) -> Ints:
    """Removes the node with the most edges, again and again, until none is left.

    Of equals, the node with the lowest index goes first.

    Removing one node changes the degrees of its neighbors alone, and only
    downward. So every node that comes before all its neighbors (by degree, then
    by index) may go at once: one after the other, none would have lost its turn.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``; no edge twice

    Returns:
        a sorted array of the nodes removed
    """
    nodes, ends = np.unique(np.concatenate((i, j)), return_inverse=True)
    a, b = ends[: len(i)], ends[len(i) :]
    removed = np.zeros(len(nodes), dtype=np.bool_)

    for _ in range(PARALLEL_ROUNDS):
        if not len(a):
            break
        degree = np.bincount(a, minlength=len(nodes)) + np.bincount(
            b, minlength=len(nodes)
        )
        rank = degree * len(nodes) - np.arange(len(nodes))
        a_first = rank[a] > rank[b]
        beaten = np.zeros(len(nodes), dtype=np.bool_)
        beaten[np.where(a_first, b, a)] = True
        goes = ~beaten & (degree > 0)
        removed |= goes
        left = ~(goes[a] | goes[b])
        a, b = a[left], b[left]

    for part in _components(a, b, len(nodes)):
        removed[_greedy_one_by_one(a[part], b[part])] = True
    return nodes[removed]


def _components(a: Ints, b: Ints, n: int) -> list[Ints]:
    """Returns, for each connected component, the positions of its edges."""
    if not len(a):
        return []

    label = np.arange(n)
    while True:
        before = label.copy()
        low = np.minimum(label[a], label[b])
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        label = label[label]
        if np.array_equal(before, label) and np.array_equal(label[a], label[b]):
            break

    order = np.argsort(label[a], kind="stable")
    cuts = np.flatnonzero(np.diff(label[a][order])) + 1
    return np.split(order, cuts)


def _greedy_one_by_one(a: Ints, b: Ints) -> Ints:
    """Covers one component; ``O(nodes + degree)`` for each node removed."""
    nodes, ends = np.unique(np.concatenate((a, b)), return_inverse=True)
    m = len(a)
    source = np.concatenate((ends[:m], ends[m:]))
    target = np.concatenate((ends[m:], ends[:m]))[np.argsort(source, kind="stable")]
    degree = np.bincount(source, minlength=len(nodes))
    begin = np.concatenate(([0], np.cumsum(degree)))

    removed = []
    left = m
    while left:
        k = int(np.argmax(degree))
        removed.append(k)
        left -= int(degree[k])
        degree[k] = -len(nodes)
        # a neighbor removed before is below zero already, and stays there
        degree[target[begin[k] : begin[k + 1]]] -= 1
    return nodes[removed]


METHODS: dict[str, str] = {
    "simple": "the later label of every pair goes",
    "greedy": "the label with the most overlaps goes first, so that fewer go",
}
"""The methods by name, with what each does in words."""


def find_duplicates(
    pairs: Pairs,
    earlier_iou: Floats,
    iou_thresh: float,
    method: str = "simple",
    image: Ints | None = None,
    truncated: Ints | None = None,
) -> Ints:
    """Returns the labels that a method removes.

    Images of which not all pairs are kept are decided by ``simple``, which does
    not need the pairs: so no two labels above the threshold are ever left.

    Args:
        pairs: the :class:`.pairs.Pairs`, at least those above ``iou_thresh``
        earlier_iou: an ``(N,)`` array; see :class:`.overlap.Overlaps`
        iou_thresh: the threshold, which is exceeded, not met
        method ("simple"): a key of :data:`METHODS`
        image (None): an ``(N,)`` array of image numbers; needed for truncated
        truncated (None): the images of which not all pairs are kept

    Returns:
        a sorted array of indices; empty where nothing overlaps

    Raises:
        ParamsError: if the method is unknown
    """
    if method not in METHODS:
        raise ParamsError(" or ".join(METHODS), repr(method), "method")
    if method == "simple":
        return simple(earlier_iou, iou_thresh)
    if truncated is None or image is None or not len(truncated):
        return greedy(pairs, iou_thresh)

    cut = np.isin(image, truncated)
    whole = greedy(pairs.select(~cut[pairs.i]), iou_thresh)
    rest = simple(np.where(cut, earlier_iou, 0.0), iou_thresh)
    return np.union1d(whole, rest)
