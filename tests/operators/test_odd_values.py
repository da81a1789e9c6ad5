"""Invalid values are reported in one sentence, and nothing is changed."""

import asyncio
import json
import re

import fiftyone.operators as foo
import odd_values
import panel_calls
import pytest
from fiftyone.operators.executor import ExecutionError, execute_or_delegate_operator

from duplicates.iou_core import errors, values
from duplicates.operators import OPERATORS, base, parameters
from duplicates.panel import requests
from duplicates.panel.duplicates_panel import MESSAGES

PLUGIN = "@iou/duplicates/"
FIELD = "ground_truth"


def parameters_of(operator):
    of_choices = [name for names in operator.choices.values() for name in names]
    what = ["what"] if operator.choices else []
    return sorted({*operator.parameters, *of_choices, *what, "run_id", "unknown"})


@pytest.fixture(scope="module")
def dataset(database):
    import fiftyone as fo

    made = fo.Dataset()
    made.add_samples(
        [
            fo.Sample(
                f"/{k}.jpg",
                ground_truth=fo.Detections(
                    detections=[
                        fo.Detection(label=label, bounding_box=box)
                        for label, box in sample
                    ]
                ),
            )
            for k, sample in enumerate(panel_calls.SAMPLES)
        ]
    )
    call = foo.get_operator(PLUGIN + "find_duplicates")
    call(made, label_field=FIELD, scan_key="stored")
    foo.get_operator(PLUGIN + "tag_duplicates")(made, scan_key="stored")
    yield made
    made.delete()


def problem_of(name, dataset, params):
    """Returns the error of an operator, or None if it succeeds."""
    ctx = {"dataset_name": dataset.name, "view": [], "params": params}

    async def run():
        return await execute_or_delegate_operator(PLUGIN + name, ctx, exhaust=True)

    try:
        result = asyncio.run(run())
        result.raise_exceptions()
    except ExecutionError as error:
        return base._sentence(str(error), params)
    return None


def is_sentence(text):
    return (
        re.search(r"(: expected|\w has no effect) .*, got ", text) is not None
        and len(text) < 3 * errors.MOST_CHARACTERS
        and len(text.splitlines()) == 1
        and text.encode() is not None
    )


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: one.name_)
def test_every_parameter_of_an_operator_rejects_other_types(operator):
    for name in parameters_of(operator):
        for value in odd_values.VALUES:
            found, faults = parameters.read(
                {name: value}, operator.parameters, operator.choices
            )
            assert all(map(is_sentence, map(str, faults)))
            is_dropped = name not in found and not faults
            assert is_dropped or (name in found) != bool(faults)
            if name in found and name not in ("attributes", "class_pairs", "pairs"):
                assert json.dumps(found[name]).isascii()
                assert is_harmless(found[name])


def is_harmless(value):
    """Returns whether MongoDB can store a value: a string, a number or a list."""
    if isinstance(value, list):
        return all(item is None or is_harmless(item) for item in value)
    if isinstance(value, str):
        return "\0" not in value and value.encode("utf-8", "ignore") == value.encode()
    return isinstance(value, (bool, int, float)) and abs(value) <= values.MOST_NUMBER


AT_ONCE = [{"$gt": ""}, odd_values.DEEP, "\ud800", "a\0b", "x" * 1_000_000, 2**70]
AT_ONCE += [[{"$ne": None}]]


@pytest.mark.slow
@pytest.mark.parametrize("value", AT_ONCE, ids=range(len(AT_ONCE)))
def test_no_operator_changes_anything_if_it_gets_an_invalid_value(dataset, value):
    before = odd_values.content()
    for operator in OPERATORS:
        names = set(parameters_of(operator)) - {"unknown"}
        for params in (dict.fromkeys(names, value), {"run_id": value}):
            problem = problem_of(operator.name_, dataset, params)
            assert problem is not None, (operator.name_, params.keys())
            assert is_sentence(problem), problem
    assert odd_values.content() == before


def error_of(name, value):
    """Returns the error that rejects a request before its message runs."""
    try:
        requests.checked({name: value})
    except errors.ParamsError as error:
        return error
    return None


@pytest.mark.parametrize("message", sorted(MESSAGES))
def test_every_invalid_value_of_a_message_is_reported_in_one_sentence(dataset, message):
    app = panel_calls.App(dataset)
    request = {**panel_calls.example(message)["request"], "scan_key": "stored"}
    before = odd_values.content()
    for name in sorted(request.keys() & requests.CHECKS.keys()):
        for value in odd_values.VALUES:
            error = error_of(name, value)
            assert error is None or is_sentence(str(error))
            if error is not None and value in AT_ONCE[:3]:
                answer = app.send(message, **{**request, name: value})
                assert answer["ok"] is False
                assert answer["error"]["details"].startswith(f"{name}: expected ")
                assert answer["error"]["consequence"] == requests.UNCHANGED
    assert odd_values.content() == before


def test_verdicts_are_checked_before_they_are_written(dataset):
    app = panel_calls.App(dataset)
    label_ids = dataset.values(f"{FIELD}.detections.id", unwind=True)[:2]
    before = odd_values.content()
    for message in ("judge_labels", "clear_verdicts"):
        for scan_key in (5, "", {"$gt": ""}):
            answer = app.send(message, label_ids=label_ids, scan_key=scan_key)
            assert answer["ok"] is False
            assert answer["error"]["consequence"] == requests.UNCHANGED
        for given in ([None, None], ["odd", "even"], []):
            answer = app.send(message, label_ids=given, scan_key="stored")
            assert answer["ok"] is False
    assert odd_values.content() == before


def test_every_parameter_and_every_value_of_a_message_has_a_type():
    for operator in OPERATORS:
        assert set(parameters_of(operator)) - {"unknown"} <= parameters.CHECKS.keys()
    free = {"request_id"}
    for name in panel_calls.names():
        request = panel_calls.example(name)["request"]
        assert request.keys() - free <= requests.CHECKS.keys(), name
