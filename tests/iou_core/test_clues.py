"""Attributes of two labels agree or not; what is not known says nothing."""

import numpy as np
import pytest

from duplicates.iou_core import clues
from duplicates.iou_core.errors import ParamsError
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
