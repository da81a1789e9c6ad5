"""Work whose database is stopped in the middle. Run by the tests.

Usage: ``python interrupted.py ROOT WORK URI``. Prints "stop" in the middle of the work
and waits for a line, then prints the results of the work and of its repetition.
"""

import json
import os
import sys
import tempfile

FIELD = "ground_truth"


def main(root, work, uri):
    """Runs the work twice."""
    sys.path.insert(0, root)
    from dev import environment

    folder = tempfile.mkdtemp(prefix="duplicates-interrupted-")
    environment.apply(environment.variables(folder, uri, "interrupted"))
    import duplicates_loader

    duplicates_loader.load()
    from benchmarks import drawn

    dataset = drawn.make("interrupted", drawn.coco_like(3000))
    from duplicates.iou_core.errors import DuplicatesError
    from duplicates.labels.scans import plans

    if work.startswith("tag"):
        from duplicates.iou_core.params import FindParams
        from duplicates.labels.scans import search

        search.find_duplicates(dataset, FindParams(FIELD), "first")
        plan = plans.plan(dataset, "first")
    else:
        plan = None
    _interrupt(work)
    try:
        outcome = ["done", _do(work, dataset, plan)]
    except DuplicatesError as error:
        outcome = [type(error).__name__, str(error)]
    outcome.append(_do(work, dataset, plan))
    print(json.dumps(outcome), flush=True)
    # the database is stopped for good now
    os._exit(0)


def _do(work, dataset, plan):
    from duplicates.iou_core.params import ComputeParams, FindParams
    from duplicates.labels.edits import max_iou, tag
    from duplicates.labels.jobs.engines import Engine
    from duplicates.labels.scans import search

    engine = Engine("processes", 1) if work.endswith("processes") else Engine()
    if work.startswith("compute"):
        done = max_iou.compute_max_ious(dataset, ComputeParams(FIELD), engine=engine)
        values = dataset.values(f"{FIELD}.detections.max_iou", unwind=True)
        return [done.count, sum(value or 0 for value in values)]
    if work.startswith("find"):
        return search.find_duplicates(
            dataset, FindParams(FIELD), engine=engine
        ).label_ids
    done = tag.tag_plan(dataset, plan, "duplicate", engine=engine)
    return [done.count, dataset.count_label_tags()]


def _interrupt(work):
    """Makes the process wait at its second write."""
    from duplicates.labels.edits.writing import writer
    from duplicates.labels.jobs import engines
    from duplicates.labels.scans.blocks import block_store

    owner, name = {
        "compute": (writer.Writer, "_update"),
        "find": (block_store.Recorder, "_insert"),
        "tag": (writer.Writer, "_update"),
    }[work.partition(" ")[0]]
    if work.endswith("processes"):
        owner, name = engines, "_raise"
    function = getattr(owner, name)
    calls = []

    def waiting(*args):
        calls.append(1)
        if len(calls) == (1 if work == "tag" else 2):
            print("stop", flush=True)
            sys.stdin.readline()
        return function(*args)

    setattr(owner, name, waiting)


if __name__ == "__main__":
    main(*sys.argv[1:])
