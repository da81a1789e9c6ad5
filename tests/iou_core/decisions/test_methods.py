"""The methods make the same decisions as FiftyOne's loops."""

import itertools

import naive
import numpy as np
import pytest
from boxes_for_tests import crowded
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.decisions import cover as graphs
from duplicates.iou_core.decisions.methods import find_duplicates, greedy_cover
from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs

edges_of_graphs = st.sets(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).filter(lambda e: e[0] < e[1]),
    max_size=60,
)


def cover(edges):
    edges = list(edges)
    i = np.array([a for a, _ in edges], np.int64)
    j = np.array([b for _, b in edges], np.int64)
    return greedy_cover(i, j).tolist()


def path(n):
    return [(k, k + 1) for k in range(n - 1)]


def clique(n, first=0):
    return list(itertools.combinations(range(first, first + n), 2))


def star(n, center=0):
    return [tuple(sorted((center, k))) for k in range(n + 1) if k != center]


def random_graph(n, p, seed):
    rng = np.random.default_rng(seed)
    return [e for e in clique(n) if rng.random() < p]


@given(edges_of_graphs)
def test_greedy_equals_fiftyones_loop(edges):
    assert cover(edges) == naive.greedy(edges)


@pytest.mark.parametrize("n", [2, 3, 7, 30, 60])
@pytest.mark.parametrize("graph", [path, clique, star])
def test_greedy_on_chains_cliques_and_stars(graph, n):
    assert cover(graph(n)) == naive.greedy(graph(n))


@pytest.mark.parametrize("center", [0, 3, 9])
def test_greedy_removes_only_the_center_of_a_star(center):
    assert cover(star(9, center)) == [center]


def test_greedy_removes_the_earlier_label_of_a_single_pair():
    assert cover([(4, 7)]) == [4]


def test_greedy_keeps_the_last_of_a_clique():
    assert cover(clique(5)) == [0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(40))
def test_greedy_on_random_graphs(seed):
    rng = np.random.default_rng(seed)
    edges = random_graph(int(rng.integers(5, 45)), rng.random(), seed)

    assert cover(edges) == naive.greedy(edges)


def test_greedy_on_many_graphs_at_once_equals_greedy_on_each():
    graphs = [random_graph(12, 0.3, seed) for seed in range(30)]
    together = [
        (a + 100 * k, b + 100 * k) for k, graph in enumerate(graphs) for a, b in graph
    ]
    expected = [
        node + 100 * k for k, graph in enumerate(graphs) for node in naive.greedy(graph)
    ]

    assert cover(together) == expected


@pytest.mark.parametrize("cost", [-1.0, 0.5, 1.5, 5.0, np.inf])
def test_rounds_remove_what_is_removed_one_by_one(cost, monkeypatch):
    monkeypatch.setattr(graphs, "_ROUND_COST", cost)
    monkeypatch.setattr(graphs, "_EDGE_COST", 0.0)
    for edges in (
        clique(40) + clique(50, first=100) + path(30),
        random_graph(40, 0.5, seed=1),
        [(a, b) for a, b in clique(60) if (a + b) % 3],
    ):
        edges = sorted(set(edges))
        assert cover(edges) == naive.greedy(edges)


def test_large_cliques_are_decided_one_by_one():
    n = 48

    assert cover(clique(n) + clique(n, first=n)) == [
        *range(n - 1),
        *range(n, 2 * n - 1),
    ]


def test_without_pairs_nothing_is_removed():
    none = np.zeros(0, np.int64)

    assert greedy_cover(none, none).tolist() == []
    assert find_duplicates(Pairs.empty(), np.zeros(3), 0.5, "simple").tolist() == []
    assert find_duplicates(Pairs.empty(), np.zeros(3), 0.5, "greedy").tolist() == []


@pytest.mark.parametrize("method", ["simple", "greedy"])
@pytest.mark.parametrize("iou_thresh", [0, 0.05, 0.3, 0.5, 0.75, 0.9, 0.999, 1])
@pytest.mark.parametrize("kind", ["near copies", "on a grid", "tall"])
def test_methods_equal_plain_loops_at_every_threshold(kind, iou_thresh, method):
    boxes = crowded(kind, 120, np.random.default_rng(11))
    image = np.repeat(np.arange(6), 20)
    found = find_overlaps(boxes, image, min_iou=min(0.05, iou_thresh))
    removed = find_duplicates(found.pairs, found.earlier_iou, iou_thresh, method)
    edges = [
        (i, j)
        for i, j, iou, _, _ in naive.overlaps(boxes, image)[3]
        if iou > iou_thresh
    ]

    assert removed.tolist() == naive.METHODS[method](edges)


@pytest.mark.parametrize("method", ["simple", "greedy"])
def test_an_iou_equal_to_the_threshold_is_not_a_duplicate(method):
    boxes = np.array([[0, 0, 1, 1], [0, 0, 0.5, 1]])
    found = find_overlaps(boxes, np.zeros(2, int))

    assert found.pairs.iou.tolist() == [0.5]
    assert not len(find_duplicates(found.pairs, found.earlier_iou, 0.5, method))
    below = np.nextafter(0.5, 0)
    assert len(find_duplicates(found.pairs, found.earlier_iou, below, method)) == 1


def test_simple_removes_the_end_of_a_chain_although_its_middle_is_removed():
    boxes = np.array([[x, 0.1, 0.2, 0.2] for x in (0.10, 0.13, 0.16)])
    found = find_overlaps(boxes, np.zeros(3, int))

    assert found.pairs.iou.max() > 0.7
    removed = {
        method: find_duplicates(found.pairs, found.earlier_iou, 0.7, method).tolist()
        for method in ("simple", "greedy")
    }
    assert removed == {"simple": [1, 2], "greedy": [1]}


def test_greedy_may_remove_more_labels_than_fewest():
    corners = [
        (0.0996, 0.0789),
        (0.0819, 0.0984),
        (0.0514, 0.091),
        (0.1054, 0.0123),
        (0.102, 0.0473),
        (0.0576, 0.0176),
    ]
    boxes = np.array([[x, y, 0.1, 0.1] for x, y in corners])
    found = find_overlaps(boxes, np.zeros(6, int))

    assert len(find_duplicates(found.pairs, found.earlier_iou, 0.4, "greedy")) == 3


def test_truncated_images_are_decided_by_simple():
    boxes = np.concatenate(
        [np.tile([0.1, 0.1, 0.5, 0.5], (12, 1)), [[0, 0, 1, 1], [0, 0, 1, 1]]]
    )
    image = np.array([0] * 12 + [1] * 2)
    found = find_overlaps(boxes, image, max_pairs=5)
    removed = find_duplicates(
        found.pairs, found.earlier_iou, 0.5, "greedy", image, found.truncated
    )

    assert found.truncated.tolist() == [0]
    assert removed.tolist() == [*range(1, 12), 12]


@pytest.mark.parametrize("method", ["", "soft-nms", "Simple", None])
def test_an_unknown_method_is_an_error(method):
    with pytest.raises(ParamsError, match="method: expected simple or greedy or nms"):
        find_duplicates(Pairs.empty(), np.zeros(0), 0.5, method)
