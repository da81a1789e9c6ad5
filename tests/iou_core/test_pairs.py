"""Pairs are sorted and always have the same dtypes."""

import numpy as np

from duplicates.iou_core.pairs import Pairs


def pairs(i, j):
    n = len(i)
    return Pairs(
        np.array(i, np.int32),
        np.array(j, np.int32),
        np.arange(n) / 10,
        np.arange(n) / 5,
        np.arange(n) % 2 == 0,
    )


def test_pairs_are_sorted_by_both_ends():
    ordered = pairs([2, 0, 0, 1], [3, 5, 1, 2]).sort()

    assert ordered.i.tolist() == [0, 0, 1, 2]
    assert ordered.j.tolist() == [1, 5, 2, 3]
    assert ordered.iou.tolist() == [0.2, 0.1, 0.3, 0.0]
    assert ordered.decides.tolist() == [True, False, False, True]


def test_concatenation_keeps_the_order_of_the_parts():
    whole = Pairs.concatenate([pairs([0], [1]), Pairs.empty(), pairs([4, 5], [6, 7])])

    assert whole.i.tolist() == [0, 4, 5]
    assert len(whole) == 3


def test_no_pairs_have_the_dtypes_of_any_pairs():
    none, some = Pairs.concatenate([]), pairs([0], [1])

    assert len(none) == 0
    for name in ("i", "j", "iou", "ios", "decides"):
        assert getattr(none, name).dtype == getattr(some, name).dtype
    assert len(none.sort()) == len(none.select(np.zeros(0, bool))) == 0
