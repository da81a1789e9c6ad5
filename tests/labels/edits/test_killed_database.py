"""No label is lost if MongoDB is killed in the middle of a deletion."""

import json
import pathlib
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.slow
ROOT = pathlib.Path(__file__).resolve().parents[3]

RESTARTED = """
    import json, pathlib, sys, time

    sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/support/edits"]
    from dev import environment, mongod

    folder = pathlib.Path(sys.argv[2])
    server = mongod.Mongod(folder / "db")
    server.start()
    uri = server.uri + "/?serverSelectionTimeoutMS=500"
    environment.apply(environment.variables(folder, uri, "restarted"))

    import duplicates_loader
    duplicates_loader.load()
    import fiftyone as fo
    import odd_labels
    from odd_labels import FIELD
    from duplicates.iou_core.errors import DuplicatesError
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.edits import delete, change, restore
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.edits.writing import writer
    from duplicates.labels.jobs import locks, runs
    from duplicates.labels.scans import plans, search

    dataset = fo.Dataset()
    dataset.add_sample_field(
        FIELD, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    dataset.media_type = "image"
    dataset._sample_collection.insert_many(
        {
            "filepath": f"/{k}.jpg", "tags": [], "_media_type": "image",
            "_dataset_id": dataset._doc.id, "last_modified_at": odd_labels.WHEN,
            "created_at": odd_labels.WHEN, "_rand": 0.5, **document,
        }
        for k, document in enumerate(odd_labels.documents(30))
    )
    found = search.find_duplicates(dataset, FindParams(FIELD))
    plan = plans.plan(dataset, found.scan_key)
    before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)

    writer._BATCH = 2
    change.SAMPLES_AT_ONCE = 10
    change.STEPS_AT_ONCE = 1
    update = writer.Writer._update
    calls = []

    def stopped(writer, batch):
        calls.append(batch)
        if len(calls) == 8:
            # killed without a shutdown: unflushed writes are lost
            server._process.kill()
            server._process.wait()
        return update(writer, batch)

    writer.Writer._update = stopped
    begin = time.monotonic()
    try:
        with runs.start(dataset, "delete", FIELD) as run:
            delete.delete_plan(dataset, plan, run)
        error = None
    except DuplicatesError as reason:
        error = str(reason)
    took = time.monotonic() - begin
    writer.Writer._update = update
    server.start()

    half = odd_labels.raw_labels(dataset)
    (action,) = journal.list_actions(dataset)
    recorded = {
        entry["label_id"]
        for document in journal.entries(action["restore_key"])
        for entry in document["entries"]
    }
    locks.STALE_AFTER *= 0
    with runs.start(dataset, "delete", FIELD) as run:
        again = delete.delete_plan(dataset, plan, run)
    left = odd_labels.raw_labels(dataset)
    for action in journal.list_actions(dataset):
        restore.restore(dataset, action["restore_key"])
    print(json.dumps({
        "error": error,
        "took": took,
        "lost": len(labels.keys() - half.keys() - recorded),
        "gone": len(labels.keys() - half.keys()),
        "planned": len(plan),
        "again": again.count,
        "left": len(labels) - len(left),
        "same": odd_labels.raw(dataset) == before,
    }))
    server.stop()
"""


def test_no_label_is_lost_if_mongodb_is_killed_and_restarted(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(RESTARTED), str(ROOT), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["error"].startswith("delete: expected a database that answers")
    assert len(result["error"]) < 300
    assert "\n" not in result["error"]
    assert result["lost"] == 0
    assert 0 < result["gone"] < result["planned"]
    assert result["again"] == result["planned"] - result["gone"]
    assert result["left"] == result["planned"]
    assert result["same"]
    assert result["took"] < 30
