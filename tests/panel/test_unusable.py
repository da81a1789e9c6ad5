"""The panel says why a stored scan, a run or a lock cannot be used."""

import panel_calls
import pytest

from duplicates.labels import store
from duplicates.labels.jobs import locks
from duplicates.labels.jobs.process_identity import this_process

NEWER = "A newer version of the plugin stored this: {}."
DECISION = {"method": "simple", "keep": [], "metric": "iou", "iou_thresh": 0.5}


@pytest.fixture
def app(make_dataset):
    return panel_calls.App(make_dataset(panel_calls.SAMPLES))


@pytest.fixture
def scan_key(app):
    return panel_calls.scanned(app)["scan_key"]


def refused(answer):
    assert not answer["ok"], answer
    return answer["error"]["message"]


def test_a_scan_of_a_newer_version(app, scan_key):
    config = app.dataset.get_run_info(scan_key).config
    config.format = 99
    app.dataset.update_run_config(scan_key, config)

    for name in ("open_scan", "count_labels", "refresh"):
        answer = app.send(name, scan_key=scan_key, tag="duplicate", **DECISION)
        assert refused(answer) == NEWER.format(scan_key)
        assert "Update" in answer["error"]["advice"]


def test_a_run_of_a_newer_version(app, scan_key):
    (run,) = store.collection("runs").find({"dataset_id": str(app.dataset._doc.id)})
    store.collection("runs").update_one(run, {"$set": {"format": 99}})

    answer = app.send("poll_run", run_id=run["_id"])
    assert refused(answer) == NEWER.format(f"run {run['_id']}")


def test_a_lock_of_a_newer_version(app, scan_key):
    lock = f"{app.dataset._doc.id}:ground_truth"
    assert locks.take(lock, "newer") is None
    newer = {"format": 99, "process": this_process()}
    store.collection("locks").update_one({"_id": lock}, {"$set": newer})

    answer = app.send("tag_labels", scan_key=scan_key, tag="duplicate", **DECISION)
    assert refused(answer) == NEWER.format(f"run {lock}")
    locks.give_back([lock], "newer")


def test_a_scan_whose_pairs_are_gone(app, scan_key):
    uuid = app.dataset.get_run_info(scan_key).config.scan_uuid
    store.collection("blocks").delete_many({"scan_uuid": uuid})

    (entry,) = app.send("list_scans")["scans"]
    assert entry["compared"] == ["its pairs are no longer stored"]
    answer = app.send("open_scan", scan_key=scan_key)
    assert refused(answer) == (
        "This stored scan cannot be used: expected a scan whose pairs are stored, "
        "but found none (delete the scan, and scan again)."
    )
    assert app.send("delete_scan", scan_key=scan_key)["scans"] == []
