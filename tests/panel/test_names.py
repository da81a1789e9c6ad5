"""A web page names what the panel runs: only its messages are run."""

import fiftyone.operators as foo
import panel_calls
import pytest

OTHERS = [
    "__init__",
    "__class__",
    "__getattr__",
    "_no_message",
    # next to the messages, and returns an Answer as they do
    "_judged",
    "group_data",
    "session_of",
    "config",
    "execute",
    "load",
    "method_to_uri",
    "on_unload",
    "render",
    "resolve_input",
    "",
    "list_scans ",
    "x" * 100_000,
    7,
    ["list_scans"],
    {"$gt": ""},
]


@pytest.mark.parametrize("name", OTHERS, ids=lambda name: repr(name)[:20])
def test_anything_else_is_one_sentence_and_is_not_run(make_dataset, monkeypatch, name):
    run = []
    panel = type(foo.get_operator(panel_calls.URI))
    for other in ("render", "load", "method_to_uri", "resolve_input", "on_unload"):
        monkeypatch.setattr(
            panel, other, lambda *_, other=other: run.append(other), raising=False
        )
    app = panel_calls.App(make_dataset([]))

    answer = app.send(name)
    assert not answer["ok"]
    message = answer["error"]["message"]
    assert message.startswith("“__method__” must be the name of a message of this")
    assert len(message) < 700
    assert "\n" not in message
    assert (run, app.asked_for) == ([], [])


def test_the_app_can_still_open_the_panel(make_dataset):
    app = panel_calls.App(make_dataset([]))

    assert app.send("on_load") is None
    assert app.asked_for == ["show_panel_output"]


def test_a_message_does_not_make_the_app_render_the_panel_again(make_dataset):
    app = panel_calls.App(make_dataset([]))

    assert app.send("list_scans")["ok"]
    assert app.asked_for == []


def test_a_mark_adds_a_function_to_the_messages(monkeypatch):
    from duplicates.panel.messages import table

    known, writing = {}, set()
    monkeypatch.setattr(table, "MESSAGES", known)
    monkeypatch.setattr(table, "WRITING", writing)

    @table.message
    def read(ctx):
        return {}

    @table.writing_message
    def write(ctx):
        return {}

    assert known == {"read": read, "write": write}
    assert writing == {write}


def test_two_messages_of_one_name_are_an_error(monkeypatch):
    from duplicates.panel.messages import table

    monkeypatch.setattr(table, "MESSAGES", {})

    def read(ctx):
        return {}

    table.message(read)
    with pytest.raises(TypeError, match="two messages are named 'read'"):
        table.message(read)


def test_the_messages_that_change_labels_are_known():
    from duplicates.panel.duplicates_panel import WRITING

    assert sorted(message.__name__ for message in WRITING) == [
        "delete_labels",
        "load_from_cvat",
        "restore",
        "tag_labels",
        "untag_labels",
    ]
