"""The panel starts scans of datasets, views and selections, and follows them."""

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
