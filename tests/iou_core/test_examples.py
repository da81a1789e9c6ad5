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
LEAST = 10


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


def test_the_most_used_functions_have_an_example():
    sources = [path.read_text() for path in ROOT.rglob("*.py")]

    assert sum(source.count("Examples:\n") for source in sources) >= LEAST
