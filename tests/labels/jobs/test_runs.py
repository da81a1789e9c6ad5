"""Runs: progress, cancellation, and what is stored of them."""

import time

import pymongo
import pytest
from locked_runs import FIELD, locks, set_back, start, wait_for

from duplicates.iou_core.errors import ParamsError, RunCancelled, RunError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.cvat.trips import store as trips
from duplicates.labels.edits import max_iou, restore
from duplicates.labels.edits.journal import journal
from duplicates.labels.jobs import runs
from duplicates.labels.scans import register, search, stored

pytestmark = pytest.mark.usefixtures("no_earlier_locks")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, RunError])
def test_a_failed_run_releases_its_lock_and_stores_its_error(dataset, error):
    problem = (
        error("nothing", "something", "somewhere") if error is RunError else error("no")
    )
    with pytest.raises(error), start(dataset) as run:
        raise problem

    status = runs.status(dataset, run.id)
    assert status["state"] == "failed"
    assert ("nothing" if error is RunError else f"{error.__name__}: no") in status[
        "error"
    ]
    assert locks() == []


def test_progress_is_stored_and_reported(dataset, monkeypatch):
    monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
    reported = []
    with start(dataset, report=lambda *done: reported.append(done)) as run:
        assert runs.status(dataset, run.id)["state"] == "running"
        run.progress(0, 10)
        time.sleep(0.02)
        run.progress(4, 10)
        assert wait_for(lambda: runs.status(dataset, run.id)["total"] == 10)
        run.progress(10, 10)

    assert reported[:2] == [(0, 10), (4, 10)]
    status = runs.status(dataset, run.id)
    assert (status["state"], status["done"], status["total"]) == ("done", 10, 10)
    assert runs.list_runs(dataset)[0]["run_id"] == run.id


def test_progress_is_stored_at_most_twice_a_second(dataset):
    reported = []
    with start(dataset, report=lambda *done: reported.append(done)) as run:
        for k in range(1000):
            run.progress(k, 1000)

    assert len(reported) < 100


WORK = {
    "computing": lambda dataset, run: max_iou.compute_max_ious(
        dataset, ComputeParams(FIELD), run=run
    ),
    "finding": lambda dataset, run: search.find_duplicates(
        dataset, FindParams(FIELD), run=run
    ),
}


@pytest.mark.parametrize("work", WORK)
def test_a_cancelled_run_stops_at_its_next_block(dataset, monkeypatch, work):
    monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
    monkeypatch.setattr("duplicates.labels.reading.columns.BLOCK_LABELS", 5)
    n_runs = len(dataset.list_runs())
    blocks = store.collection("blocks").count_documents({})

    def cancel_at_the_third_report(done, total):
        if done > 4:
            assert runs.cancel(dataset, dataset.name)["state"] == "running"
        time.sleep(0.1)

    options = dict(report=cancel_at_the_third_report, run_id=dataset.name)
    with pytest.raises(RunCancelled), start(dataset, **options) as run:
        WORK[work](dataset, run)

    status = runs.status(dataset, run.id)
    assert status["state"] == "cancelled"
    assert 4 < status["done"] < 20
    assert locks() == []
    assert len(dataset.list_runs()) == n_runs
    assert store.collection("blocks").count_documents({}) == blocks


@pytest.mark.parametrize("work", WORK)
def test_a_cancelled_run_stops_in_the_middle_of_an_image(
    make_dataset, monkeypatch, work
):
    monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
    dataset = make_dataset([[("cat", [0.1, 0.1, 0.2, 0.2 + k / 90]) for k in range(9)]])

    def cancel_at_once(done, total):
        runs.cancel(dataset, dataset.name)
        assert wait_for(lambda: run._cancelled)

    options = dict(report=cancel_at_once, run_id=dataset.name)
    with pytest.raises(RunCancelled), start(dataset, **options) as run:
        WORK[work](dataset, run)

    assert runs.status(dataset, run.id)["state"] == "cancelled"


