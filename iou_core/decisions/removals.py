"""The labels that each threshold would remove."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Floats, Ints, numbered
from ..cancellation import check_cancelled
from ..overlaps import Overlaps
from .levels import THRESHOLDS, level
from .methods import beaten_value, cover, pair_values

_EDGES_AT_ONCE = 500_000


@dataclass(frozen=True)
class Removals:
    """``M`` removals: a label and the thresholds at which it is removed.

    Attributes:
        label: ``(M,)`` the label
        lo: ``(M,)`` the first threshold at which it is removed
        hi: ``(M,)`` the threshold after the last one
        graph: ``(M,)`` the number of the decision about one image that removes it; all
            removals of one graph have the same ``lo``. For ``simple`` a graph is an
            image
    """

    label: Ints
    lo: Ints
    hi: Ints
    graph: Ints

    def of(self, labels: Ints) -> Removals:
        """Returns the removals with other numbers for the labels.

        Args:
            labels: the new number of each label
        """
        return replace(self, label=labels[self.label])

    def beside(self, other: Removals) -> Removals:
        """Returns the removals of both, which are from different images."""
        after = self.graph.max(initial=-1) + 1 - other.graph.min(initial=0)
        others = replace(other, graph=other.graph + after)
        names = ("label", "lo", "hi", "graph")
        return Removals(
            *(np.concatenate((getattr(self, n), getattr(others, n))) for n in names)
        )


def simple_removals(
    overlaps: Overlaps,
    image: Ints,
    values: Floats | None = None,
    rank: Ints | None = None,
) -> Removals:
    """Returns the labels that ``simple`` removes, and at which thresholds.

    Args:
        overlaps: the overlaps of ``N`` labels
        image: ``(N,)`` the image of each label
        values (None): values of the pairs in place of their IoUs
        rank (None): ``(N,)`` the preference of each label
    """
    beaten = overlaps.earlier_iou
    if values is not None or rank is not None:
        if values is None:
            values = pair_values(overlaps.pairs)
        beaten = beaten_value(values, overlaps.pairs, rank, len(image))
    levels = level(beaten)
    label = np.flatnonzero(levels)
    return Removals(label, np.zeros_like(label), levels[label], image[label])


def graph_removals(
    overlaps: Overlaps,
    image: Ints,
    method: str,
    values: Floats | None = None,
    rank: Ints | None = None,
) -> Removals:
    """Returns the labels that a method removes, and at which thresholds.

    The graph of an image changes only at the levels of its pairs, so the image is
    decided once for each distinct level, not for each threshold. Images of which not
    all pairs are stored are decided by ``simple``.

    Args:
        overlaps: the overlaps of ``N`` labels
        image: ``(N,)`` the image of each label
        method: a key of :data:`..params.METHODS`
        values (None): values of the pairs in place of their IoUs
        rank (None): ``(N,)`` the preference of each label
    """
    if method == "simple":
        return simple_removals(overlaps, image, values, rank)

    parts = list(_graph_parts(overlaps, image, method, values, rank))
    if len(overlaps.truncated):
        by_simple = simple_removals(overlaps, image, values, rank)
        cut = np.isin(image[by_simple.label], overlaps.truncated)
        parts.append(
            Removals(
                by_simple.label[cut],
                by_simple.lo[cut],
                by_simple.hi[cut],
                -1 - by_simple.graph[cut],
            )
        )
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Removals(nothing, nothing, nothing, nothing)

    names = ("label", "lo", "hi", "graph")
    return Removals(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )


def _graph_parts(
    overlaps: Overlaps,
    image: Ints,
    method: str,
    values: Floats | None,
    rank: Ints | None,
) -> Iterator[Removals]:
    pairs = overlaps.pairs
    levels = level(pair_values(pairs) if values is None else values)
    edges = levels > 0
    edges &= ~np.isin(image[pairs.i], overlaps.truncated)
    if not edges.any():
        return

    i = pairs.i[edges].astype(np.int64)
    j = pairs.j[edges].astype(np.int64)
    stride = len(THRESHOLDS) + 1
    # the graphs of all images in order, numbered; each edge has the number of its last
    keys = image[i] * stride + levels[edges]
    ends, graph = numbered(keys, int(keys.max()) + stride)
    graph_image, hi = ends // stride, ends % stride
    is_first = np.append(True, np.diff(graph_image) > 0)
    lo = np.where(is_first, 0, np.append(0, hi[:-1]))
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(ends)), 0))
    member = graph - first[graph]

    place, sizes = _places(image)
    at_least = np.cumsum(np.bincount(member)[::-1])[::-1]
    for r, stop in _steps(at_least):
        check_cancelled()
        copies = np.maximum(np.minimum(member + 1, stop) - r, 0)
        edge = np.repeat(np.arange(len(i)), copies)
        starts = np.cumsum(copies) - copies
        where = first[graph[edge]] + r + np.arange(len(edge)) - starts[edge]
        node, of = _cover_graphs(
            method, where, i[edge], j[edge], place, sizes[graph_image], rank
        )
        yield Removals(node, lo[of], hi[of], of)


def _steps(n_edges: Ints) -> Iterator[tuple[int, int]]:
    """Cuts graphs with these numbers of edges into ranges that fit into memory."""
    begin = 0
    while begin < len(n_edges):
        stop = begin + 1
        while stop < len(n_edges) and n_edges[begin : stop + 1].sum() <= _EDGES_AT_ONCE:
            stop += 1
        yield begin, stop
        begin = stop


def _places(image: Ints) -> tuple[Ints, Ints]:
    """Returns each label's place within its image, and how many labels each has."""
    sizes = np.bincount(image)
    place = np.empty(len(image), dtype=np.int64)
    before = np.repeat(np.cumsum(sizes) - sizes, sizes)
    place[np.argsort(image, kind="stable")] = np.arange(len(image)) - before
    return place, sizes


def _cover_graphs(
    method: str,
    graph: Ints,
    i: Ints,
    j: Ints,
    place: Ints,
    room: Ints,
    rank: Ints | None,
) -> tuple[Ints, Ints]:
    """Returns the labels that are removed from many graphs, and the graph of each.

    Args:
        method: a key of :data:`..params.METHODS`
        graph: ``(M,)`` the graph of each edge
        i: ``(M,)`` labels
        j: ``(M,)`` labels
        place: ``(N,)`` the place of each label within its image
        room: ``(G,)`` the number of labels in the image of each graph
        rank: ``(N,)`` the preference of each label, or None
    """
    graphs, number = numbered(graph, len(room))
    ends_of = np.cumsum(room[graphs])
    begin = (ends_of - room[graphs])[number]
    both = np.concatenate((begin + place[i], begin + place[j]))
    nodes, ends = numbered(both, int(ends_of[-1]))
    label, of = np.empty((2, len(nodes)), dtype=np.int64)
    label[ends] = np.concatenate((i, j))
    of[ends] = np.concatenate((graph, graph))
    order = None
    if rank is not None:
        order = np.empty(len(nodes), dtype=np.int64)
        order[np.lexsort((rank[label], of))] = np.arange(len(nodes))
    m = len(i)
    removed = cover(method, ends[:m], ends[m:], order, len(nodes))
    return label[removed], of[removed]
