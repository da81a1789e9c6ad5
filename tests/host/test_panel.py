"""The panel's messages do what they say, seen from the database."""

import time

import panel_calls
import pytest
from fiftyone.operators.delegated import DelegatedOperationService


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(panel_calls.SAMPLES)


@pytest.fixture
def app(dataset):
    return panel_calls.App(dataset)


@pytest.fixture
def plan(app):
    """A request about the plan of a fresh scan."""
    scan_key = panel_calls.scanned(app)["scan_key"]
    return {
        "scan_key": scan_key,
        "iou_thresh": 0.75,
        "method": "simple",
        "classes": None,
    }


def stored(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def test_a_scan_runs_beside_the_panel_and_says_which_scan_it_made(app, dataset):
    before = stored(dataset)
    run = panel_calls.scanned(app)

    opened = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    assert opened["labels"] == 8
    assert opened["scope"]["kind"] == "dataset"
    assert stored(dataset) == before
    assert app.send("open_panel")["scans"][0]["scan_key"] == run["scan_key"]


def test_a_view_and_a_selection_are_scanned_when_asked_for(dataset):
    view = dataset.limit(2)
    in_view = panel_calls.App(dataset, view=view)
    panel_calls.scanned(in_view, target="view")
    chosen = panel_calls.App(dataset, selected=[str(dataset.first().id)])
    panel_calls.scanned(chosen, target="selection")

    kinds = [(s["scope"], s["samples"]) for s in in_view.send("open_panel")["scans"]]
    assert kinds == [("selection", 1), ("view", 2)]


def test_a_target_that_is_gone_is_refused(app):
    answer = app.send("start_scan", **{**panel_calls.FORM, "target": "selection"})
    assert "no such view or selection" in answer["error"]["message"]


def test_what_the_panel_shows_itself_is_no_target(app, dataset, plan):
    from duplicates.labels import plans, views

    shown = views.plan_view(
        dataset, plans.plan(dataset, plan["scan_key"], 0.75), "samples"
    )
    targets = panel_calls.App(dataset, view=shown).send("open_panel")["targets"]
    assert [target["kind"] for target in targets] == ["dataset"]


def test_a_run_that_is_cancelled_stores_no_scan(app, dataset, monkeypatch):
    from duplicates.labels import runs

    monkeypatch.setattr(runs, "_HEARTBEAT", 0.0)
    first = runs.Run.progress

    def slow(run, done, total):
        time.sleep(0.5)
        first(run, done, total)

    monkeypatch.setattr(runs.Run, "progress", slow)
    from duplicates.iou_core.params import FindParams
    from duplicates.panel import scan_runs

    run = scan_runs.start(dataset, FindParams("ground_truth"), None, False)
    scan_runs.cancel(dataset, run["run_id"])

    assert panel_calls.ended(app, run)["state"] == "cancelled"
    assert app.send("open_panel")["scans"] == []


def test_a_run_in_the_background_waits_and_is_done_by_a_worker(app):
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


def test_a_run_in_the_background_can_be_taken_back(app):
    run = app.send("start_scan", **{**panel_calls.FORM, "background": True})["run"]
    cancelled = app.send("cancel_run", run_id=run["run_id"])["run"]

    assert cancelled["state"] == "cancelled"
    assert DelegatedOperationService().get_queued_operations() == []
    assert app.send("open_panel")["run"] is None


def test_a_run_in_the_background_that_fails_says_why(app, dataset):
    run = app.send("start_scan", **{**panel_calls.FORM, "background": True})["run"]
    dataset.delete_sample_field("ground_truth")
    DelegatedOperationService().execute_queued_operations()

    failed = app.send("poll_run", run_id=run["run_id"])["run"]
    assert failed["state"] == "failed"
    assert "ground_truth" in failed["error"]["message"]
    assert "Traceback" not in failed["error"]["message"]


def test_counts_restrict_labels_and_images_but_name_all_classes(app, plan):
    everything = app.send("count_labels", **plan)
    trucks = app.send("count_labels", **{**plan, "classes": ["truck"]})

    assert everything["labels"] == sum(c["labels"] for c in everything["classes"])
    assert trucks["classes"] == everything["classes"]
    assert {None, "person"} <= {c["name"] for c in everything["classes"]} | {"person"}
    by_name = {c["name"]: c["labels"] for c in everything["classes"]}
    assert trucks["labels"] == by_name.get("truck", 0)
    assert (everything["labels"], everything["images"]) == (3, 3)


def test_showing_and_clearing_ask_the_app_for_a_view(app, plan):
    shown = app.send("show_labels", **plan, mode="patches")
    assert (shown["labels"], shown["images"]) == (3, 3)
    assert "set_view" in app.asked_for
    app.send("clear_view")
    assert "clear_view" in app.asked_for


def test_the_plan_comes_in_pages_with_the_labels_that_stay(app, dataset, plan):
    first = app.send("list_plan", **plan, offset=0, limit=2)
    rest = app.send("list_plan", **plan, offset=2, limit=2)

    rows = first["rows"] + rest["rows"]
    assert first["total"] == len(rows) == 3
    assert all(row["kept_label_id"] != row["label_id"] for row in rows)
    assert {row["filepath"] for row in rows} <= set(dataset.values("filepath"))
    assert rows[1]["kept_label"] in ("person", "truck")


def test_another_view_than_the_scanned_one_is_told(dataset):
    app = panel_calls.App(dataset, view=dataset.limit(2))
    request = {
        "scan_key": panel_calls.scanned(app, target="view")["scan_key"],
        "tag": "duplicate",
    }

    def other(view):
        seen = panel_calls.App(dataset, view=view).send("refresh", **request)
        return seen["standing"]["other_view"]

    assert other(dataset.limit(2)) is False
    assert other(dataset.limit(3)) is True
    assert other(None) is True


def test_a_grouped_dataset_is_scanned_in_its_active_slice(database):
    import fiftyone as fo

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
    standing = app.send("refresh", scan_key=run["scan_key"], tag="duplicate")
    assert standing["standing"]["state"] == "up_to_date"
    dataset.delete()


def test_a_dataset_without_label_fields_or_samples_opens(database):
    import fiftyone as fo

    dataset = fo.Dataset()
    opened = panel_calls.App(dataset).send("open_panel")
    assert (opened["fields"], opened["dataset"]["samples"]) == ([], 0)
    dataset.delete()


def test_a_scan_is_stored_while_the_app_reloads_the_dataset_all_the_time(app, dataset):
    import threading

    stop = threading.Event()

    def reload():
        while not stop.is_set():
            dataset.reload()

    threads = [threading.Thread(target=reload) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        keys = [panel_calls.scanned(app)["scan_key"] for _ in range(5)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert len(set(keys)) == 5
    assert set(dataset.list_runs()) == set(keys)


@pytest.mark.parametrize(
    "params",
    [{"method": "nms"}, {"keep": ("largest",)}, {"metric": "ios", "iou_thresh": 0.8}],
)
def test_the_plan_of_any_scan_is_what_its_curves_count(app, dataset, params):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels import find

    find.find_duplicates(dataset, FindParams("ground_truth", **params), "other")
    opened = app.send("open_scan", scan_key="other")["summary"]
    assert opened["params"]["method"] == "simple"
    at = opened["thresholds"].index(0.75)
    plan = {"scan_key": "other", "iou_thresh": 0.75, "classes": None}
    for method, curve in opened["curves"].items():
        counted = app.send("count_labels", **plan, method=method)
        assert counted["labels"] == curve["labels"][at], method
        assert counted["images"] == curve["images"][at], method
