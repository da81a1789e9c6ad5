"""Benchmarks of masks, polygons, keypoints, cuboids and segments, against FiftyOne.

For the kernels, labels are in memory on both sides, as arrays or as FiftyOne's
objects; end to end, the same labels are read from the database. Every row checks its
values.
"""

from __future__ import annotations

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids
from duplicates.iou_core.geometry.keypoints import Keypoints
from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.segments import Segments

from . import polygons
from .kernels import rows_of

SEED = 51


def rows():
    """Yields the rows."""
    yield from keypoints_rows()
    yield from masks_rows("masks, one canvas per image", same_canvas=True)
    yield from masks_rows("masks, one canvas per mask", same_canvas=False)
    yield from polygons.polygons_rows()
    yield from polygons.rotated_rows()
    yield polygons.turned_row()
    yield from cuboids_rows("cuboids, rotated about one axis", 500, yaw=True)
    yield from cuboids_rows("cuboids, rotated arbitrarily", 50, yaw=False)
    yield from segments_rows()


def keypoints_rows(n_images=1000):
    """People with 17 keypoints, one in five of which is missing."""
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

    return rows_of(
        "keypoints",
        counts,
        objects,
        ours,
        200,
        dict(keypoint_sigmas=sigmas.tolist()),
    )


def masks_rows(work, same_canvas, n_images=300):
    """Ellipses in boxes like COCO's."""
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

    return rows_of(work, counts, objects, ours, 50, dict(use_masks=True))


def cuboids_rows(work, target, yaw, n_images=200):
    """Cuboids like cars, or rotated arbitrarily."""
    rng = np.random.default_rng(SEED)
    counts = 1 + rng.poisson(9, n_images)
    n = int(counts.sum())
    location = rng.random((n, 3)) * (12, 12, 2)
    dimensions = rng.uniform(0.8, 1.2, (n, 3)) * (4.5, 2, 1.6)
    rotation = rng.uniform(-2, 2, (n, 3)) * ((0, 0, 1) if yaw else 1)
    objects = [
        fo.Detection(location=one, dimensions=size, rotation=turn)
        for one, size, turn in zip(
            location.tolist(), dimensions.tolist(), rotation.tolist()
        )
    ]

    def ours():
        return Cuboids(location, dimensions, rotation)

    return rows_of(work, counts, objects, ours, target, {})


def segments_rows(n_videos=400):
    """Temporal segments of a few hundred frames."""
    rng = np.random.default_rng(SEED)
    counts = 1 + rng.poisson(60, n_videos)
    n = int(counts.sum())
    first = rng.integers(1, 2000, n)
    last = first + rng.integers(0, 300, n)
    objects = [
        fo.TemporalDetection(support=support)
        for support in zip(first.tolist(), last.tolist())
    ]

    def ours():
        return Segments(first, last)

    return rows_of(
        "temporal segments", counts, objects, ours, 50, {}, foui.compute_segment_ious
    )
