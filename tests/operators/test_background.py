"""Background runs: progress, cancellation, errors, and killed processes."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import engine_cases
import fiftyone.operators as foo
import forked
import interrupted
import pytest
from bson import ObjectId
from engine_cases import FIELD, PATH, search
from fiftyone.operators.delegated import DelegatedOperationService
from fiftyone_reference import stored

from benchmarks import drawn
from dev import mongod
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.edits import max_iou, tag
from duplicates.labels.edits.computed import own_attributes
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.journal.action import Action
from duplicates.labels.edits.restore import restore
from duplicates.labels.edits.writing import writer
from duplicates.labels.jobs import runs
from duplicates.labels.reading import columns
from duplicates.labels.scans import plans, register
from duplicates.labels.scans import search as find
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.blocks import block_store

pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARAMS = FindParams(FIELD, iou_thresh=0.5)
SERVICE = DelegatedOperationService


def operator(name):
    return foo.get_operator(f"@iou/duplicates/{name}")


def queue(name, samples, **params):
    return ObjectId(operator(name)(samples, delegate=True, **params).result["id"])


def wait_for(get, until, timeout=120):
    deadline = time.monotonic() + timeout
    while not until(found := get()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


@pytest.fixture
def dataset(make_dataset):
    return engine_cases.make_odd(make_dataset(engine_cases.samples()))


@pytest.fixture(scope="module")
def large(database):
    """A dataset large enough to observe a run in progress."""
    dataset = drawn.make("of the background", drawn.coco_like(40_000))
    dataset.persistent = True
    yield dataset
    dataset.delete()


@pytest.fixture(scope="class")
def worker(database):
    """FiftyOne's service, which runs each operation in a child process.

    It ends with its class: a test that executes queued operations itself would
    otherwise race with it.
    """
    command = "from fiftyone.core.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "delegated", "launch", "-m"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        yield process
        os.killpg(process.pid, signal.SIGKILL)


class TestWorker:
    """Queued runs report their progress and can be canceled."""

    def test_a_run_reports_its_progress_and_can_be_cancelled(self, large, worker):
        run_id = str(ObjectId())
        operation = queue("compute_max_ious", large, run_id=run_id)
        wait_for(
            lambda: SERVICE().get(operation), lambda o: o.status and o.status.progress
        )
        begun = wait_for(lambda: runs.status(large, run_id), lambda run: run["done"])
        assert begun["state"] == "running"
        assert begun["total"] == len(large)
        operator("cancel_run")(large, run_id=run_id)

        ended = wait_for(
            lambda: SERVICE().get(operation),
            lambda o: o.run_state in ("failed", "completed"),
        )
        status = runs.status(large, run_id)
        assert status["state"] == "cancelled"
        assert 0 < status["done"] < len(large)
        assert 0 < ended.status.progress < 1
        assert " of 40,000 samples" in ended.status.label
        assert "a request to stop after" in ended.result.error

    def test_a_background_run_can_use_several_processes(self, dataset, worker):
        dataset.persistent = True
        expected = search(dataset, PARAMS)["label_ids"]
        operation = queue(
            "find_duplicates", dataset, iou_thresh=0.5, engine="processes", workers=2
        )
        ended = wait_for(
            lambda: SERVICE().get(operation),
            lambda o: o.run_state in ("failed", "completed"),
        )
        assert ended.run_state == "completed", ended.result.error
        assert ended.result.result["label_ids"] == expected


def test_a_failed_run_gives_its_error_and_can_be_repeated(dataset):
    find.find_duplicates(dataset, PARAMS, "later")
    operation = queue("tag_duplicates", dataset, scan_key="later")
    scans.delete(dataset, "later")
    SERVICE().execute_queued_operations(operator="@iou/duplicates/tag_duplicates")
    failed = SERVICE().get(operation)
    assert failed.run_state == "failed"
    assert "scan_key: expected the key of a scan" in failed.result.error

    found = find.find_duplicates(dataset, PARAMS, "later")
    again = SERVICE().rerun_operation(operation)
    SERVICE().execute_queued_operations(operator="@iou/duplicates/tag_duplicates")
    done = SERVICE().get(again.id)
    assert done.run_state == "completed"
    assert done.result.result["label_ids"] == found.label_ids


def test_a_second_run_on_a_field_is_an_error(dataset):
    find.find_duplicates(dataset, PARAMS, "first")
    with runs.start(dataset, "compute_max_ious", FIELD) as first:
        for name, params in (
            ("compute_max_ious", {}),
            ("tag_duplicates", {"scan_key": "first"}),
        ):
            with pytest.raises(
                foo.executor.ExecutionError,
                match=rf"no other run that writes .* run {first.id}",
            ):
                operator(name)(dataset, label_field=FIELD, **params)
        assert operator("find_duplicates")(dataset).result["count"]


class TestKilled:
    """A run that is killed at any time and repeated gives the usual result."""

    @pytest.mark.parametrize(
        ("owner", "name", "when", "call"),
        [
            (own_attributes, "declare", "after", 1),
            (writer.Writer, "_update", "before", 1),
            (writer.Writer, "_update", "after", 1),
            (writer.Writer, "_update", "after", 3),
            (writer, "reload_held", "before", 1),
        ],
        ids=str,
    )
    @forked.needs_fork
    def test_a_killed_computation_can_be_repeated(
        self, dataset, monkeypatch, owner, name, when, call
    ):
        monkeypatch.setattr(writer, "_BATCH", 10)
        compute = ComputeParams(FIELD)
        max_iou.compute_max_ious(dataset, compute, "expected", "expected_id")

        def work():
            forked.dies(owner, name, when, call)
            max_iou.compute_max_ious(dataset, compute, "max_iou", "partner")

        forked.killed(work)
        dataset.reload()
        max_iou.compute_max_ious(dataset, compute, "max_iou", "partner")
        for a, b in (("expected", "max_iou"), ("expected_id", "partner")):
            a, b = dataset.values([f"{PATH}.{a}", f"{PATH}.{b}"])
            assert a == b

    @pytest.mark.parametrize(
        ("owner", "name", "when", "call"),
        [
            (block_store.Recorder, "_insert", "before", 1),
            (block_store.Recorder, "_insert", "after", 2),
            (register, "register", "before", 1),
            (register, "register", "after", 1),
        ],
        ids=str,
    )
    @forked.needs_fork
    def test_a_killed_scan_can_be_repeated(
        self, dataset, monkeypatch, owner, name, when, call
    ):
        monkeypatch.setattr(columns, "BLOCK_LABELS", 40)
        expected = search(dataset, PARAMS)
        before = set(store.collection("blocks").distinct("scan_uuid"))

        def work():
            forked.dies(owner, name, when, call)
            find.find_duplicates(dataset, PARAMS)

        forked.killed(work)
        dataset.reload()
        assert search(dataset, PARAMS) == expected
        left = {scan["scan_uuid"] for scan in scans.list_scans(dataset)}
        assert len(left) == (when == "after" and name == "register")
        store.collection("blocks").update_many(
            {}, {"$set": {"stored": store.now() - 2 * register.KEEP_BLOCKS}}
        )
        register.purge_blocks()
        assert set(store.collection("blocks").distinct("scan_uuid")) - before <= left

    @pytest.mark.parametrize(
        ("owner", "name", "when", "call"),
        [
            (Action, "record", "before", 1),
            (Action, "record", "after", 1),
            (writer.Writer, "_update", "after", 1),
            (writer.Writer, "_update", "after", 3),
            (Action, "close", "before", 1),
        ],
        ids=str,
    )
    @forked.needs_fork
    def test_a_killed_tagging_can_be_repeated(
        self, dataset, monkeypatch, owner, name, when, call
    ):
        monkeypatch.setattr(writer, "_BATCH", 10)
        find.find_duplicates(dataset, PARAMS, "first")
        plan = plans.plan(dataset, "first")
        before = stored(dataset)
        done = tag.tag_plan(dataset, plan, "duplicate")
        expected = stored(dataset)
        restore(dataset, done.restore_key)

        def work():
            forked.dies(owner, name, when, call)
            tag.tag_plan(dataset, plan, "duplicate")

        forked.killed(work)
        again = tag.tag_plan(dataset, plan, "duplicate")
        assert again.label_ids == done.label_ids
        assert stored(dataset) == expected
        for action in journal.list_actions(dataset):
            restore(dataset, action["restore_key"])
        assert stored(dataset) == before


@pytest.mark.parametrize(
    "work",
    [
        pytest.param("compute", marks=pytest.mark.long),
        "find",
        "tag",
        pytest.param("compute by processes", marks=pytest.mark.long),
        pytest.param("find by processes", marks=pytest.mark.long),
    ],
)
def test_a_run_whose_database_restarts_ends_with_an_error_or_its_result(tmp_path, work):
    with mongod.Mongod(tmp_path / "db") as server:
        process = subprocess.Popen(
            [sys.executable, interrupted.__file__, ROOT, work, server.uri],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "stop\n"
        server.stop()
        server.start()
        process.stdin.write("\n")
        process.stdin.flush()
        outcome, answer, repeated = json.loads(process.stdout.readline())
        process.stdin.close()
        process.wait()

    assert outcome in ("done", "DatabaseError")
    if outcome == "done":
        assert answer == repeated
    else:
        assert "expected a database that answers (" in answer
        assert "repeat this" in answer
    assert repeated
