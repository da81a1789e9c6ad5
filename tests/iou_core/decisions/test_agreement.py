"""The intervals of agreement cover the true share as often as they say."""

import math

import numpy as np
import pytest

from duplicates.iou_core.decisions.agreement import (
    ENOUGH,
    FEWEST,
    Agreement,
    bands,
    share_interval,
    suggest_threshold,
)


@pytest.mark.parametrize("n", [1, 5, 20, 41, 200])
def test_an_interval_covers_any_true_share_in_95_percent_of_cases(n):
    ends = np.array([share_interval(k, n) for k in range(n + 1)])
    for share in np.linspace(0.01, 0.99, 99):
        weight = [
            math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)
        ]
        covers = (ends[:, 0] <= share) & (share <= ends[:, 1])
        assert np.dot(weight, covers) >= 0.945


@pytest.mark.parametrize("n", [1, 20, 500])
def test_an_interval_holds_its_share_and_grows_with_it(n):
    ends = np.array([share_interval(k, n) for k in range(n + 1)])

    shares = np.arange(n + 1) / n
    assert ((ends[:, 0] <= shares) & (shares <= ends[:, 1])).all()
    assert (np.diff(ends, axis=0) >= 0).all()
    assert (ends >= 0).all()
    assert (ends <= 1).all()


SHARES = {
    "rising": lambda values: 1 / (1 + np.exp(-10 * (values - 0.5))),
    "steep": lambda values: 1 / (1 + np.exp(-20 * (values - 0.7))),
    "slow": lambda values: 1 / (1 + np.exp(-1.2 * (values + 0.5))),
    "high": lambda values: np.full_like(values, 0.95),
    # only lucky reviews suggest anything
    "too low": lambda values: np.full_like(values, 0.7),
}
"""How likely a person is to remove a label of a pair, by its overlap."""


@pytest.mark.parametrize("name", SHARES)
def test_few_reviews_suggest_a_threshold_whose_interval_misses_the_share(name):
    made, missed = 0, []
    for seed in range(24):
        rng = np.random.default_rng([15, seed])
        wrong = 0
        for n in (60, 100, 300, 400) * 6:
            values = rng.uniform(0.3, 1, n)
            share = SHARES[name](values)
            found = suggest_threshold(values, rng.random(n) < share, 0.05)
            if found is not None:
                low, high = found.above.interval
                made += 1
                wrong += not low <= share[values > found.threshold].mean() <= high
        missed.append(wrong / 24)

    assert made > 100 or name == "too low"
    assert np.mean(missed) <= 0.03
    assert sum(one > 0.05 for one in missed) <= 3


def test_a_suggestion_counts_what_is_above_it_and_has_a_high_share():
    values = np.linspace(0.5, 0.999, 100)
    removed = values > 0.8

    found = suggest_threshold(values, removed, 0.05)

    above = values > found.threshold
    assert found.above == Agreement(above.sum(), removed[above].sum(), chosen=True)
    assert found.above.interval[0] >= ENOUGH
    lower = values > found.threshold - 0.01
    less = Agreement(lower.sum(), removed[lower].sum(), chosen=True)
    assert less.interval[0] < ENOUGH


def test_a_suggestion_is_not_below_the_lowest_threshold():
    values = np.linspace(0.1, 0.9, 100)

    assert suggest_threshold(values, values > 0, 0.4).threshold == 0.4


@pytest.mark.parametrize("n", [0, 1, FEWEST - 1])
def test_few_pairs_suggest_nothing(n):
    assert suggest_threshold(np.full(n, 0.9), np.ones(n, bool), 0.05) is None


def test_each_pair_is_in_one_band():
    values = np.round(np.linspace(0, 1, 101), 2)

    found = bands(values, values > 0.5)

    assert [(lo, hi) for lo, hi, _ in found] == [
        (k / 10, (k + 1) / 10) for k in range(10)
    ]
    for lo, hi, agreement in found:
        inside = (values > lo) & (values <= hi) | ((lo == 0) & (values == 0))
        assert agreement.judged == inside.sum()
        assert agreement.agreed == (inside & (values > 0.5)).sum()
    assert bands(np.zeros(0), np.zeros(0, bool)) == []
