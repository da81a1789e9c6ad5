"""Attributes and predictions agree or not; what is not known says nothing."""

import numpy as np
import pytest

from duplicates.iou_core import clues
from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs


def time(seconds):
    return clues.IS_TIME | (1 << 62) + round(1000 * seconds)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (7, 7, clues.EQUAL),
        (7, 8, clues.DIFFERENT),
        (0, 8, clues.UNKNOWN),
        (7, 0, clues.UNKNOWN),
        (0, 0, clues.UNKNOWN),
        (time(0), time(60), clues.WITHIN_A_MINUTE),
        (time(60), time(0), clues.WITHIN_A_MINUTE),
        (time(0), time(60.001), clues.APART),
        (time(5), time(5), clues.WITHIN_A_MINUTE),
        (time(5), 7, clues.UNKNOWN),
        (0, time(5), clues.UNKNOWN),
    ],
)
def test_values_agree_if_they_are_equal_and_times_within_a_minute(
    first, second, expected
):
    numbers = np.array([[first, 3], [second, 4]], np.uint64)
    pair = Pairs(*np.array([[0], [1]]), *np.ones((2, 1)), np.ones(1, np.bool_))

    code = clues.agreements(pair, numbers)

    assert clues.digits(code, 2).tolist() == [[expected, clues.DIFFERENT]]


def test_names_are_a_name_a_list_or_none():
    assert clues.attributes("evidence", None) == ()
    assert clues.attributes("evidence", "who") == ("who",)
    assert clues.attributes("evidence", ["who", "job"]) == ("who", "job")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (5, "evidence: expected names of attributes, got 5"),
        ([5], "evidence: expected a name, got 5"),
        ([""], "evidence: expected a name, got ''"),
        (["a.b"], "evidence: expected the name of a label attribute, got 'a.b'"),
        (["a", "a"], "evidence: expected up to 4 attributes, each once"),
        (list("abcde"), "evidence: expected up to 4 attributes, each once"),
    ],
)
def test_other_names_are_an_error(given, sentence):
    with pytest.raises(ParamsError, match=sentence):
        clues.attributes("evidence", given)


def said(first, second):
    """Returns what predictions say of two labels, from the IoUs of each, slowly."""
    near = [
        (-iou, label, number)
        for label, ious in enumerate((first, second))
        for number, iou in enumerate(ious)
        if iou >= 0.5
    ]
    taken = {}
    for _, label, number in sorted(near):
        if label not in taken and number not in taken.values():
            taken[label] = number
    if len(taken) == 2:
        return clues.ONE_EACH
    same = len(near) == 2 and near[0][2] == near[1][2]
    return clues.ONE_FOR_BOTH if same else clues.UNKNOWN


def test_one_prediction_matches_both_labels_or_one_each_as_they_are_assigned_slowly():
    rng = np.random.default_rng(5)
    counts = np.zeros(3, int)
    for k in range(200):
        n, m = int(rng.integers(2, 7)), int(rng.integers(0, 5))
        boxes = np.concatenate([np.full((n + m, 2), 0.1), np.full((n + m, 2), 0.5)], 1)
        boxes += rng.uniform(-0.08, 0.08, boxes.shape) * (1 + k % 3)
        if k % 5 == 0:
            boxes = boxes.round(1)  # equal IoUs, and IoUs of exactly 0.5
        side = np.repeat([0, 1], [n, m])
        pairs = find_overlaps(boxes[:n], np.zeros(n, int)).pairs
        overlaps = find_overlaps(boxes, np.zeros(n + m, int), side=side).pairs
        iou = np.zeros((n, m))
        iou[overlaps.i, overlaps.j - n] = overlaps.iou

        found = clues.of_predictions(pairs, overlaps, n)

        ends = zip(pairs.i.tolist(), pairs.j.tolist())
        assert found.tolist() == [said(iou[i], iou[j]) for i, j in ends]
        counts += np.bincount(found, minlength=3)
    assert (counts > 40).all()


def test_predictions_stand_behind_the_attributes():
    code = np.array([clues.EQUAL + clues.N_AGREEMENTS * clues.APART])
    told = clues.joined(code, np.array([clues.ONE_EACH]), 2)
    assert clues.names(("who", "when"), "yolo") == ("who", "when", clues.PREDICTIONS)
    assert clues.names(("who",), None) == ("who",)
    assert clues.n_attributes(("who", clues.PREDICTIONS)) == 1
    own, last = clues.split(told, 2)
    assert (own.tolist(), last.tolist()) == (code.tolist(), [clues.ONE_EACH])
    expected = [clues.EQUAL, clues.APART, clues.ONE_EACH]
    assert clues.digits(told, 3).tolist() == [expected]
