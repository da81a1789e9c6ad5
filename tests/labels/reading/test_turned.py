"""Boxes with a rotation: values, units, and unknown rotations."""

import math
import os

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np
import pytest
from one_of_each_kind import FLAT
from PIL import Image
from turned_boxes import FIELD, LONG, OTHER, box, found, image, put

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.reading.kinds import turned
from duplicates.labels.scans import plans
from duplicates.labels.scans.search import find_duplicates


def max_ious(dataset, field=FIELD, **options):
    done = compute_max_ious(dataset, ComputeParams(FIELD, **options))
    return dataset.values(f"{field}.detections.max_iou"), done


class TestValues:
    def test_a_long_box_and_itself_turned_by_90_degrees_have_iou_one_seventh(
        self, dataset
    ):
        put(dataset, image(box(0), box(90)))

        assert max_ious(dataset)[0][0] == pytest.approx([1 / 7] * 2)
        assert found(dataset, 0.2).label_ids == []

    def test_exact_copies_have_iou_1(self, dataset):
        put(dataset, image(box(33.3), box(33.3), size=(640, 480)))

        assert max_ious(dataset)[0] == [[1.0, 1.0]]
        second = dataset.values(f"{FIELD}.detections.id")[0][1]
        assert found(dataset, 0.9999).label_ids == [second]

    def test_the_size_of_the_image_matters(self, dataset):
        square = [0.4, 0.4, 0.2, 0.2]
        labels = [[box(r, square) for r in (0, 90)] for _ in range(2)]
        put(
            dataset,
            image(*labels[0]),
            image(*labels[1], size=(200, 100), path="/b.jpg"),
        )

        first, second = max_ious(dataset)[0]
        assert first == pytest.approx([1, 1])
        assert second == pytest.approx([1 / 3] * 2)

    def test_images_without_turned_boxes_have_fiftyones_values(self, dataset):
        rng = np.random.default_rng(1)
        random = [
            [box(None, [*rng.random(2) / 2, *rng.random(2) / 2]) for _ in range(6)]
            for _ in range(3)
        ]
        put(dataset, image(*random[0]), image(box(5), box(7)), image(*random[1]))
        foui.compute_max_ious(dataset, FIELD, iou_attr="theirs", progress=False)
        ours = max_ious(dataset)[0]
        theirs = dataset.values(f"{FIELD}.detections.theirs")

        assert [ours[0], ours[2]] == [theirs[0], theirs[2]]
        assert ours[1] != theirs[1]

    def test_a_view_that_repeats_a_sample_reads_each_turned_box_once(self, dataset):
        put(dataset, image(box(33.3), box(33.3)), image(box(20)))
        second = dataset.values(f"{FIELD}.detections.id")[0][1]
        twice = dataset.view().concat(dataset.view())

        done = find_duplicates(twice, FindParams(FIELD, iou_thresh=0.9))
        assert done.label_ids == [second]

    def test_classes_and_crowds_are_respected(self, dataset):
        crowd = box(40, [0.2, 0.2, 0.6, 0.6], iscrowd=1)
        other = box(90)
        other.label = "ship"
        put(dataset, image(crowd, box(90), other))

        assert max_ious(dataset, iscrowd="iscrowd")[0][0][1:] == [1.0, 1.0]
        values = max_ious(dataset, classwise=True)[0][0]
        assert values[1] == pytest.approx(0.04 / 0.36)
        assert values[2] == 0
        assert len(found(dataset, iscrowd="iscrowd").label_ids) == 1

    def test_frames_have_the_size_of_their_video(self, dataset):
        metadata = fo.VideoMetadata(frame_width=200, frame_height=100)
        sample = fo.Sample(filepath="/a.mp4", metadata=metadata)
        square = [0.4, 0.4, 0.2, 0.2]
        labels = [box(0, square), box(90, square)]
        sample.frames[1] = fo.Frame(gt=fo.Detections(detections=labels))
        dataset.add_sample(sample)
        compute_max_ious(dataset, ComputeParams(f"frames.{FIELD}"))

        values = dataset.values(f"frames.{FIELD}.detections.max_iou")
        assert values[0][0] == pytest.approx([1 / 3] * 2)

    @pytest.mark.slow
    def test_workers_find_the_same_duplicates(self, dataset):
        rng = np.random.default_rng(2)
        samples = [
            image(
                *[
                    box(a, [*rng.random(2) / 2, 0.3, 0.1])
                    for a in rng.integers(90, size=8)
                ]
            )
            for _ in range(30)
        ]
        put(dataset, *samples)
        ours = found(dataset, 0.2)
        processes = Engine("processes", 2)
        theirs = find_duplicates(
            dataset, FindParams(FIELD, iou_thresh=0.2), engine=processes
        )

        assert theirs.label_ids == ours.label_ids != []
        assert theirs.rotation_units == ours.rotation_units == {FIELD: "degrees"}
        assert theirs.config["params"] == ours.config["params"]


