"""The examples in docstrings give the documented output."""

import doctest
import importlib
import pathlib

import pytest

import duplicates.iou_core as iou_core

ROOT = pathlib.Path(iou_core.__file__).parent
MODULES = [
    path.relative_to(ROOT.parent).with_suffix("").as_posix().replace("/", ".")
    for path in sorted(ROOT.rglob("*.py"))
    if ">>>" in path.read_text()
]
MOST_USED = [
    *("arrays.chunks", "arrays.numbered", "arrays.ranges", "flags.read_flag"),
    *("geometry.boxes.extents", "geometry.candidates.candidate_pairs"),
    *("overlaps.find_overlaps", "pairs.Pairs.concatenate", "keep_rule.parse_rules"),
    *("decisions.methods.find_duplicates", "decisions.methods.pair_values"),
    "values.quoted",
]
"""The functions that most other modules call."""


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_the_documented_output(name):
    module = importlib.import_module(f"duplicates.{name}")
    examples = doctest.DocTestFinder(exclude_empty=True).find(module)
    runner = doctest.DocTestRunner()
    report = []
    for example in examples:
        runner.run(example, out=report.append)

    assert runner.tries > 0
    assert runner.failures == 0, "".join(report)


@pytest.mark.parametrize("name", MOST_USED)
def test_the_most_used_functions_have_an_example_and_one_of_the_empty_case(name):
    *parts, last = name.split(".")
    place = parts.pop() if parts[-1].istitle() else None
    module = importlib.import_module(".".join(["duplicates.iou_core", *parts]))
    function = getattr(getattr(module, place) if place else module, last)
    (examples,) = doctest.DocTestFinder(recurse=False).find(function)
    source = "".join(example.source for example in examples.examples)
    nothing = ('("")', "(None)", "([])", "zeros(0", "zeros((0", "[:0]", "empty()")

    assert len(examples.examples) >= 2
    assert any(word in source for word in nothing)
