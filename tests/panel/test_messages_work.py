"""The panel's messages have the right effects in the database."""

import json

import fiftyone as fo
import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search


def test_counts_can_be_restricted_but_list_all_classes(app, plan):
    everything = app.send("count_labels", **plan)
    trucks = app.send("count_labels", **{**plan, "classes": ["truck"]})

    assert everything["labels"] == sum(c["labels"] for c in everything["classes"])
    assert trucks["classes"] == everything["classes"]
    assert {None, "person"} <= {c["name"] for c in everything["classes"]} | {"person"}
    by_name = {c["name"]: c["labels"] for c in everything["classes"]}
    assert trucks["labels"] == by_name.get("truck", 0)
    assert (everything["labels"], everything["images"]) == (3, 3)


def test_showing_replaces_the_view_of_the_user_which_can_be_restored(
    app, dataset, plan
):
    shown = app.send("show_labels", **plan, mode="patches")
    assert (shown["labels"], shown["images"]) == (3, 3)
    assert "set_view" in app.asked_for
    app.send("restore_view", own_view=shown["own_view"])
    assert "clear_view" in app.asked_for
    app.view = dataset.limit(2)
    shown = app.send("show_labels", **plan, mode="samples")
    app.send("restore_view", own_view=shown["own_view"])
    assert any("set_view" in uri for uri in app.asked_for)
    app.view = dataset.select(dataset.values("id"), ordered=True)
    assert app.send("show_labels", **plan, mode="samples")["own_view"] is None


def test_the_plan_is_listed_in_pages_with_the_kept_labels(app, dataset, plan):
    from duplicates.labels.scans import plans
    from duplicates.panel import plan_answers as planned

    made = plans.plan(dataset, plan["scan_key"])
    rows, cursor = planned.rows(dataset, made, limit=2)
    rest, end = planned.rows(dataset, made, cursor, limit=2)
    rows += rest
    assert (len(rows), len(rest), end) == (3, 1, None)
    assert all(row["kept_label_id"] != row["label_id"] for row in rows)
    assert {row["filepath"] for row in rows} <= set(dataset.values("filepath"))
    assert rows[1]["kept_label"] in ("person", "truck")
    table = {"what": "plan", "format": "json", "cursor": None}
    answer = app.send("export_rows", **table, **plan)
    assert json.loads(answer["text"]) == rows
    assert (answer["rows"], answer["cursor"]) == (3, None)
    assert not app.send("export_rows", **{**table, "cursor": "x"}, **plan)["ok"]


def test_a_view_that_differs_from_the_scanned_one_is_reported(dataset):
    app = panel_calls.App(dataset, view=dataset.limit(2))
    request = {
        "scan_key": panel_calls.scanned(app, target="view")["scan_key"],
        "tag": "duplicate",
    }

    def other(view):
        seen = panel_calls.App(dataset, view=view).send("refresh", **request)
        return seen["freshness"]["other_view"]

    assert other(dataset.limit(2)) is False
    assert other(dataset.limit(3)) is True
    assert other(None) is True


