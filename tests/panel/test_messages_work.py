"""The panel's messages have the right effects in the database."""

import json
import time

import fiftyone as fo
import fiftyone.operators as foo
import forked
import panel_calls
import pytest
from fiftyone.operators.delegated import DelegatedOperationService

from duplicates.iou_core.params import FindParams
from duplicates.labels.reading.kinds import turned as turned_boxes
from duplicates.labels.scans import incremental, search
from duplicates.panel.jobs import interim


def stored(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def test_a_scan_runs_in_a_thread_and_reports_its_key(app, dataset):
    before = stored(dataset)
    run = panel_calls.scanned(app)

    opened = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    assert opened["labels"] == 8
    assert opened["scope"]["kind"] == "dataset"
    assert stored(dataset) == before
    assert app.send("open_panel")["scans"][0]["scan_key"] == run["scan_key"]


@forked.needs_fork
def test_an_open_panel_lists_scans_that_another_process_stores(app, dataset):
    dataset.persistent = True
    first = panel_calls.scanned(app)["scan_key"]

    def scan():
        own = fo.load_dataset(dataset.name)
        search.find_duplicates(own, FindParams("ground_truth"), "elsewhere")

    forked.finishes(scan)
    listed = [entry["scan_key"] for entry in app.send("list_scans")["scans"]]
    assert listed == ["elsewhere", first]
    assert app.send("open_scan", scan_key="elsewhere")["summary"]["labels"] == 8


def test_a_view_or_a_selection_can_be_scanned(dataset):
    view = dataset.limit(2)
    in_view = panel_calls.App(dataset, view=view)
    panel_calls.scanned(in_view, target="view")
    chosen = panel_calls.App(dataset, selected=[str(dataset.first().id)])
    panel_calls.scanned(chosen, target="selection")

    kinds = [(s["scope"], s["samples"]) for s in in_view.send("open_panel")["scans"]]
    assert kinds == [("selection", 1), ("view", 2)]


def test_a_scan_of_unchanged_data_stores_nothing_and_names_the_stored_one(app, dataset):
    first = panel_calls.scanned(app)["scan_key"]
    again = app.send("start_scan", **panel_calls.FORM)
    assert (again["run"], again["unchanged"]) == (None, first)
    assert [scan["scan_key"] for scan in app.send("list_scans")["scans"]] == [first]

    # another question about the same labels
    other = panel_calls.scanned(app, classwise=True)["scan_key"]
    assert app.send("start_scan", **panel_calls.FORM)["unchanged"] == first
    asked = {**panel_calls.FORM, "classwise": True}
    assert app.send("start_scan", **asked)["unchanged"] == other
    in_view = panel_calls.App(dataset, view=dataset.limit(2))
    part = panel_calls.scanned(in_view, target="view")["scan_key"]
    asked = {**panel_calls.FORM, "target": "view"}
    assert in_view.send("start_scan", **asked)["unchanged"] == part
    assert app.send("start_scan", **panel_calls.FORM)["unchanged"] == first

    sample = dataset.first()
    sample["ground_truth"].detections[0].bounding_box = [0.2, 0.2, 0.3, 0.3]
    sample.save()
    assert panel_calls.scanned(app)["scan_key"] not in (first, other, part)


def turned(dataset, field="ground_truth", angle=30.0):
    """Gives the first two boxes of a field, which are nearly equal, a rotation."""
    dataset.set_values("metadata", [fo.ImageMetadata(width=100, height=80)] * 4)
    sample = dataset.first()
    for box in sample[field].detections[:2]:
        box["rotation"] = angle
    sample.save()


@pytest.mark.parametrize("unit", [None, "degrees", "radians"])
def test_a_scan_of_unchanged_turned_boxes_stores_nothing(app, dataset, unit):
    turned(dataset)
    first = panel_calls.scanned(app, rotation_unit=unit)["scan_key"]
    for asked in (None, "degrees", "radians"):
        is_same = (asked or "degrees") == (unit or "degrees")
        again = app.send("start_scan", **{**panel_calls.FORM, "rotation_unit": asked})
        assert (again["unchanged"] == first) == is_same
        if again["run"] is not None:
            panel_calls.ended(app, again["run"])


@pytest.mark.parametrize("version", ["1.22.0", "1.23.0"])
def test_two_fields_with_turned_boxes_in_one_are_not_scanned_again(
    app, dataset, monkeypatch, version
):
    """Of this field the unit is degrees, and of the other one the version's default."""
    monkeypatch.setattr(turned_boxes.foco, "VERSION", version)
    dataset.set_values("other", dataset.values("ground_truth"))
    turned(dataset)
    first = panel_calls.scanned(app, other_field="other")["scan_key"]

    asked = {**panel_calls.FORM, "other_field": "other"}
    assert app.send("start_scan", **asked)["unchanged"] == first
    params = FindParams("ground_truth", other_field="other")
    assert incremental.is_usable(dataset, params, first)


def test_a_unit_of_rotations_makes_no_other_scan_of_upright_boxes(app):
    first = panel_calls.scanned(app)["scan_key"]
    asked = {**panel_calls.FORM, "rotation_unit": "radians"}

    assert app.send("start_scan", **asked)["unchanged"] == first


def test_a_scan_of_boxes_that_were_turned_replaces_the_panels_own(app, dataset):
    first = panel_calls.scanned(app)["scan_key"]
    interim.make_interim(dataset, first)
    turned(dataset)
    second = panel_calls.scanned(app)["scan_key"]
    interim.make_interim(dataset, second)

    assert [scan["scan_key"] for scan in app.send("list_scans")["scans"]] == [second]


def test_the_key_of_a_replaced_scan_opens_the_one_that_replaced_it(app, dataset):
    keys = []
    for _ in range(3):
        turned(dataset, angle=10.0 * len(keys))
        keys.append(panel_calls.scanned(app)["scan_key"])
        interim.make_interim(dataset, keys[-1])

    assert len({*keys}) == 3
    for key in keys:
        assert app.send("open_scan", scan_key=key)["summary"]["scan_key"] == keys[-1]
        operator = foo.get_operator("@iou/duplicates/delete_duplicates")
        assert operator(dataset, scan_key=key, dry_run=True).scan_key == keys[-1]
    app.send("delete_scan", scan_key=keys[0])
    assert [scan["scan_key"] for scan in app.send("list_scans")["scans"]] == keys[-1:]


def test_a_verdict_makes_another_scan_of_the_same_labels_different(app, dataset):
    from duplicates.labels.scans.decisions import verdicts

    first = panel_calls.scanned(app)["scan_key"]
    ids = dataset.first()["ground_truth"].detections
    verdicts.set_verdict(dataset, [ids[0].id, ids[1].id], verdicts.REAL)

    assert panel_calls.scanned(app)["scan_key"] != first


def test_a_target_that_no_longer_exists_is_an_error(app):
    answer = app.send("start_scan", **{**panel_calls.FORM, "target": "selection"})
    assert "no longer exists" in answer["error"]["message"]


def test_a_view_that_the_panel_itself_shows_is_not_a_target(app, dataset, plan):
    from duplicates.labels.review import views
    from duplicates.labels.scans import plans

    shown = views.plan_view(
        dataset, plans.plan(dataset, plan["scan_key"], 0.75), "samples"
    )
    targets = panel_calls.App(dataset, view=shown).send("open_panel")["targets"]
    assert [target["kind"] for target in targets] == ["dataset"]


def test_a_view_that_cannot_be_scanned_says_why(make_dataset):
    import filmed

    dataset = make_dataset([])
    filmed.add_video(dataset, [[("car", [0.1, 0.1, 0.2, 0.2], 1)]] * 3)
    app = panel_calls.App(dataset, view=dataset.to_clips("frames.boxes"))
    opened = app.send("open_panel")

    assert [target["kind"] for target in opened["targets"]] == ["dataset"]
    assert opened["view_refused"] == (
        "The App shows a clips view, which cannot be scanned: only whole samples and "
        "patches of their labels can."
    )
    refreshed = app.send("refresh", scan_key=None, tag="duplicate")
    assert refreshed["view_refused"] == opened["view_refused"]


@pytest.mark.parametrize("eval_key", [None, "eval"])
def test_patches_are_a_target(dataset, eval_key):
    patches = dataset.to_patches("ground_truth")
    if eval_key is not None:
        dataset.clone_sample_field("ground_truth", "predictions")
        dataset.evaluate_detections(
            "predictions", gt_field="ground_truth", eval_key=eval_key, progress=False
        )
        patches = dataset.to_evaluation_patches(eval_key)
    opened = panel_calls.App(dataset, view=patches).send("open_panel")

    assert [target["kind"] for target in opened["targets"]] == ["dataset", "view"]
    assert opened["view_refused"] is None


def test_a_cancelled_run_stores_no_scan(app, dataset, monkeypatch):
    from duplicates.labels.jobs import runs

    monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
    first = runs.Run.progress

    def slow(run, done, total):
        time.sleep(0.5)
        first(run, done, total)

    monkeypatch.setattr(runs.Run, "progress", slow)
    from duplicates.panel.jobs import background

    run = background.start(dataset, FindParams("ground_truth"), None, False)
    background.cancel(dataset, run["run_id"])

    assert panel_calls.ended(app, run)["state"] == "cancelled"
    assert app.send("open_panel")["scans"] == []


def test_a_background_run_waits_for_a_worker_and_is_executed_by_it(app):
    run = app.send("start_scan", **{**panel_calls.FORM, "background": True})["run"]
    assert (run["state"], run["background"]) == ("queued", True)
    time.sleep(0.2)
    assert app.send("poll_run", run_id=run["run_id"])["run"]["waiting"] > 0
    assert app.send("open_panel")["run"]["run_id"] == run["run_id"]

    DelegatedOperationService().execute_queued_operations()
    done = app.send("poll_run", run_id=run["run_id"])["run"]
    assert done["state"] == "done", done
    assert app.send("open_scan", scan_key=done["scan_key"])["summary"]["labels"] == 8
    assert app.send("open_panel")["run"] is None


def test_a_background_run_can_be_cancelled(app):
    run = app.send("start_scan", **{**panel_calls.FORM, "background": True})["run"]
    cancelled = app.send("cancel_run", run_id=run["run_id"])["run"]

    assert cancelled["state"] == "cancelled"
    # a poll that overlaps with the cancellation gives the same answer
    assert app.send("poll_run", run_id=run["run_id"])["run"] == cancelled
    assert DelegatedOperationService().get_queued_operations() == []
    assert app.send("open_panel")["run"] is None


def test_a_failed_background_run_reports_its_error(app, dataset):
    run = app.send("start_scan", **{**panel_calls.FORM, "background": True})["run"]
    dataset.delete_sample_field("ground_truth")
    DelegatedOperationService().execute_queued_operations()

    failed = app.send("poll_run", run_id=run["run_id"])["run"]
    assert failed["state"] == "failed"
    assert "ground_truth" in failed["error"]["message"]
    assert "Traceback" not in failed["error"]["message"]


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
        sum(pair["counts"][45] for pair in counts["pairs"] if len(pair["counts"]) > 45)
        >= n
    )
    precise = app.send("find_precise", **{**asked, "precision": 0.5})["iou_thresh"]
    assert precise is not None
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
