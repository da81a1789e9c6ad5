"""The messages of the panel about CVAT, with a server."""

import threading
import time

import panel_calls
import pytest
from bson import ObjectId
from cvat_operators import call, declare, scan

pytestmark = pytest.mark.slow


def test_the_panel_shows_in_the_grid_the_labels_that_a_load_skips(dataset, cvat):
    import fiftyone as fo

    app = panel_calls.App(dataset)
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    for shape in cvat.shapes()[:2]:
        shape["z_order"] = 3
    shown = app.send("preview_cvat_load", trip_id="trip")
    skipped = shown["skipped"]["labels"]
    ids = {
        name: [label[name] for label in skipped] for name in ("sample_id", "label_id")
    }
    asked = {f"{name}s": value for name, value in ids.items()}
    answer = app.send("show_cvat_labels", trip_id="trip", **asked)
    assert answer["ok"], answer
    view = fo.DatasetView._build(dataset, app.asked_with["set_view"]["view"])
    assert view.values("ground_truth.detections.id", unwind=True) == ids["label_id"]


def test_the_panel_sends_in_a_thread_and_loads(dataset, cvat):
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    request = panel_calls.example("send_to_cvat")["request"]
    answer = app.send("send_to_cvat", **{**request, "scan_key": scan_key})
    assert answer["ok"], answer
    run = panel_calls.ended(app, answer["run"])
    assert run["state"] == "done", run
    (trip,) = app.send("list_cvat")["trips"]
    assert trip["labels"] == 6

    cvat.complete()
    cvat.delete(cvat.shapes()[1])
    shown = app.send("preview_cvat_load", trip_id=trip["trip_id"])
    done = app.send(
        "load_from_cvat",
        trip_id=trip["trip_id"],
        digest=shown["digest"],
        allow_mass_delete=False,
        cleanup=True,
        emptied=shown["emptied"],
        scan_key=scan_key,
        tag="duplicate",
    )
    assert done["ok"], done
    assert done["labels"] == 1
    assert (done["is_removed"], done["problem"]) == (True, None)
    assert done["summary"]["labels"] == 7
    assert app.send("list_cvat")["trips"] == []
    (action, *_) = app.send("list_actions")["actions"]
    assert action["operation"] == "cvat"


def test_a_load_from_the_panel_is_cancelled_while_the_server_is_silent(dataset, cvat):
    app = panel_calls.App(dataset)
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    before = list(dataset._sample_collection.find())
    run_id = str(ObjectId())
    cvat.fault = lambda method, path, n: ("hang", 20) if "annotations" in path else None
    answers = []

    def compare():
        asked = {"trip_id": "trip", "run_id": run_id}
        answers.append(panel_calls.App(dataset).send("preview_cvat_load", **asked))

    thread = threading.Thread(target=compare)
    begun = time.monotonic()
    thread.start()
    while not app.send("cancel_run", run_id=run_id)["ok"]:
        time.sleep(0.1)
    thread.join(15)

    assert not thread.is_alive()
    assert time.monotonic() - begun < 15
    assert answers[0]["error"]["message"] == "It was canceled."
    assert list(dataset._sample_collection.find()) == before


def test_a_task_that_is_kept_is_reported_with_the_load(dataset, cvat):
    app = panel_calls.App(dataset)
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    cvat.delete(cvat.shapes()[1])
    preview = app.send("preview_cvat_load", trip_id="trip")
    asked = {"anno_key": "trip", "cleanup": True}
    seen = {name: preview[name] for name in ("digest", "emptied")}
    shown = {"scan_key": None, "tag": "duplicate", "allow_mass_delete": False}
    given = {"trip_id": "trip", "cleanup": True}
    done = app.send("load_from_cvat", **given, **seen, **shown)
    assert (done["labels"], done["is_removed"]) == (1, False)
    words = "1 job is not completed, so the task is kept in CVAT"
    assert done["problem"] == words
    call("restore_deleted", dataset, restore_key=done["restore_key"])
    done = call("load_from_cvat", dataset, confirm=True, allow_emptied=True, **asked)
    assert (done["count"], done["problem"]) == (1, words)
    assert done["message"].endswith(f"duplicates remain. {words}")
    call("restore_deleted", dataset, restore_key=done["restore_key"])
    cvat.complete()
    cvat.fault = lambda method, path, n: 403 if method == "DELETE" else None
    done = call("load_from_cvat", dataset, confirm=True, allow_emptied=True, **asked)
    assert done["problem"].startswith("The task could not be deleted in CVAT")
    call("restore_deleted", dataset, restore_key=done["restore_key"])


def test_the_panel_offers_attributes_and_shows_what_is_not_sent(dataset, cvat):
    declare(dataset)
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    request = panel_calls.example("cvat_preview_upload")["request"]
    request = {**request, "scan_key": scan_key, "attributes": ["size"]}
    shown = app.send("cvat_preview_upload", **request)
    assert [each["name"] for each in shown["offered"]] == ["color", "size"]
    assert shown["attributes"] == ["size"]
    assert shown["labels"] == 6
    assert shown["left"] == {"count": 1, "reasons": {"has no class": 1}}
    run = app.send("send_to_cvat", **{**request, "segment_size": None, "expected": 6})[
        "run"
    ]
    assert panel_calls.ended(app, run)["state"] == "done"
    (trip,) = app.send("list_cvat")["trips"]
    assert (trip["attributes"], trip["left"]) == (["size"], shown["left"])
    (shape,) = [s for s in cvat.shapes() if cvat.texts(s)["size"]][:1]
    cvat.edit(shape, size="abc")
    shown = app.send("preview_cvat_load", trip_id=trip["trip_id"])
    assert shown["counts"]["refused"] == 1
    (change,) = shown["changes"]
    assert change["edits"] == [
        {"name": "size", "was": "0.5", "now": "abc", "here": "0.5"}
    ]


def test_the_panel_sends_only_as_many_labels_as_it_has_shown(dataset, cvat):
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    request = panel_calls.example("send_to_cvat")["request"]
    asked = {**request, "scan_key": scan_key}
    refused = app.send("send_to_cvat", **{**asked, "expected": 5})
    assert refused["ok"] is False
    words = "would now send 6 labels, not the 5 that were shown"
    assert words in refused["error"]["message"]
    assert cvat.log == []
    run = app.send("send_to_cvat", **asked)["run"]
    assert panel_calls.ended(app, run)["state"] == "done"
    (trip,) = app.send("list_cvat")["trips"]
    assert (trip["run_id"], trip["state"]) == (run["run_id"], "open")


def test_a_failed_upload_is_reported_to_the_panel(dataset, cvat):
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    cvat.fault = lambda method, path, n: 500 if method == "POST" else None
    request = panel_calls.example("send_to_cvat")["request"]
    answer = app.send("send_to_cvat", **{**request, "scan_key": scan_key})
    run = panel_calls.ended(app, answer["run"])
    assert run["state"] == "failed"
    assert run["error"]["message"].startswith("The upload failed: ")
    assert cvat.tasks == {}


def test_a_load_that_loses_the_database_refers_to_history(dataset):
    from duplicates.iou_core.errors import DatabaseError
    from duplicates.panel.requests import IN_HISTORY, explain

    error = DatabaseError("an answer", "a closed connection", "cvat")
    assert explain(error)["consequence"] == IN_HISTORY