@pytest.mark.parametrize("ask", [runs.cancel, runs.status])
def test_the_error_for_an_unknown_run_gives_its_id(dataset, ask):
    expected = "run_id: expected the id of a run on this dataset, got 'no'"
    with pytest.raises(RunError, match=expected):
        ask(dataset, "no")


def test_a_run_that_begins_while_it_is_canceled_stops_or_the_cancellation_fails(
    dataset, monkeypatch
):
    begun = []

    class Beginning(pymongo.collection.Collection):
        """Runs, one of which begins between the requests of a cancellation."""

        def __getattribute__(self, name):
            if name in ("find_one", "update_one", "find_one_and_update") and not begun:
                begun.append(None)
                return lambda *args, **kwargs: begin(getattr(self, name), args, kwargs)
            return super().__getattribute__(name)

    def begin(request, args, kwargs):
        answer = request(*args, **kwargs)
        runs._put(runs._new_record("late", dataset, "find_duplicates", FIELD))
        return answer

    database = store.collection("runs").database
    name = store.collection("runs").name
    monkeypatch.setattr(runs.store, "collection", lambda *_: Beginning(database, name))
    with pytest.raises(RunError, match="the id of a run on this dataset"):
        runs.cancel(dataset, "late")
    assert runs.cancel(dataset, "late")["state"] == "running"
    # a run that is left under way is in the way of those who erase everything
    assert store.collection("runs").find_one_and_delete({"_id": "late"})["cancel"]


@pytest.mark.parametrize("ask", [runs.cancel, runs.status])
def test_a_run_of_another_dataset_cannot_be_read_or_cancelled(
    dataset, make_dataset, ask
):
    with start(dataset) as run:
        stranger = make_dataset([None])
        with pytest.raises(RunError, match="the id of a run on this dataset"):
            ask(stranger, run.id)
        run.progress(1, 2)

    assert runs.status(dataset, run.id)["state"] == "done"


def test_a_given_id_never_replaces_a_run_of_another_dataset(dataset, make_dataset):
    stranger = make_dataset([None])
    with start(dataset, run_id=dataset.name) as run:
        before = store.collection("runs").find_one({"_id": run.id})
        expected = rf"run_id: expected a new id, got '{run.id}', of a run on another"
        with (
            pytest.raises(RunError, match=expected),
            start(stranger, run_id=dataset.name),
        ):
            pass
        assert store.collection("runs").find_one({"_id": run.id}) == before
        assert [lock["run_id"] for lock in locks()] == [run.id]

    # a queued run is repeated under the same id
    with start(dataset, run_id=dataset.name):
        assert runs.status(dataset, dataset.name)["state"] == "running"


ODD_KEYS = [{"$gt": ""}, {"$ne": None}, ["x"], 1, True, None, b"x"]


@pytest.mark.parametrize(
    ("where", "ask"),
    [
        ("run_id", runs.cancel),
        ("run_id", runs.status),
        ("scan_key", stored.open_scan),
        ("scan_key", stored.delete),
        ("restore_key", journal.load),
        ("restore_key", restore.restore),
        ("anno_key", trips.find),
        ("anno_key", trips.require),
    ],
)
def test_a_key_that_is_not_a_string_is_an_error(dataset, where, ask):
    search.find_duplicates(dataset, FindParams(FIELD), "mine")
    expected = f"{where}: expected a key"
    with start(dataset):
        for key in ODD_KEYS:
            with pytest.raises(ParamsError, match=expected):
                ask(dataset, key)
    assert stored.open_scan(dataset, "mine").key == "mine"


def test_runs_that_ended_long_ago_are_deleted(dataset):
    with start(dataset) as old:
        pass
    set_back(old.id, 2 * runs.KEEP_FOR)
    with start(dataset) as new:
        pass

    assert [run["run_id"] for run in runs.list_runs(dataset)] == [new.id]


def test_a_cancelled_scan_reserves_no_key(dataset):
    class Impatient:
        def progress(self, done, total):
            raise RunCancelled("the run to continue", "a request to stop", "run")

    with pytest.raises(RunCancelled):
        search.find_duplicates(dataset, FindParams(FIELD), "mine", run=Impatient())
    register.require_free_key(dataset, "mine")
