"""The fewest nodes to remove from a small graph, exactly.

The kept nodes are a largest independent set. It is found by branching on a node of
largest degree, with the usual reductions: a node whose other neighbors are
all neighbors of each other is kept, and a node that has all neighbors of one of
its neighbors is removed. Labels that overlap are mostly decided by these alone.
Sets of nodes are bits of an int.

Source: Fomin and Kratsch, Exact Exponential Algorithms (2010), chapter 2.
"""

from __future__ import annotations

from functools import lru_cache

from ..cancellation import check_cancelled

EXACT_UP_TO = 60
"""Components with more nodes than this are not decided exactly."""

MAX_STEPS = 200_000
"""The number of subgraphs after which a component counts as too large."""


class _TooLargeError(Exception):
    """The search takes too many steps."""


def fewest_in_component(n: int, edges: bytes) -> tuple[int, ...] | None:
    """Returns the nodes to remove from one component, or None if it is too large.

    Results are cached, as most components are small and one threshold differs from the
    next by few edges.

    Args:
        n: the number of nodes
        edges: two nodes for each edge, a byte each; ignored if ``n`` is too large

    Returns:
        the fewest nodes whose removal leaves no edge; of all such sets, the one
        whose rest, sorted, comes first: node 0 is kept if possible, then node 1, ...
    """
    return _decide(n, edges, MAX_STEPS) if n <= EXACT_UP_TO else None


@lru_cache(maxsize=4096)  # at most 15 MB
def _decide(n: int, edges: bytes, most_steps: int) -> tuple[int, ...] | None:
    closed = [1 << node for node in range(n)]
    for a, b in zip(edges[::2], edges[1::2]):
        closed[a] |= 1 << b
        closed[b] |= 1 << a
    search = _Search(closed, most_steps)
    try:
        left = (1 << n) - 1
        kept = 0
        size = search.largest(left)
        for node in range(n):
            bit = 1 << node
            if not left & bit:
                continue
            rest = left & ~closed[node]
            if 1 + search.largest(rest) == size:
                kept |= bit
                left = rest
                size -= 1
            else:
                left &= ~bit
    except _TooLargeError:
        return None
    return tuple(node for node in range(n) if not kept >> node & 1)


class _Search:
    """Sizes of largest independent sets of the subgraphs of one graph.

    Args:
        closed: each node with its neighbors
        most_steps: the number of subgraphs after which it is too large
    """

    def __init__(self, closed: list[int], most_steps: int) -> None:
        self._closed = closed
        self._left = most_steps
        self._known: dict[int, int] = {0: 0}

    def largest(self, nodes: int) -> int:
        """Returns the size of a largest independent set among some nodes."""
        known = self._known.get(nodes)
        if known is not None:
            return known
        check_cancelled()
        self._left -= 1
        if self._left < 0:
            raise _TooLargeError

        found, rest = self._reduce(nodes)
        if rest:
            found += self.largest(rest) if rest != nodes else self._branch(rest)
        self._known[nodes] = found
        return found

    def _reduce(self, nodes: int) -> tuple[int, int]:
        """Returns how many nodes are certainly kept, and those that are undecided."""
        closed, found, doubtful = self._closed, 0, nodes
        while doubtful:
            bit = doubtful & -doubtful
            doubtful ^= bit
            if not nodes & bit:
                continue
            around = closed[bit.bit_length() - 1] & nodes
            others = rest = around ^ bit
            removed = reached = 0
            while rest:
                one = rest & -rest
                rest ^= one
                of_one = closed[one.bit_length() - 1]
                if not around & ~of_one:
                    removed |= one
                    reached |= of_one
            if removed == others:
                found += 1
                removed = around
            nodes &= ~removed
            doubtful |= reached & nodes
        return found, nodes

    def _branch(self, nodes: int) -> int:
        widest, most = -1, -1
        rest = nodes
        while rest:
            bit = rest & -rest
            rest ^= bit
            node = bit.bit_length() - 1
            degree = (self._closed[node] & nodes).bit_count()
            if degree > most:
                widest, most = node, degree
        with_it = 1 + self.largest(nodes & ~self._closed[widest])
        return max(with_it, self.largest(nodes & ~(1 << widest)))
