"""The fewest nodes to remove from a small graph, exactly.

The kept nodes are a largest independent set: of all, the one whose nodes, sorted, come
first. With weights this is the heaviest one. Every node weighs one, and in addition a
power of two that is the smaller the later the node comes; all of these together weigh
less than one. So no two sets weigh the same.

It is found by the usual reductions, after which hardly anything is left of labels that
overlap, and by branching on a node of largest degree. Sets of nodes are bits of an int.

Source: Fomin and Kratsch, Exact Exponential Algorithms (2010), chapter 2; Lamm,
Schulz, Strash, Williger and Zhang, Exactly Solving the Maximum Weight Independent Set
Problem on Large Real-World Graphs (2019), section 4.
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


@lru_cache(maxsize=8192)  # at most 33 MB, and about 3 MB with 10 nodes each
def _decide(n: int, edges: bytes, most_steps: int) -> tuple[int, ...] | None:
    closed = [1 << node for node in range(n)]
    for a, b in zip(edges[::2], edges[1::2]):
        closed[a] |= 1 << b
        closed[b] |= 1 << a
    one = 1 << n
    weights = [one + (one >> node + 1) for node in range(n)]
    try:
        kept = _Search(closed, most_steps).heaviest(one - 1, weights, one - 1)[1]
    except _TooLargeError:
        return None
    return tuple(node for node in range(n) if not kept >> node & 1)


class _Search:
    """Heaviest independent sets of the subgraphs of one graph.

    Args:
        closed: each node with its neighbors
        most_steps: the number of subgraphs after which it is too large
    """

    def __init__(self, closed: list[int], most_steps: int) -> None:
        self._closed = closed
        self._left = most_steps

    def heaviest(
        self, nodes: int, weights: list[int], doubtful: int
    ) -> tuple[int, int]:
        """Returns the weight of the heaviest independent set, and its nodes.

        Args:
            nodes: the nodes of the subgraph
            weights: the weight of each node; changed
            doubtful: those that a reduction may apply to
        """
        check_cancelled()
        self._left -= 1
        if self._left < 0:
            raise _TooLargeError
        total, kept, settled, nodes = self._reduce(nodes, weights, doubtful)
        while nodes:
            part = self._component(nodes)
            nodes &= ~part
            weight, chosen = self._branch(part, weights)
            total += weight
            kept |= chosen
        for node, heavier in reversed(settled):
            if not kept & heavier:
                kept |= node
        return total, kept

    def _reduce(
        self, nodes: int, weights: list[int], doubtful: int
    ) -> tuple[int, int, list[tuple[int, int]], int]:
        """Settles nodes whose neighbors are all neighbors of each other.

        At most one node of such a clique is kept. Its neighbors that weigh less are
        removed. The others are kept in its place if that gains something, so that only
        what they weigh in addition counts from then on. A node is also removed if it
        has all neighbors of a heavier neighbor.

        Returns:
            the weight and the nodes that are certainly kept, the other settled nodes,
            each with the neighbors in whose place it is kept, and the undecided nodes
        """
        closed, total, certain = self._closed, 0, 0
        settled: list[tuple[int, int]] = []
        while doubtful:
            bit = doubtful & -doubtful
            doubtful ^= bit
            if not nodes & bit:
                continue
            node = bit.bit_length() - 1
            around, weight = closed[node] & nodes, weights[node]
            rest, is_settled = around ^ bit, True
            removed = reached = heavier = 0
            while rest:
                one = rest & -rest
                rest ^= one
                other = one.bit_length() - 1
                of_other = closed[other]
                if around & of_other != around:
                    is_settled = False
                elif weights[other] > weight:
                    heavier |= one
                else:
                    removed |= one
                    reached |= of_other
            if is_settled:
                total += weight
                removed |= bit
                if heavier:
                    settled.append((bit, heavier))
                else:
                    certain |= bit
            while is_settled and heavier:
                one = heavier & -heavier
                heavier ^= one
                other = one.bit_length() - 1
                weights[other] -= weight
                reached |= closed[other]
            nodes &= ~removed
            doubtful |= reached & nodes
        return total, certain, settled, nodes

    def _component(self, nodes: int) -> int:
        """Returns the nodes that are connected with the first one."""
        found = todo = nodes & -nodes
        while todo:
            bit = todo & -todo
            more = self._closed[bit.bit_length() - 1] & nodes & ~found
            found |= more
            todo ^= bit | more
        return found

    def _branch(self, nodes: int, weights: list[int]) -> tuple[int, int]:
        """Returns the heaviest set: either with a node of largest degree or without."""
        widest, most, rest = 0, -1, nodes
        while rest:
            bit = rest & -rest
            rest ^= bit
            degree = (self._closed[bit.bit_length() - 1] & nodes).bit_count()
            if degree > most:
                widest, most = bit, degree
        node = widest.bit_length() - 1
        around = self._closed[node] & nodes
        left = nodes & ~around
        with_it, chosen = self.heaviest(left, weights[:], left)
        with_it += weights[node]
        without, others = self.heaviest(nodes ^ widest, weights[:], around ^ widest)
        return (with_it, chosen | widest) if with_it > without else (without, others)
