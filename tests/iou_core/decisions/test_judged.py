"""Decisions in images about which a person decided, compared with a naive oracle."""

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.decisions.curves import Curves
from duplicates.iou_core.decisions.judged import (
    Fates,
    decide_judged,
    judged_removals,
)
from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.decisions.methods import pair_values
from duplicates.iou_core.pairs import Pairs

METHODS = ("simple", "greedy", "nms", "fewest")
IOUS = (0.05, 0.3, 0.5, 0.50001, 0.75, 0.9, 0.999, 1.0)


@st.composite
def judged_images(draw):
    """Returns pairs of the labels of a few images, what people decided, and a rank."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    image = np.repeat(np.arange(len(sizes)), sizes)
    n = len(image)
    possible = [
        (a, b) for a in range(n) for b in range(a + 1, n) if image[a] == image[b]
    ]
    rows = [
        (a, b, draw(st.sampled_from(IOUS)), draw(st.booleans()))
        for a, b in possible
        if draw(st.booleans())
    ]
    i, j, iou, is_real = (np.array(part) for part in zip(*rows)) if rows else [()] * 4
    pairs = Pairs(
        np.array(i, np.int32),
        np.array(j, np.int32),
        np.array(iou, float),
        np.array(iou, float),
        np.ones(len(rows), bool),
    )
    real = np.array(is_real, bool) & np.array(draw(st.booleans()), bool)
    fate = draw(st.lists(st.sampled_from("rku"), min_size=n, max_size=n))
    removable = np.ones(n, bool)
    if draw(st.booleans()):
        removable = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    removed = (np.array(fate) == "r") & removable
    fates = Fates(removed, np.array(fate) == "k", removable)
    rank = draw(st.none() | st.permutations(range(n)).map(np.array))
    return pairs, pair_values(pairs, real=real), image, fates, rank


def by_the_rules(pairs, values, thresh, method, fates, rank):
    """Returns the labels that are removed, by walking through the rules one by one."""
    above = values > thresh
    edges = list(zip(pairs.i[above].tolist(), pairs.j[above].tolist()))
    decided = (fates.removed, fates.kept, fates.removable)
    sets = (set(np.flatnonzero(which).tolist()) for which in decided)
    rank = None if rank is None else rank.tolist()
    return set(naive.judged(method, edges, *sets, rank))


@pytest.mark.parametrize("method", METHODS)
@given(judged=judged_images(), thresh=st.sampled_from((0.05, 0.3, 0.5, 0.75, 0.999, 1)))
def test_where_a_person_decided_their_word_holds(method, judged, thresh):
    pairs, values, _, fates, rank = judged

    found = decide_judged(pairs, values, thresh, method, fates, rank)

    removed = set(found.labels.tolist())
    assert removed == by_the_rules(pairs, values, thresh, method, fates, rank)
    assert not removed & set(np.flatnonzero(fates.kept).tolist())
    assert removed >= set(np.flatnonzero(fates.removed).tolist())
    # two labels are both kept only if people kept both, or one cannot be removed
    for a, b in zip(pairs.i[values > thresh], pairs.j[values > thresh]):
        both_kept = fates.kept[a] and fates.kept[b]
        fixed = not (fates.removable[a] and fates.removable[b])
        assert {int(a), int(b)} & removed or both_kept or fixed
    for label, partner in zip(found.labels.tolist(), found.partner.tolist()):
        neighbors = {
            int(b if a == label else a)
            for a, b, value in zip(pairs.i, pairs.j, values)
            if value > thresh and label in (a, b)
        }
        assert partner in (neighbors or {-1})
        if {k for k in neighbors if fates.kept[k]}:
            assert fates.kept[partner]


@pytest.mark.parametrize("method", METHODS)
@given(judged=judged_images())
def test_the_counts_of_each_threshold_are_those_of_its_decision(method, judged):
    pairs, values, image, fates, rank = judged
    classes = np.arange(len(image)) % 2

    curves = Curves(2)
    curves.add(judged_removals(pairs, values, image, method, fates, rank), classes, 2)

    for k, thresh in enumerate(THRESHOLDS.tolist()):
        labels = decide_judged(pairs, values, thresh, method, fates, rank).labels
        assert curves.labels[k] == len(labels)
        assert curves.images[k] == len(set(image[labels].tolist()))
        for number in (0, 1):
            own = labels[classes[labels] == number]
            assert curves.class_labels[number, k] == len(own)
            assert curves.class_images[number, k] == len(set(image[own].tolist()))


def test_nothing_is_removed_of_labels_that_people_kept_without_pairs():
    nothing = np.zeros(2, bool)
    fates = Fates(nothing, ~nothing, ~nothing)
    found = decide_judged(Pairs.empty(), np.zeros(0), 0.5, "simple", fates)
    assert [len(found.labels), len(found.partner), len(found.iou)] == [0, 0, 0]
    removals = judged_removals(
        Pairs.empty(), np.zeros(0), np.zeros(2, np.int64), "simple", fates
    )
    assert len(removals.label) == 0
