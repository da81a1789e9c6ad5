"""Which nodes of a graph go so that no edge is left: the methods, on bare graphs.

Nodes are labels, an edge is a pair above the threshold. Every function takes
edges ``(i, j)`` and ``rank``, the place of each node in the order of preference
(0 is the label one would keep first; no two alike), and returns the sorted nodes
that go. Components of a graph are decided each on its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Ints, numbered
from .exact_cover import fewest_in_component

PARALLEL_ROUNDS = 16
"""How many rounds are made with all components together."""


def simple_cover(i: Ints, j: Ints, rank: Ints) -> Ints:
    """Removes the less preferred node of every edge.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``
        rank: an ``(N,)`` array, the preference of each node
    """
    worse: Ints = np.unique(np.where(rank[i] > rank[j], i, j))
    return worse


def nms_cover(i: Ints, j: Ints, rank: Ints) -> Ints:
    """Keeps nodes from the most preferred down, and removes their neighbors.

    Every node that goes has a neighbor that stays and is preferred to it.
    Source: greedy non-maximum suppression, with the rank in place of a score.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``
        rank: an ``(N,)`` array, the preference of each node
    """
    better = np.where(rank[i] < rank[j], i, j)
    worse = np.where(rank[i] < rank[j], j, i)
    removed = np.zeros(len(rank), dtype=np.bool_)
    while len(better):
        beaten = np.zeros(len(rank), dtype=np.bool_)
        beaten[worse] = True
        # a node that no better one is left to beat stays, so its neighbors go
        goes = worse[~beaten[better]]
        removed[goes] = True
        left = ~(removed[better] | removed[worse])
        better, worse = better[left], worse[left]
    return np.flatnonzero(removed)


def greedy_cover(i: Ints, j: Ints, rank: Ints | None = None) -> Ints:
    """Removes the node with the most edges, again and again, until none is left.

    Removing one node changes the degrees of its neighbors alone, and only
    downward. So every node that comes before all its neighbors (by degree, then
    by index) may go at once: one after the other, none would have lost its turn.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``; no edge twice
        rank (None): an ``(N,)`` array. Of nodes with as many edges the least
            preferred goes first; without ranks, the lowest, as in FiftyOne
    """
    both = np.concatenate((i, j))
    nodes, ends = numbered(both, int(both.max(initial=-1)) + 1)
    if rank is not None:
        # number the nodes so that the least preferred is the lowest
        order = np.argsort(-rank[nodes], kind="stable")
        place = np.empty(len(nodes), dtype=np.int64)
        place[order] = np.arange(len(nodes))
        nodes, ends = nodes[order], place[ends]
    a, b = ends[: len(i)], ends[len(i) :]
    removed = np.zeros(len(nodes), dtype=np.bool_)

    for _ in range(PARALLEL_ROUNDS):
        if not len(a):
            break
        degree = _degrees(a, b, len(nodes))
        turn = degree * len(nodes) - np.arange(len(nodes))
        beaten = np.zeros(len(nodes), dtype=np.bool_)
        beaten[np.where(turn[a] > turn[b], b, a)] = True
        goes = ~beaten & (degree > 0)
        removed |= goes
        left = ~(goes[a] | goes[b])
        a, b = a[left], b[left]

    for part in components(a, b, len(nodes)):
        removed[_greedy_one_by_one(a[part], b[part])] = True
    return np.sort(nodes[removed])


def fewest_cover(i: Ints, j: Ints, rank: Ints) -> tuple[Ints, int]:
    """Removes as few nodes as can be.

    Of all smallest sets, the one whose kept nodes, sorted by rank, come first.
    Components of more nodes than :data:`.exact_cover.EXACT_UP_TO` are decided by a
    heuristic that removes at most twice as many as needed, and never more than
    ``greedy`` does, with or without ranks.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``; no edge twice
        rank: an ``(N,)`` array, the preference of each node

    Returns:
        the sorted nodes that go, and how many components were too large to be
        decided exactly
    """
    inexact = 0
    removed = np.zeros(len(rank), dtype=np.bool_)
    i, j = np.asarray(i), np.asarray(j)
    for part in components(i, j, len(rank)):
        a, b = i[part], j[part]
        nodes, ends = np.unique(np.concatenate((a, b)), return_inverse=True)
        n, m = len(nodes), len(a)
        if 2 * m == n * (n - 1):
            goes = nodes[rank[nodes] > rank[nodes].min()]
        else:
            order = np.argsort(rank[nodes], kind="stable")
            place = np.empty(n, dtype=np.int64)
            place[order] = np.arange(n)
            edges = zip(place[ends[:m]].tolist(), place[ends[m:]].tolist())
            chosen = fewest_in_component(n, list(edges))
            if chosen is None:
                inexact += 1
                goes = _at_most_twice(a, b, rank)
            else:
                goes = nodes[order][chosen]
        removed[goes] = True
    return np.flatnonzero(removed), inexact


def components(a: Ints, b: Ints, n: int) -> Iterator[Ints]:
    """Yields, for each connected component, the positions of its edges.

    Args:
        a: an ``(M,)`` array of nodes
        b: an ``(M,)`` array of nodes
        n: how many nodes there are
    """
    if not len(a):
        return
    label = component_labels(a, b, n)[a]
    order = np.argsort(label, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def component_labels(a: Ints, b: Ints, n: int) -> Ints:
    """Returns, for each node, the lowest node of its connected component."""
    label: Ints = np.arange(n)
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        label = label[label]
        if np.array_equal(before, label) and np.array_equal(label[a], label[b]):
            return label


def _degrees(a: Ints, b: Ints, n: int) -> Ints:
    degrees: Ints = np.bincount(a, minlength=n) + np.bincount(b, minlength=n)
    return degrees


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


def _at_most_twice(a: Ints, b: Ints, rank: Ints) -> Ints:
    """Covers a component by the smaller of a pruned matching and ``greedy``.

    The ends of a maximal matching are a cover of at most twice the minimum
    (Gavril and Yannakakis, in Garey and Johnson 1979); pruning takes back nodes
    all of whose neighbors go anyway, the most preferred first.
    """
    matched = np.zeros(len(rank), dtype=np.bool_)
    order = np.lexsort((-rank[b], -rank[a]))
    for p, q in zip(a[order].tolist(), b[order].tolist()):
        if not (matched[p] or matched[q]):
            matched[p] = matched[q] = True

    neighbors: dict[int, list[int]] = {}
    for p, q in zip(a.tolist(), b.tolist()):
        neighbors.setdefault(p, []).append(q)
        neighbors.setdefault(q, []).append(p)
    cover = matched
    for node in sorted(np.flatnonzero(matched).tolist(), key=lambda k: rank[k]):
        cover[node] = not cover[neighbors[node]].all()
    by_matching = np.flatnonzero(cover)
    covers = (greedy_cover(a, b, rank), greedy_cover(a, b), by_matching)
    return min(covers, key=len)
