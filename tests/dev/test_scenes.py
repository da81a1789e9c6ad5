"""The demo's scenes contain the planted duplicates and no others."""

import itertools
import random

import numpy as np
import pytest

from dev.drawing import plants, scenes, street
from iou_core.decisions.likelihood import EvidenceTally, fit
from iou_core.overlaps import find_overlaps

SCENES = 42


@pytest.fixture(scope="module")
def labels_of_scenes():
    return [scenes.draw(number)[1] for number in range(SCENES)]


def test_the_same_seed_draws_the_same_scene():
    image, labels = scenes.draw(4)
    again, labels_again = scenes.draw(4)

    assert labels == labels_again
    assert image.tobytes() == again.tobytes()
    assert scenes.draw(4, seed=1)[1] != labels


@pytest.mark.slow
def test_every_kind_is_planted(labels_of_scenes):
    planted = {label["planted"] for labels in labels_of_scenes for label in labels}

    assert planted == {None, *plants.KINDS}


def test_boxes_lie_within_the_image(labels_of_scenes):
    for label in itertools.chain(*labels_of_scenes):
        x, y, w, h = label["bounding_box"]
        assert 0 <= x <= x + w <= 1 + 1e-12
        assert 0 <= y <= y + h <= 1 + 1e-12
        assert w > 0
        assert h > 0


def test_real_objects_overlap_less_than_duplicates_do(labels_of_scenes):
    for labels in labels_of_scenes:
        real = [x for x in labels if x["planted"] in (None, plants.NEIGHBOR)]
        for a, b in itertools.combinations(real, 2):
            assert plants.iou(a["bounding_box"], b["bounding_box"]) < 0.7


def test_copies_that_should_be_found_overlap_an_earlier_label(labels_of_scenes):
    for labels in labels_of_scenes:
        for position, copy in enumerate(labels):
            best = max(
                (
                    plants.iou(copy["bounding_box"], earlier["bounding_box"])
                    for earlier in labels[:position]
                ),
                default=0,
            )
            if copy["planted"] in plants.FOUND_KINDS:
                assert best > 0.77
            if copy["planted"] == plants.INSIDE:
                assert best < 0.7


def test_planted_duplicates_are_likely_duplicates(labels_of_scenes):
    """So the first likelihoods that a user sees in the demo are about right."""
    labels = list(itertools.chain(*labels_of_scenes))
    image = np.repeat(np.arange(SCENES), [len(one) for one in labels_of_scenes])
    boxes = np.array([label["bounding_box"] for label in labels])
    _, classes = np.unique([label["label"] for label in labels], return_inverse=True)
    found = np.array([label["planted"] in plants.FOUND_KINDS for label in labels])

    pairs = find_overlaps(boxes, image).pairs
    tally = EvidenceTally()
    tally.add(pairs, classes, boxes)
    likelihood = fit(tally.evidence()).likelihood(pairs, classes, boxes)

    above = pairs.iou > 0.75
    assert (above == (found[pairs.i] | found[pairs.j]))[above].all()
    assert likelihood[above].sum() > 0.7 * above.sum()


def test_a_box_fits_the_drawn_pixels():
    for thing in street.populate(random.Random(1), with_neighbors=True):
        assert thing.sprite.size == thing.box[2:]
        opaque = thing.sprite.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
        assert opaque.getbbox() == (0, 0, *thing.box[2:])


def test_a_second_run_draws_nothing(tmp_path):
    first = scenes.make(tmp_path, count=3)
    drawn = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    second = scenes.make(tmp_path, count=3)

    assert first == second
    assert drawn == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
