"""Seeded datasets with labels of every kind that FiftyOne can compare.

No shape is degenerate, crosses itself or is outside its image, as FiftyOne gives other
values for those, or fails.
"""

import math
import os
from dataclasses import dataclass, field
from typing import Any

import cv2
import datasets
import fiftyone as fo
import numpy as np

FIELD = "gt"
OTHER = "other"
CLASSES = ("a", "b", "Hündin 🐕")
PIXELS = 64


def ring(rng, center=None, radius=0.1):
    """Returns the corners of a polygon that does not cross itself."""
    x, y = rng.random(2) * 0.7 + 0.1 if center is None else center
    angles = np.linspace(0, 2 * math.pi, rng.integers(4, 9), endpoint=False)
    radii = radius * (0.6 + 0.4 * rng.random(len(angles)))
    return [
        [float(x + r * math.cos(a)), float(y + r * math.sin(a))]
        for a, r in zip(angles, radii)
    ]


def nudged(rng, rings, by=0.01):
    """Returns rings that are slightly moved, as by a second annotator."""
    return [
        [[x + by * rng.random(), y + by * rng.random()] for x, y in points]
        for points in rings
    ]


def _polyline(rng, before, filled):
    if before and rng.random() < 0.5:
        rings = nudged(rng, before[rng.integers(len(before))].points)
    else:
        rings = [ring(rng) for _ in range(rng.integers(1, 3))]
    closed = bool(rng.random() < 0.7)
    return fo.Polyline(points=rings, filled=filled, closed=closed)


def filled(rng, before):
    """Returns a filled polyline of one or two rings."""
    return _polyline(rng, before, True)


def unfilled(rng, before):
    """Returns an open polyline."""
    return _polyline(rng, before, False)


def rotated(rng, before):
    """Returns FiftyOne's rotated box for a center, sides and an angle."""
    if before and rng.random() < 0.5:
        center, sides, angle = before[rng.integers(len(before))]["drawn"]
        center = [value + 2 * rng.random() for value in center]
        angle += 0.1 * rng.random()
    else:
        center, sides = rng.integers(20, 80, 2).tolist(), rng.integers(8, 30, 2)
        angle = rng.random() * math.pi
    label = fo.Polyline.from_rotated_box(
        *center, *sides, angle, frame_size=(100, 100), filled=True
    )
    label["drawn"] = [list(map(float, center)), list(map(float, sides)), float(angle)]
    return label


def keypoints(rng, before):
    """Returns five points, some of which are missing."""
    if before and rng.random() < 0.5:
        points = np.array(before[rng.integers(len(before))].points)
        points = points + 0.02 * rng.random(points.shape)
    else:
        points = rng.random(2) * 0.6 + 0.3 * rng.random((5, 2))
    points[rng.random(5) < 0.1] = math.nan
    points[0], points[1] = rng.random(2), rng.random(2)
    return fo.Keypoint(points=[tuple(point) for point in points.tolist()])


def box(rng, before):
    """Returns a new box, or a near-copy of an earlier one."""
    if before and rng.random() < 0.5:
        x, y, w, h = before[rng.integers(len(before))].bounding_box
        x, y = x + 0.02 * rng.random(), y + 0.02 * rng.random()
    else:
        x, y, w, h = [*(0.6 * rng.random(2)), *(0.05 + 0.3 * rng.random(2))]
    return fo.Detection(bounding_box=[float(v) for v in (x, y, w, h)])


def _ellipse(height, width):
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return x**2 + y**2 <= 1


def mask(rng, before):
    """Returns an ellipse on the pixels of a 64 x 64 image."""
    width, height = rng.integers(5, 30, 2).tolist()
    x, y = rng.integers(0, 30, 2).tolist()
    if before and rng.random() < 0.5:
        one = before[rng.integers(len(before))].bounding_box
        x, y, width, height = (round(value * PIXELS) for value in one)
        x += int(rng.integers(0, 2))
    return fo.Detection(
        bounding_box=[v / PIXELS for v in (x, y, width, height)],
        mask=_ellipse(height, width),
    )


def mask_of_any_resolution(rng, before):
    """Returns a mask with half or twice the resolution of its image."""
    label = mask(rng, before)
    height, width = label.mask.shape
    scale = (0.5, 1, 2)[rng.integers(3)]
    shape = [max(round(side * scale), 3) for side in (height, width)]
    label.mask = _ellipse(*shape)
    return label


def cuboid_with_yaw(rng, before):
    """Returns a 3-D box on the ground."""
    return _cuboid(rng, before, lambda: [0.0, 0.0, float(rng.random() * math.pi)])


