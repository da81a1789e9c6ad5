"""The likelihood separates duplicates from neighbors without labeled examples."""

import json

import numpy as np

from duplicates.iou_core.decisions.evidence import EvidenceTally
from duplicates.iou_core.decisions.likelihood import LikelihoodModel, fit
from duplicates.iou_core.pairs import Pairs

CAR, TRUCK, PERSON, BICYCLE, RARE = range(5)


def pairs_of(iou, ios=None):
    m = len(iou)
    i = np.arange(0, 2 * m, 2, dtype=np.int32)
    equal_areas = 2 * iou / (1 + iou)
    return Pairs(i, i + 1, iou, equal_areas if ios is None else ios, np.ones(m, bool))


def simulated(seed=1):
    """Returns pairs, label classes, and which pairs are planted confusions.

    Half of the overlaps of cars and trucks mark one object, as drawn by two people.
    All overlaps of persons, and of persons and bicycles, are neighbors.
    """
    rng = np.random.default_rng(seed)
    neighbors = lambda n: 0.05 + 0.95 * rng.beta(1, 6, n)  # noqa: E731
    twice = lambda n: 0.05 + 0.95 * rng.beta(7, 1, n)  # noqa: E731
    parts = [
        (neighbors(3000), PERSON, PERSON, False),
        (neighbors(800), PERSON, BICYCLE, False),
        (neighbors(60), CAR, TRUCK, False),
        (twice(60), CAR, TRUCK, True),
        (twice(10), PERSON, PERSON, True),
    ]
    iou = np.concatenate([values for values, *_ in parts])
    first = np.concatenate([np.full(len(v), a) for v, a, _, _ in parts])
    second = np.concatenate([np.full(len(v), b) for v, _, b, _ in parts])
    planted = np.concatenate([np.full(len(v), is_dup) for v, _, _, is_dup in parts])
    classes = np.stack([first, second], axis=1).ravel()
    return pairs_of(iou), classes, planted


def fitted(pairs, classes):
    tally = EvidenceTally()
    tally.add(pairs, classes)
    return fit(tally.evidence())


def test_planted_confusions_are_separated_from_planted_neighbors():
    pairs, classes, planted = simulated()

    likelihood = fitted(pairs, classes).likelihood(pairs, classes)

    assert ((likelihood > 0.5) == planted).mean() > 0.99
    assert likelihood[planted].mean() > 0.85
    assert likelihood[~planted].mean() < 0.02


def test_at_equal_iou_confused_classes_are_more_likely_one_object():
    pairs, classes, _ = simulated()
    model = fitted(pairs, classes)
    two = pairs_of(np.full(3, 0.65))
    of = np.array([CAR, TRUCK, PERSON, PERSON, PERSON, BICYCLE])

    confused, persons, rider = model.likelihood(two, of).tolist()

    assert confused > 0.8 > 0.5 > persons > rider


def test_the_shares_of_confusions_are_recovered():
    pairs, classes, _ = simulated()

    share = fitted(pairs, classes).share(
        np.array([CAR, PERSON, PERSON]), np.array([TRUCK, PERSON, BICYCLE])
    )

    assert abs(share[0] - 0.5) < 0.1
    assert share[1] < 0.01
    assert share[2] < 0.02


def test_rare_class_pairs_get_the_share_of_all_pairs():
    pairs, classes, _ = simulated()
    model = fitted(pairs, classes)

    assert model.share(np.array([RARE]), np.array([CAR])) == model.pools[0]
    assert model.share(np.array([RARE]), np.array([RARE])) == model.pools[1]


def test_the_likelihood_is_a_probability_and_rises_with_the_iou():
    pairs, classes, _ = simulated()
    grid = np.linspace(0.05, 1, 96)
    of = np.full(2 * len(grid), PERSON)

    likelihood = fitted(pairs, classes).likelihood(pairs_of(grid), of)

    assert ((likelihood >= 0) & (likelihood <= 1)).all()
    assert (np.diff(likelihood) > -0.02).all()
    assert likelihood[-1] > 0.99


def test_the_order_of_pairs_does_not_matter():
    pairs, classes, _ = simulated()
    half = len(pairs) // 2
    tally = EvidenceTally()
    for part in (slice(half, None), slice(half)):
        tally.add(pairs.select(np.arange(len(pairs))[part]), classes)

    assert fit(tally.evidence()).to_dict() == fitted(pairs, classes).to_dict()


def test_a_model_is_unchanged_after_json():
    pairs, classes, _ = simulated()
    model = fitted(pairs, classes)

    again = LikelihoodModel.from_dict(json.loads(json.dumps(model.to_dict())))

    assert (again.likelihood(pairs, classes) == model.likelihood(pairs, classes)).all()


def test_a_dataset_without_pairs_has_a_model():
    model = fit(EvidenceTally().evidence())

    assert 0 < model.likelihood(pairs_of(np.array([0.9])), np.array([0, 1]))[0] < 1


def test_pairs_with_a_crowd_do_not_affect_the_model():
    pairs, classes, _ = simulated()
    silent = Pairs(pairs.i, pairs.j, pairs.iou, pairs.ios, np.zeros(len(pairs), bool))
    tally = EvidenceTally()
    tally.add(silent, classes)

    assert len(tally.evidence().classes) == 0
