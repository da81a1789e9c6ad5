"""Benchmarks of masks, polygons, keypoints, cuboids and segments, against FiftyOne.

For the kernels, labels are in memory on both sides, as arrays or as FiftyOne's
objects; end to end, the same labels are read from the database. Every row checks its
values.
"""

from __future__ import annotations

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np
import shapely

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids
from duplicates.iou_core.geometry.keypoints import Keypoints
from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.oriented import OrientedBoxes, corners
from duplicates.iou_core.geometry.polygons.polygons import Polygons
from duplicates.iou_core.geometry.segments import Segments
from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search

from .measure import Row, interleave

SEED = 51

_LISTS = {
    fo.Detection: fo.Detections,
    fo.Polyline: fo.Polylines,
    fo.Keypoint: fo.Keypoints,
}


def rows():
    """Yields the rows."""
    yield from keypoints_rows()
    yield from masks_rows("masks, one canvas per image", same_canvas=True)
    yield from masks_rows("masks, one canvas per mask", same_canvas=False)
    yield from polygons_rows()
    yield from rotated_rows()
    yield turned_row()
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

    return _rows(
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

    return _rows(work, counts, objects, ours, 50, dict(use_masks=True))


def _rows(work, counts, objects, geometry, target, options, compute=foui.compute_ious):
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
    yield Row(work, seconds, {"FiftyOne": target}, _check(work, answers, counts))
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
    if answers["ours"] != answers["fiftyone"]:
        raise SystemExit(f"wrong result: finding {work}")
    dataset.delete()
    note = f"{len(answers['ours']):,} duplicates, same ids"
    return Row(f"find: {work}", seconds, {"FiftyOne": 20}, note)


def _check(work, answers, counts):
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
    if worst > 1e-9:
        raise SystemExit(f"wrong result: {work}, by {worst}")
    return f"{sum(counts):,} labels, {pairs:,} pairs, equal to {max(worst, 1e-16):.0e}"


def polygons_rows():
    """Outlines of 8 to 60 points, in images of few labels and of many."""
    few = _outlines(500, 10)
    yield from _rows("polygons", *few, 20, {})
    yield _arrays_row("polygons, 10 an image", *few)
    yield _arrays_row("polygons, 100 an image", *_outlines(20, 100))


def _outlines(n_images, n_labels):
    """Returns labels, one in ten of two rings: their counts, objects, and geometry."""
    rng = np.random.default_rng(SEED)
    counts = 1 + rng.poisson(n_labels - 1, n_images)
    labels = []
    for _ in range(counts.sum()):
        center, size = rng.random(2), np.clip(rng.lognormal(-1.6, 0.8, 2), 0.02, 0.6)
        rings = [_outline(rng, center, size)]
        if rng.random() < 0.1:
            rings.append(_outline(rng, center + size * rng.uniform(-1, 1, 2), size / 2))
        labels.append(rings)
    objects = [fo.Polyline(points=rings, closed=True, filled=True) for rings in labels]

    rings = [ring for label in labels for ring in label]
    points = np.concatenate(rings)
    ring_offsets = np.cumsum([0, *map(len, rings)])
    label_offsets = np.cumsum([0, *map(len, labels)])

    def ours():
        return Polygons(points, ring_offsets, label_offsets)

    return counts, objects, ours


def _arrays_row(work, counts, _, geometry):
    """Times the same pairs with shapely's own arrays instead of the trapezoids."""
    image = np.repeat(np.arange(len(counts)), counts)
    answers = {}

    def measure(side, intersect):
        labels = geometry()
        answers[side] = np.concatenate(
            [intersect(labels, i, j) for i, j in labels.candidates(image)]
        )

    seconds = interleave(
        {
            "ours": lambda: measure("ours", Polygons._intersect),
            "shapely's arrays": lambda: measure(
                "shapely", Polygons._intersect_by_shapely
            ),
        }
    )
    worst = np.abs(answers["ours"] - answers["shapely"]).max(initial=0)
    if worst > 1e-9:
        raise SystemExit(f"wrong answer: {work}, by {worst}")
    note = f"{len(answers['ours']):,} pairs, equal to {max(worst, 1e-16):.0e}"
    return Row(work, seconds, {}, note)


def rotated_rows(n_images=500):
    """Rotated boxes, as ``Polyline.from_rotated_box`` makes them."""
    rng = np.random.default_rng(SEED)
    counts = 1 + rng.poisson(12, n_images)
    n = int(counts.sum())
    boxes = np.column_stack(
        (rng.random((n, 2)), rng.uniform(0.05, 0.3, (n, 2)), rng.uniform(0, np.pi, n))
    )
    objects = [fo.Polyline.from_rotated_box(*box, filled=True) for box in boxes]
    points = np.array([line.points for line in objects]).reshape(-1, 2)

    def ours():
        return Polygons(points, np.arange(n + 1) * 4, np.arange(n + 1))

    return _rows("rotated boxes", counts, objects, ours, 20, {})


def turned_row(n_images=500):
    """Boxes with a ``rotation``, which FiftyOne ignores, against a shapely loop."""
    rng = np.random.default_rng(SEED)
    counts = 1 + rng.poisson(12, n_images)
    n = int(counts.sum())
    image = np.repeat(np.arange(n_images), counts)
    boxes = np.column_stack((0.7 * rng.random((n, 2)), rng.uniform(0.05, 0.3, (n, 2))))
    angle, aspect = rng.uniform(0, np.pi, n), np.full(n, 4 / 3)
    quads = (corners(boxes, angle, aspect) * (640, 480)).tolist()
    ends = np.cumsum(counts).tolist()
    answers = {}

    def ours():
        labels = OrientedBoxes(boxes, angle, aspect)
        answers["ours"] = [
            labels.measure(i, j)[:3] for i, j in labels.candidates(image)
        ]

    def shapely_loop():
        answers["shapely"] = []
        for begin, end in zip([0, *ends], ends):
            polygons = [shapely.Polygon(quad) for quad in quads[begin:end]]
            ious = np.zeros((len(polygons),) * 2)
            for i, a in enumerate(polygons):
                for j in range(i + 1, len(polygons)):
                    shared = a.intersection(polygons[j]).area
                    if shared:
                        ious[i, j] = shared / (a.area + polygons[j].area - shared)
            answers["shapely"].append(ious)

    work = "boxes with a rotation"
    seconds = interleave({"ours": ours, "shapely": shapely_loop}, 5)
    found = {"ours": answers["ours"], "fiftyone": answers["shapely"]}
    return Row(work, seconds, {"shapely": 40}, _check(work, found, counts))


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

    return _rows(work, counts, objects, ours, target, {})


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

    return _rows(
        "temporal segments", counts, objects, ours, 50, {}, foui.compute_segment_ious
    )


def _outline(rng, center, size):
    """A ring around a center whose radius changes smoothly."""
    angle = np.linspace(0, 2 * np.pi, rng.integers(8, 61), endpoint=False)
    radius = 1 + 0.25 * np.sin(angle * rng.integers(2, 6) + rng.random())
    radius += 0.05 * rng.standard_normal(len(angle))
    at = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (center + size / 2 * radius[:, None] * at).tolist()
