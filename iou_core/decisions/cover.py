"""The methods on bare graphs: the nodes to remove so that no edge is left.

Nodes are labels, and an edge is a pair above the threshold. Every function takes
edges ``(i, j)`` and ``rank``, the place of each node in the order of preference
(0 for the most preferred, all different), and returns the sorted nodes that are
removed. The components of a graph are decided independently.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Ints, numbered
from ..cancellation import check_cancelled
from .exact_cover import fewest_in_component

_ROUND_COST, _EDGE_COST = 5.0, 1 / 500
"""The time of a round of ``greedy``, and of an edge in it, in removals one by one."""


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

    Every removed node has a kept neighbor that is preferred to it.
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
        check_cancelled()
        beaten = np.zeros(len(rank), dtype=np.bool_)
        beaten[worse] = True
        # a node without a better neighbor is kept, so its neighbors are removed
        removed[worse[~beaten[better]]] = True
        left = ~(removed[better] | removed[worse])
        better, worse = better[left], worse[left]
    return np.flatnonzero(removed)


def greedy_cover(i: Ints, j: Ints, rank: Ints | None = None) -> Ints:
    """Repeatedly removes the node with the most edges, until no edge is left.

    Removing one node changes the degrees of its neighbors alone, and only
    downward. So every node that comes before all its neighbors (by degree, then
    by index) is removed in the same round: one by one, they would be removed too.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``; no edge twice
        rank (None): an ``(N,)`` array. Of nodes with equally many edges, the least
            preferred is removed first; without ranks, the lowest, as in FiftyOne
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

    while len(a):
        check_cancelled()
        degree = _degrees(a, b, len(nodes))
        turn = degree * len(nodes) - np.arange(len(nodes))
        beaten = np.zeros(len(nodes), dtype=np.bool_)
        beaten[np.where(turn[a] > turn[b], b, a)] = True
        now = ~beaten & (degree > 0)
        removed |= now
        worth_it = np.count_nonzero(now) > _ROUND_COST + _EDGE_COST * len(a)
        left = ~(now[a] | now[b])
        a, b = a[left], b[left]
        if not worth_it:
            break

    for part in components(a, b, len(nodes)):
        removed[_greedy_one_by_one(a[part], b[part])] = True
    return np.sort(nodes[removed])


def fewest_cover(i: Ints, j: Ints, rank: Ints) -> tuple[Ints, int]:
    """Removes as few nodes as possible.

    Of all smallest sets, it removes the one whose kept nodes, sorted by rank, come
    first.
    Components of more nodes than :data:`.exact_cover.EXACT_UP_TO` are decided by a
    heuristic that removes at most twice as many as needed, and never more than
    ``greedy`` does, with or without ranks.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``; no edge twice
        rank: an ``(N,)`` array, the preference of each node

    Returns:
        the sorted nodes that are removed, and the number of components that were
        too large for an exact decision
    """
    i, j = np.asarray(i), np.asarray(j)
    found = _Components(i, j, rank)
    removed = np.zeros(len(rank), dtype=np.bool_)
    removed[found.worse_of_complete()] = True
    inexact = 0
    places: list[int] = []
    for begin, size, edges, local in found.incomplete():
        check_cancelled()
        chosen = fewest_in_component(size, local)
        if chosen is None:
            inexact += 1
            some = found.edges[edges]
            removed[_at_most_twice(i[some], j[some], rank)] = True
        else:
            places += [begin + k for k in chosen]
    removed[found.nodes[places]] = True
    return np.flatnonzero(removed), inexact


