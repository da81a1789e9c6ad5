"""Groups of labels: cliques, all of whose labels overlap, and chains."""

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
        size: ``(G,)`` how many labels each has, at least 2
        is_clique: ``(G,)`` bool, whether every label of it overlaps every other;
            otherwise it is a chain, and need not be one object
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
        the :class:`Groups`, in the order of their first labels
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
