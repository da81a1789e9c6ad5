"""The dataset itself shows what attributes say about duplicates."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dev.simulation.beside import annotators, of_a_poor_model, predictions
from dev.simulation.reliability import average_precision, bands, of_scene
from dev.simulation.scenes import MIXES, draw
from duplicates.iou_core.clues import (
    APART,
    DIFFERENT,
    EQUAL,
    N_AGREEMENTS,
    PREDICTIONS,
    WITHIN_A_MINUTE,
    joined,
)
from duplicates.iou_core.decisions.likelihood import (
    EvidenceTally,
    explain,
    fit,
    from_dict,
)
from duplicates.iou_core.overlaps import find_overlaps

USUAL, _, MANY, CROWDS, _, _ = MIXES
NAMES = [f"class {k}" for k in range(100)]


def fitted(parts, labels, clues):
    tally = EvidenceTally()
    for part in parts:
        tally.add(part, labels.classes, labels.boxes)
    return fit(tally.evidence(), clues=clues)


@pytest.fixture(scope="module")
def drawn():
    """Returns labels, pairs with the annotators' agreement, and the model of these."""
    labels = draw(MANY, 1000, seed=1)
    pairs = annotators(1, labels, find_overlaps(labels.boxes, labels.image).pairs)
    return labels, pairs, fitted([pairs], labels, ["annotator"])


@pytest.mark.parametrize("mix", [USUAL, MANY, CROWDS], ids=lambda mix: mix.name)
def test_with_annotators_each_band_holds_what_it_states_and_the_order_is_better(mix):
    project = find_overlaps, EvidenceTally, fit
    found = [of_scene(*project, mix, 1500, 3, way) for way in (None, annotators)]

    by_boxes, better = (average_precision(one.likelihood, one.true) for one in found)
    assert better > by_boxes - 0.005
    stated, true = found[1].likelihood, found[1].true
    for band in bands(stated, true):
        assert band.low - 0.1 <= band.stated <= band.high + 0.1, band


def test_what_an_attribute_says_is_counted_both_ways(drawn):
    labels, pairs, model = drawn
    args = labels.classes, labels.boxes
    unsure = np.abs(model.likelihood(pairs, *args) - 0.5) < 0.4
    some = pairs.select(unsure)

    def likelihood(agreement):
        told = replace(some, agreement=np.full(len(some), agreement))
        return model.likelihood(told, *args)

    unknown = likelihood(0)
    assert len(some) > 10
    assert (likelihood(DIFFERENT) > unknown).all()
    assert (likelihood(EQUAL) < unknown).all()
    assert (unknown == model.likelihood(replace(some, agreement=None), *args)).all()

    # the same attribute under another sign says the opposite
    swapped = np.array([0, DIFFERENT, EQUAL])[pairs.agreement]
    mirrored = fitted([replace(pairs, agreement=swapped)], labels, ["annotator"])
    told = replace(some, agreement=np.full(len(some), EQUAL))
    assert mirrored.likelihood(told, *args) == pytest.approx(likelihood(DIFFERENT))


def test_an_attribute_that_repeats_another_one_adds_nothing(drawn):
    labels, pairs, model = drawn
    twice = replace(pairs, agreement=pairs.agreement * (1 + N_AGREEMENTS))
    both = fitted([twice], labels, ["annotator", "job"])
    args = labels.classes, labels.boxes

    change = both.likelihood(twice, *args) - model.likelihood(pairs, *args)

    assert np.abs(change).max() < 0.05


def test_an_attribute_without_a_meaning_changes_little(drawn):
    labels, pairs, _ = drawn
    noise = np.random.default_rng(1).integers(1, 3, len(pairs))
    args = labels.classes, labels.boxes
    plain = replace(pairs, agreement=None)
    noisy = replace(pairs, agreement=noise)

    change = fitted([noisy], labels, ["lot"]).likelihood(noisy, *args)
    change -= fitted([plain], labels, []).likelihood(plain, *args)

    assert np.abs(change).mean() < 0.01


def test_the_part_is_named_in_words(drawn):
    labels, pairs, _ = drawn
    code = pairs.agreement + N_AGREEMENTS * np.where(
        pairs.agreement == DIFFERENT, APART, WITHIN_A_MINUTE
    )
    told = replace(pairs, agreement=code)
    model = fitted([told], labels, ["annotator", "made_at"])

    texts = explain(model, told, labels.classes, labels.boxes, NAMES)

    parts = {part for text in texts for part in text.split(" · ")}
    assert "different annotator, made_at more than a minute apart" in parts
    assert "same annotator, made_at within a minute" in parts
    found = model.parts(told, labels.classes, labels.boxes).log_odds.sum(axis=1)
    likelihood = model.likelihood(told, labels.classes, labels.boxes)
    sure = np.minimum(likelihood, 1 - likelihood) < 1e-9
    assert 1 / (1 + np.exp(-found[~sure])) == pytest.approx(likelihood[~sure])


def test_the_order_of_blocks_does_not_matter_and_the_fit_can_be_stored(drawn):
    labels, pairs, model = drawn
    order, half = np.arange(len(pairs)), len(pairs) // 2
    tally = EvidenceTally()
    for rows in (order[half:], order[:half]):
        part = EvidenceTally()
        part.add(pairs.select(rows), 99 - labels.classes, labels.boxes)
        tally.merge(part.evidence(), 99 - np.arange(100))
    found = tally.evidence()
    halved = replace(found, places=found.places // 2)

    assert fit(halved, clues=["annotator"]).to_dict() == model.to_dict()
    again = from_dict(json.loads(json.dumps(model.to_dict())))
    args = pairs, labels.classes, labels.boxes
    assert (again.likelihood(*args) == model.likelihood(*args)).all()
    assert again.clues == ("annotator",)


@pytest.mark.parametrize("way", [predictions, of_a_poor_model])
def test_predictions_help_or_say_little_and_are_not_counted_twice_with_the_iou(way):
    project = find_overlaps, EvidenceTally, fit
    ways = (), (way, PREDICTIONS)
    found = [of_scene(*project, MANY, 1500, 3, *one) for one in ways]

    losses = [log_loss(one) for one in found]
    # a model that drops one of two neighbors seems to say that these are one object
    assert losses[1] < losses[0] * (0.97 if way is predictions else 1.01)
    by_boxes, by_both = (one.likelihood.sum() for one in found)
    assert by_both == pytest.approx(by_boxes, rel=0.02)


def log_loss(found):
    right = np.where(found.true, found.likelihood, 1 - found.likelihood)
    return -np.log(np.maximum(right, 1e-9)).mean()


def test_what_predictions_say_is_named_and_stored_beside_attributes(drawn):
    labels, pairs, _ = drawn
    said = predictions(1, labels, pairs).agreement
    told = replace(pairs, agreement=joined(pairs.agreement, said, 1))
    model = fitted([told], labels, ["annotator", PREDICTIONS])
    args = told, labels.classes, labels.boxes

    texts = explain(model, *args, NAMES)

    parts = {part for text in texts for part in text.split(" · ")}
    assert "different annotator, one prediction matches both" in parts
    assert any(part.endswith(", a prediction each") for part in parts)
    likelihood = model.likelihood(*args)
    found = model.parts(*args).log_odds.sum(axis=1)
    sure = np.minimum(likelihood, 1 - likelihood) < 1e-9
    assert 1 / (1 + np.exp(-found[~sure])) == pytest.approx(likelihood[~sure])
    again = from_dict(json.loads(json.dumps(model.to_dict())))
    assert (again.likelihood(*args) == likelihood).all()
    assert again.clues == ("annotator", PREDICTIONS)
