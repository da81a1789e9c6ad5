"""Pictures of groups show labels of every kind in their images, frames and scenes."""

import base64
import io
import math
import os
import re

import cv2
import fiftyone as fo
import numpy as np
import panel_calls
import pytest
from drawn import CASES, FIELD
from PIL import Image

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import plans, search
from duplicates.panel.pictures import crops, frames, svg_paths
from duplicates.panel.report import page

ASKED = {
    "iou_thresh": 0.3,
    "method": "simple",
    "keep": [],
    "metric": "iou",
    "classes": None,
    "class_pair": None,
    "offset": 0,
    "limit": 1,
}
BOX = [0.4, 0.4, 0.1, 0.1]


def first_picture(dataset, field=FIELD, **params):
    """Scans as the panel does, and returns the first group and its picture."""
    search.find_duplicates(dataset, FindParams(field, **params), "scan")
    app = panel_calls.App(dataset)
    (group,) = app.send("list_groups", scan_key="scan", **ASKED)["groups"]
    ids = [member["label_id"] for member in group["members"]]
    asked = dict(scan_key="scan", document_id=group["document_id"], label_ids=ids)
    picture = app.send("draw_crop", **asked)
    assert picture["ok"], picture
    assert [shape["label_id"] for shape in picture["shapes"]] == ids
    return group, picture


def points_of(path):
    return [
        tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)
    ]


def decoded(picture):
    data = picture["source"].removeprefix("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(data)))


def film(path, count=40, size=(160, 120)):
    """Writes a video whose k-th frame has the brightness 6 k."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, size)
    for k in range(count):
        writer.write(np.full((size[1], size[0], 3), 6 * (k + 1), np.uint8))
    writer.release()
    return str(path)


def brightness(image):
    return np.asarray(image.convert("L")).mean()


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


def test_the_frame_of_the_labels_is_shown(database, tmp_path):
    sample = fo.Sample(filepath=film(tmp_path / "film.mp4"))
    for number in (3, 30):
        labels = [fo.Detection(label="a", bounding_box=BOX) for _ in range(2)]
        sample.frames[number] = fo.Frame(gt=fo.Detections(detections=labels))
    dataset = fo.Dataset()
    dataset.add_sample(sample)
    try:
        group, picture = first_picture(dataset, "frames.gt", iou_thresh=0.75)
        assert group["filepath"].endswith("film.mp4")
        assert group["frame_number"] in (3, 30)
        assert abs(brightness(decoded(picture)) - 6 * group["frame_number"]) < 8

        html = page.write(dataset, plans.plan(dataset, "scan"))["html"]
        assert html.count("<image ") == 2
        assert "film.mp4, frame 30" in html
        assert "would be removed, in 2 frames" in html
    finally:
        dataset.delete()


def test_shapes_are_drawn_without_a_video_that_cannot_be_read(database, tmp_path):
    broken = tmp_path / "film.mp4"
    broken.write_bytes(b"no film")
    sample = fo.Sample(filepath=str(broken))
    labels = [fo.Detection(label="a", bounding_box=BOX) for _ in range(2)]
    sample.frames[1] = fo.Frame(gt=fo.Detections(detections=labels))
    dataset = fo.Dataset()
    dataset.add_sample(sample)
    try:
        _, picture = first_picture(dataset, "frames.gt", iou_thresh=0.75)
    finally:
        dataset.delete()

    assert (picture["source"], picture["note"]) == (None, "frame not readable")


def test_frames_are_read_in_any_order_and_cached(tmp_path):
    path, reader = film(tmp_path / "film.mp4"), frames.Frames()
    for number in (30, 1, 2, 12, 39, 30, 5, 40):
        image = reader.read(path, number)
        assert abs(brightness(image) - 6 * number) < 8, number
    assert reader.read(path, 30) is reader.read(path, 30)
    assert reader.read(path, 41) is None
    assert reader.read(path, 0) is None
    assert abs(brightness(reader.read(path, 7)) - 42) < 8
    assert reader.read(str(tmp_path / "gone.mp4"), 1) is None


def test_the_number_of_cached_frames_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "_MOST_BYTES", 3 * 160 * 120 * 3)
    path, reader = film(tmp_path / "film.mp4"), frames.Frames()
    for number in range(1, 11):
        reader.read(path, number)
    assert len(reader._known) == 3


def test_a_replaced_video_is_read_again(tmp_path):
    path, reader = film(tmp_path / "film.mp4"), frames.Frames()
    assert abs(brightness(reader.read(path, 10)) - 60) < 8
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"mp4v"), 10, (160, 120))
    for _ in range(20):
        writer.write(np.full((120, 160, 3), 240, np.uint8))
    writer.release()
    os.utime(path, ns=(1, 1))
    assert abs(brightness(reader.read(path, 10)) - 240) < 8


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


def test_segments_are_drawn_as_bars_below_a_common_frame(database, tmp_path):
    dataset = fo.Dataset()
    supports = ([5, 24], [7, 26])
    events = [fo.TemporalDetection(label="a", support=list(s)) for s in supports]
    dataset.add_sample(
        fo.Sample(
            filepath=film(tmp_path / "film.mp4"),
            gt=fo.TemporalDetections(detections=events),
        )
    )
    try:
        _, picture = first_picture(dataset, "gt", iou_thresh=0.5)
    finally:
        dataset.delete()

    assert abs(brightness(decoded(picture)) - 6 * 15) < 8
    one, two = (np.array(points_of(s["outline"])) for s in picture["shapes"])
    assert np.ptp(one[:, 0]) == pytest.approx(np.ptp(two[:, 0]), abs=0.3)
    per_frame = np.ptp(one[:, 0]) / 20
    shift = two[:, 0].min() - one[:, 0].min()
    assert shift == pytest.approx(2 * per_frame, abs=0.3)
    assert one[:, 1].max() < two[:, 1].min()
    assert [text["text"] for text in picture["texts"]] == ["5", "frame 26"]
    assert picture["separate"]


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
    picture = app.send("draw_crop", document_id=str(dataset.last().id), **asked)
    assert picture["note"] == "these labels no longer exist"
    gone = app.send("draw_crop", document_id="656565656565656565656501", **asked)
    assert "was deleted" in gone["error"]["message"]


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
