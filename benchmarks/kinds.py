"""Masks, polygons, keypoints, cuboids, segments: the kernels beside FiftyOne's.

Compute only: labels are in memory on both sides, as arrays or as FiftyOne's own
objects. Every row checks its values before it is timed.
"""

from __future__ import annotations

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.keypoints import Keypoints  # noqa: E402
from duplicates.iou_core.masks import Masks  # noqa: E402

from .measure import Row, interleave  # noqa: E402

SEED = 51


def rows():
    """Yields one row after the other."""
    yield keypoints_row()
    yield masks_row("masks, one canvas an image", same_canvas=True)
    yield masks_row("masks, a canvas of its own each", same_canvas=False)


def keypoints_row(n_images=300):
    """Persons of 17 points, one point in five unknown."""
    rng = np.random.default_rng(SEED)
    sigmas = rng.uniform(0.05, 0.2, 17)
    counts = 1 + rng.poisson(4, n_images)
    n = int(counts.sum())
    points = 0.1 + 0.5 * rng.random((n, 1, 2)) + 0.3 * rng.random((n, 17, 2))
    points[rng.random((n, 17)) < 0.2] = np.nan
    objects = [fo.Keypoint(points=[tuple(p) for p in one]) for one in points]
    offsets = np.arange(n + 1) * 17

    def ours():
        return Keypoints(points.reshape(-1, 2), offsets, sigmas)

    return _row(
        "keypoints",
        counts,
        objects,
        ours,
        200,
        dict(keypoint_sigmas=sigmas),
    )


def masks_row(work, same_canvas, n_images=100):
    """Ellipses, on boxes like COCO's."""
    rng = np.random.default_rng(SEED)
    counts = rng.integers(3, 12, n_images)
    n = int(counts.sum())
    boxes, masks = np.empty((n, 4)), []
    for k in range(n):
        width, height = 640, 480
        if not same_canvas:
            width, height = (round(v * rng.uniform(0.5, 1)) for v in (width, height))
        size = np.clip(rng.lognormal(-1.5, 0.7, 2), 0.02, 0.9)
        w, h = np.maximum(size * (width, height), 2).astype(int)
        x, y = rng.integers(0, width - w), rng.integers(0, height - h)
        boxes[k] = x / width, y / height, w / width, h / height
        v, u = np.ogrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
        masks.append(u**2 + v**2 <= 1)
    objects = [
        fo.Detection(bounding_box=box, mask=mask)
        for box, mask in zip(boxes.tolist(), masks)
    ]

    def ours():
        return Masks(boxes, masks.__getitem__)

    return _row(work, counts, objects, ours, 50, dict(use_masks=True))


def _row(work, counts, objects, geometry, target, options, rounds=5):
    """Times a geometry beside ``compute_ious`` of the same labels."""
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
                foui.compute_ious(labels, labels, **options) for labels in images
            ]

    seconds = interleave({"ours": ours, "FiftyOne": fiftyone}, rounds, ("FiftyOne",))
    return Row(work, seconds, {"FiftyOne": target}, _check(work, answers, counts))


def _check(work, answers, counts):
    """Returns what was compared; ends the benchmark with a wrong answer."""
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
    if worst > 1e-9:
        raise SystemExit(f"wrong answer: {work}, by {worst}")
    return f"{sum(counts):,} labels, {pairs:,} pairs, equal to {max(worst, 1e-16):.0e}"
