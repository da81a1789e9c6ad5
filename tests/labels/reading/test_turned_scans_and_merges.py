"""Stored scans of turned boxes, and boxes that are merged."""

import numpy as np
import pytest
from bson import ObjectId
from PIL import Image
from turned_boxes import FIELD, box, found, image, put

from duplicates.iou_core.errors import ScanError
from duplicates.iou_core.geometry.oriented import OrientedBoxes
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import merge
from duplicates.labels.edits.delete import delete_plan
from duplicates.labels.scans import plans, stored
from duplicates.labels.scans.freshness import check_freshness
from duplicates.labels.scans.search import find_duplicates


class TestStoredScans:
    def test_turning_a_box_makes_a_scan_out_of_date(self, dataset):
        put(dataset, image(box(5), box(6)))
        scan = found(dataset)
        assert check_freshness(dataset, scan.scan_key).is_up_to_date

        sample = dataset.first()
        sample[FIELD].detections[1].rotation = 60
        sample.save()
        assert check_freshness(dataset, scan.scan_key).edited == 1
        assert delete_plan(dataset, plans.plan(dataset, scan.scan_key)).count == 0

    def test_a_scan_that_ignored_rotations_is_out_of_date(self, dataset):
        put(dataset, image(box(0), box(90)), image(box(), box(), path="/b.jpg"))
        key = self._scan_from_before(dataset)

        assert check_freshness(dataset, key).edited == 1
        ids = dataset.values(f"{FIELD}.detections.id")
        plan = plans.plan(dataset, key)
        assert [removal.label_id for removal in plan.removals] == [ids[0][1], ids[1][1]]
        done = delete_plan(dataset, plan)
        assert done.count == 1
        assert dataset.count(f"{FIELD}.detections") == 3

    def test_continuing_such_a_scan_computes_turned_boxes_again(self, dataset):
        put(dataset, image(box(0), box(90)), image(box(), box(), path="/b.jpg"))
        key = self._scan_from_before(dataset)
        again = find_duplicates(dataset, FindParams(FIELD), since=key)

        assert again.label_ids == [dataset.values(f"{FIELD}.detections.id")[1][1]]

    def test_incremental_scans_keep_the_unit_of_the_earlier_scan(self, dataset):
        put(dataset, image(box(0.5), box(0.5)), image(box(), path="/b.jpg"))
        first = found(dataset, rotation_unit="radians")

        with pytest.raises(ScanError, match="rotation_unit: expected 'radians'"):
            find_duplicates(
                dataset, FindParams(FIELD, iou_thresh=0.5), since=first.scan_key
            )
        same = FindParams(FIELD, iou_thresh=0.5, rotation_unit="radians")
        again = find_duplicates(dataset, same, since=first.scan_key)
        assert again.config["params"] == first.config["params"]
        assert again.label_ids == first.label_ids

    @staticmethod
    def _scan_from_before(dataset):
        """Returns the key of a scan as versions that ignored rotations stored it."""
        rotations = dataset.values(f"{FIELD}.detections.rotation")
        stamps = dataset.values("last_modified_at")
        collection = dataset._sample_collection
        unset = {"$unset": {f"{FIELD}.detections.$[].rotation": ""}}
        collection.update_many({}, unset)
        key = find_duplicates(dataset, FindParams(FIELD)).scan_key
        for _id, values in zip(dataset.values("id"), rotations):
            changes = {
                f"{FIELD}.detections.{k}.rotation": value
                for k, value in enumerate(values)
                if value is not None
            }
            if changes:
                collection.update_one({"_id": ObjectId(_id)}, {"$set": changes})
        assert dataset.values("last_modified_at") == stamps
        info = dataset.get_run_info(stored.open_scan(dataset, key).key)
        del info.config.params["rotation_unit"]
        dataset.update_run_config(key, info.config)
        return key


class TestMerging:
    def test_turned_boxes_are_skipped_if_the_size_of_their_image_becomes_unknown(
        self, dataset, tmp_path
    ):
        path = tmp_path / "a.png"
        Image.new("1", (200, 100)).save(path)
        flat = [0.7, 0.7, 0.1, 0.1]
        labels = [box(30), box(31), box(None, flat), box(None, flat)]
        put(dataset, image(*labels, size=None, path=str(path)))
        scan = found(dataset)
        assert len(scan.label_ids) == 2
        path.unlink()

        done = merge.merge_plan(dataset, plans.plan(dataset, scan.scan_key))
        assert done.count == 1
        assert done.skipped.reasons == {merge.NO_SIZE: 1}
        left = dataset.first()[FIELD].detections
        assert [label.id for label in left] == [label.id for label in labels[:3]]
        assert left[0].bounding_box == labels[0].bounding_box

    def merged(self, dataset, how, *labels, size=(200, 100)):
        put(dataset, image(*labels, size=size))
        scan = found(dataset, 0.1)
        merge.merge_plan(dataset, plans.plan(dataset, scan.scan_key), how)
        (kept,) = dataset.first()[FIELD].detections
        return kept

    def test_the_union_contains_both_boxes_and_has_the_kept_rotation(self, dataset):
        labels = [box(30, [0.4, 0.4, 0.2, 0.1]), box(50, [0.42, 0.4, 0.2, 0.1])]
        kept = self.merged(dataset, "union", *labels)

        assert kept.id == labels[0].id
        assert kept.rotation == 30
        boxes = [kept.bounding_box, *(label.bounding_box for label in labels)]
        angles = np.deg2rad([30, 30, 50])
        oriented = OrientedBoxes(np.array(boxes), angles, np.full(3, 2.0))
        share = oriented.share(np.array([1, 2]), np.array([0, 0]))
        assert share == pytest.approx([1, 1])

    def test_a_merged_upright_box_is_upright(self, dataset):
        kept = self.merged(dataset, "union", box(), box(90), size=(100, 100))

        assert not kept.has_attribute("rotation") or kept.rotation is None
        assert kept.bounding_box == pytest.approx([0.3, 0.3, 0.4, 0.4])

    def test_the_mean_with_a_box_turned_by_90_degrees_swaps_width_and_height(
        self, dataset
    ):
        labels = [box(10, [0.4, 0.45, 0.2, 0.1]), box(100, [0.45, 0.4, 0.1, 0.2])]
        kept = self.merged(dataset, "mean", *labels, size=(100, 100))

        assert kept.bounding_box == pytest.approx([0.4, 0.45, 0.2, 0.1])
        assert kept.rotation == 10

    def test_merging_exact_copies_does_not_change_the_kept_box(self, dataset):
        bounds = [0.123, 0.457, 0.3, 0.1]
        kept = self.merged(dataset, "union", box(17, bounds), box(17, bounds))

        assert kept.bounding_box == bounds
