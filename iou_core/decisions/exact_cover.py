"""The fewest nodes to remove from a small graph, exactly.

The kept nodes are a largest independent set. It is found by branching on a node of
largest degree, with the usual reduction: a node with at most one neighbor is kept.
Sets of nodes are bits of an int.

Source: Fomin and Kratsch, Exact Exponential Algorithms (2010), chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence

EXACT_UP_TO = 60
"""Components with more nodes than this are not decided exactly."""

MAX_STEPS = 200_000
"""The number of subgraphs after which a component counts as too large."""


class _TooLargeError(Exception):
    """The search takes too many steps."""


def fewest_in_component(n: int, edges: Sequence[tuple[int, int]]) -> list[int] | None:
    """Returns the nodes to remove from one component, or None if it is too large.

    Args:
        n: how many nodes there are
        edges: pairs of nodes

    Returns:
        the fewest nodes whose removal leaves no edge; of all such sets, the one
        whose rest, sorted, comes first: node 0 is kept if possible, then node 1, ...
    """
    if n > EXACT_UP_TO:
        return None

    neighbors = [0] * n
    for a, b in edges:
        neighbors[a] |= 1 << b
        neighbors[b] |= 1 << a
    search = _Search(neighbors)
    try:
        left = (1 << n) - 1
        kept = 0
        size = search.largest(left)
        for node in range(n):
            bit = 1 << node
            if not left & bit:
                continue
            rest = left & ~bit & ~neighbors[node]
            if 1 + search.largest(rest) == size:
                kept |= bit
                left = rest
                size -= 1
            else:
                left &= ~bit
    except _TooLargeError:
        return None
    return [node for node in range(n) if not kept >> node & 1]


class _Search:
    """Sizes of largest independent sets of the subgraphs of one graph."""

    def __init__(self, neighbors: list[int]) -> None:
        self._neighbors = neighbors
        self._known: dict[int, int] = {0: 0}
        self._steps = 0

    def largest(self, nodes: int) -> int:
        """Returns the size of a largest independent set among some nodes."""
        known = self._known.get(nodes)
        if known is not None:
            return known
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _TooLargeError

        found = self._branch(nodes)
        self._known[nodes] = found
        return found

    def _branch(self, nodes: int) -> int:
        widest, most = -1, -1
        rest = nodes
        while rest:
            bit = rest & -rest
            rest ^= bit
            node = bit.bit_length() - 1
            degree = (self._neighbors[node] & nodes).bit_count()
            if degree <= 1:
                # keep it: no set without it is larger
                return 1 + self.largest(nodes & ~bit & ~self._neighbors[node])
            if degree > most:
                widest, most = node, degree
        bit = 1 << widest
        with_it = 1 + self.largest(nodes & ~bit & ~self._neighbors[widest])
        return max(with_it, self.largest(nodes & ~bit))
