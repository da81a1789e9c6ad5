"""The largest parts of a likelihood are named in words."""

import numpy as np
import pytest

from dev.simulation.scenes import MIXES, draw
from duplicates.iou_core.decisions.likelihood import (
    EvidenceTally,
    explain,
    fit,
    from_dict,
)
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs

CAR, TRUCK, PERSON = 1, 2, 0
NAMES = ["person", "car", "truck", *(f"class {k}" for k in range(3, 100)), None]


@pytest.fixture(scope="module")
def usual():
    drawn = draw(MIXES[0], 600, seed=1)
    pairs = find_overlaps(drawn.boxes, drawn.image).pairs
    tally = EvidenceTally()
    tally.add(pairs, drawn.classes, drawn.boxes)
    return drawn, pairs, fit(tally.evidence())


def words(model, iou, boxes, classes):
    pairs = Pairs(*np.array([[0], [1]]), *np.full((2, 1), iou), np.ones(1, np.bool_))
    (text,) = explain(model, pairs, np.array(classes), np.array(boxes), NAMES)
    return text.split(" · ") if text else []


def logit(likelihood):
    return np.log(likelihood / (1 - likelihood))


def test_the_parts_add_up_to_the_logit_of_the_likelihood(usual):
    drawn, pairs, model = usual
    some = np.resize([True, True, False], len(pairs))
    pairs = Pairs(pairs.i, pairs.j, pairs.iou, pairs.ios, some)
    classes = np.where(np.arange(len(drawn.classes)) % 9, drawn.classes, 99)

    parts = model.parts(pairs, classes, drawn.boxes)
    likelihood = model.likelihood(pairs, classes, drawn.boxes)

    inside = (likelihood > 1e-12) & (likelihood < 1 - 1e-9)
    total = parts.log_odds.sum(axis=1)
    assert (inside & (likelihood > 0.5)).any()
    assert total[inside] == pytest.approx(logit(likelihood[inside]), abs=1e-6)


def test_the_parts_of_an_earlier_model_add_up_too():
    odds = [0.5 + k / 380 for k in range(380)]
    shares = {"classes": [[1, 2]], "shares": [0.25], "pools": [0.1, 0.2]}
    model = from_dict({**shares, "odds": odds})
    pairs = Pairs(*np.array([[0, 1], [1, 2]]), *np.full((2, 2), 0.8), np.ones(2, bool))
    args = pairs, np.array([CAR, TRUCK, PERSON]), np.zeros((3, 4))

    parts = model.parts(*args)

    assert parts.log_odds.sum(axis=1) == pytest.approx(logit(model.likelihood(*args)))
    assert parts.counted.tolist() == [True, False]


def test_sides_that_are_the_same_are_named(usual):
    boxes = [[0.3, 0.3, 0.2, 0.2], [0.3, 0.3, 0.2, 0.19]]

    assert words(usual[2], 0.95, boxes, [CAR, TRUCK])[0] == (
        "same left, right and top edge"
    )


def test_a_side_at_the_border_of_the_image_is_not_called_the_same(usual):
    boxes = [[0.0, 0.3, 0.2, 0.2], [0.0, 0.3, 0.2, 0.19]]

    assert words(usual[2], 0.95, boxes, [CAR, TRUCK])[0] == "same right and top edge"


def test_copies_are_named(usual):
    boxes = [[0.3, 0.3, 0.2, 0.2]] * 2

    assert words(usual[2], 1.0, boxes, [CAR, TRUCK])[0] == "exact copies"


def test_the_share_of_the_classes_is_that_of_their_other_pairs(usual):
    _, _, model = usual
    boxes = [[0.3, 0.3, 0.2, 0.2], [0.32, 0.3, 0.2, 0.14]]
    share = 100 * model.share(np.array([CAR]), np.array([TRUCK]))[0]

    (confused,) = (w for w in words(model, 0.58, boxes, [CAR, TRUCK]) if "here" in w)

    assert confused.startswith("car and truck are confused here ")
    stated = float(confused.split(" here ")[1].split()[0])
    assert stated == pytest.approx(share, abs=3)


def test_one_class_and_classes_without_pairs_have_own_words(usual):
    boxes = [[0.3, 0.3, 0.2, 0.2], [0.32, 0.3, 0.2, 0.14]]

    same, unseen, none = (
        " · ".join(words(usual[2], 0.58, boxes, classes))
        for classes in ([PERSON, PERSON], [CAR, 99], [100, 100])
    )

    assert "two labels of person are one object here" in same
    assert "classes like these are confused here" in unseen
    assert "two labels of one class are one object here" in none


def test_a_low_overlap_speaks_for_two_objects(usual):
    boxes = [[0.3, 0.3, 0.2, 0.2], [0.4, 0.3, 0.2, 0.2]]

    found = words(usual[2], 0.33, boxes, [CAR, TRUCK])

    assert "an overlap of 0.33 is more usual for two objects" in found


def test_labels_that_fill_the_image_are_named(usual):
    boxes = [[0.02, 0.02, 0.96, 0.96], [0.02, 0.02, 0.96, 0.86]]

    assert "labels that fill the image often overlap here" in words(
        usual[2], 0.9, boxes, [CAR, TRUCK]
    )


def test_at_most_three_parts_are_named_the_largest_first(usual):
    drawn, pairs, model = usual
    log_odds = np.abs(model.parts(pairs, drawn.classes, drawn.boxes).log_odds)

    texts = explain(model, pairs, drawn.classes, drawn.boxes, NAMES)

    counts = np.array([text.count(" · ") + 1 for text in texts])
    named = (log_odds >= 0.3).sum(axis=1)
    assert (counts == np.minimum(np.maximum(named, 1), 3)).all()
    shares = np.array(["confused" in t or "two labels" in t for t in texts])
    assert shares[np.argmax(log_odds, axis=1) == 0].all()


def test_nothing_is_explained_of_no_pairs(usual):
    assert (
        explain(usual[2], Pairs.empty(), np.zeros(0, int), np.zeros((0, 4)), []) == []
    )
