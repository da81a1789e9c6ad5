"""Pictures of groups show labels of every kind in their images, frames and scenes."""

import math
import os
import re

import fiftyone as fo
import numpy as np
import panel_calls
import pytest
from drawn import CASES, FIELD
from pictured import BOX, decoded, first_picture, points_of
from PIL import Image

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import plans, search
from duplicates.panel.pictures import crops, svg_paths
from duplicates.panel.report import page


@pytest.mark.parametrize(
    ("name", "params", "has"),
    [
        ("boxes", {}, {"outline"}),
        ("masks", {"use_masks": True}, {"outline", "filled"}),
        ("polygons", {}, {"outline", "filled"}),
        ("lines", {}, {"outline"}),
        ("rotated boxes", {}, {"outline", "filled"}),
        ("keypoints", {}, {"dots"}),
        ("cuboids", {}, {"outline", "filled"}),
        ("segments", {}, {"outline", "filled"}),
    ],
)
def test_labels_of_every_kind_are_drawn_by_their_shapes(draw, name, params, has):
    _, picture = first_picture(draw(name, seed=2), iou_thresh=0.3, **params)

    for shape in picture["shapes"]:
        present = {key for key in ("outline", "dots", "filled") if shape[key]}
        assert present == has
        for x, y in points_of(shape["outline"] + shape["dots"]):
            assert -1 <= x <= picture["width"] + 1
            assert -1 <= y <= picture["height"] + 1


def test_a_crop_contains_the_boxes_and_a_margin(make_dataset, tmp_path):
    path = tmp_path / "image.png"
    Image.new("RGB", (1000, 500), (10, 200, 30)).save(path)
    other = [0.42, 0.4, 0.1, 0.12]
    dataset = make_dataset([[("a", BOX), ("a", other)]])
    dataset.set_values("filepath", [str(path)])
    _, picture = first_picture(dataset, "ground_truth", iou_thresh=0.3)

    assert decoded(picture).size == (picture["width"], picture["height"])
    assert picture["note"] is None
    one, two = (points_of(shape["outline"]) for shape in picture["shapes"])
    width, height = one[2][0] - one[0][0], one[2][1] - one[0][1]
    # 100 by 50 pixels of the image
    assert width / height == pytest.approx(2, abs=0.05)
    assert two[0][0] - one[0][0] == pytest.approx(0.2 * width, abs=0.3)
    assert one[0][0] > 0.2 * width
    assert two[2][0] < picture["width"] - 0.2 * width


def test_shapes_are_drawn_without_an_image_that_cannot_be_read(make_dataset):
    dataset = make_dataset([[("a", BOX), ("a", BOX)]])
    _, picture = first_picture(dataset, "ground_truth")

    assert (picture["source"], picture["note"]) == (None, "image not readable")
    assert len(picture["shapes"]) == 2


@pytest.mark.parametrize(
    "box",
    [[0, 0, 1, 1], [0.5, 0.5, 0, 0], [-0.5, 2, 0.2, 0.2], [0.99, 0.99, 0.5, 0.5]],
)
def test_every_box_has_a_crop(box, tmp_path):
    path = tmp_path / "image.png"
    Image.new("L", (50, 30)).save(path)
    x, y, w, h = box
    crop = crops.Photographer(220).crop(
        str(path), None, svg_paths.rectangle(x, y, w, h)
    )
    assert crop.source is not None
    assert 1 <= max(crop.width, crop.height) <= 220


def cuboid(x, y, turned=0.0, label="car"):
    return fo.Detection(
        label=label,
        location=[x, y, 1],
        dimensions=[4, 2, 1.5],
        rotation=[0, 0, turned],
    )


@pytest.fixture
def scenes(database):
    dataset = fo.Dataset()

    def make(*labels):
        value = fo.Detections(detections=list(labels))
        dataset.add_sample(fo.Sample(filepath="/a.fo3d", gt=value))
        return dataset

    yield make
    dataset.delete()


