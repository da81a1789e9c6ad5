"""Calls of operators for decisions, and refused ones."""

import re

import odd_labels
import pytest
from called import BOX, PATH, operator
from fiftyone.operators.executor import ExecutionError

SAMPLES = [
    [
        ("car", BOX, {"confidence": 0.5, "tags": ["x"]}),
        ("truck", [0.12, 0.1, 0.2, 0.2], {"confidence": 0.9, "note": "n"}),
    ],
    [("car", BOX), ("car", BOX), ("car", BOX)],
    [],
]


def run(name, samples, **params):
    return operator(name)(samples, **params).result


def stored(dataset):
    return odd_labels.raw(dataset)


def ids(dataset):
    return [i for found in dataset.values(f"{PATH}.id") for i in found or ()]


def refused(name, samples, **params):
    """Checks that an operator rejects parameters in one sentence."""
    with pytest.raises(ExecutionError) as raised:
        run(name, samples, **params)
    sentence = str(raised.value)
    assert re.match(
        r"\w+: (expected .+|required property|invalid (value type|enum value)), got ",
        sentence,
    )
    assert "\n" not in sentence
    assert "Traceback" not in sentence
