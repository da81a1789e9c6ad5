"""Benchmarks of undo against the action it undoes, by labels per image."""

from __future__ import annotations

import statistics
import time

import fiftyone as fo
import numpy as np

from . import drawn
from .measure import Row

SIZES = ((2000, 10), (20, 1000), (1, 5000))
"""The numbers of images, and of labels in each."""

LARGE = ((200, 100), (2000, 100), (1, 10_000), (1, 20_000))

AT_MOST = -3
"""The target: an undo takes at most three times as long as its action."""


def rows(full):
    """Yields a row for each size and action.

    Half of the labels of each image are exact duplicates; the action changes those.
    """
    for n_images, n_labels in SIZES + (LARGE if full else ()):
        dataset = drawn.make("bench_undo", _doubled(n_images, n_labels))
        try:
            size = f"{n_images:,} x {n_labels:,} labels"
            yield from _rows(dataset, size, rounds=3 if full else 1)
        finally:
            fo.delete_dataset(dataset.name)


def _doubled(n_images, n_labels):
    half = n_labels // 2
    counts, boxes, classes = drawn.uniform(n_images, n_labels, 0.005)
    boxes = boxes.reshape(n_images, n_labels, 4)
    classes = classes.reshape(n_images, n_labels)
    boxes[:, half:], classes[:, half:] = boxes[:, :half], classes[:, :half]
    return counts, boxes.reshape(-1, 4), np.ravel(classes)


def _rows(dataset, size, rounds):
    import duplicates_loader

    duplicates_loader.load()
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.edits import delete, merge, restore, tag
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.scans import plans, search

    found = search.find_duplicates(dataset, FindParams("ground_truth"), record=True)
    plan = plans.plan(dataset, found.scan_key)
    actions = {
        "tag": lambda: tag.tag_plan(dataset, plan, "duplicate"),
        "delete": lambda: delete.delete_plan(dataset, plan),
        "merge": lambda: merge.merge_plan(dataset, plan),
    }
    for name, act in actions.items():
        took = []
        for _ in range(rounds):
            begin = time.perf_counter()
            done = act()
            between = time.perf_counter()
            undone = restore.restore(dataset, done.restore_key)
            took.append((between - begin, time.perf_counter() - between))
            if undone.skipped.reasons or done.count != len(plan):
                raise SystemExit(f"wrong result: {name}, {size}: {undone.skipped}")
        journal.empty(dataset)
        seconds = dict(zip((name, "undo"), map(statistics.median, zip(*took))))
        target = {"undo": AT_MOST}
        yield Row(f"{name} {len(plan):,} of {size}", seconds, target)
