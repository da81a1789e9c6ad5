"""Pictures of labels of videos show their frame."""

import os

import cv2
import fiftyone as fo
import numpy as np
import pytest
from pictured import BOX, decoded, first_picture, points_of

from duplicates.labels.scans import plans
from duplicates.panel.pictures import frames
from duplicates.panel.report import page


def film(path, count=40, size=(160, 120)):
    """Writes a video whose k-th frame has the brightness 6 k."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, size)
    for k in range(count):
        writer.write(np.full((size[1], size[0], 3), 6 * (k + 1), np.uint8))
    writer.release()
    return str(path)


def brightness(image):
    return np.asarray(image.convert("L")).mean()


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
