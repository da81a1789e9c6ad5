"""Rows that compare a geometry with FiftyOne: in memory, and in a search."""

from __future__ import annotations

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search

from .measure import Row, interleave, require

_LISTS = {
    fo.Detection: fo.Detections,
    fo.Polyline: fo.Polylines,
    fo.Keypoint: fo.Keypoints,
}


def rows_of(
    work, counts, objects, geometry, target, options, compute=foui.compute_ious
):
    """Yields a row for the kernel, with FiftyOne's, and one for a search."""
    image = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(counts)
    images = [objects[b - n : b] for n, b in zip(counts, ends)]
    answers = {}

    def ours():
        labels = geometry()
        answers["ours"] = [
            labels.measure(i, j)[:3] for i, j in labels.candidates(image)
        ]

    def fiftyone():
        with np.errstate(divide="ignore", invalid="ignore"):
            answers["fiftyone"] = [
                compute(labels, labels, **options) for labels in images
            ]

    # the imports of the first call are not measured
    compute(images[0], images[0], **options)
    seconds = interleave({"ours": ours, "FiftyOne": fiftyone}, 5, ("FiftyOne",))
    yield Row(work, seconds, {"FiftyOne": target}, check(work, answers, counts))
    if compute is foui.compute_ious:
        yield _find_row(work, images, options)


def _find_row(work, images, options):
    """Times a search for the same labels in the database."""
    document = _LISTS[type(images[0][0])]
    dataset = fo.Dataset()
    dataset.add_samples(
        [
            fo.Sample(filepath=f"/{k}.jpg", gt=document(**{list_name: labels}))
            for k, labels in enumerate(images)
            for list_name in [document._LABEL_LIST_FIELD]
        ],
        progress=False,
    )
    params = FindParams("gt", iou_thresh=0.5, **options)
    answers = {}

    def ours():
        answers["ours"] = search.find_duplicates(
            dataset, params, record=False
        ).label_ids

    def fiftyone():
        with np.errstate(divide="ignore", invalid="ignore"):
            answers["fiftyone"] = foui.find_duplicates(
                dataset, "gt", iou_thresh=0.5, progress=False, **options
            )

    seconds = interleave({"ours": ours, "FiftyOne": fiftyone}, 5, ("FiftyOne",))
    require(answers["ours"] == answers["fiftyone"], f"finding {work}")
    dataset.delete()
    note = f"{len(answers['ours']):,} duplicates, same ids"
    return Row(f"find: {work}", seconds, {"FiftyOne": 20}, note)


def check(work, answers, counts):
    """Returns a note on the comparison; ends the benchmark if the values differ."""
    starts = np.cumsum(counts) - counts
    image = np.repeat(np.arange(len(counts)), counts)
    mine = [np.zeros((n, n)) for n in counts]
    pairs = 0
    for part in answers["ours"]:
        for i, j, iou in zip(*part):
            k = image[i]
            mine[k][i - starts[k], j - starts[k]] = iou
            pairs += 1
    worst = 0.0
    for ours, theirs in zip(mine, answers["fiftyone"]):
        theirs = np.triu(theirs, 1)
        valid = np.isfinite(theirs)
        worst = max(worst, np.abs(ours - theirs)[valid].max(initial=0))
    require(worst <= 1e-9, f"{work}, by {worst}")
    return f"{sum(counts):,} labels, {pairs:,} pairs, equal to {max(worst, 1e-16):.0e}"