class TestUnit:
    def test_degrees_are_the_default_before_fiftyone_draws_turned_boxes(self, dataset):
        put(dataset, image(box(0.0), box(1.5)))

        assert max_ious(dataset)[0][0][0] > 0.8

    @pytest.mark.parametrize("values", [(0.5, 6.3), (0.5, -6.3), (1, 90)])
    def test_values_above_a_full_turn_in_radians_are_degrees(
        self, dataset, monkeypatch, values
    ):
        monkeypatch.setattr(turned.foco, "VERSION", "1.23.0")
        put(dataset, image(box(values[0])), image(box(values[1]), path="/b.jpg"))

        assert found(dataset).rotation_units == {FIELD: "degrees"}

    @pytest.mark.parametrize("values", [(0.5, 6.28), (0.5, math.inf), (-1, 3)])
    def test_radians_are_the_default_once_fiftyone_draws_turned_boxes(
        self, dataset, monkeypatch, values
    ):
        monkeypatch.setattr(turned.foco, "VERSION", "1.23.0")
        far = fo.Detection(**{**FLAT, "rotation": [0, 0, 7.0]})
        put(dataset, image(*map(box, values)), image(far, path="/b.jpg"))

        assert found(dataset).rotation_units == {FIELD: "radians"}

    def test_a_given_unit_is_used_and_stored(self, dataset):
        put(dataset, image(box(0.0), box(math.pi / 2)))

        values, done = max_ious(dataset, rotation_unit="radians")
        assert values[0] == pytest.approx([1 / 7] * 2)
        assert done.rotation_units == {FIELD: "radians"}
        config = found(dataset, rotation_unit="radians").config
        assert config["params"]["rotation_unit"] == "radians"

    def test_each_of_two_fields_has_its_own_unit(self, dataset):
        theirs = fo.Detections(detections=[box(math.pi / 2)])
        put(dataset, image(box(90), box(0), predictions=theirs))
        units = ("degrees", "radians")
        values, _ = max_ious(dataset, other_field=OTHER, rotation_unit=units)
        scan = found(dataset, other_field=OTHER, rotation_unit=units)

        assert values[0] == pytest.approx([1, 1 / 7])
        assert scan.config["params"]["rotation_unit"] == ["degrees", "radians"]
        assert len(plans.plan(dataset, scan.scan_key)) == 1

    def test_fields_without_turned_boxes_have_no_unit(self, dataset):
        put(dataset, image(box(0.0), box(None), box([])))

        scan = found(dataset)
        assert scan.rotation_units == {}
        assert scan.config["params"]["rotation_unit"] is None
        assert len(scan.label_ids) == 2

    @pytest.mark.parametrize("unit", ["grads", 5, [], ["degrees", "radians"]])
    def test_other_units_are_an_error(self, unit):
        with pytest.raises(ParamsError, match="rotation_unit"):
            ComputeParams(FIELD, rotation_unit=unit)


