"""Groups of labels: cliques and chains."""

import numpy as np

from duplicates.iou_core.decisions.groups import find_groups


def test_a_clique_and_a_chain_of_three_are_distinguished():
    groups = find_groups([0, 0, 1, 4, 5], [1, 2, 2, 5, 6], 8)

    assert groups.label.tolist() == [0, 0, 0, -1, 1, 1, 1, -1]
    assert groups.size.tolist() == [3, 3]
    assert groups.is_clique.tolist() == [True, False]


def test_a_lone_pair_is_a_clique():
    groups = find_groups([1], [2], 3)

    assert groups.label.tolist() == [-1, 0, 0]
    assert groups.is_clique.tolist() == [True]


def test_no_pairs_make_no_groups():
    groups = find_groups([], [], 3)

    assert groups.label.tolist() == [-1, -1, -1]
    assert len(groups.size) == 0


def test_a_long_chain_is_one_group_for_any_order_of_its_pairs():
    n = 5000
    i = np.random.default_rng(0).permutation(n - 1)
    groups = find_groups(i, i + 1, n)

    assert groups.size.tolist() == [n]
    assert not groups.is_clique[0]
