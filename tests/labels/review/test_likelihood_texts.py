"""A likelihood has one text, in the operators and in the panel."""

import json
import pathlib

import pytest

from duplicates.labels.review.groups import likelihood_text

EXAMPLES = pathlib.Path(__file__).parents[2] / "support" / "texts" / "likelihoods.json"


@pytest.mark.parametrize("example", json.loads(EXAMPLES.read_text()), ids=repr)
def test_a_likelihood_has_the_same_text_as_in_the_panel(example):
    assert likelihood_text(example["likelihood"]) == example["text"]
