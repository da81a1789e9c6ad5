"""Runs that write to a field, and their locks."""

import time

from duplicates.labels import store
from duplicates.labels.jobs import runs

FIELD = "ground_truth"


def start(dataset, field=FIELD, **options):
    return runs.start(dataset, "compute_max_ious", field, **options)


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