class TestUnknown:
    @pytest.mark.parametrize(
        ("rotation", "reason"),
        [
            (math.nan, "has a rotation that is not finite"),
            (-math.inf, "has a rotation that is not finite"),
            ("90", "has a rotation that is not a number"),
            (True, "has a rotation that is not a number"),
            ([0.0, 0.0, 1.0], "has a rotation that is not a number"),
        ],
    )
    def test_an_invalid_angle_is_skipped_and_reported(self, dataset, rotation, reason):
        put(dataset, image(box(5), box(rotation), box(5)))
        scan = found(dataset)

        assert scan.skipped.reasons == {reason: 1}
        assert len(scan.label_ids) == 1

    def test_turned_boxes_of_an_image_of_unknown_size_are_skipped(self, dataset):
        put(dataset, image(box(5), box(None), box(5), box(None), size=None))
        scan = found(dataset)

        assert scan.skipped.reasons == {turned.NO_SIZE: 2}
        assert len(scan.label_ids) == 1

    def test_the_size_is_read_from_the_image_if_metadata_is_missing(
        self, dataset, tmp_path
    ):
        path = tmp_path / "a.png"
        Image.new("1", (200, 100)).save(path)
        labels = [box(r, [0.4, 0.4, 0.2, 0.2]) for r in (0, 90)]
        put(dataset, image(*labels, size=None, path=str(path)))

        assert max_ious(dataset)[0][0] == pytest.approx([1 / 3] * 2)

    @pytest.mark.parametrize("what", ["text", "folder", "pipe"])
    def test_a_file_that_is_not_an_image_has_no_size(self, dataset, tmp_path, what):
        path = tmp_path / "a"
        if what == "text":
            path.write_text("no image")
        elif what == "folder":
            path.mkdir()
        else:
            os.mkfifo(path)
        put(dataset, image(box(5), size=None, path=str(path)))

        assert found(dataset).skipped.reasons == {turned.NO_SIZE: 1}

    def test_boxes_too_far_out_to_be_turned_are_skipped(self, dataset):
        put(dataset, image(box(5), box(5, [1e200, 0, 1, 1])))

        assert found(dataset).skipped.reasons == {
            "has a bounding_box that is too large": 1
        }


class TestSpace:
    """Fields with 2-D boxes in one sample and 3-D boxes in another."""

    def test_the_first_label_of_a_sample_decides_how_it_is_compared(self, dataset):
        def solid(x):
            return fo.Detection(**{**FLAT, "location": [x, 0, 0]})

        def flat(x):
            return box(None, [x, 0.1, 0.2, 0.2])

        put(
            dataset,
            image(flat(0.1), flat(0.15), path="/a.jpg"),
            image(solid(0.0), solid(0.2), solid(0.5), path="/b.jpg"),
            image(flat(0.1), flat(0.1), path="/c.jpg"),
            image(solid(0.0), solid(0.0), path="/d.jpg"),
        )
        foui.compute_max_ious(dataset, FIELD, iou_attr="theirs", progress=False)
        ours, done = max_ious(dataset)
        theirs = dataset.values(f"{FIELD}.detections.theirs")

        assert done.skipped.reasons == {}
        for mine, other in zip(ours, theirs, strict=True):
            assert mine == pytest.approx(other, abs=1e-9)
        expected = foui.find_duplicates(dataset, FIELD, iou_thresh=0.5, progress=False)
        assert found(dataset, 0.5).label_ids == expected != []

    def test_labels_with_both_shapes_are_compared_like_the_first_label(self, dataset):
        both = dict(bounding_box=LONG, **FLAT)
        put(
            dataset,
            image(box(), fo.Detection(bounding_box=LONG, location=[5, 5, 5])),
            image(
                fo.Detection(**both), fo.Detection(**{**both, "location": [9, 9, 9]})
            ),
        )

        assert max_ious(dataset)[0] == [[1, 1], [0, 0]]

    def test_two_fields_are_compared_by_the_shapes_in_the_other_field(self, dataset):
        both = dict(bounding_box=LONG, **FLAT)
        theirs = fo.Detections(detections=[fo.Detection(**both)])
        far = fo.Detection(**{**both, "location": [9, 9, 9]})
        put(dataset, image(far, predictions=theirs))
        foui.compute_max_ious(
            dataset, FIELD, other_field=OTHER, iou_attr="theirs", progress=False
        )

        ours = max_ious(dataset, other_field=OTHER)[0]
        assert ours == dataset.values(f"{FIELD}.detections.theirs") == [[0.0]]
