"""Keep rules, each on a case that no other rule decides, and their reasons."""

import numpy as np
import pytest

from duplicates.iou_core.decisions.preference import Preference, Traits
from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.keep_rule import (
    AGE,
    AREA,
    CLASS,
    N_ATTRIBUTES,
    PLACE,
    RULES,
    KeepRule,
    parse_rules,
)

TRAITS = Traits(
    3,
    {
        PLACE: np.arange(3),
        AREA: np.array([0.02, 0.03, 0.01]),
        CLASS: ["car", "truck", None],
        AGE: np.array([5, 2**62, 2**62 + 1]),
        "confidence": [0.71, np.nan, 0.93],
        N_ATTRIBUTES: np.array([1, 0, 4]),
        "tags": [[], ["reviewed"], None],
        "annotator": ["bob", "alice", None],
    },
)


@pytest.mark.parametrize(
    ("keep", "order", "why"),
    [
        ("first", [0, 1, 2], "comes first in the list"),
        ("last", [2, 1, 0], "comes last in the list"),
        ("highest_confidence", [2, 0, 1], "confidence 0.93 > 0.71"),
        ("largest", [1, 0, 2], "area 3 % > 2 % of the image"),
        ("smallest", [2, 0, 1], "area 1 % < 2 % of the image"),
        ("most_attributes", [2, 0, 1], "4 > 1 attributes"),
        ("newest", [2, 1, 0], "was created later"),
        ("tagged:reviewed", [1, 0, 2], "has the tag 'reviewed'"),
        ("classes:truck, car", [1, 0, 2], "class truck comes before car"),
        (
            "attribute:annotator=alice,bob",
            [1, 0, 2],
            "annotator alice comes before bob",
        ),
    ],
)
def test_a_rule_ranks_labels_and_gives_its_reason(keep, order, why):
    preference = Preference(parse_rules(keep), TRAITS)

    assert np.argsort(preference.rank).tolist() == order
    assert str(preference.reason(order[0], order[1])) == why


def test_the_next_rule_breaks_ties_of_the_first():
    values = {
        AREA: np.array([1.0, 1.0, 1.0]),
        "confidence": [0.5, 0.9, 0.9],
        N_ATTRIBUTES: np.array([0, 1, 2]),
    }
    preference = Preference(
        parse_rules(["largest", "highest_confidence", "most_attributes"]),
        Traits(3, values),
    )

    assert np.argsort(preference.rank).tolist() == [2, 1, 0]
    assert str(preference.reason(2, 1)) == "2 > 1 attributes"
    assert str(preference.reason(1, 0)) == "confidence 0.9 > 0.5"


def test_the_earlier_label_is_kept_if_no_rule_decides():
    preference = Preference((), TRAITS)

    assert preference.rank.tolist() == [0, 1, 2]
    assert str(preference.reason(0, 2)) == "comes first in the list"


def test_the_reason_says_if_a_label_is_kept_against_the_rules():
    preference = Preference(parse_rules("largest"), TRAITS)

    assert str(preference.reason(2, 1)) == "kept so that fewer labels are removed"


@pytest.mark.parametrize(
    "keep",
    [
        "",
        "best",
        "tagged",
        "tagged:",
        "first:x",
        "attribute:annotator",
        "attribute:=a",
        "classes:,",
        3,
        ["first", 3],
        {"first": 1},
    ],
)
def test_an_invalid_rule_is_an_error(keep):
    with pytest.raises(ParamsError, match=r"^keep: expected "):
        parse_rules(keep)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_read_from_the_text_that_it_writes(name):
    text = RULES[name].usage or name
    rule = KeepRule.find(text)

    assert (rule.name, rule.text) == (name, text)
    assert bool(rule.key or rule.values) == bool(RULES[name].usage)


@pytest.mark.parametrize("text", ["best", "tagged:", "first:x", "", "list_order"])
def test_a_stored_text_that_is_no_rule_is_no_error(text):
    assert KeepRule.find(text) is None


def test_rules_are_read_from_text():
    assert parse_rules(None) == ()
    assert parse_rules(["first", "tagged: a b "]) == (
        KeepRule("first"),
        KeepRule("tagged", "a b"),
    )


def by_value(keep, values):
    """Returns the order of preference of labels with these values of ``v``."""
    traits = Traits(len(values), {"v": values})
    return np.argsort(Preference(parse_rules(keep), traits).rank).tolist()


@pytest.mark.parametrize(
    ("keep", "values", "order"),
    [
        ("attribute:v=true", [False, True, None], [1, 0, 2]),
        ("attribute:v=True", [False, True], [1, 0]),
        ("attribute:v=1", [False, True], [1, 0]),
        ("attribute:v=no,yes", [True, False], [1, 0]),
        ("attribute:v=2", [1.0, 2.0], [1, 0]),
        ("attribute:v=2.0", [1, 2], [1, 0]),
        ("attribute:v=2", ["1", "2"], [1, 0]),
        ("attribute:v=1", [1.0, True], [0, 1]),
        ("attribute:v=2", [True, 2], [1, 0]),
        ("attribute:v=true", [1, True], [1, 0]),
        ("attribute:v=b,a", ["a", "b", "A"], [1, 0, 2]),
    ],
)
def test_values_are_compared_in_their_stored_type(keep, values, order):
    assert by_value(keep, values) == order


def test_a_label_without_a_confidence_comes_last():
    traits = Traits(4, {"confidence": [np.nan, 0.2, -1.0, 0.9]})
    preference = Preference(parse_rules("highest_confidence"), traits)

    assert np.argsort(preference.rank).tolist() == [3, 1, 2, 0]
    assert str(preference.reason(2, 0)) == "confidence -1 > none"
