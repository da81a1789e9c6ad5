"""Reasons are data, which one function turns into text."""

import json
import pathlib

import pytest

from duplicates.iou_core.decisions.reasons import Reason, kind_of_reason, sentence

EXAMPLES = pathlib.Path(__file__).parents[2] / "support" / "texts" / "reasons.json"


@pytest.mark.parametrize("example", json.loads(EXAMPLES.read_text()), ids=repr)
def test_a_reason_is_written_in_words(example):
    reason = Reason.from_dict(example["reason"])

    assert sentence(reason) == example["text"]
    assert kind_of_reason(reason.rule) == example["kind"]
    assert reason.to_dict() == example["reason"]
    assert reason.in_words() == {
        "rule": reason.rule,
        "text": example["text"],
        "names_kept": reason.names_kept,
    }


def test_different_sizes_have_different_texts():
    for other in (0.0278, 0.02779, 0.027800001, 0.0278 + 2**-50):
        kept, removed = max(0.0278, other), min(0.0278, other)
        text = sentence(Reason("largest", kept, removed))

        left, _, right = text.partition(" > ")
        assert left.removeprefix("area ") != right.removesuffix(" of the image")


@pytest.mark.parametrize("rule", ["removed_too", "not_stored"])
def test_a_label_that_is_removed_itself_is_not_named_as_kept(rule):
    assert not Reason(rule).names_kept
    assert Reason("largest", 2.0, 1.0).names_kept
