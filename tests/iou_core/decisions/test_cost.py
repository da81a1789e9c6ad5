"""The cost of a cut: expected right removals, expected misses, and their interval."""

import numpy as np
import pytest

from dev.simulation.reliability import cut_at, of_scene
from dev.simulation.scenes import MIXES
from duplicates.iou_core.decisions.cost import DRAWS, CostTally
from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs


def pairs_of(*rows):
    i, j, iou = (np.array(column) for column in zip(*rows))
    return Pairs(
        i.astype(np.int32), j.astype(np.int32), iou, iou, np.ones(len(rows), bool)
    )


def one_cut(pairs, likelihood, removed, n, **more):
    tally = CostTally(1)
    gone = np.isin(np.arange(n), removed)[:, None]
    tally.add(pairs, np.array(likelihood), np.zeros(n, np.int64), gone, **more)
    return tally.costs()


def test_a_removal_is_right_as_likely_as_its_likeliest_pair_with_a_kept_label():
    pairs = pairs_of((0, 2, 0.9), (1, 2, 0.8))

    found = one_cut(pairs, [0.5, 0.7], [2], 3)

    assert found.removed.tolist() == [1]
    assert found.right.tolist() == [0.7]


def test_a_label_that_overlaps_removed_labels_only_needs_these_to_be_right():
    chain = pairs_of((0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9))

    found = one_cut(chain, [0.5, 0.6, 0.5], [1, 2, 3], 4)

    assert found.right[0] == pytest.approx(0.5 + 0.5 * 0.6 + 0.5 * 0.6 * 0.5)


def test_labels_that_are_all_removed_are_not_right():
    assert one_cut(pairs_of((0, 1, 0.9)), [0.9], [0, 1], 2).right.tolist() == [0]


def test_what_is_missed_counts_each_kept_label_once():
    # three labels of one object: two are too many
    clique = pairs_of((0, 1, 0.8), (0, 2, 0.8), (1, 2, 0.8))

    assert one_cut(clique, [1, 1, 1], [], 3).below.tolist() == [2]
    assert one_cut(clique, [1, 1, 1], [2], 3).below.tolist() == [1]


def test_pairs_that_were_not_fitted_are_not_missed():
    assert one_cut(pairs_of((0, 1, 0.2)), [0.9], [], 2).below.tolist() == [0]


def test_what_a_person_decided_is_right():
    sure = np.array([False, True])

    assert one_cut(pairs_of((0, 1, 0.9)), [0.1], [1], 2, sure=sure).right[0] == 1


def test_no_label_costs_nothing():
    found = CostTally(3, DRAWS).costs()

    for part in vars(found).values():
        assert part.tolist() == [0, 0, 0]
    assert found.first_precise(0.5) is None


def test_the_lowest_cut_that_is_precise_enough_is_found():
    pairs = pairs_of((0, 1, 0.5), (2, 3, 0.9))
    tally = CostTally(3)
    gone = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0], [1, 1, 0]], bool)
    tally.add(pairs, np.array([0.2, 0.95]), np.zeros(4, np.int64), gone)

    found = tally.costs()

    assert found.first_precise(0.9) == 1
    assert found.first_precise(0.5) == 0
    assert found.first_precise(0.99) is None


def _costs(mix, images, seed, threshold):
    """Returns the costs of a cut of drawn data, and the true numbers."""
    found = of_scene(find_overlaps, EvidenceTally, fit, mix, images, seed)
    return cut_at(found, CostTally(1, DRAWS), threshold)


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_the_expected_numbers_of_a_cut_are_near_the_true_ones(mix):
    found, right, missed = _costs(mix, 1500, 5, 0.8)

    wide = 5 + 0.15 * right
    assert found.low[0] - wide <= right <= found.high[0] + wide
    assert found.below[0] == pytest.approx(missed, abs=6 + 0.35 * missed)
