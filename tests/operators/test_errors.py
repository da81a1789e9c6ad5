"""Every expected problem reaches a person as one sentence."""

import importlib
import pkgutil

import fiftyone.operators as foo
import pytest
from fiftyone.operators.executor import ExecutionError

import duplicates
from duplicates.iou_core import errors
from duplicates.panel import requests


def load_every_module():
    for package in ("iou_core", "labels", "operators", "panel"):
        root = importlib.import_module(f"duplicates.{package}")
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            importlib.import_module(module.name)


load_every_module()
FAMILY = errors.family()


def test_every_error_that_the_plugin_defines_is_of_the_family():
    assert duplicates.__path__
    names = {kind.__name__ for kind in FAMILY}
    assert {"ParamsError", "ScanError", "CvatError", "RefusedError"} <= names


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_operator_that_meets_it_says_the_sentence_and_no_more(
    make_dataset, monkeypatch, kind
):
    operator = foo.get_operator("@iou/duplicates/list_scans")
    package = type(operator).__module__.rpartition(".operators.")[0]
    theirs = importlib.import_module(kind.__module__.replace("duplicates", package, 1))
    scans = importlib.import_module(f"{package}.labels.scans")

    def fail(dataset):
        raise getattr(theirs, kind.__name__)("a thing", "two\nlines: of it", "there")

    monkeypatch.setattr(scans, "list_scans", fail)
    with pytest.raises(ExecutionError) as raised:
        operator(make_dataset([None]))

    assert str(raised.value) == "there: expected a thing, got two lines: of it"


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_the_panel_says_what_it_means_and_what_to_do(kind):
    told = requests.explain(kind("a thing", "another", "there"))

    assert told["details"] == "there: expected a thing, got another"
    assert all(told[part].endswith(".") for part in ("message", "consequence"))
    assert told["advice"]


def test_a_bug_keeps_its_traceback():
    assert errors.sentence_in("Traceback ...\nValueError: no") is None
    assert errors.sentence_in("KeyError: 'x'") is None


ODD_TEXTS = ["x" * 10_000_000, "\ud800", "a\0b", "a\nb", "é" * 600]


@pytest.mark.parametrize("value", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_whatever_is_quoted_a_message_is_one_short_line_of_text(value):
    for quoted in (value, repr(value)):
        text = str(errors.ParamsError("a name", quoted, "label_field"))

        assert len(text) < 2 * errors.MOST_CHARACTERS
        assert text.encode()
        assert len(text.splitlines()) == 1
