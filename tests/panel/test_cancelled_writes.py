"""A change of labels can be followed and canceled; the reply says what was done."""

import sys
import time

import fiftyone.operators as foo
import panel_calls
import pytest
from bson import ObjectId

from duplicates.labels.jobs import runs

pytestmark = pytest.mark.slow

BY_PLAN = {"source": "plan", "tag": "duplicate", "sure": False, "emptied": 0}
CANCELED_WITHIN = 1.5  # seconds: a run looks every half a second


def of_host(name):
    """Returns a module of the plugin as the host loaded it."""
    panel = type(foo.get_operator(panel_calls.URI)).__module__
    return sys.modules[panel.removesuffix("panel.duplicates_panel") + name]


@pytest.fixture
def run_id():
    return str(ObjectId())


@pytest.fixture
def followed(app, run_id, monkeypatch):
    """Cancels a change after its first sample, and returns what was polled then."""
    writer_class = of_host("labels.edits.writing.writer").Writer
    seen, write = [], writer_class.write

    def one(writer, changes):
        unwritten = write(writer, changes)
        if not any(run["run_id"] == run_id for run in seen):
            time.sleep(CANCELED_WITHIN)
            seen.append(app.send("poll_run", run_id=run_id)["run"])
            app.send("cancel_run", run_id=run_id)
            time.sleep(CANCELED_WITHIN)
        return unwritten

    monkeypatch.setattr(of_host("labels.edits.change"), "STEPS_AT_ONCE", 1)
    for name in ("change", "restore"):
        monkeypatch.setattr(of_host(f"labels.edits.{name}"), "SAMPLES_AT_ONCE", 1)
    monkeypatch.setattr(writer_class, "write", one)
    return seen


def stored(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def tags(dataset):
    found = dataset.values("ground_truth.detections.tags", unwind=True)
    return sum("duplicate" in labels for labels in found)


def test_a_deletion_canceled_midway_says_what_it_deleted_and_is_undone(
    app, dataset, plan, run_id, followed
):
    before = stored(dataset)
    done = app.delete(**plan, **BY_PLAN, run_id=run_id)

    assert done["ok"], done
    assert (done["cancelled"], done["labels"], done["images"]) == (True, 1, 1)
    assert dataset.count("ground_truth.detections") == 7
    assert followed[0]["state"] == "running"
    assert followed[0]["total"] == 3
    assert app.send("poll_run", run_id=run_id)["run"]["state"] == "cancelled"
    assert done["summary"]["labels"] == 7
    undone = app.send(
        "restore", restore_key=done["restore_key"], scan_key=None, tag="duplicate"
    )
    assert (undone["cancelled"], undone["labels"]) == (False, 1)
    assert stored(dataset) == before


def test_tagging_canceled_midway_counts_the_tags_that_it_gave(
    app, dataset, plan, run_id, followed
):
    done = app.send("tag_labels", **plan, tag="duplicate", run_id=run_id)

    assert (done["cancelled"], done["labels"], done["tagged"]) == (True, 1, 1)
    assert tags(dataset) == 1
    assert done["state"]["missing"] == 2


def test_untagging_canceled_midway_counts_the_tags_that_it_removed(
    app, dataset, plan, run_id, request
):
    app.send("tag_labels", **plan, tag="duplicate")
    request.getfixturevalue("followed")
    done = app.send(
        "untag_labels", scan_key=plan["scan_key"], tag="duplicate", run_id=run_id
    )

    assert (done["cancelled"], done["labels"], tags(dataset)) == (True, 1, 2)


def test_an_undo_canceled_midway_is_finished_by_another(
    app, dataset, plan, run_id, request
):
    before = stored(dataset)
    done = app.delete(**plan, **BY_PLAN)
    request.getfixturevalue("followed")
    undo = dict(restore_key=done["restore_key"], scan_key=None, tag="duplicate")
    first = app.send("restore", **undo, run_id=run_id)
    assert (first["cancelled"], first["labels"]) == (True, 1)
    assert dataset.count("ground_truth.detections") == 6

    second = app.send("restore", **undo)
    assert (second["cancelled"], second["labels"]) == (False, 2)
    assert stored(dataset) == before


def test_a_change_canceled_before_its_first_label_changes_nothing(
    app, dataset, plan, run_id, monkeypatch
):
    before = stored(dataset)
    deletion_class = of_host("panel.plan_answers").Deletion
    make = deletion_class.__init__

    def cancelled(deletion, *given):
        runs.cancel(dataset, run_id)
        time.sleep(CANCELED_WITHIN)
        make(deletion, *given)

    confirmed = app.confirmed(**plan, **BY_PLAN)
    monkeypatch.setattr(deletion_class, "__init__", cancelled)
    request = {**plan, **BY_PLAN, **confirmed, "run_id": run_id}
    done = app.send("delete_labels", **request)

    assert done["ok"], done
    assert (done["cancelled"], done["labels"], done["restore_key"]) == (True, 0, None)
    assert stored(dataset) == before
