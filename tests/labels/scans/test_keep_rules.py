"""Keep rules choose which label of a pair is kept, and give the reason."""

import math

import pytest
from bson import ObjectId
from decided import FIELD, LARGE, METHODS, SMALL, ids, planned, scanned

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


# For each rule, two labels that only this rule decides, and the reason for keeping the
# second. By list order and all other traits, the first would be kept.
RULES = {
    "last": ({}, {}, "comes last in the list"),
    "highest_confidence": (
        {"confidence": 0.71, "tags": ["a", "b"]},
        {"confidence": 0.93},
        "confidence 0.93 > 0.71",
    ),
    "largest": (
        {"confidence": 0.9},
        {"bounding_box": LARGE, "confidence": 0.1},
        "area 4.4 % > 4 % of the image",
    ),
    "smallest": (
        {"bounding_box": LARGE, "confidence": 0.9},
        {"confidence": 0.1},
        "area 4 % < 4.4 % of the image",
    ),
    "most_attributes": (
        {"confidence": 0.9, "occluded": None, "score": 1},
        {"confidence": 0.1, "occluded": False, "score": 1},
        "2 > 1 attributes",
    ),
    "newest": ({"confidence": 0.9}, {"confidence": 0.1}, "was created later"),
    "tagged:reviewed": (
        {"confidence": 0.9, "tags": ["seen"]},
        {"confidence": 0.1, "tags": ["old", "reviewed"]},
        "has the tag 'reviewed'",
    ),
    "classes:truck,car": (
        {"label": "car", "confidence": 0.9},
        {"label": "truck", "confidence": 0.1},
        "class truck comes before car",
    ),
    "attribute:annotator=alice,bob": (
        {"annotator": "bob", "confidence": 0.9},
        {"annotator": "alice", "confidence": 0.1},
        "annotator alice comes before bob",
    ),
}


@pytest.mark.sampled(18)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rule", RULES)
def test_each_rule_decides_which_label_is_kept_and_gives_its_reason(
    raw_dataset, rule, method
):
    loses, wins, why = RULES[rule]
    labels = [
        {
            "_id": ObjectId(f"{1000 + k:08x}{0:016x}"),
            "_cls": "Detection",
            "label": "car",
            "bounding_box": SMALL,
            **traits,
        }
        for k, traits in enumerate((loses, wins))
    ]
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    first, second = (str(label["_id"]) for label in labels)

    by_rule = planned(dataset, scanned(dataset, keep=rule, method=method))
    (removal,) = by_rule.removals
    assert (removal.label_id, removal.partner_id) == (first, second)
    assert str(removal.reason) == why

    by_list = planned(dataset, scanned(dataset, keep="first", method=method))
    (removal,) = by_list.removals
    assert (removal.label_id, str(removal.reason)) == (
        second,
        "comes first in the list",
    )


def test_the_second_rule_breaks_ties_of_the_first(make_dataset):
    labels = [
        ("a", SMALL, {"confidence": 0.5, "tags": ["x"]}),
        ("a", SMALL, {"confidence": 0.5, "tags": ["y"]}),
        ("a", SMALL, {"confidence": 0.4, "tags": ["z"]}),
    ]
    dataset = make_dataset([labels])
    found = scanned(dataset, keep=["highest_confidence", "tagged:y"], method="nms")
    plan = planned(dataset, found)

    assert [str(removal.reason) for removal in plan.removals] == [
        "has the tag 'y'",
        "confidence 0.5 > 0.4",
    ]
    kept = set(ids(dataset)) - {removal.label_id for removal in plan.removals}
    assert kept == {ids(dataset)[1]}


@pytest.mark.parametrize("method", METHODS)
def test_labels_without_a_confidence_are_kept_last_among_predictions(
    raw_dataset, method
):
    """None, a missing value and NaN, among whole numbers and fractions."""
    values = [None, 0, math.nan, 1, 0.3]
    labels = [
        {"_id": ObjectId(), "_cls": "Detection", "bounding_box": SMALL, "confidence": v}
        for v in values
    ]
    labels.append({k: v for k, v in labels[0].items() if k != "confidence"})
    labels[-1]["_id"] = ObjectId()
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    ids = [str(label["_id"]) for label in labels]

    found = scanned(dataset, keep="highest_confidence", method=method)
    reasons = {r.label_id: str(r.reason) for r in planned(dataset, found).removals}
    texts = ["1 > none", "1 > 0", "1 > none", None, "1 > 0.3", "1 > none"]
    assert reasons == {
        label_id: f"confidence {text}" for label_id, text in zip(ids, texts) if text
    }


def test_a_plan_can_use_other_rules_than_the_scan(make_dataset):
    dataset = make_dataset(
        [[("a", SMALL, {"confidence": 0.1}), ("a", SMALL, {"confidence": 0.9})]]
    )
    found = scanned(dataset)
    first, second = ids(dataset)

    assert planned(dataset, found).removals[0].label_id == second
    by_confidence = planned(dataset, found, keep="highest_confidence")
    assert by_confidence.removals[0].label_id == first
    assert by_confidence.params.keep == ("highest_confidence",)


@pytest.mark.parametrize("keep", ["biggest", "tagged:", ["first", "no"], 5, "classes:"])
def test_an_invalid_rule_is_an_error(make_dataset, keep):
    dataset = make_dataset([[("a", SMALL)]])
    found = scanned(dataset)
    with pytest.raises(ParamsError, match=r"^keep: expected"):
        planned(dataset, found, keep=keep)


def test_keep_rules_with_two_fields_are_an_error():
    with pytest.raises(ParamsError, match=r"^keep has no effect with two fields"):
        FindParams(FIELD, other_field="predictions", keep="largest")
