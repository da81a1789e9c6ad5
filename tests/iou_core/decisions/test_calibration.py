"""Verdicts recalibrate likelihoods, and keep their order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from dev.simulation.scenes import MIXES, draw
from duplicates.iou_core.decisions.likelihood import (
    CalibratedModel,
    EvidenceTally,
    calibrate,
    calibration_from,
    class_pairs,
    explain,
    fit,
    size_bins,
    to_names,
)
from duplicates.iou_core.overlaps import find_overlaps

N_SIZES = 9


def judged_pairs(draws):
    likelihood, first, second, size, same = zip(*draws) if draws else ([],) * 5
    classes = np.sort(np.array([first, second], np.int64).T.reshape(-1, 2), axis=1)
    return (
        np.array(likelihood, float),
        classes,
        np.array(size, np.int64),
        np.array(same, bool),
    )


one_pair = st.tuples(
    st.floats(0, 1),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, N_SIZES - 1),
    st.booleans(),
)
some_pairs = st.lists(one_pair, min_size=1, max_size=40).map(judged_pairs)


def naive_loss(theta, z, class_pair, size, same, n):
    alpha, k, u, v = theta[0], theta[1], theta[2 : 2 + n], theta[2 + n :]
    lowest = min(np.sort(z)[9], 0)
    inside = np.maximum(z, lowest)
    logit = alpha + k * inside + (z - inside) + u[class_pair] + v[size]
    likelihoods = np.where(same, -np.logaddexp(0, -logit), -np.logaddexp(0, logit))
    prior = alpha**2 + ((k - 1) / 0.3) ** 2 + (u**2).sum() + (v**2).sum()
    return prior / 2 - likelihoods.sum()


def test_the_fit_is_the_one_that_a_plain_optimizer_finds():
    rng = np.random.default_rng(4)
    likelihood = rng.beta(0.7, 0.7, 60) * 0.998 + 0.001
    classes = np.sort(rng.integers(0, 3, (60, 2)), axis=1)
    size, same = rng.integers(0, N_SIZES, 60), rng.random(60) < likelihood**2

    found = calibrate(likelihood, classes, size, same)

    known, number = np.unique(classes, axis=0, return_inverse=True)
    z, n = np.log(likelihood / (1 - likelihood)), len(known)
    begin = np.zeros(2 + n + N_SIZES)
    data = (z, number.ravel(), size, same, n)
    best = minimize(naive_loss, begin, data, "BFGS", tol=1e-9).x
    assert found.intercept == pytest.approx(best[0], abs=1e-4)
    assert found.slope == pytest.approx(best[1], abs=1e-4)
    assert np.array_equal(found.classes, known)
    np.testing.assert_allclose(found.of_classes, best[2 : 2 + n], atol=1e-4)
    np.testing.assert_allclose(found.of_sizes, best[2 + n :], atol=1e-4)


def test_without_verdicts_nothing_changes():
    found = calibrate(*judged_pairs([]))

    likelihood = np.array([0.0, 1e-9, 0.2, 0.99, 1 - 1e-12])
    classes, size = np.zeros((5, 2), np.int64), np.zeros(5, np.int64)
    logit = found.logit(likelihood, classes, size)
    np.testing.assert_allclose(1 / (1 + np.exp(-logit)), likelihood, atol=1e-14)


@settings(max_examples=60, deadline=None)
@given(some_pairs, st.randoms())
def test_the_order_of_the_verdicts_does_not_matter(pairs, random):
    order = list(range(len(pairs[0])))
    random.shuffle(order)
    shuffled = calibrate(*(column[order] for column in pairs))
    straight = calibrate(*pairs)

    names = ["a", None, "c", "d"]
    assert to_names(shuffled, names) == to_names(straight, names)


@settings(max_examples=60, deadline=None)
@given(some_pairs, st.sampled_from(["as given", "all true", "all false"]))
def test_likelihoods_stay_finite_and_rise_within_a_class_pair_and_size(pairs, answers):
    likelihood, classes, size, same = pairs
    if answers != "as given":
        same = np.full(len(same), answers == "all true")

    found = calibrate(likelihood, classes, size, same)

    grid = np.linspace(0, 1, 101)
    for class_pair in ((0, 0), (1, 3), (7, 8)):
        for bin_of_size in (0, N_SIZES - 1):
            ends = np.tile(class_pair, (len(grid), 1))
            logit = found.logit(grid, ends, np.full(len(grid), bin_of_size))
            assert np.isfinite(logit).all()
            assert (np.diff(logit) > 0).all()


def test_answers_against_all_likelihoods_do_not_turn_the_order_round():
    likelihood = np.tile([0.02, 0.98], 300)
    found = calibrate(
        likelihood, np.zeros((600, 2), int), np.full(600, 3), likelihood < 0.5
    )

    assert found.slope == 0.1


def test_one_verdict_against_an_extreme_likelihood_does_not_outweigh_the_others():
    likelihood = np.array([1 - 1e-14] + [0.9] * 20 + [0.1] * 20)
    same = likelihood == 0.9
    ends, size = np.zeros((41, 2), int), np.full(41, 3)

    found = calibrate(likelihood, ends, size, same)

    stated = np.array([0.9, 1 - 1e-14])
    logit = found.logit(stated, ends[:2], size[:2])
    # the least that it must be: the pairs at 0.9 were right
    assert 1 / (1 + np.exp(-logit[0])) > 0.8
    assert logit[1] > logit[0]


def test_verdicts_on_likely_pairs_alone_do_not_make_the_unlikely_ones_likely():
    """People saw that the likeliest pairs were two objects, or that many were one."""
    likelihood = np.linspace(0.6, 1, 40)
    ends, size = np.zeros((40, 2), int), np.full(40, 3)
    for same in (np.zeros(40, bool), np.arange(40) % 2 == 0):
        found = calibrate(likelihood, ends, size, same)

        assert found.slope < 0.9
        unlikely = np.array([1e-19, 1e-9, 1e-3])
        logit = found.logit(unlikely, ends[:3], size[:3])
        assert (1 / (1 + np.exp(-logit)) < 3 * unlikely + 1e-12).all()
        # far below what was judged, the model's word stands
        assert logit[1] == pytest.approx(np.log(1e-9), abs=1e-6)


def test_biased_verdicts_make_a_wrong_model_nearly_true():
    """The person judged mostly uncertain pairs; the others are recalibrated as well."""
    rng = np.random.default_rng(7)
    n = 6000
    classes = np.sort(rng.integers(0, 4, (n, 2)), axis=1)
    size = rng.integers(0, N_SIZES, n)
    z = rng.normal(0, 2.5, n)
    share = 1 / (1 + np.exp(-(0.8 * z - 1.5 + 0.5 * (classes[:, 0] == 0))))
    same, stated = rng.random(n) < share, 1 / (1 + np.exp(-z))
    uncertain = stated * (1 - stated)
    asked = rng.choice(n, 400, replace=False, p=uncertain / uncertain.sum())

    found = calibrate(stated[asked], classes[asked], size[asked], same[asked])

    likelihood = 1 / (1 + np.exp(-found.logit(stated, classes, size)))
    assert abs(stated - share).mean() > 0.15
    assert abs(likelihood - share).mean() < 0.06
    for near in (likelihood < 0.1, (likelihood > 0.4) & (likelihood < 0.6)):
        assert likelihood[near].mean() == pytest.approx(share[near].mean(), abs=0.05)


def test_a_recalibrated_model_explains_itself_and_holds_for_other_class_numbers():
    drawn = draw(MIXES[0], 300, seed=3)
    pairs = find_overlaps(drawn.boxes, drawn.image).pairs
    tally = EvidenceTally()
    tally.add(pairs, drawn.classes, drawn.boxes)
    base = fit(tally.evidence())
    likelihood = base.likelihood(pairs, drawn.classes, drawn.boxes)
    asked = pairs.select(np.argsort(-likelihood)[:40])
    given_ = (asked, drawn.classes, drawn.boxes)
    ends, size = class_pairs(*given_[:2]), size_bins(asked, drawn.boxes)
    stated = base.likelihood(*given_)
    found = calibrate(stated, ends, size, np.zeros(40, bool))
    names = [f"class {k}" for k in range(99)]

    model = CalibratedModel(base, found)
    lower, parts = model.likelihood(*given_), model.parts(*given_)

    assert (lower < stated).all()
    np.testing.assert_allclose(
        parts.log_odds.sum(axis=1), np.log(lower / (1 - lower)), atol=1e-6
    )
    texts = explain(model, *given_, names)
    assert all(text.endswith("lowered by 40 of your verdicts") for text in texts)
    assert not any("verdicts" in text for text in explain(base, *given_, names))
    # another scan counts its classes otherwise, and lacks one
    stored = to_names(found, names)
    other = calibration_from(stored, names[::-1][:-1])
    kept = (ends > 0).all(axis=1)
    renumbered = np.sort(98 - ends[kept], axis=1)
    assert kept.any()
    assert not kept.all()
    np.testing.assert_array_equal(
        other.logit(stated[kept], renumbered, size[kept]),
        found.logit(stated[kept], ends[kept], size[kept]),
    )
