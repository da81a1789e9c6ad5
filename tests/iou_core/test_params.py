"""Parameters: every invalid value is reported in one sentence that names it."""

import dataclasses
import json
import math
import re

import numpy as np
import pytest

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import ComputeParams, FindParams

BAD = {
    "label_field": ["", 5, ["ground_truth"], b"ground_truth", True],
    "other_field": ["", 5, ["predictions"], {}],
    "iscrowd": ["", 1, True, ["iscrowd"], len, "a.b", "$a", "a\0"],
    "classwise": ["yes", 1, 0, "True", []],
    "error_level": [3, -1, "1", [], 0.5],
    "iou_thresh": [
        -0.1,
        1.1,
        math.nan,
        math.inf,
        -math.inf,
        "0.5",
        True,
        [0.5],
        {},
        1j,
        10**400,
    ],
    "method": ["", "soft-nms", "SIMPLE", 1, [], {}, ["simple"]],
    "use_masks": ["yes", 1],
    "use_boxes": ["no", 0],
    "tolerance": [2, 0.5, -1, math.nan, "2", True],
    "keypoint_sigmas": [[], 0.1, [0], [-0.1], [math.nan], ["a"], [True]],
    "iou_tresh": [0.5],
    "label_fields": ["ground_truth"],
}
CASES = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES, ids=lambda v: repr(v)[:20])
def test_an_invalid_value_is_reported_in_one_sentence_that_names_it(name, value):
    with pytest.raises(ParamsError) as caught:
        FindParams.parse({"label_field": "ground_truth", name: value})

    text = str(caught.value)
    assert name in text
    assert re.search(r"(: expected|\w has no effect) .*, got ", text)
    assert "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize("params", [{}, {"label_field": None}, {"classwise": True}])
def test_a_label_field_is_required(params):
    with pytest.raises(ParamsError, match="label_field: expected the name of a label"):
        ComputeParams.parse(params)


def test_none_stands_for_the_default():
    names = [field.name for field in dataclasses.fields(FindParams)]
    given = {**dict.fromkeys(names), "label_field": "a", "use_masks": None}

    assert FindParams.parse(given) == FindParams("a")


def test_defaults_are_the_threshold_of_the_recipe_and_fiftyones_method():
    params = FindParams.parse({"label_field": "a"})

    assert (params.iou_thresh, params.method) == (0.75, "simple")
    assert (params.classwise, params.iscrowd, params.other_field) == (False, None, None)


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, 0.999, np.float64(0.5)])
def test_thresholds_from_0_to_1_are_valid(value):
    params = FindParams.parse({"label_field": "a", "iou_thresh": value})

    assert params.iou_thresh == value


def test_options_for_other_kinds_of_labels_may_be_off():
    off = {"use_masks": False, "use_boxes": False, "tolerance": None}

    assert ComputeParams.parse({"label_field": "a", **off}) == ComputeParams("a")


def test_two_fields_allow_only_the_method_simple():
    two = {"label_field": "a", "other_field": "b"}
    assert FindParams.parse(two).other_field == "b"
    with pytest.raises(ParamsError, match="method: expected simple with two fields"):
        FindParams.parse({**two, "method": "greedy"})


def test_a_field_compared_with_itself_is_one_field():
    FindParams.parse({"label_field": "a", "other_field": "a", "method": "greedy"})


def test_parameters_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FindParams("a").iou_thresh = 0.5


def test_parameters_are_unchanged_after_json():
    params = FindParams("a", classwise=True, iscrowd="b", iou_thresh=0.5)

    assert FindParams.parse(json.loads(json.dumps(params.to_dict()))) == params


@pytest.mark.parametrize(
    ("iou_thresh", "min_iou"), [(0, 0), (0.01, 0.01), (0.05, 0.05), (0.9, 0.05)]
)
def test_pairs_are_stored_from_the_lower_of_threshold_and_curve(iou_thresh, min_iou):
    assert FindParams("a", iou_thresh=iou_thresh).min_iou == min_iou


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("iou_thresh", np.float64(0.5), 0.5),
        ("iou_thresh", np.float32(0.5), 0.5),
        ("iou_thresh", np.int64(1), 1),
        ("classwise", np.bool_(True), True),
        ("error_level", np.uint8(2), 2),
        ("keypoint_sigmas", np.array([0.5, 1]), (0.5, 1.0)),
        ("keypoint_sigmas", (np.float32(0.5), 1), (0.5, 1.0)),
        ("keep", ("first", "last"), ("first", "last")),
        ("label_field", np.str_("ground_truth"), "ground_truth"),
    ],
)
def test_numpy_values_and_tuples_become_python_values(name, value, read):
    params = FindParams.parse({"label_field": "ground_truth", name: value})

    found = getattr(params, name)
    assert found == read
    assert type(found) is type(read)
    json.dumps(params.to_dict())
