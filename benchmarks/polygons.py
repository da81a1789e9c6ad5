"""Benchmarks of polygons and of rotated boxes, against FiftyOne and shapely."""

from __future__ import annotations

import fiftyone as fo
import numpy as np
import shapely

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.geometry.oriented import OrientedBoxes, corners
from duplicates.iou_core.geometry.polygons.polygons import Polygons

from .kernels import check, rows_of
from .measure import Row, interleave, require

SEED = 51


def polygons_rows():
    """Outlines of 8 to 60 points, in images of few labels and of many."""
    few = _outlines(500, 10)
    yield from rows_of("polygons", *few, 20, {})
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
    require(worst <= 1e-9, f"{work}, by {worst}")
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

    return rows_of("rotated boxes", counts, objects, ours, 20, {})


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
    return Row(work, seconds, {"shapely": 40}, check(work, found, counts))


def _outline(rng, center, size):
    """A ring around a center whose radius changes smoothly."""
    angle = np.linspace(0, 2 * np.pi, rng.integers(8, 61), endpoint=False)
    radius = 1 + 0.25 * np.sin(angle * rng.integers(2, 6) + rng.random())
    radius += 0.05 * rng.standard_normal(len(angle))
    at = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (center + size / 2 * radius[:, None] * at).tolist()
