"""Candidate pairs are complete, unique and few."""

import itertools

import numpy as np
import pytest
from boxes_for_tests import KINDS, box, crowded
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.geometry import candidates
from duplicates.iou_core.geometry.boxes import extents


def candidate_pairs(boxes, group):
    parts = list(candidates.candidate_pairs(extents(boxes), np.asarray(group)))
    return [pair for i, j in parts for pair in zip(i.tolist(), j.tolist(), strict=True)]


def meeting(boxes, group):
    """Returns the pairs within a group whose closed boxes meet, by brute force."""
    a = extents(boxes)
    return {
        (i, j)
        for i, j in itertools.combinations(range(len(boxes)), 2)
        if group[i] == group[j]
        and a.left[i] <= a.right[j]
        and a.left[j] <= a.right[i]
        and a.top[i] <= a.bottom[j]
        and a.top[j] <= a.bottom[i]
    }


def check(boxes, group):
    found = candidate_pairs(boxes, group)
    assert len(found) == len(set(found)), "a pair was returned twice"
    assert all(i < j for i, j in found)
    assert all(group[i] == group[j] for i, j in found)
    assert meeting(boxes, group) <= set(found)
    return found


@given(st.lists(st.tuples(st.integers(0, 3), box), max_size=25))
def test_every_pair_that_meets_is_a_candidate_once(labels):
    boxes = np.array([b for _, b in labels], float).reshape(-1, 4)
    check(boxes, np.array([g for g, _ in labels], int))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [63, 64, 135, 136, 400])
def test_every_pair_of_a_crowded_image_is_a_candidate_once(kind, n):
    rng = np.random.default_rng(n)
    check(crowded(kind, n, rng), np.zeros(n, int))


@pytest.mark.parametrize("kind", KINDS)
def test_images_of_different_sizes_are_swept_together(kind):
    rng = np.random.default_rng(7)
    sizes = [1, 200, 3, 70, 2, 150]
    boxes = np.concatenate([crowded(kind, n, rng) for n in sizes])
    group = np.repeat(np.arange(len(sizes)), sizes)
    order = rng.permutation(len(boxes))

    check(boxes, group)
    check(boxes[order], group[order])


def test_a_crowded_image_is_cut_into_strips():
    rng = np.random.default_rng(1)
    boxes = crowded("scattered", 2000, rng) * [1, 1, 0.5, 0.1]
    owner, strip, _, _ = candidates._cut_into_strips(
        extents(boxes), np.zeros(2000, int)
    )

    assert strip.max() > 4
    assert len(owner) <= (candidates.MAX_STRIPS_PER_BOX + 1) * 2000


def test_strips_reduce_the_number_of_candidates():
    rng = np.random.default_rng(2)
    boxes = crowded("scattered", 1500, rng) * [1, 1, 1, 0.1]
    found = check(boxes, np.zeros(1500, int))

    assert len(found) < 1500 * 1500 / 2 / 40


def test_boxes_that_touch_are_candidates():
    boxes = np.array([[0, 0, 1, 1], [1, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1]], float)

    assert len(check(boxes, [0, 0, 0, 0])) == 6


def test_boxes_of_different_images_are_not_candidates():
    boxes = np.array([[0, 0, 1, 1]] * 4, float)

    assert candidate_pairs(boxes, [0, 1, 2, 3]) == []


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_boxes_have_no_candidates(n):
    assert candidate_pairs(np.zeros((n, 4)), np.zeros(n, int)) == []


def test_candidates_are_yielded_in_chunks():
    n = 1500
    sides = extents(np.tile([0.1, 0.1, 0.5, 0.5], (n, 1)))
    sizes = [len(i) for i, _ in candidates.candidate_pairs(sides, np.zeros(n, int))]

    assert sum(sizes) == n * (n - 1) // 2
    assert max(sizes) <= candidates.CHUNK_PAIRS + n
