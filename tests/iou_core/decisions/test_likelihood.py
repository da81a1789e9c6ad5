"""The likelihood is a true probability in drawn data, without labeled examples."""

import json

import numpy as np
import pytest

from dev.simulation.reliability import average_precision, bands, of_scene
from dev.simulation.scenes import MIXES, draw
from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit, from_dict
from duplicates.iou_core.decisions.likelihood.cells import LOWEST, N_PLACES, NO_SIDES
from duplicates.iou_core.decisions.likelihood.shares import posterior
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs

USUAL, _, MANY, CROWDS, CONTAINERS, ONE_CLASS = MIXES


def pairs_of(iou, decides=True):
    m = len(iou)
    i = np.arange(0, 2 * m, 2, dtype=np.int32)
    return Pairs(i, i + 1, iou, 2 * iou / (1 + iou), np.full(m, decides))


def nested(iou, size=0.3, at=(0.3, 0.3)):
    """Returns pairs of boxes of a size, of which the second is lower by the IoU."""
    boxes = np.tile([*at, size, size], (2 * len(iou), 1))
    boxes[1::2, 3] *= iou
    return pairs_of(iou), boxes


def fitted(pairs, classes, boxes):
    tally = EvidenceTally()
    tally.add(pairs, classes, boxes)
    return fit(tally.evidence())


def found_in(drawn):
    return find_overlaps(drawn.boxes, drawn.image).pairs


@pytest.fixture(scope="module")
def usual():
    drawn = draw(USUAL, 3000, seed=1)
    pairs = found_in(drawn)
    return drawn, pairs, fitted(pairs, drawn.classes, drawn.boxes)


@pytest.mark.parametrize(
    "mix", [USUAL, MANY, CROWDS, CONTAINERS, ONE_CLASS], ids=lambda mix: mix.name
)
def test_each_band_of_likelihoods_holds_the_share_of_duplicates_that_it_states(mix):
    parts = [of_scene(find_overlaps, EvidenceTally, fit, mix, 1500, k) for k in (1, 2)]
    stated = np.concatenate([part.likelihood for part in parts])
    true = np.concatenate([part.true for part in parts])

    for band in bands(stated, true):
        # models differ by a little from any data, besides chance
        assert band.low - 0.1 <= band.stated <= band.high + 0.1, band
    assert stated.sum() == pytest.approx(true.sum(), rel=0.2)


@pytest.mark.parametrize("mix", [USUAL, CONTAINERS], ids=lambda mix: mix.name)
def test_the_likelihood_ranks_duplicates_far_better_than_the_iou(mix):
    found = of_scene(find_overlaps, EvidenceTally, fit, mix, 1500, 3)

    by_iou = average_precision(found.iou, found.true)
    assert average_precision(found.likelihood, found.true) > by_iou + 0.3


def test_at_equal_iou_confused_classes_are_likelier_one_object(usual):
    _, _, model = usual
    car, truck, person, bicycle = 1, 2, 0, 9
    of = np.array([car, truck, person, person, person, bicycle])
    pairs, boxes = nested(np.full(3, 0.8))

    confused, persons, rider = model.likelihood(pairs, of, boxes).tolist()

    assert confused > 3 * persons
    assert confused > 3 * rider


def test_a_border_that_cuts_both_boxes_is_no_reason_to_call_them_one_object(usual):
    _, _, model = usual
    of = np.array([1, 2])

    likelihoods = [
        model.likelihood(*_swapped(nested(np.array([0.9]), 0.6, at), of))[0]
        for at in ((0.2, 0.2), (0.0, 0.2), (0.0, 0.0))
    ]

    assert likelihoods[0] > likelihoods[1] > likelihoods[2]


def test_boxes_that_fill_the_image_are_less_likely_one_object(usual):
    _, _, model = usual
    of = np.array([1, 2])

    small, large = (
        model.likelihood(*_swapped(nested(np.array([0.9]), size, (0.02, 0.02)), of))[0]
        for size in (0.3, 0.96)
    )

    assert small > 0.5 > large


def _swapped(drawn, classes):
    pairs, boxes = drawn
    return pairs, classes, boxes


def test_contents_that_fill_their_container_are_not_called_one_object(usual):
    drawn, pairs, model = usual
    table, pizza = 6, 7
    of = np.sort(np.stack([drawn.classes[pairs.i], drawn.classes[pairs.j]]), axis=0)
    served = (of[0] == table) & (of[1] == pizza)

    likelihood = model.likelihood(pairs, drawn.classes, drawn.boxes)[served]

    assert (pairs.iou[served] > LOWEST).sum() > 50
    assert likelihood.sum() < 2.5


@pytest.mark.parametrize("place", [(0.3, 0.3, 0.3), (0.02, 0.02, 0.96), (0, 0, 0.4)])
@pytest.mark.parametrize("class_pair", [(1, 2), (0, 0), (6, 7), (500, 501)])
def test_the_likelihood_is_a_probability_and_rises_with_the_iou(
    usual, class_pair, place
):
    x, y, size = place
    grid = np.linspace(0.01, 0.97, 97)
    pairs, boxes = nested(grid, size, (x, y))

    likelihood = usual[2].likelihood(pairs, np.tile(class_pair, len(grid)), boxes)

    assert ((likelihood >= 0) & (likelihood <= 1)).all()
    # sides end at a border one after another; between them it rises
    within = np.diff(likelihood)[(grid[1:] < 0.9) | (size < 0.9)]
    assert (within > -1e-9).all()


