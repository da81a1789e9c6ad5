"""Groups of labels: cliques, in which every two labels overlap, and chains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, Ints
from .cover import component_labels


@dataclass(frozen=True)
class Groups:
    """``G`` groups: the connected components of the pairs above a threshold.

    Attributes:
        label: ``(N,)`` the group of each label, in ``[0, G)``; -1 for labels in
            no pair
        size: ``(G,)`` the number of labels of each, at least 2
        is_clique: ``(G,)`` bool, whether every two of its labels overlap; otherwise
            it is a chain, which may be several objects
    """

    label: Ints
    size: Ints
    is_clique: Bools


def find_groups(i: Ints, j: Ints, n: int) -> Groups:
    """Groups labels by the pairs above a threshold.

    Args:
        i: an ``(M,)`` array of labels
        j: an ``(M,)`` array of labels, ``i != j``; no pair twice
        n: the number of labels

    Returns:
        the :class:`Groups`, in the order of their first labels; none for no pairs

    Examples:
        >>> groups = find_groups([0, 1, 4], [1, 2, 5], 7)
        >>> groups.label.tolist(), groups.is_clique.tolist()
        ([0, 0, 0, -1, 1, 1, -1], [False, True])
        >>> find_groups([], [], 2).label.tolist()
        [-1, -1]
    """
    i, j = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
    lowest = component_labels(i, j, n)
    paired = np.zeros(n, dtype=np.bool_)
    paired[i] = paired[j] = True
    first, member = np.unique(lowest[paired], return_inverse=True)
    label = np.full(n, -1, dtype=np.int64)
    label[paired] = member
    size = np.bincount(member, minlength=len(first))
    edges = np.bincount(label[i], minlength=len(first))
    return Groups(label, size, 2 * edges == size * (size - 1))


def emptied_groups(groups: Groups, removed: Bools) -> Ints:
    """Returns the groups that lose every label.

    Args:
        groups: the groups of ``N`` labels
        removed: ``(N,)`` bool, whether each label is removed

    Returns:
        a sorted array of groups; empty if each keeps a label

    Examples:
        >>> groups = find_groups([0, 1, 4], [1, 2, 5], 7)
        >>> emptied_groups(groups, np.array([1, 1, 0, 1, 1, 1, 1], bool)).tolist()
        [1]
    """
    lost = groups.label[removed & (groups.label >= 0)]
    n_lost = np.bincount(lost, minlength=len(groups.size))
    return np.flatnonzero(n_lost == groups.size)
