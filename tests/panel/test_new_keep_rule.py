"""A keep rule is one row of a table; forms, plans, reasons and the panel follow it."""

import sys

import panel_calls
import pytest
from decided import FIELD, ids, planned, scanned

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.keep_rule import RULES, Definition

NEAR, ALIKE = panel_calls.NEAR, panel_calls.ALIKE
ROWS = {
    "lowest_confidence": Definition(
        "Lowest confidence",
        "the label with the lowest confidence",
        "confidence",
        "confidence {compared}",
        "has the lower confidence",
        smallest=True,
    ),
    "sources": Definition(
        "Source order",
        "the label whose source comes first",
        "made.source",
        "source {kept} comes before {removed}",
        "has the source that comes first among {values}",
        values="sources, best first",
        usage="sources:<a,b,...>",
        example="sources:alice,robot",
        short="source {values}",
    ),
}


@pytest.fixture
def dataset(monkeypatch, make_dataset):
    import fiftyone.operators as foo

    # the host has loaded the plugin again, under another name
    package = type(foo.get_operator(panel_calls.URI)).__module__.rsplit(".", 2)[0]
    for rules in (RULES, sys.modules[f"{package}.iou_core.keep_rule"].RULES):
        for name, row in ROWS.items():
            monkeypatch.setitem(rules, name, row)
    labels = [
        ("car", NEAR, {"confidence": 0.9, "made": {"source": "robot"}}),
        ("car", ALIKE, {"confidence": 0.4, "made": {"source": "alice"}}),
    ]
    return make_dataset([labels])


EXPECTED = [
    (
        "lowest_confidence",
        "confidence 0.4 < 0.9",
        "the kept label has the lower confidence",
    ),
    (
        "sources:alice,bob",
        "source alice comes before robot",
        "the kept label has the source that comes first among alice, bob",
    ),
]


@pytest.mark.parametrize(("rule", "text", "kind"), EXPECTED)
def test_its_plan_and_its_reasons_follow_the_row(dataset, rule, text, kind):
    found = scanned(dataset, keep=rule)
    (removal,) = planned(dataset, found).removals
    assert (removal.label_id, str(removal.reason)) == (ids(dataset)[0], text)

    app, plan = panel_calls.App(dataset), {"scan_key": found.scan_key, "keep": [rule]}
    plan |= {"iou_thresh": 0.75, "method": "simple", "metric": "iou", "classes": None}
    page = app.send("list_groups", **plan, class_pair=None, offset=0, limit=9)
    (group,) = page["groups"]
    reason = {"rule": rule, "text": text, "names_kept": True}
    assert [member["reason"] for member in group["members"]] == [reason, None]
    (listed,) = app.send("plan_details", **plan)["reasons"]
    assert listed == {"kind": kind, "labels": 1, "example": reason, "label": "car"}


def test_it_is_in_the_form_and_in_the_list_of_the_panel(dataset):
    import fiftyone.operators as foo
    from fiftyone.operators.executor import ExecutionContext

    operator = foo.get_operator("@iou/duplicates/find_duplicates")
    params = {"dataset_name": dataset.name, "params": {"label_field": FIELD}}
    form = operator.resolve_input(ExecutionContext(request_params=params))
    view = form.type.properties["keep"].view
    choices = {one.value: one for one in view.choices}
    assert "attribute:annotator=alice, sources:alice,robot. By default" in (
        view.description
    )
    assert choices["lowest_confidence"].description == (
        "keep the label with the lowest confidence"
    )
    assert choices.keys() == {name for name, row in RULES.items() if not row.usage}

    listed = panel_calls.App(dataset).send("open_panel")["keep_rules"]
    entries = {entry.pop("name"): entry for entry in listed}
    assert entries.keys() == RULES.keys()
    assert entries["lowest_confidence"] == {
        "label": "Lowest confidence",
        "short": "lowest confidence",
        "key": "",
        "values": "",
    }
    assert entries["sources"]["values"] == "sources, best first"
    assert entries["sources"]["short"] == "source {values}"


def test_it_is_an_error_if_no_label_can_match_it(dataset):
    message = "no label has the source 'carol'; there are: alice (1), robot (1)"
    with pytest.raises(ParamsError, match=message.replace("(1)", r"\(1\)")):
        scanned(dataset, keep="sources:carol")
    for label in (sample := dataset.first())[FIELD].detections:
        label.confidence = None
    sample.save()
    with pytest.raises(ParamsError, match="no label has a confidence"):
        scanned(dataset, keep="lowest_confidence")


def test_the_example_of_the_panel_lists_the_rules_of_the_table(make_dataset):
    listed = panel_calls.App(make_dataset([[]])).send("open_panel")["keep_rules"]

    assert listed == panel_calls.example("open_panel")["reply"]["keep_rules"]
