"""The lock of a field admits one writer at a time, and ends with its run."""

import threading
import time
from datetime import timedelta

import forked
import pytest
from locked_runs import FIELD, locks, set_back, start, stop_heartbeat, wait_for

from duplicates.iou_core.errors import RunCancelled, RunError, ScanError
from duplicates.labels import store
from duplicates.labels.jobs import locks as lock_state
from duplicates.labels.jobs import process_identity, runs

pytestmark = pytest.mark.usefixtures("no_earlier_locks")


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
                run.check_cancelled()

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


def test_runs_and_locks_without_a_format_are_read(dataset):
    with start(dataset) as run:
        for name, key in (("runs", {"_id": run.id}), ("locks", {"run_id": run.id})):
            store.collection(name).update_one(key, {"$unset": {"format": True}})
        assert runs.status(dataset, run.id)["state"] == "running"
        with pytest.raises(RunError, match="no other run"), start(dataset):
            pass
