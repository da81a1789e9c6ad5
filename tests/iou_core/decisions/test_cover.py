"""The methods on ranked graphs, compared with brute force and plain loops."""

import itertools
import random

import numpy as np
import pytest
from naive import is_cover

from duplicates.iou_core.decisions import exact_cover
from duplicates.iou_core.decisions.cover import (
    fewest_cover,
    greedy_cover,
    nms_cover,
    simple_cover,
)


def graphs(count, largest, seed):
    rng = random.Random(seed)
    while count:
        n, p = rng.randint(2, largest), rng.random()
        pairs = itertools.combinations(range(n), 2)
        edges = [edge for edge in pairs if rng.random() < p]
        if edges:
            yield n, edges, np.array(rng.sample(range(n), n))
            count -= 1


def ends(edges):
    return np.array([a for a, _ in edges]), np.array([b for _, b in edges])


def smallest_covers(n, edges):
    masks = [1 << a | 1 << b for a, b in edges]
    for size in range(n + 1):
        found = [
            chosen
            for chosen in itertools.combinations(range(n), size)
            if all(sum(1 << k for k in chosen) & mask for mask in masks)
        ]
        if found:
            return found
    raise AssertionError


def test_fewest_returns_the_first_smallest_set_found_by_brute_force():
    for n, edges, rank in graphs(2000, 8, seed=1):
        removed, inexact = fewest_cover(*ends(edges), rank)

        def kept_in_order(chosen, n=n, rank=rank):
            return sorted(rank[k] for k in range(n) if k not in chosen)

        best = min(smallest_covers(n, edges), key=kept_in_order)
        assert (removed.tolist(), inexact) == (sorted(best), 0)


@pytest.mark.slow
def test_fewest_keeps_the_best_set_of_all_subsets_of_ten_thousand_small_graphs():
    for n, edges, rank in graphs(10_000, 12, seed=2):
        removed = fewest_cover(*ends(edges), rank)[0].tolist()
        assert set(range(n)) - set(removed) == _best_independent(n, edges, rank)


def _best_independent(n, edges, rank):
    """Returns the largest set without an edge, of equals the most preferred one.

    Computed by dynamic programming over all subsets, independent of the search. Nodes
    are numbered from the least preferred, so that a better set is a larger number.
    """
    place = [n - 1 - int(k) for k in rank]
    forbidden = [0] * n
    for a, b in edges:
        low, high = sorted((place[a], place[b]))
        forbidden[high] |= 1 << low
    free = {0}
    for node in range(n):
        free |= {s | 1 << node for s in free if not s & forbidden[node]}
    best = max(free, key=lambda s: (s.bit_count(), s))
    return {k for k in range(n) if best >> place[k] & 1}


def test_every_method_removes_all_edges_and_none_fewer_labels_than_fewest():
    for _, edges, rank in graphs(500, 14, seed=3):
        i, j = ends(edges)
        fewest = fewest_cover(i, j, rank)[0]
        for removed in (
            fewest,
            greedy_cover(i, j),
            greedy_cover(i, j, rank),
            simple_cover(i, j, rank),
            nms_cover(i, j, rank),
        ):
            assert is_cover(i, j, removed)
            assert len(removed) >= len(fewest)


def test_fewest_on_a_too_large_graph_removes_no_more_than_greedy():
    for n, p in ((80, 0.05), (200, 0.05), (600, 0.01)):
        rng = random.Random(n)
        pairs = itertools.combinations(range(n), 2)
        i, j = ends([edge for edge in pairs if rng.random() < p])
        rank = np.array(rng.sample(range(n), n))

        removed, inexact = fewest_cover(i, j, rank)

        assert inexact
        assert is_cover(i, j, removed)
        assert len(removed) <= len(greedy_cover(i, j))
        assert len(removed) <= len(greedy_cover(i, j, rank))


def test_a_graph_that_needs_too_many_steps_counts_as_too_large(monkeypatch):
    monkeypatch.setattr(exact_cover, "MAX_STEPS", 2)
    cycle = [(k, (k + 1) % 9) for k in range(9)]

    assert fewest_cover(*ends(cycle), np.arange(9))[1] == 1


def test_sixty_labels_of_any_density_are_decided_exactly_in_few_steps(monkeypatch):
    monkeypatch.setattr(exact_cover, "MAX_STEPS", 8000)
    rng, i, j = np.random.default_rng(3), *np.triu_indices(60, 1)
    for density in (0.05, 0.1, 0.2, 0.4, 0.7):
        used = rng.random(len(i)) < density
        assert fewest_cover(i[used], j[used], rng.permutation(60))[1] == 0


def test_nms_keeps_labels_in_order_of_preference():
    for n, edges, rank in graphs(500, 14, seed=4):
        neighbors = {k: set() for k in range(n)}
        for a, b in edges:
            neighbors[a].add(b)
            neighbors[b].add(a)
        kept = set()
        for node in sorted(range(n), key=lambda k: rank[k]):
            if not neighbors[node] & kept:
                kept.add(node)

        removed = nms_cover(*ends(edges), rank).tolist()

        assert removed == sorted(set(range(n)) - kept)


@pytest.mark.parametrize("method", ["nms", "fewest"])
def test_every_label_that_nms_or_fewest_removes_overlaps_a_kept_one(method):
    for n, edges, rank in graphs(500, 14, seed=5):
        i, j = ends(edges)
        removed = (
            nms_cover(i, j, rank) if method == "nms" else fewest_cover(i, j, rank)[0]
        )
        kept = np.ones(n, dtype=bool)
        kept[removed] = False
        safe = set(i[kept[j]].tolist()) | set(j[kept[i]].tolist())
        assert set(removed.tolist()) <= safe


def test_greedy_breaks_ties_by_removing_the_least_preferred_label():
    i, j = ends([(0, 1)])

    assert greedy_cover(i, j).tolist() == [0]
    assert greedy_cover(i, j, np.array([0, 1])).tolist() == [1]
    assert greedy_cover(i, j, np.array([1, 0])).tolist() == [0]


@pytest.mark.parametrize("method", [simple_cover, nms_cover, greedy_cover])
def test_the_kept_labels_do_not_depend_on_the_order_of_the_list(method):
    for n, edges, rank in graphs(200, 12, seed=6):
        order = np.array(random.Random(n).sample(range(n), n))
        i, j = ends(edges)
        moved = np.empty(n, dtype=np.int64)
        moved[order] = rank

        there = method(order[i], order[j], moved).tolist()

        assert there == sorted(order[method(i, j, rank)].tolist())