def cuboid(rng, before):
    """Returns a 3-D box with any rotation."""
    return _cuboid(rng, before, (2 * rng.random(3)).tolist)


def _cuboid(rng, before, rotation):
    if before and rng.random() < 0.5:
        one = before[rng.integers(len(before))]
        location = (np.array(one.location) + 0.1 * rng.random(3)).tolist()
        dimensions, turned = list(one.dimensions), list(one.rotation)
    else:
        location = (5 * rng.random(3)).tolist()
        dimensions, turned = (1 + 3 * rng.random(3)).tolist(), rotation()
    return fo.Detection(location=location, dimensions=dimensions, rotation=turned)


def segment(rng, before):
    """Returns a segment of a video."""
    first = int(rng.integers(1, 60))
    return fo.TemporalDetection(support=[first, first + int(rng.integers(1, 40))])


@dataclass(frozen=True)
class Case:
    """Labels of a kind, and the options of their comparison."""

    draw: Any
    options: dict[str, Any] = field(default_factory=dict)
    document: type = fo.Detections
    extension: str = "png"
    mixed: bool = False
    in_files: bool = False

    @property
    def list_name(self):
        """The name of the list of labels."""
        return self.document._LABEL_LIST_FIELD


_POLYLINES = dict(document=fo.Polylines)
CASES = {
    "boxes": Case(box),
    "polygons": Case(filled, **_POLYLINES),
    "lines": Case(unfilled, **_POLYLINES),
    "filled and unfilled": Case(filled, mixed=True, **_POLYLINES),
    "boxes of polylines": Case(filled, dict(use_boxes=True), mixed=True, **_POLYLINES),
    "rotated boxes": Case(rotated, **_POLYLINES),
    "keypoints": Case(keypoints, document=fo.Keypoints),
    "keypoints with sigmas": Case(
        keypoints,
        dict(keypoint_sigmas=[0.1, 0.2, 0.3, 0.1, 0.5]),
        document=fo.Keypoints,
    ),
    "masks": Case(mask, dict(use_masks=True)),
    "masks in files": Case(mask, dict(use_masks=True), in_files=True),
    "masks of any resolution": Case(mask_of_any_resolution, dict(use_masks=True)),
    "masks with a tolerance": Case(mask, dict(use_masks=True, tolerance=2)),
    "cuboids with yaw": Case(cuboid_with_yaw, extension="fo3d"),
    "cuboids": Case(cuboid, extension="fo3d"),
    "segments": Case(segment, document=fo.TemporalDetections, extension="mp4"),
}
"""The cases by name; FiftyOne compares all but segments."""


def labels(case, rng, folder=None, most=10):
    """Returns a list of labels of a case, or None for one sample in ten.

    Args:
        case: the :class:`Case`
        rng: a :class:`numpy.random.Generator`
        folder (None): the folder for masks in files
        most (10): the maximum number of labels
    """
    if rng.random() < 0.1:
        return None
    found = []
    as_lines = case.mixed and rng.random() < 0.4
    for _ in range(rng.integers(0, most)):
        label = case.draw(rng, found)
        if case.mixed:
            label.filled = bool(not as_lines and rng.random() < 0.7)
        if rng.random() < 0.95:
            label.label = CLASSES[rng.integers(len(CLASSES))]
        found.append(label)
    if case.in_files:
        for label in found:
            path = os.path.join(folder, f"{label.id}.png")
            cv2.imwrite(path, label.mask.astype(np.uint8) * 255)
            label.mask, label.mask_path = None, path
    return case.document(**{case.list_name: found})


def dataset(case, seed=0, n=14, folder=None, frames=False, fields=(FIELD,)):
    """Returns a dataset of a case, with labels of samples or of video frames."""

    def build():
        return _dataset(case, seed, n, folder, frames, fields)

    if case.in_files:
        return build()
    return datasets.copy_of((repr(case), seed, n, frames, fields), build)


def _dataset(case, seed, n, folder, frames, fields):
    rng = np.random.default_rng(seed)
    made = fo.Dataset()
    made.media_type = "video" if frames else None
    extension = "mp4" if frames else case.extension
    samples = [fo.Sample(filepath=f"/media/{k}.{extension}") for k in range(n)]
    for sample in samples:
        if not frames:
            for name in fields:
                sample[name] = labels(case, rng, folder)
            continue
        for number in sorted(rng.permutation(9)[: rng.integers(0, 5)] + 1):
            sample.frames[int(number)] = fo.Frame(
                **{name: labels(case, rng, folder) for name in fields}
            )
    add = made.add_frame_field if frames else made.add_sample_field
    for name in fields:
        add(name, fo.EmbeddedDocumentField, embedded_doc_type=case.document)
    made.add_samples(samples, progress=False)
    return made
