"""Runs: progress, cancellation, and the lock that admits one writer at a time."""

import threading
import time
from datetime import timedelta

import forked
import generated
import pytest

from duplicates.iou_core.errors import ParamsError, RunCancelled, RunError, ScanError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.cvat.trips import store as trips
from duplicates.labels.edits import max_iou, restore
from duplicates.labels.edits.journal import journal
from duplicates.labels.jobs import locks as lock_state
from duplicates.labels.jobs import process_identity, runs
from duplicates.labels.scans import register, search, stored

FIELD = "ground_truth"


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=20))


def start(dataset, field=FIELD, **options):
    return runs.start(dataset, "compute_max_ious", field, **options)


@pytest.fixture(autouse=True)
def no_earlier_locks(database):
    """Deletes the locks of processes that other tests killed."""
    store.collection("locks").delete_many({})


def locks():
    return list(store.collection("locks").find())


def wait_for(what, timeout=20):
    ends = time.monotonic() + timeout
    while time.monotonic() < ends:
        if what():
            return True
        time.sleep(0.01)
    return False


def stop_heartbeat(run):
    """Stops the heartbeat of a run, as if its machine had stopped."""
    run._ended.set()
    run._heart.join()


def set_back(run_id, by):
    store.collection("runs").update_one(
        {"_id": run_id}, {"$set": {"heartbeat": store.now() - by}}
    )


def test_a_second_run_that_writes_to_a_field_is_an_error(dataset):
    with (
        start(dataset) as first,
        pytest.raises(
            RunError,
            match=rf"no other run that writes.*compute_max_ious, run {first.id}",
        ),
        start(dataset),
    ):
        pass

    with start(dataset):
        assert len(locks()) == 1
    assert locks() == []


def test_other_fields_other_datasets_and_readers_are_not_locked(dataset, make_dataset):
    with (
        start(dataset),
        start(dataset, "predictions"),
        start(make_dataset([])),
        start(dataset, writes=False),
        start(dataset.limit(3), writes=False),
    ):
        assert len(locks()) == 3


def test_a_run_on_a_view_locks_the_dataset(dataset):
    with start(dataset.limit(3)), pytest.raises(RunError), start(dataset):
        pass


def test_a_run_that_writes_to_two_fields_locks_both(dataset):
    with start(dataset, "a", other_field="b"):
        for field in ("a", "b"):
            with pytest.raises(RunError), start(dataset, field):
                pass
        with pytest.raises(RunError), start(dataset, "c", other_field="b"):
            pass
        with start(dataset, "c"):
            pass
    assert locks() == []


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


def test_the_lock_of_a_run_without_heartbeat_is_taken_over(dataset):
    with start(dataset) as dead:
        stop_heartbeat(dead)
        set_back(dead.id, 2 * lock_state.STALE_AFTER)
        assert runs.status(dataset, dead.id)["state"] == "lost"
        with start(dataset) as heir:
            assert [lock["run_id"] for lock in locks()] == [heir.id]
        # when the lost run ends, it must not release the new run's lock
    with start(dataset) as heir:
        stop_heartbeat(heir)
        set_back(heir.id, 2 * lock_state.STALE_AFTER)
        with start(dataset) as third:
            assert [lock["run_id"] for lock in locks()] == [third.id]


def test_the_lock_of_a_run_that_is_just_starting_is_not_taken_over(dataset):
    lock = f"{dataset._doc.id}:{FIELD}"
    store.collection("locks").insert_one(
        {"_id": lock, "run_id": "no record yet", "taken": store.now()}
    )
    with pytest.raises(RunError, match="another run"), start(dataset):
        pass
    store.collection("locks").update_one(
        {"_id": lock}, {"$set": {"taken": store.now() - 2 * lock_state.STALE_AFTER}}
    )
    with start(dataset):
        pass


def test_only_one_of_many_concurrent_runs_gets_the_lock(dataset):
    together = threading.Barrier(8)
    inside, refused = [], []

    def want():
        together.wait()
        try:
            with start(dataset) as run:
                inside.append(run.id)
                together.wait(timeout=30)
        except RunError:
            refused.append(1)
            together.wait(timeout=30)

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(inside), len(refused)) == (1, 7)


def test_only_one_of_many_concurrent_runs_takes_over_a_lost_lock(dataset):
    store.collection("locks").insert_one(
        {
            "_id": f"{dataset._doc.id}:{FIELD}",
            "run_id": "dead",
            "taken": store.now() - 2 * lock_state.STALE_AFTER,
        }
    )
    test_only_one_of_many_concurrent_runs_gets_the_lock(dataset)


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
            raise RunCancelled("the run to go on", "a request to stop", "run")

    with pytest.raises(RunCancelled):
        search.find_duplicates(dataset, FindParams(FIELD), "mine", run=Impatient())
    register.require_free_key(dataset, "mine")