def test_cuboids_are_drawn_from_above_and_from_the_side(scenes):
    turned = math.pi / 6
    dataset = scenes(cuboid(10, 5, turned), cuboid(10.2, 5, turned), cuboid(60, 5))
    _, picture = first_picture(dataset, "gt", iou_thresh=0.5)

    assert [text["text"] for text in picture["texts"]] == [
        "from above",
        "2 units",
        "from the side",
    ]
    above, heading, from_side = _parts(picture["shapes"][0]["outline"])
    sides = sorted(np.linalg.norm(above - np.roll(above, 1, axis=0), axis=1))
    assert sides[2] / sides[0] == pytest.approx(2, abs=0.02)
    (x0, y0), (x1, y1) = heading
    # up in the scene is up in the picture
    assert math.atan2(y0 - y1, x1 - x0) == pytest.approx(turned, abs=0.02)
    height = np.ptp(from_side[:, 1])
    assert height / sides[0] == pytest.approx(1.5 / 2, abs=0.02)


def _parts(outline):
    """Returns the polygon from above, the heading line, the polygon from the side."""
    return [np.array(points_of(part)) for part in outline.split("M")[1:]]


def test_other_cuboids_nearby_are_drawn_for_comparison(scenes):
    alone = scenes(cuboid(0, 0), cuboid(0.1, 0))
    _, picture = first_picture(alone, "gt")
    from_side = scenes(
        cuboid(0, 0, 1.5), cuboid(0.1, 0, 1.5), cuboid(0, 0, 1.5, "tiny")
    )
    label = from_side.last().gt.detections[2]
    label.dimensions = [0.2, 0.2, 0.2]
    sample = from_side.last()
    sample.gt.detections[2] = label
    sample.save()
    search.find_duplicates(from_side, FindParams("gt"), "again")
    app = panel_calls.App(from_side)
    ids = [d.id for d in sample.gt.detections[:2]]
    asked = dict(scan_key="again", document_id=str(sample.id), label_ids=ids)
    with_one = app.send("draw_crop", **asked)

    assert with_one["guides"].count("Z") == picture["guides"].count("Z") + 1


def test_keypoints_are_joined_by_the_skeleton(database):
    dataset = fo.Dataset()
    points = [(0.1, 0.1), (math.nan, math.nan), (0.3, 0.3), (0.2, 0.5)]
    labels = [fo.Keypoint(label="a", points=points) for _ in range(2)]
    dataset.add_sample(fo.Sample(filepath="/a.png", gt=fo.Keypoints(keypoints=labels)))
    dataset.default_skeleton = fo.KeypointSkeleton(edges=[[0, 1, 2], [2, 3]])
    dataset.save()
    try:
        _, picture = first_picture(dataset, "gt")
    finally:
        dataset.delete()

    shape = picture["shapes"][0]
    assert shape["dots"].count("M") == 3
    assert [len(points_of(part)) for part in shape["outline"].split("M")[1:]] == [2, 2]


def test_deleted_labels_are_reported(make_dataset):
    dataset = make_dataset([[("a", BOX), ("a", BOX)], []])
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    ids = dataset.values("ground_truth.detections.id")[0]
    asked = dict(scan_key="scan", label_ids=ids)
    app = panel_calls.App(dataset)
    for document_id in (str(dataset.last().id), "656565656565656565656501"):
        picture = app.send("draw_crop", document_id=document_id, **asked)
        assert picture["note"] == "these labels no longer exist"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("masks", {"use_masks": True}),
        ("keypoints", {}),
        ("cuboids", {}),
        ("segments", {}),
    ],
)
def test_the_report_shows_labels_of_every_kind(draw, name, params):
    dataset = draw(name, seed=2)
    search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.3, **params), "scan")
    plan = plans.plan(dataset, "scan")
    html = page.write(dataset, plan)["html"]

    assert html.count("<figure>") == min(len(plan), page.SHOWN)
    assert html.count('<path class="removed') >= html.count("<figure>")
    assert html.count('<path class="kept') >= 1
    assert re.findall(r'(?:src|href|url)[=(](?!"?data:)\S+', html) == []


@pytest.mark.parametrize("name", ["boxes", "segments"])
def test_a_pipe_in_place_of_an_image_or_a_video_does_not_block(draw, tmp_path, name):
    dataset = draw(name)
    pipe = tmp_path / f"pipe.{CASES[name].extension}"
    os.mkfifo(pipe)
    dataset._sample_collection.update_many({}, {"$set": {"filepath": str(pipe)}})
    _, picture = first_picture(dataset)

    assert picture["source"] is None
    assert "not readable" in picture["note"]