class _Components:
    """The connected components of a graph.

    Args:
        i: an ``(M,)`` array of nodes
        j: an ``(M,)`` array of nodes, ``i != j``; no edge twice
        rank: an ``(N,)`` array, the preference of each node

    Attributes:
        nodes: its nodes, component by component, the most preferred of each first
        edges: the positions of its edges, component by component
    """

    def __init__(self, i: Ints, j: Ints, rank: Ints) -> None:
        m = len(i)
        nodes, ends = numbered(np.concatenate((i, j)), len(rank))
        label = component_labels(ends[:m], ends[m:], len(nodes))
        order = np.lexsort((rank[nodes], label))
        place = np.empty(len(nodes), dtype=np.int64)
        place[order] = np.arange(len(nodes))
        self.nodes, label = nodes[order], label[order]
        self._begin = np.flatnonzero(np.diff(label, prepend=-1))
        self._sizes = np.diff(np.append(self._begin, len(nodes)))
        of_edge = np.repeat(np.arange(len(self._sizes)), self._sizes)[place[ends[:m]]]
        counts = np.bincount(of_edge, minlength=len(self._sizes))
        self._is_complete = 2 * counts == self._sizes * (self._sizes - 1)
        self.edges = np.argsort(of_edge, kind="stable")
        self._edge_counts = counts
        self._edges_begin = np.cumsum(counts) - counts
        local = (place[ends] - np.tile(self._begin[of_edge], 2)).reshape(2, m)
        self._local = local.T[self.edges].astype(np.uint8)

    def worse_of_complete(self) -> Ints:
        """Returns all nodes of complete components but the most preferred of each."""
        worse = np.repeat(self._is_complete, self._sizes)
        worse[self._begin] = False
        nodes: Ints = self.nodes[worse]
        return nodes

    def incomplete(self) -> Iterator[tuple[int, int, slice, bytes]]:
        """Yields the components that lack an edge.

        Yields:
            ``(begin, size, edges, local)``: where its nodes begin in ``nodes``, and
            their number; where its edges are in ``edges``; and the edges as positions
            among its nodes, modulo 256, a byte each
        """
        local = self._local.tobytes()
        which = np.flatnonzero(~self._is_complete)
        ends = self._edges_begin + self._edge_counts
        columns = (self._begin, self._sizes, self._edges_begin, ends)
        for begin, size, first, last in zip(*(one[which].tolist() for one in columns)):
            yield begin, size, slice(first, last), local[2 * first : 2 * last]


def components(a: Ints, b: Ints, n: int) -> Iterator[Ints]:
    """Yields, for each connected component, the positions of its edges.

    Args:
        a: an ``(M,)`` array of nodes
        b: an ``(M,)`` array of nodes
        n: the number of nodes
    """
    if not len(a):
        return
    label = component_labels(a, b, n)[a]
    order = np.argsort(label, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        check_cancelled()
        yield part


def component_labels(a: Ints, b: Ints, n: int) -> Ints:
    """Returns, for each node, the lowest node of its connected component."""
    label: Ints = np.arange(n)
    while True:
        check_cancelled()
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
    begin, target = _neighbors(ends[: len(a)], ends[len(a) :], len(nodes))
    degree = np.diff(begin)

    removed = []
    left = len(a)
    while left:
        check_cancelled()
        k = int(np.argmax(degree))
        removed.append(k)
        left -= int(degree[k])
        degree[k] = -len(nodes)
        # a neighbor that was removed before is below zero already
        degree[target[begin[k] : begin[k + 1]]] -= 1
    return nodes[removed]


def _neighbors(a: Ints, b: Ints, n: int) -> tuple[Ints, Ints]:
    """Returns the neighbors of all nodes, and where those of each node begin."""
    source, target = np.concatenate((a, b)), np.concatenate((b, a))
    begin = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=n))))
    return begin, target[np.argsort(source, kind="stable")]


def _at_most_twice(a: Ints, b: Ints, rank: Ints) -> Ints:
    """Covers a component by the smaller of a pruned matching and ``greedy``.

    The ends of a maximal matching are a cover of at most twice the minimum
    (Gavril and Yannakakis, in Garey and Johnson 1979); pruning takes back nodes
    all of whose neighbors are removed, the most preferred first.
    """
    nodes, ends = np.unique(np.concatenate((a, b)), return_inverse=True)
    p, q = ends[: len(a)], ends[len(a) :]
    cover = np.zeros(len(nodes), dtype=np.bool_)
    # the edges of one node after another, the least preferred nodes first
    order = np.lexsort((-rank[b], -rank[a]))
    for part in np.split(order, np.flatnonzero(np.diff(p[order])) + 1):
        check_cancelled()
        free = part[~cover[q[part]]]
        if len(free) and not cover[p[part[0]]]:
            cover[[p[part[0]], q[free[0]]]] = True

    begin, target = _neighbors(p, q, len(nodes))
    matched = np.flatnonzero(cover)
    for node in matched[np.argsort(rank[nodes[matched]], kind="stable")].tolist():
        check_cancelled()
        cover[node] = not cover[target[begin[node] : begin[node + 1]]].all()
    by_matching = nodes[cover]
    covers = (greedy_cover(a, b, rank), greedy_cover(a, b), by_matching)
    return min(covers, key=len)
