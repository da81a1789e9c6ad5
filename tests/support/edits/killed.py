"""Deletions in processes that are each killed at a different point. Run by the tests.

Usage: ``python killed.py ROOT SCAN_KEY DATASET...``, with one dataset per point
"""

import importlib
import os
import sys

POINTS = (
    "before the journal is written",
    "after the journal is written",
    "after some labels are deleted",
    "after all labels are deleted",
    "never",
)


def die(*_, **__):
    os._exit(9)


def arm(point, change, action, writer):
    """Makes the process end at a point, without cleanup."""
    record, update = action.Action.record, writer.Writer._update

    def die_after(work):
        def work_and_die(*args):
            work(*args)
            die()

        return work_and_die

    if point == "before the journal is written":
        action.Action.record = die
    elif point == "after the journal is written":
        action.Action.record = die_after(record)
    elif point == "after some labels are deleted":
        change.SAMPLES_AT_ONCE = 10
        writer.Writer._update = die_after(update)
    elif point == "after all labels are deleted":
        action.Action.close = die


def run(dataset_name, scan_key, point):
    import fiftyone as fo

    from duplicates.labels.edits import change, delete
    from duplicates.labels.edits.journal import action
    from duplicates.labels.edits.writing import writer
    from duplicates.labels.jobs import runs
    from duplicates.labels.scans import plans

    dataset = fo.load_dataset(dataset_name)
    arm(point, change, action, writer)
    with runs.start(dataset, "delete_duplicates", "ground_truth", run_id=point) as run:
        delete.delete_plan(dataset, plans.plan(dataset, scan_key), run)


def main(root, scan_key, *dataset_names):
    """Forks a separate process for each point, as imports take seconds."""
    sys.path.insert(0, root)
    import duplicates_loader

    duplicates_loader.load()
    importlib.import_module("fiftyone")
    importlib.import_module("duplicates.labels.edits.delete")
    for dataset_name, point in zip(dataset_names, POINTS, strict=True):
        child = os.fork()
        if not child:
            run(dataset_name, scan_key, point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
