"""Slices of grouped datasets, each with the ids that FiftyOne gives."""

import drawn
import fiftyone as fo
import fiftyone_reference as theirs
import numpy as np
import pytest
from drawn import CASES, FIELD
from found import THRESHOLDS, ids


class TestGroups:
    """Each slice of a grouped dataset is compared separately."""

    @pytest.fixture(scope="class")
    def grouped(self, database):
        dataset = fo.Dataset()
        dataset.add_group_field("group", default="left")
        rng = np.random.default_rng(7)
        for k in range(8):
            group = fo.Group()
            for name, extension, kind in (
                ("left", "png", "boxes"),
                ("right", "png", "boxes"),
                ("scene", "fo3d", "cuboids"),
            ):
                field = "cuboids" if kind == "cuboids" else FIELD
                sample = fo.Sample(
                    filepath=f"/media/{name}{k}.{extension}", group=group.element(name)
                )
                sample[field] = drawn.labels(CASES[kind], rng)
                dataset.add_sample(sample)
        yield dataset
        dataset.delete()

    @pytest.mark.parametrize("slices", ["left", "right", ["left", "right"]])
    def test_ids_of_a_chosen_slice_equal_fiftyones(self, grouped, slices):
        samples = grouped.select_group_slices(slices)
        for iou_thresh in THRESHOLDS:
            expected = theirs.duplicates(samples, FIELD, iou_thresh=iou_thresh)
            assert ids(samples, FIELD, iou_thresh=iou_thresh) == expected
        assert expected or iou_thresh

    def test_the_active_slice_is_the_default(self, grouped):
        expected = theirs.duplicates(
            grouped.select_group_slices("left"), FIELD, iou_thresh=0.3
        )
        assert ids(grouped, FIELD, iou_thresh=0.3) == expected != []

    def test_all_slices_give_the_ids_of_each_slice_in_turn(self, grouped):
        samples = grouped.select_group_slices(
            ["left", "right", "scene"], _allow_mixed=True
        )
        one_by_one = [
            label_id
            for name in ("left", "right")
            for label_id in ids(
                grouped.select_group_slices(name), FIELD, iou_thresh=0.3
            )
        ]
        assert sorted(ids(samples, FIELD, iou_thresh=0.3)) == sorted(one_by_one)

    def test_a_slice_of_3d_scenes_is_compared_by_cuboids(self, grouped):
        samples = grouped.select_group_slices("scene")
        expected = theirs.duplicates(samples, "cuboids", iou_thresh=0.2)

        assert ids(samples, "cuboids", iou_thresh=0.2) == expected != []