class TestHeartbeats:
    def test_a_long_step_keeps_the_lock(self, dataset, monkeypatch):
        monkeypatch.setattr(runs, "_HEARTBEAT", 0.05)
        monkeypatch.setattr(lock_state, "STALE_AFTER", timedelta(seconds=1))
        with start(dataset) as run:
            time.sleep(1.5)
            with pytest.raises(RunError, match=run.id), start(dataset):
                pass

    def test_heartbeats_end_with_the_run(self, dataset, monkeypatch):
        monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
        with pytest.raises(ValueError, match="no"), start(dataset) as run:
            raise ValueError("no")
        assert wait_for(lambda: not run._heart.is_alive())

    def test_a_run_that_lost_its_lock_stops(self, dataset, monkeypatch):
        """A machine wakes up from a long sleep, and another run already writes."""
        monkeypatch.setattr(runs, "_HEARTBEAT", 0.05)
        with start(dataset) as slept:
            stop_heartbeat(slept)
            set_back(slept.id, 2 * lock_state.STALE_AFTER)
            with start(dataset):
                pass
            slept.heartbeat()
            with pytest.raises(RunCancelled):
                slept.progress(1, 2)

    def test_a_cancellation_is_noticed_within_two_seconds(self, dataset):
        with start(dataset) as run:
            runs.cancel(dataset, run.id)
            assert wait_for(lambda: run._cancelled, timeout=2)
            with pytest.raises(RunCancelled):
                run.go_on()

    @forked.needs_fork
    def test_the_lock_of_a_killed_process_is_free_at_once(self, dataset):
        def work():
            forked.dies(runs, "_put", "after")
            with start(dataset):
                pass

        forked.killed(work)
        assert len(locks()) == 1
        assert runs.list_runs(dataset)[0]["state"] == "lost"
        with start(dataset) as heir:
            assert [lock["run_id"] for lock in locks()] == [heir.id]

    @forked.needs_fork
    def test_the_lock_of_a_process_killed_before_its_run_is_stored_is_free(
        self, dataset
    ):
        def work():
            forked.dies(runs, "_put", "before")
            with start(dataset):
                pass

        forked.killed(work)
        with start(dataset):
            pass

    def test_a_later_process_with_the_same_id_is_recognized(self):
        now = process_identity.this_process()
        assert not process_identity.is_gone(now)
        assert process_identity.is_gone({**now, "born": now["born"] - 60})

    @pytest.mark.parametrize("unknown", [None, "host:17", {}, {"machine": "another"}])
    def test_an_invisible_process_is_not_considered_dead(self, unknown):
        assert not process_identity.is_gone(unknown)


NEWER = r"run .*: expected format 1 or older \(update the plugin\), got format 99"


def test_runs_and_locks_store_their_format(dataset):
    with start(dataset) as run:
        (lock,) = (one for one in locks() if one["run_id"] == run.id)
        stored_run = store.collection("runs").find_one({"_id": run.id})
    assert lock["format"] == stored_run["format"] == store.FORMAT


def test_a_run_of_a_newer_plugin_is_an_error(dataset):
    with start(dataset) as run:
        pass
    newer = {"$set": {"format": 99}}
    store.collection("runs").update_one({"_id": run.id}, newer)

    for ask in (lambda: runs.status(dataset, run.id), lambda: runs.list_runs(dataset)):
        with pytest.raises(ScanError, match=NEWER):
            ask()


@pytest.mark.parametrize("name", ["runs", "locks"])
def test_the_lock_of_a_newer_plugin_is_not_taken_over(dataset, name):
    with start(dataset) as run:
        key = {"_id": run.id} if name == "runs" else {"run_id": run.id}
        store.collection(name).update_one(key, {"$set": {"format": 99}})
        stop_heartbeat(run)
        set_back(run.id, timedelta(days=1))
        with pytest.raises(ScanError, match=NEWER), start(dataset):
            pass
        assert any(lock["run_id"] == run.id for lock in locks())


def test_runs_and_locks_without_a_format_are_read(dataset):
    with start(dataset) as run:
        for name, key in (("runs", {"_id": run.id}), ("locks", {"run_id": run.id})):
            store.collection(name).update_one(key, {"$unset": {"format": True}})
        assert runs.status(dataset, run.id)["state"] == "running"
        with pytest.raises(RunError, match="no other run"), start(dataset):
            pass
