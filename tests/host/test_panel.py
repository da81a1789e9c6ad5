"""The panel's messages do what they say, seen from the database."""

import time

import panel_calls
import pytest
from fiftyone.operators.delegated import DelegatedOperationService

NEAR = [0.1, 0.1, 0.4, 0.4]
ALIKE = [0.1, 0.1, 0.4, 0.42]
SAMPLES = [
    [("person", NEAR), ("person", ALIKE), ("truck", [0.6, 0.6, 0.2, 0.2])],
    [("person", NEAR), ("truck", NEAR)],
    [("truck", NEAR), (None, NEAR)],
    [("truck", NEAR)],
]
FORM = {
    "label_field": "ground_truth",
    "other_field": None,
    "classwise": False,
    "target": "dataset",
    "background": False,
}


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(SAMPLES)


@pytest.fixture
def app(dataset):
    return panel_calls.App(dataset)


@pytest.fixture
def plan(app):
    """A request about the plan of a fresh scan."""
    scan_key = scanned(app)["scan_key"]
    return {
        "scan_key": scan_key,
        "iou_thresh": 0.75,
        "method": "simple",
        "classes": None,
    }


def ended(app, run):
    """Polls as the browser does, until a run has ended."""
    deadline = time.monotonic() + 30
    while run["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, run
        time.sleep(0.05)
        run = app.send("poll_run", run_id=run["run_id"])["run"]
    return run


def scanned(app, **form):
    answer = app.send("start_scan", **{**FORM, **form})
    assert answer["ok"], answer
    run = ended(app, answer["run"])
    assert run["state"] == "done", run
    return run


def stored(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def tags(dataset):
    found = dataset.values("ground_truth.detections.tags", unwind=True)
    return sum("duplicate" in labels for labels in found)


def test_a_scan_runs_beside_the_panel_and_says_which_scan_it_made(app, dataset):
    before = stored(dataset)
    run = scanned(app)

    opened = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    assert opened["labels"] == 8
    assert opened["scope"]["kind"] == "dataset"
    assert stored(dataset) == before
    assert app.send("open_panel")["scans"][0]["scan_key"] == run["scan_key"]


def test_a_view_and_a_selection_are_scanned_when_asked_for(dataset):
    view = dataset.limit(2)
    in_view = panel_calls.App(dataset, view=view)
    scanned(in_view, target="view")
    chosen = panel_calls.App(dataset, selected=[str(dataset.first().id)])
    scanned(chosen, target="selection")

    kinds = [(s["scope"], s["samples"]) for s in in_view.send("open_panel")["scans"]]
    assert kinds == [("selection", 1), ("view", 2)]


def test_a_target_that_is_gone_is_refused(app):
    answer = app.send("start_scan", **{**FORM, "target": "selection"})
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

    assert ended(app, run)["state"] == "cancelled"
    assert app.send("open_panel")["scans"] == []


def test_a_run_in_the_background_waits_and_is_done_by_a_worker(app):
    run = app.send("start_scan", **{**FORM, "background": True})["run"]
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
    run = app.send("start_scan", **{**FORM, "background": True})["run"]
    cancelled = app.send("cancel_run", run_id=run["run_id"])["run"]

    assert cancelled["state"] == "cancelled"
    assert DelegatedOperationService().get_queued_operations() == []
    assert app.send("open_panel")["run"] is None


def test_a_run_in_the_background_that_fails_says_why(app, dataset):
    run = app.send("start_scan", **{**FORM, "background": True})["run"]
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


def test_tagging_leaves_the_scan_up_to_date_and_can_be_undone(app, dataset, plan):
    before = stored(dataset)
    done = app.send("tag_labels", **plan, tag="duplicate")
    assert "reload_samples" in app.asked_for
    assert (done["labels"], done["tagged"], tags(dataset)) == (3, 3, 3)

    standing = app.send("refresh", scan_key=plan["scan_key"], tag="duplicate")
    assert standing["standing"]["state"] == "up_to_date"
    assert standing["standing"]["tagged"] == 3

    undone = app.send(
        "restore",
        restore_key=done["restore_key"],
        scan_key=plan["scan_key"],
        tag="duplicate",
    )
    assert (undone["operation"], undone["tagged"]) == ("tag", 0)
    assert stored(dataset) == before


def test_a_deletion_is_counted_again_first(app, dataset, plan):
    before = stored(dataset)
    request = {**plan, "source": "plan", "tag": "duplicate"}
    expected = app.send("preview_delete", **request)["labels"]
    assert expected == 3

    refused = app.send("delete_labels", **request, expected=expected + 1)
    assert refused["error"]["message"].startswith("The labels changed meanwhile: 3")
    assert stored(dataset) == before

    done = app.send("delete_labels", **request, expected=expected)
    assert done["labels"] == 3
    assert len(dataset.values("ground_truth.detections.id", unwind=True)) == 5


def test_after_a_deletion_the_numbers_hold_and_undo_brings_back_the_old_scan(
    app, dataset, plan
):
    before = stored(dataset)
    request = {**plan, "source": "plan", "tag": "duplicate", "expected": 3}
    done = app.send("delete_labels", **request)
    assert done["summary"]["labels"] == 5
    assert done["summary"]["scan_key"] != plan["scan_key"]
    old = app.send("refresh", scan_key=plan["scan_key"], tag="duplicate")["standing"]
    assert (old["state"], old["edited"]) == ("changed", 3)

    undone = app.send(
        "restore",
        restore_key=done["restore_key"],
        scan_key=done["summary"]["scan_key"],
        tag="duplicate",
    )
    assert undone["summary"]["scan_key"] == plan["scan_key"]
    assert stored(dataset) == before
    assert len(app.send("open_panel")["scans"]) == 2
    actions = app.send("list_actions")["actions"]
    assert [(a["operation"], a["state"]) for a in actions] == [("delete", "restored")]


def test_deleting_by_tag_takes_the_tagged_labels(app, dataset, plan):
    app.send("tag_labels", **{**plan, "classes": [None]}, tag="duplicate")
    request = {**plan, "source": "tag", "tag": "duplicate"}
    preview = app.send("preview_delete", **request)
    assert preview["classes"] == [{"name": None, "labels": 1}]

    done = app.send("delete_labels", **request, expected=1)
    assert (done["labels"], done["tagged"]) == (1, 0)


def test_a_field_that_cannot_be_written_is_said_and_left_alone(app, dataset, plan):
    field = dataset.get_field("ground_truth")
    field.read_only = True
    field.save()
    before = stored(dataset)

    answer = app.send("tag_labels", **plan, tag="duplicate")
    assert "read-only" in answer["error"]["message"]
    assert answer["error"]["consequence"] == "Nothing was changed."
    assert stored(dataset) == before
    assert app.send("open_panel")["fields"][0]["writable"] is False


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
    request = {"scan_key": scanned(app, target="view")["scan_key"], "tag": "duplicate"}

    def other(view):
        seen = panel_calls.App(dataset, view=view).send("refresh", **request)
        return seen["standing"]["other_view"]

    assert other(dataset.limit(2)) is False
    assert other(dataset.limit(3)) is True
    assert other(None) is True