def test_a_grouped_dataset_is_scanned_in_its_active_slice(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    boxes = [fo.Detection(label="cat", bounding_box=panel_calls.NEAR) for _ in range(2)]
    for _ in range(3):
        group = fo.Group()
        for name in ("left", "right"):
            dataset.add_sample(
                fo.Sample(
                    f"/{name}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(detections=[b.copy() for b in boxes]),
                )
            )
    app = panel_calls.App(dataset)
    opened = app.send("open_panel")
    assert opened["ok"], opened
    run = panel_calls.scanned(app)
    summary = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    assert (summary["samples"], summary["scope"]["slices"]) == (3, ["left"])
    freshness = app.send("refresh", scan_key=run["scan_key"], tag="duplicate")[
        "freshness"
    ]
    assert freshness["state"] == "up_to_date"
    dataset.delete()


def test_a_dataset_without_label_fields_or_samples_opens(database):
    dataset = fo.Dataset()
    opened = panel_calls.App(dataset).send("open_panel")
    assert (opened["fields"], opened["dataset"]["samples"]) == ([], 0)
    dataset.delete()


@pytest.mark.slow
def test_a_scan_is_stored_while_the_app_keeps_reloading_the_dataset(app, dataset):
    import threading

    stop = threading.Event()

    def reload():
        while not stop.is_set():
            dataset.reload()

    threads = [threading.Thread(target=reload) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        kinds = [{"classwise": same} for same in (False, True)]
        chosen = [{"target": "selection", **kind} for kind in kinds]
        keys = [panel_calls.scanned(app, **kind)["scan_key"] for kind in kinds]
        for sample_id in dataset.values("id")[:1]:
            app.selected = [sample_id]
            keys += [panel_calls.scanned(app, **kind)["scan_key"] for kind in chosen]
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert len(set(keys)) == 4
    assert set(dataset.list_runs()) == set(keys)


DECISIONS = [
    {"method": "simple", "keep": [], "metric": "iou"},
    {"method": "greedy", "keep": [], "metric": "iou"},
    {"method": "nms", "keep": [], "metric": "iou"},
    {"method": "fewest", "keep": ["largest", "newest"], "metric": "iou"},
    {"method": "simple", "keep": ["classes:truck,person"], "metric": "iou"},
    {"method": "greedy", "keep": ["smallest"], "metric": "ios"},
    {"method": "nms", "keep": ["largest"], "metric": "likelihood"},
]


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_recount_equals_the_labels_that_buttons_and_operators_change(
    app, dataset, plan, decision
):
    import fiftyone.operators as foo

    from duplicates.iou_core.decisions.levels import THRESHOLDS

    counts = app.send("recount", scan_key=plan["scan_key"], **decision)["counts"]
    thresholds = THRESHOLDS.tolist()
    for threshold in (0.5, 0.75, 0.9, 0.999):
        at = thresholds.index(threshold)
        asked = {**plan, **decision, "iou_thresh": threshold}
        counted = app.send("count_labels", **asked)
        assert counted["labels"] == counts["labels"][at]
        assert counted["images"] == counts["images"][at]
        by_class = {c["name"]: c["labels"] for c in counted["classes"]}
        known = {c["name"]: c["labels"][at] for c in counts["classes"]}
        assert by_class == {name: n for name, n in known.items() if n}
        table = {"what": "plan", "format": "json", "cursor": None}
        listed = app.send("export_rows", **table, **asked)
        assert listed["rows"] == counts["labels"][at]

    asked = {**plan, **decision, "tag": "by_panel"}
    tagged = app.send("tag_labels", **asked)["labels"]
    by_panel = set(dataset.match_labels(tags="by_panel").values("id"))
    call = foo.get_operator("@iou/duplicates/tag_duplicates")
    answer = call(dataset, scan_key=plan["scan_key"], **decision, tag="by_operator")
    assert answer.result["count"] == tagged == counts["labels"][thresholds.index(0.75)]
    both = dataset.match_labels(tags="by_operator").values("id")
    assert by_panel == set(both)


@pytest.mark.parametrize(
    "params",
    [
        {"method": "nms"},
        {"keep": ["largest"]},
        {"metric": "ios", "iou_thresh": 0.8},
        {"metric": "likelihood", "iou_thresh": 0.6},
    ],
)
def test_a_scan_opens_with_the_parameters_of_its_decision(app, dataset, params):
    made = FindParams.parse({"label_field": "ground_truth", **params})
    found = search.find_duplicates(dataset, made, "other")
    opened = app.send("open_scan", scan_key="other")["summary"]["params"]
    decided = {name: opened[name] for name in ("method", "keep", "metric")}
    assert decided == {"method": "simple", "keep": [], "metric": "iou"} | {
        name: value for name, value in params.items() if name != "iou_thresh"
    }
    plan = {"scan_key": "other", "iou_thresh": opened["iou_thresh"], "classes": None}
    counted = app.send("count_labels", **plan, **decided)
    assert counted["labels"] == len(found.label_ids)


def test_a_scan_of_a_low_threshold_can_be_recounted_by_ios(app, dataset):
    search.find_duplicates(dataset, FindParams("ground_truth", iou_thresh=0.1), "low")
    asked = {"scan_key": "low", "method": "nms", "keep": [], "metric": "ios"}
    assert app.send("recount", **asked)["counts"]["labels"]
    bars = app.send("count_bars", scan_key="low", metric="ios", classes=None)["counts"]
    assert sum(bars) == 6
    assert sum(bars[:50]) == 0


def test_every_list_of_the_panel_takes_a_cut_by_likelihood(app, dataset, plan):
    cut = {"method": "simple", "keep": [], "metric": "likelihood", "classwise": False}
    asked = {**plan, **cut, "iou_thresh": 0.5}
    n = app.send("count_labels", **asked)["labels"]
    assert n > 0
    counts = app.send("list_class_pairs", scan_key=plan["scan_key"], **cut)
    assert (
        sum(
            class_pair["counts"][45]
            for class_pair in counts["class_pairs"]
            if len(class_pair["counts"]) > 45
        )
        >= n
    )
    precise = app.send("find_precise", **{**asked, "precision": 0.5})
    assert precise["iou_thresh"] is not None
    assert 0.5 <= precise["right"] <= 1
    groups = app.send("list_groups", offset=0, limit=5, class_pair=None, **asked)
    assert all(group["likelihood"] > 0.5 for group in groups["groups"])
    html = app.send("write_report", **asked)["html"]
    assert "likelihood above 0.5" in html
    assert "Histogram of the largest likelihood of each label" in html


def test_a_long_recount_reports_its_progress(app, plan, monkeypatch):
    import threading

    from duplicates.panel.jobs import recounts

    let_go = threading.Event()
    whole = recounts.recount

    def slow(*args, progress, **decision):
        progress(1, 4)
        let_go.wait(20)
        return whole(*args, progress=progress, **decision)

    monkeypatch.setattr(recounts, "recount", slow)
    decision = {"method": "nms", "keep": [], "metric": "iou"}
    asked = (app.dataset, plan["scan_key"], decision)
    assert recounts.answer(*asked) == {"counts": None, "share": 0.25}
    let_go.set()
    answer = recounts.answer(*asked)
    assert answer["counts"]["labels"][0] == 3
    assert not recounts._jobs


def test_a_recount_that_no_panel_waits_for_ends(app, plan, monkeypatch):
    from duplicates.iou_core.errors import RunCancelled
    from duplicates.panel.jobs import recounts

    monkeypatch.setattr(recounts, "_FORGOTTEN_AFTER", -1.0)
    with pytest.raises(RunCancelled):
        recounts.answer(
            app.dataset,
            plan["scan_key"],
            {"method": "nms", "keep": [], "metric": "iou"},
        )


@pytest.mark.parametrize(
    "own_view",
    [
        "[]",
        "odd",
        "[" * 100_000,
        '{"view": {"$gt": ""}}',
        '{"view_name": ["odd"]}',
        '{"filters": "odd"}',
        '{"view": "set_view"}',
    ],
)
def test_text_that_is_no_view_of_the_panels_is_an_error_in_one_sentence(own_view, app):
    answer = app.send("restore_view", own_view=own_view)
    assert answer["error"]["message"].startswith("“own_view” must be a view that")
    assert len(answer["error"]["details"]) < 600
    assert answer["error"]["consequence"] == "Nothing was changed."


def test_a_view_of_many_samples_is_restored(app):
    """Its text is longer than other values of a request may be."""
    ids = [f"{k:024x}" for k in range(20_000)]
    stage = {"_cls": "fiftyone.core.stages.Select", "kwargs": [["sample_ids", ids]]}
    own_view = json.dumps({"view": [stage], "view_name": None, "filters": {}})
    assert app.send("restore_view", own_view=own_view)["filters"] == "{}"
