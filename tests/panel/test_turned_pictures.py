"""Pictures and the report draw turned boxes turned, and upright boxes upright."""

import math
import re

import fiftyone as fo
import numpy as np
import panel_calls
import pytest
from pictured import picture_of_scan
from PIL import Image

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import merge
from duplicates.labels.scans import plans, search
from duplicates.panel.report import page

FIELD = "gt"
SIZE = (200, 100)
BOUNDS = [0.35, 0.4, 0.3, 0.2]
"""60 by 20 pixels."""


@pytest.fixture
def dataset(database, tmp_path):
    path = tmp_path / "image.png"
    Image.new("RGB", SIZE, (90, 120, 150)).save(path)
    made = fo.Dataset()
    made.add_sample(fo.Sample(str(path)))
    made.compute_metadata(progress=False)
    yield made
    made.delete()


def put(dataset, *rotations, bounds=BOUNDS, **attributes):
    sample = dataset.first()
    sample[FIELD] = fo.Detections(
        detections=[
            fo.Detection(
                label="boat",
                bounding_box=bounds,
                **attributes,
                **({} if rotation is None else {"rotation": rotation}),
            )
            for rotation in rotations
        ]
    )
    sample.save()
    search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.3), "scan")
    return sample


def corners(outline):
    """Returns the four corners of an SVG path, as ``(4, 2)``."""
    pairs = re.findall(r"(-?[\d.]+)[ ,](-?[\d.]+)", outline)
    points = np.array(pairs, float)
    if len(points) == 5:
        assert points[0] == pytest.approx(points[4])
    return points[:4]


def sides(points):
    """Returns the lengths of the sides of a polygon, the longest first."""
    lengths = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
    return np.sort(lengths)[::-1]


def angle_of(points):
    """Returns the direction of the longest side in degrees, in [0, 180)."""
    steps = np.roll(points, -1, axis=0) - points
    x, y = steps[np.argmax(np.linalg.norm(steps, axis=1))]
    return math.degrees(math.atan2(y, x)) % 180


@pytest.mark.parametrize("degrees", [0, 30, 90, 135, -20])
def test_a_box_is_drawn_turned_clockwise_about_its_center(dataset, degrees):
    put(dataset, degrees, degrees + 5)
    outlines = [
        corners(shape["outline"]) for shape in picture_of_scan(dataset)[1]["shapes"]
    ]

    for points, turned in zip(outlines, (degrees, degrees + 5), strict=True):
        long, short = sides(points)[0], sides(points)[-1]
        assert long / short == pytest.approx(3, rel=0.02)
        off = (angle_of(points) - turned) % 180
        assert min(off, 180 - off) < 1
    centers = [points.mean(axis=0) for points in outlines]
    assert centers[0] == pytest.approx(centers[1], abs=0.2)


def test_angles_in_radians_are_drawn_as_the_scan_compared_them(dataset):
    sample = dataset.first()
    sample[FIELD] = fo.Detections(
        detections=[
            fo.Detection(label="boat", bounding_box=BOUNDS, rotation=angle)
            for angle in (math.pi / 6, math.pi / 6)
        ]
    )
    sample.save()
    params = FindParams(FIELD, iou_thresh=0.3, rotation_unit=("radians",))
    search.find_duplicates(dataset, params, "scan")

    for shape in picture_of_scan(dataset)[1]["shapes"]:
        assert angle_of(corners(shape["outline"])) == pytest.approx(30, abs=1)


def test_an_upright_box_beside_a_turned_one_is_drawn_upright(dataset):
    put(dataset, 10, None)
    angles = [
        angle_of(corners(s["outline"])) for s in picture_of_scan(dataset)[1]["shapes"]
    ]

    assert angles == pytest.approx([10, 0], abs=1)


def test_the_crop_contains_the_corners_that_turning_moves_outside_the_bounds(dataset):
    put(dataset, 90, 90, bounds=[0.35, 0.45, 0.3, 0.1])
    _, picture = picture_of_scan(dataset)

    for shape in picture["shapes"]:
        points = corners(shape["outline"])
        assert (points >= 0).all()
        assert (points <= [picture["width"], picture["height"]]).all()
        assert np.ptp(points[:, 1]) > np.ptp(points[:, 0])


def test_the_report_draws_them_turned(dataset):
    put(dataset, 30, 30)
    html = page.write(dataset, plans.plan(dataset, "scan"))["html"]
    outlines = re.findall(r'<path class="(?:kept|removed)[^"]*"[^>]* d="([^"]+)"', html)

    assert len(outlines) == 2
    for outline in outlines:
        assert angle_of(corners(outline)) == pytest.approx(30, abs=1)


def test_a_merged_box_is_drawn_with_the_rotation_that_it_keeps(dataset):
    put(dataset, 30, 35)
    merge.merge_plan(dataset, plans.plan(dataset, "scan", 0.3), "union")
    sample = dataset.first()
    kept = sample[FIELD].detections[0]
    again = fo.Detection(
        label="boat", bounding_box=kept.bounding_box, rotation=kept.rotation
    )
    sample[FIELD].detections.append(again)
    sample.save()
    search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.9), "scan_2")
    app = panel_calls.App(dataset)
    ids = [label.id for label in dataset.first()[FIELD].detections]
    asked = dict(scan_key="scan_2", document_id=str(sample.id), label_ids=ids)
    picture = app.send("draw_crop", **asked)

    assert len(picture["shapes"]) == 2
    for shape in picture["shapes"]:
        assert angle_of(corners(shape["outline"])) == pytest.approx(30, abs=1)
