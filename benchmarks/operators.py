"""Benchmarks of the plugin as users call it: through its operators.

Each row stands beside FiftyOne's own way, where there is one, and checks its result.
"""

from __future__ import annotations

import random
from datetime import datetime, timezone

import fiftyone as fo
import fiftyone.core.view as fov
import fiftyone.operators as foo
import fiftyone.utils.iou as foui
from pymongo import UpdateOne

import duplicates_loader

duplicates_loader.load()

from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.raw import batches

from . import drawn
from .measure import Row, interleave, require

FIELD = "ground_truth"
THRESH = 0.57  # one label in eighty is removed
PAGE = 21  # patches on the first screen of the grid


def rows(n_samples, fiftyone=True, rounds=3):
    """Yields the rows of one dataset.

    Args:
        n_samples: the number of samples
        fiftyone (True): whether FiftyOne runs too
        rounds (3): the number of rounds
    """
    name = f"bench_operators_{n_samples}"
    dataset = drawn.make(name, drawn.coco_like(n_samples))
    size = f"{n_samples:,} samples"
    try:
        yield _find_row(dataset, size, fiftyone, rounds)
        # before the scan, as it changes all of these samples
        own = _fiftyone_tags(dataset) if fiftyone else {}
        found = _call("find_duplicates", dataset, label_field=FIELD, iou_thresh=THRESH)
        yield from _edit_rows(dataset, found, size, own, rounds)
        yield _look_row(dataset, found, size, rounds)
        for share, target in ((0.01, 1 / 0.3), (0.08, 1 / 0.6), (0.4, 1)):
            yield _rescan_row(dataset, found, size, share, target, rounds)
    finally:
        fo.delete_dataset(name)


def _call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params)


def _find(dataset, **params):
    found = _call("find_duplicates", dataset, label_field=FIELD, **params)
    _call("delete_scan", dataset, scan_key=found.scan_key)
    return found.label_ids


def _find_row(dataset, size, fiftyone, rounds):
    answers = {}

    def ours():
        answers["ours"] = _find(dataset, iou_thresh=THRESH)

    def theirs():
        answers["FiftyOne"] = foui.find_duplicates(dataset, FIELD, iou_thresh=THRESH)

    def raw_read():
        projection = LabelDecoder([FIELD]).projection
        for batch in dataset._sample_collection.find_raw_batches(
            {}, projection, batch_size=batches.BATCH_SAMPLES
        ):
            len(batch)

    sides = {"ours": ours, "raw read": raw_read}
    if fiftyone:
        sides["FiftyOne"] = theirs
    ours()
    seconds = interleave(sides, rounds, once=("FiftyOne",))
    theirs_ids = answers.get("FiftyOne", answers["ours"])
    require(answers["ours"] == theirs_ids, f"find_duplicates, {size}")
    target = {"FiftyOne": 150, "raw read": 1 / 2}
    return Row(f"find_duplicates, stored, then deleted, {size}", seconds, target)


def _fiftyone_tags(dataset):
    """Returns how long FiftyOne takes to tag and untag the same labels."""
    ids = _find(dataset, iou_thresh=THRESH)
    view = dataset.select_labels(ids=ids, fields=FIELD)
    seconds = interleave(
        {
            "tag": lambda: view.tag_labels("own", label_fields=FIELD),
            "untag": lambda: view.untag_labels("own", label_fields=FIELD),
        },
        rounds=1,
    )
    return {name: {"FiftyOne": took} for name, took in seconds.items()}


def _edit_rows(dataset, found, size, own, rounds):
    """Yields tag, untag and delete, each with its undo and FiftyOne's own way."""
    on_scan = {"scan_key": found.scan_key, "iou_thresh": THRESH}
    tagged = {"label_field": FIELD, "tag": "duplicate"}
    undone = {}

    def act(name, **params):
        done = _call(name, dataset, **params)
        require(done.count == found.count, name)
        undone["key"] = done.restore_key

    def undo():
        done = _call("restore_deleted", dataset, restore_key=undone["key"])
        require(done.count == found.count, "undo")

    def dry_run():
        done = _call("delete_duplicates", dataset, dry_run=True, **on_scan)
        require(done.count == found.count, "dry run")

    yield Row(f"dry run, {size}", interleave({"ours": dry_run}, rounds))
    labels = f"{found.count:,} labels of {size}"
    actions = {
        "tag": ("tag_duplicates", {**on_scan, "tag": "duplicate"}),
        "untag": ("untag_duplicates", tagged),
        "delete": ("delete_duplicates", {**on_scan, "allow_emptied": True}),
    }
    for name, (operator, params) in actions.items():
        sides = {name: lambda o=operator, p=params: act(o, **p), "undo": undo}
        seconds = interleave(sides, rounds)
        if name == "tag":
            act(operator, **params)  # to have what is untagged
        yield Row(f"{name} {labels}", seconds | own.get(name, {}), {"undo": -1.2})
    _call("empty_trash", dataset)


def _look_row(dataset, found, size, rounds):
    """Times the first screen of patches."""

    def patches():
        on_scan = {"scan_key": found.scan_key, "iou_thresh": THRESH}
        shown = _call("show_duplicates", dataset, mode="patches", **on_scan)
        view = fov.DatasetView._build(dataset, shown.view)
        require(len(view.limit(PAGE).values("id")) == PAGE, "patches")

    return Row(
        f"first screen of patches, {size}", interleave({"ours": patches}, rounds)
    )


def _rescan_row(dataset, found, size, share, target, rounds):
    """Scans again after some samples were edited, beside a full scan."""
    ids = dataset._sample_collection.distinct(
        "_id", {f"{FIELD}.detections.0": {"$ne": None}}
    )
    picked = random.Random(0).sample(ids, int(share * len(ids)))
    change = {
        "$mul": {f"{FIELD}.detections.0.bounding_box.2": 0.999},
        "$set": {"last_modified_at": datetime.now(timezone.utc)},
    }
    edits = [UpdateOne({"_id": _id}, change) for _id in picked]
    dataset._sample_collection.bulk_write(edits, ordered=False)
    answers = {}

    def ours():
        answers["ours"] = _find(dataset, iou_thresh=THRESH, since=found.scan_key)

    def full():
        answers["full"] = _find(dataset, iou_thresh=THRESH)

    seconds = interleave({"ours": ours, "full scan": full}, rounds)
    require(answers["ours"] == answers["full"], f"a rescan, {share:.0%} edited")
    return Row(f"rescan, {share:.0%} edited, {size}", seconds, {"full scan": target})
