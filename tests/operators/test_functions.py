"""The operators as Python functions, and their documentation."""

import inspect

import fiftyone.operators as foo
import pytest
from fiftyone.operators.executor import ExecutionError

from dev import operators_doc
from duplicates.operators import OPERATORS, functions, parameters, returned

FIND = "@iou/duplicates/find_duplicates"
SAMPLES = [[("cat", [0.1, 0.1, 0.4, 0.4]), ("cat", [0.1, 0.1, 0.4, 0.41])]]


@pytest.fixture
def dup(database):
    return foo.get_operator(FIND).functions


def test_there_is_a_function_for_each_operator(dup):
    assert set(vars(dup)) == {operator.name_ for operator in OPERATORS}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda op: op.name_)
def test_each_parameter_is_in_the_signature_and_described(operator):
    names = functions.names_of(operator)
    function = getattr(functions.of([operator]), operator.name_)

    signature = inspect.signature(function).parameters
    assert set(names) == set(signature) - {"sample_collection", "delegate"}
    assert ("delegate" in signature) == operator.delegable
    for name in names:
        assert f"{name} ({parameters.TYPES[name]}): " in function.__doc__
    for name in operator.returns:
        assert f"{name}: {returned.MEANINGS[name]}" in function.__doc__


def test_every_value_that_is_described_is_one_of_a_result():
    names = {name for operator in OPERATORS for name in operator.returns}
    assert {*names, "message"} == {*returned.MEANINGS}
    assert [*returned.MEANINGS] == sorted(returned.MEANINGS)


def test_a_function_does_what_its_operator_does(dup, make_dataset):
    dataset = make_dataset(SAMPLES)
    found = dup.find_duplicates(dataset, "ground_truth", iou_thresh=0.75)
    tagged = dup.tag_duplicates(dataset, scan_key=found.scan_key)
    deleted = dup.delete_duplicates(dataset, "ground_truth", tag="duplicate")
    dup.restore_deleted(dataset, restore_key=deleted.restore_key)

    assert (found.count, tagged.count, deleted.count) == (1, 1, 1)
    assert dataset.count("ground_truth.detections") == 2


def test_the_view_that_was_shown_is_a_view_of_the_dataset(dup, make_dataset):
    dataset = make_dataset([*SAMPLES, []])
    found = dup.find_duplicates(dataset, "ground_truth", iou_thresh=0.75)
    shown = dup.show_duplicates(dataset, scan_key=found.scan_key)
    assert shown.as_view(dataset).values("id") == [dataset.first().id]
    with pytest.raises(AttributeError, match="'view' is not in this result"):
        found.as_view(dataset)


def test_an_unknown_or_invalid_argument_is_an_error(dup, make_dataset):
    dataset = make_dataset(SAMPLES)
    with pytest.raises(TypeError, match="iou_tresh"):
        dup.find_duplicates(dataset, "ground_truth", iou_tresh=0.75)
    with pytest.raises(ExecutionError, match=r"^iou_thresh: expected"):
        dup.find_duplicates(dataset, "ground_truth", iou_thresh=7)


def test_the_document_of_the_operators_is_up_to_date():
    assert operators_doc.PATH.read_text() == operators_doc.text(), (
        "run python -m dev.operators_doc"
    )
