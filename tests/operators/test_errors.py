"""Every expected error is shown to the user as one sentence."""

import importlib
import pkgutil

import broken
import fiftyone.operators as foo
import generated
import panel_calls
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
OF_THEIR_OWN = {
    errors.UnusedError: "there has no effect a thing, got two lines: of it",
    errors.OrderError: "there: a thing (undo two lines: of it first)",
}
"""The sentences of errors that do not say what was expected."""


def test_every_error_class_of_the_plugin_has_the_same_base():
    assert duplicates.__path__
    names = {kind.__name__ for kind in FAMILY}
    assert {"ParamsError", "ScanError", "CvatError", "RefusedError"} <= names


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_operator_shows_only_the_sentence_of_an_error(
    make_dataset, monkeypatch, kind
):
    operator = foo.get_operator("@iou/duplicates/list_scans")
    package = type(operator).__module__.rpartition(".operators.")[0]
    theirs = importlib.import_module(kind.__module__.replace("duplicates", package, 1))
    scans = importlib.import_module(f"{package}.labels.scans.stored")

    def fail(dataset):
        raise getattr(theirs, kind.__name__)("a thing", "two\nlines: of it", "there")

    monkeypatch.setattr(scans, "list_scans", fail)
    with pytest.raises(ExecutionError) as raised:
        operator(make_dataset([None]))

    usual = "there: expected a thing, got two lines: of it"
    assert str(raised.value) == OF_THEIR_OWN.get(kind, usual)


@pytest.mark.parametrize(
    "name", ["delete_duplicates", "merge_duplicates", "tag_duplicates"]
)
def test_a_connection_lost_before_a_run_is_reported_in_one_sentence(
    make_dataset, monkeypatch, name
):
    dataset = make_dataset(generated.samples(1, n=8))
    found = foo.get_operator("@iou/duplicates/find_duplicates")(dataset).result
    operator = foo.get_operator(f"@iou/duplicates/{name}")
    package = type(operator).__module__.rpartition(".operators.")[0]
    plans = importlib.import_module(f"{package}.labels.scans.plans")
    broken.breaks(monkeypatch, plans, "plan", "before")

    with pytest.raises(ExecutionError) as raised:
        operator(dataset, scan_key=found["scan_key"])
    assert str(raised.value) == (
        f"{name}: expected a database that answers (repeat this; what was changed can "
        "be undone), got AutoReconnect: connection closed"
    )


def test_a_connection_lost_during_a_message_is_reported_in_one_sentence(
    make_dataset, monkeypatch
):
    app = panel_calls.App(make_dataset(generated.samples(1, n=8)))
    panel = type(foo.get_operator(panel_calls.URI)).__module__
    package = panel.rpartition(".panel.")[0]
    journal = importlib.import_module(f"{package}.labels.edits.journal.journal")
    broken.breaks(monkeypatch, journal, "list_actions", "before")

    reported = app.send("list_actions")["error"]
    assert reported["details"].startswith(
        "list_actions: expected a database that answers"
    )


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_the_panel_shows_the_meaning_of_an_error_and_what_to_do(kind):
    reported = requests.explain(kind("a thing", "another", "there"))

    assert reported["details"] == str(kind("a thing", "another", "there"))
    assert all(reported[part].endswith(".") for part in ("message", "consequence"))
    assert reported["advice"]


def test_a_bug_keeps_its_traceback():
    assert errors.sentence_in("Traceback ...\nValueError: no") is None
    assert errors.sentence_in("KeyError: 'x'") is None


ODD_TEXTS = ["x" * 10_000_000, "\ud800", "a\0b", "a\nb", "é" * 600]


@pytest.mark.parametrize("value", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_a_message_is_one_short_line_whatever_it_quotes(value):
    for quoted in (value, repr(value)):
        text = str(errors.ParamsError("a name", quoted, "label_field"))

        assert len(text) < 2 * errors.MOST_CHARACTERS
        assert text.encode()
        assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("Invalid enum value", "scan_key: expected one of the values in its form, got"),
        ("Invalid value type", "scan_key: expected a value of another type, got"),
        ("Value must be less than 1", "scan_key: expected a number less than 1, got"),
    ],
)
def test_what_the_host_refuses_is_one_sentence(reason, sentence):
    from duplicates.operators.base import _sentence

    text = f"Validation error. Path: scan_key. Reason: {reason}"

    assert _sentence(text, {"scan_key": "old"}) == f"{sentence} 'old'"
