"""Worker processes: their start, their death and its cost, and their end."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import engine_cases
import fiftyone as fo
import psutil
import pytest
from engine_cases import FIELD, PATH, PROCESSES, search

from duplicates.iou_core.errors import RunCancelled, RunError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.edits import max_iou, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.jobs import engines, process_pool, runs
from duplicates.labels.scans import plans
from duplicates.labels.scans import search as find

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_parts")]


@pytest.fixture
def dataset(make_dataset):
    return engine_cases.make_odd(make_dataset(engine_cases.samples()))


class Deadly(process_pool.Worker):
    """A worker that is killed just after it receives a task."""

    asked = 0
    deaths = 1
    after = 0.02

    def ask(self, task):
        Deadly.asked += 1
        if 3 <= Deadly.asked < 3 + Deadly.deaths:
            kill = threading.Timer(Deadly.after, self._process.kill)
            kill.start()
            answer = super().ask(task)
            kill.join()
            # a worker that dies between two tasks is noticed at the next one
            return answer
        return super().ask(task)


@pytest.fixture
def deadly(monkeypatch):
    monkeypatch.setattr(process_pool, "Worker", Deadly)
    monkeypatch.setattr(Deadly, "asked", 0)
    return Deadly


WORK = {
    "finding": lambda dataset, run=None, engine=PROCESSES: {
        **search(dataset, FindParams(FIELD, iou_thresh=0.5), run=run, engine=engine),
        "seen": None,  # a clone has different stamps
    },
    "computing": lambda dataset, run=None, engine=PROCESSES: (
        max_iou.compute_max_ious(
            dataset, ComputeParams(FIELD), run=run, engine=engine
        ).count,
        dataset.values(f"{PATH}.max_iou"),
    ),
    "tagging": lambda dataset, run=None, engine=PROCESSES: (
        tag.tag_plan(
            dataset, plans.plan(dataset, "first"), "duplicate", run, engine
        ).label_ids,
        [action["count"] for action in journal.list_actions(dataset)],
        dataset.count_label_tags(),
    ),
}
# starting two workers takes seconds
ONE_OF_THE_WORK = [
    pytest.param(work, marks=[] if work == "tagging" else pytest.mark.long)
    for work in WORK
]


class TestDeaths:
    """A worker that dies only costs time."""

    @pytest.mark.parametrize("work", ONE_OF_THE_WORK)
    def test_the_part_of_a_killed_worker_is_done_again(self, dataset, deadly, work):
        clone = dataset.clone()
        for samples in (dataset, clone):
            params = FindParams(FIELD, iou_thresh=0.5)
            find.find_duplicates(samples, params, "first", "The first")
        try:
            assert WORK[work](dataset) == WORK[work](clone, engine=engines.LOCAL)
        finally:
            clone.delete()
        assert deadly.asked > 3

    def test_a_part_that_kills_three_workers_is_an_error(
        self, dataset, deadly, monkeypatch, no_worker_left
    ):
        monkeypatch.setattr(deadly, "deaths", 1000)
        blocks = store.collection("blocks").count_documents({})
        with (
            pytest.raises(RunError, match=r"engine: .* got 3 that died \(exit code -9"),
            runs.start(dataset, "find_duplicates", FIELD) as run,
        ):
            WORK["finding"](dataset, run)

        assert runs.status(dataset, run.id)["state"] == "failed"
        assert store.collection("blocks").count_documents({}) == blocks

    def test_the_error_of_a_worker_that_cannot_start_gives_the_reason(
        self, dataset, monkeypatch
    ):
        monkeypatch.setattr(process_pool, "_LOADER", "/nowhere/loader.py")
        with pytest.raises(RunError, match=r"exit code 2: .*can't open file"):
            WORK["finding"](dataset)

    @pytest.mark.parametrize("work", ONE_OF_THE_WORK)
    def test_a_cancelled_run_ends_its_workers(
        self, dataset, monkeypatch, work, no_worker_left
    ):
        monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
        find.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5), "first")
        blocks = store.collection("blocks").count_documents({})

        def cancel(done, total):
            runs.cancel(dataset, dataset.name)

        options = dict(report=cancel, run_id=dataset.name)
        with (
            pytest.raises(RunCancelled),
            runs.start(dataset, work, FIELD, **options) as run,
        ):
            WORK[work](dataset, run)

        assert runs.status(dataset, dataset.name)["state"] == "cancelled"
        assert store.collection("blocks").count_documents({}) == blocks

    def test_workers_end_with_their_parent_process(self, dataset):
        with subprocess.Popen(
            [sys.executable, "-c", CALLER],
            cwd=os.path.dirname(engines.__file__) + "/..",
            stdout=subprocess.PIPE,
            text=True,
        ) as caller:
            pids = list(map(int, caller.stdout.readline().split()))
            assert all(psutil.pid_exists(pid) for pid in pids)
            caller.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(map(_is_running, pids)):
            assert time.monotonic() < deadline
            time.sleep(0.05)


# prints the process ids of its workers, then waits to be killed
CALLER = """
import time
import duplicates_loader
duplicates_loader.load()
from duplicates.labels.jobs import engines
with engines.Engine("processes", 2).open() as pool:
    print(*(worker._process.pid for worker in pool._workers), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def no_worker_left():
    """Checks that a test leaves no worker of this process running."""
    before = _workers()
    yield
    assert _workers() <= before


def _workers():
    return {
        child.pid
        for child in psutil.Process().children()
        if _is_running(child.pid) and "labels.worker" in child.cmdline()
    }


def _is_running(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _search_and_send(name, connection):
    import fiftyone as fo

    found = find.find_duplicates(
        fo.load_dataset(name), FindParams(FIELD, iou_thresh=0.5), engine=PROCESSES
    )
    connection.send(found.label_ids)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks")
def test_a_daemonic_process_can_have_workers(dataset):
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(
        target=_search_and_send, args=(dataset.name, there), daemon=True
    )
    process.start()
    assert here.poll(120)
    expected = find.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
    assert here.recv() == expected.label_ids
    process.join()


def test_workers_get_the_address_of_a_database_that_fiftyone_started(monkeypatch):
    uri = fo.config.database_uri
    monkeypatch.setattr(fo.config, "database_uri", None)
    named = engines.environment()["FIFTYONE_DATABASE_URI"]

    assert named.replace("localhost", "127.0.0.1") == uri