def test_the_order_of_blocks_and_the_numbers_of_classes_do_not_matter(usual):
    drawn, pairs, model = usual
    half = len(pairs) // 2
    parts = [
        pairs.select(np.arange(len(pairs))[k]) for k in (slice(half, None), slice(half))
    ]
    tally = EvidenceTally()
    for part in parts:
        other = EvidenceTally()
        other.add(part, 99 - drawn.classes, drawn.boxes)
        tally.merge(other.evidence(), 99 - np.arange(100))

    twice = tally.evidence()
    halved = type(twice)(*(list(vars(twice).values())[:-1]), twice.places // 2)
    assert fit(halved).to_dict() == model.to_dict()


def test_a_model_is_unchanged_after_json(usual):
    drawn, pairs, model = usual

    again = from_dict(json.loads(json.dumps(model.to_dict())))

    args = pairs, drawn.classes, drawn.boxes
    assert (again.likelihood(*args) == model.likelihood(*args)).all()


def test_a_dataset_without_pairs_has_an_unsure_model():
    model = fit(EvidenceTally().evidence())
    pairs, boxes = nested(np.array([0.3, 0.9]))

    low, high = model.likelihood(pairs, np.array([0, 1, 0, 1]), boxes)

    assert low < 0.1 < high < 0.9
    assert model.share(np.array([0]), np.array([1])) == pytest.approx(0.1)


@pytest.mark.parametrize("n", [1, 3, 300])
def test_exact_copies_only_are_duplicates(n):
    pairs, boxes = nested(np.ones(n))
    classes = np.zeros(2 * n, np.int64)

    likelihood = fitted(pairs, classes, boxes).likelihood(pairs, classes, boxes)

    assert (likelihood > (0.7 if n < 10 else 0.95)).all()


def test_an_exact_copy_is_recognized_where_no_other_pair_is_a_duplicate():
    pairs, boxes = nested(np.concatenate([np.linspace(0.3, 0.95, 300), [1.0]]))
    classes = np.zeros(2 * len(pairs), np.int64)

    likelihood = fitted(pairs, classes, boxes).likelihood(pairs, classes, boxes)

    assert likelihood[-1] > 0.5
    assert likelihood[:-1].max() < 0.5


def test_boxes_of_the_whole_image_are_not_recognized_as_copies(usual):
    pairs = pairs_of(np.ones(1))
    whole = np.array([[0.0, 0.0, 1.0, 1.0]] * 2)

    assert usual[2].likelihood(pairs, np.array([0, 1]), whole)[0] < 0.5


def test_labels_without_boxes_are_judged_by_their_overlap():
    rng = np.random.default_rng(0)
    iou = np.concatenate([0.25 + 0.75 * rng.beta(1, 6, 900), rng.beta(12, 1, 100)])
    pairs, boxes = pairs_of(iou), np.zeros((2000, 4))
    classes = np.zeros(2000, np.int64)
    tally = EvidenceTally()
    tally.add(pairs, classes, boxes)

    model = fit(tally.evidence(), "other")
    likelihood = model.likelihood(pairs, classes, boxes)

    assert tally.evidence().places.tolist() == [0] * (N_PLACES - 1) + [2000]
    assert NO_SIDES == N_PLACES - 1
    assert likelihood[900:].mean() > 0.7
    assert likelihood[:900].mean() < 0.05


def test_a_hundred_thousand_classes_are_fitted():
    n = 50_000
    iou = np.linspace(0.3, 0.9, n)
    pairs, boxes = nested(iou)
    classes = np.arange(2 * n)

    model = fitted(pairs, classes, boxes)

    assert len(model.classes) == n
    assert np.isfinite(model.likelihood(pairs, classes, boxes)).all()


def test_a_pair_is_no_witness_for_itself():
    # a class pair with this one pair: the pool's share decides
    alone = posterior(np.array([9.0]), np.array([0.2 + 0.5]), np.array([3.0]))
    z = alone[0]

    assert z / (1 - z) == pytest.approx(9 * (0.7 - z) / (3 - 1 - 0.7 + z))


def test_pairs_with_a_crowd_do_not_affect_the_model():
    tally = EvidenceTally()
    pairs, boxes = nested(np.full(4, 0.8))
    tally.add(pairs_of(pairs.iou, decides=False), np.zeros(8, np.int64), boxes)

    assert len(tally.evidence().classes) == 0


def test_the_model_of_an_earlier_scan_gives_the_likelihoods_that_it_gave():
    odds = [0.5 + k / 380 for k in range(380)]
    stored = {
        "b": [20.0, 4.0],
        "weight": 0.5,
        "classes": [[0, 1]],
        "shares": [0.25],
        "pools": [0.1, 0.2],
        "odds": odds,
    }
    model = from_dict(stored)
    pairs, boxes = nested(np.array([1.0, 0.05]))

    likelihood = model.likelihood(pairs, np.array([0, 1, 2, 2]), boxes)

    assert model.share(np.array([1, 2]), np.array([0, 2])).tolist() == [0.25, 0.2]
    last = odds[379] / 3
    assert likelihood[0] == pytest.approx(last / (1 + last), rel=0.01)
    assert model.to_dict() == stored
