"""Masks beside boxes make likelihoods more certain, and stay true."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dev.simulation.beside import masks
from dev.simulation.reliability import average_precision, bands, of_scene
from dev.simulation.scenes import MIXES, draw
from duplicates.iou_core.decisions.likelihood import (
    EvidenceTally,
    explain,
    fit,
    from_dict,
)
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs

USUAL, _, _, CROWDS, CONTAINERS, _ = MIXES
CAR, TRUCK = 1, 2


def fitted(parts, classes, boxes):
    tally = EvidenceTally()
    for part in parts:
        tally.add(part, classes, boxes)
    return fit(tally.evidence())


@pytest.fixture(scope="module")
def drawn():
    """Returns labels, their pairs with masks, and the model of these."""
    labels = draw(USUAL, 1500, seed=1)
    pairs = find_overlaps(labels.boxes, labels.image).pairs
    pairs = masks(1, labels, pairs)
    return labels, pairs, fitted([pairs], labels.classes, labels.boxes)


def one_pair(mask_iou, iou=0.8):
    boxes = np.array([[0.3, 0.3, 0.3, 0.3], [0.3, 0.3, 0.3, 0.3 * iou]])
    pair = Pairs(*np.array([[0], [1]]), *np.full((2, 1), iou), np.ones(1, np.bool_))
    return replace(pair, mask_iou=np.array([mask_iou])), np.array([CAR, TRUCK]), boxes


@pytest.mark.slow
@pytest.mark.parametrize("mix", [USUAL, CROWDS, CONTAINERS], ids=lambda mix: mix.name)
def test_with_masks_each_band_holds_what_it_states_and_the_order_is_better(mix):
    project = find_overlaps, EvidenceTally, fit
    found = [of_scene(*project, mix, 1500, 3, beside) for beside in (None, masks)]

    by_boxes, better = (average_precision(one.likelihood, one.true) for one in found)
    assert better > max(by_boxes, 0.98)
    stated, true = found[1].likelihood, found[1].true
    for band in bands(stated, true):
        assert band.low - 0.1 <= band.stated <= band.high + 0.1, band
    assert stated.sum() == pytest.approx(true.sum(), rel=0.2)


def test_a_pair_without_masks_is_judged_by_its_boxes(drawn):
    labels, pairs, with_masks = drawn
    some = np.arange(len(pairs)) % 2 == 0
    partly = replace(pairs, mask_iou=np.where(some, np.nan, pairs.mask_iou))
    by_boxes = fitted([replace(pairs, mask_iou=None)], labels.classes, labels.boxes)
    mixed = fitted([partly], labels.classes, labels.boxes)
    args = labels.classes, labels.boxes

    likelihood = mixed.likelihood(partly, *args)

    usual = by_boxes.likelihood(pairs, *args)
    assert np.abs(likelihood - usual)[some].mean() < 0.02
    certain = with_masks.likelihood(pairs, *args)
    assert np.abs(likelihood - certain)[~some].mean() < 0.01
    # a model of boxes alone does not know what masks say
    assert (usual == by_boxes.likelihood(replace(pairs, mask_iou=None), *args)).all()


def test_the_likelihood_rises_with_the_overlap_of_masks_and_says_so(drawn):
    model, names = drawn[2], ["person", "car", "truck"]
    likelihoods, words = [], []
    for mask_iou in (0.0, 0.12, 0.5, 0.93, 1.0):
        pair = one_pair(mask_iou)
        likelihoods += model.likelihood(*pair).tolist()
        words += explain(model, *pair, names)

    assert likelihoods == sorted(likelihoods)
    assert likelihoods[1] < 0.01 < 0.9 < likelihoods[3]
    assert words[1].startswith("masks overlap only 0.12")
    assert "masks overlap 0.93" in words[3].split(" · ")
    assert words[4].startswith("the same mask")
    odds = np.exp(model.parts(*one_pair(0.5)).log_odds.sum())
    assert odds / (1 + odds) == pytest.approx(likelihoods[2])


def test_the_order_of_blocks_does_not_matter_and_the_fit_can_be_stored(drawn):
    labels, pairs, model = drawn
    half = len(pairs) // 2
    order = np.arange(len(pairs))
    tally = EvidenceTally()
    for rows in (order[half:], order[:half]):
        part = EvidenceTally()
        part.add(pairs.select(rows), labels.classes, labels.boxes)
        tally.merge(part.evidence(), np.arange(100))
    found = tally.evidence()
    halved = replace(found, places=found.places // 2)

    assert fit(halved).to_dict() == model.to_dict()
    again = from_dict(json.loads(json.dumps(model.to_dict())))
    args = pairs, labels.classes, labels.boxes
    assert (again.likelihood(*args) == model.likelihood(*args)).all()


def test_pairs_keep_the_overlaps_of_their_masks(drawn):
    _, pairs, _ = drawn
    plain = replace(pairs, mask_iou=None)

    joined = Pairs.concatenate([plain.select(np.arange(2)), pairs.select([0, 5])])

    first, last = (pairs.mask_ious()[k] for k in (0, 5))
    assert joined.mask_ious() == [None, None, first, last]
    assert plain.mask_ious() == [None] * len(pairs)
    shuffled = pairs.select(np.arange(len(pairs))[::-1])
    assert shuffled.sort().mask_ious() == pairs.sort().mask_ious()
