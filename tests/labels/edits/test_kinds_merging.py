"""Masks and polygons become their union, and other kinds are not merged."""

import fiftyone as fo
import numpy as np
import pytest
import shapely
from drawn import FIELD
from drawn_plans import Drawn

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import merge, restore
from duplicates.labels.edits.merging.merge_shapes import HOW, merged_shape
from duplicates.labels.scans import plans, search


class TestMerging:
    """Merging masks and polygons into their union, and its undo."""

    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("in_files", [False, True])
    def test_masks_become_their_union(self, database, tmp_path, seed, in_files):
        rng = np.random.default_rng(seed)
        labels, canvas = [], np.zeros((64, 64), dtype=bool)
        x, y = rng.integers(10, 20, 2)
        for _ in range(3):
            left, top = x + rng.integers(0, 4), y + rng.integers(0, 4)
            height, width = rng.integers(18, 26, 2)
            mask = rng.random((height, width)) < 0.9
            canvas[top : top + height, left : left + width] |= mask
            box = [float(v / 64) for v in (left, top, width, height)]
            labels.append(fo.Detection(label="a", bounding_box=box, mask=mask))
        if in_files:
            for label in labels:
                label.export_mask(str(tmp_path / f"{label.id}.png"), update=True)
        dataset = fo.Dataset()
        value = fo.Detections(detections=labels)
        dataset.add_sample(fo.Sample(filepath="/a.png", gt=value))
        before = list(dataset._sample_collection.find({}, {FIELD: True}))
        params = FindParams(FIELD, use_masks=True, iou_thresh=0.2)
        found = search.find_duplicates(dataset, params)
        done = merge.merge_plan(dataset, plans.plan(dataset, found.scan_key))
        dataset.reload()

        (label,) = dataset.first()[FIELD].detections
        left, top, width, height = (round(v * 64) for v in label.bounding_box)
        assert label.mask.shape == (height, width)
        united = np.zeros((64, 64), dtype=bool)
        united[top : top + height, left : left + width] = label.mask.astype(bool)
        assert (united == canvas).all()
        restore.restore(dataset, done.restore_key)
        assert list(dataset._sample_collection.find({}, {FIELD: True})) == before
        dataset.delete()

    @pytest.mark.parametrize("frames", [False, True])
    def test_polygons_become_their_union(self, database, frames):
        work = Drawn("polygons", frames, None)
        rings = work.rings()
        before = work.raw()
        into = {}
        removed_ids = {removal.label_id for removal in work.plan.removals}
        for removal in work.plan.removals:
            if removal.partner_id not in removed_ids:
                into.setdefault(removal.partner_id, []).append(removal.label_id)
        done = merge.merge_plan(work.dataset, work.plan)
        after = work.rings()
        assert done.count == sum(map(len, into.values())) > 3
        for keeper, parts in into.items():
            expected = _area([ring for i in (keeper, *parts) for ring in rings[i]])
            assert _area(after[keeper]) == pytest.approx(expected, abs=1e-9)
        restore.restore(work.dataset, done.restore_key)
        assert work.raw() == before
        work.dataset.delete()

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("keypoints", "boxes, instance masks or polygons"),
            ("segments", "boxes, instance masks or polygons"),
            ("lines", "to merge"),
            ("cuboids with yaw", "to merge"),
        ],
    )
    def test_merging_labels_without_a_union_is_an_error_and_changes_nothing(
        self, database, name, expected
    ):
        work = Drawn(name, False, None)
        before = work.raw()

        with pytest.raises(FieldError, match=expected):
            merge.merge_plan(work.dataset, work.plan)
        assert work.raw() == before
        work.dataset.delete()

    def test_polygons_have_no_mean(self, database):
        work = Drawn("polygons", False, None)

        with pytest.raises(ParamsError, match="polygons have no mean"):
            merge.merge_plan(work.dataset, work.plan, "mean")
        work.dataset.delete()


def _area(rings):
    parts = [shapely.Polygon(ring).buffer(0) for ring in rings]
    return shapely.union_all(parts).area


def test_a_union_or_mean_that_is_one_of_the_boxes_keeps_its_numbers():
    rng = np.random.default_rng(5)
    for _ in range(300):
        x, y, w, h = rng.random(4).round(7).tolist()
        kept = {"bounding_box": [x, y, w, h], "confidence": 0.3}
        inside = {"bounding_box": [x, y, w * 0.9, h * 0.9], "confidence": 0.8}
        wide = {"bounding_box": [x - 0.1, y, w + 0.3, h * 0.5]}

        assert merged_shape([kept, inside], "union") == {}
        for how in HOW:
            assert merged_shape([kept, kept, kept], how) == {}
        united = merged_shape([kept, wide], "union")["bounding_box"]
        assert united == [wide["bounding_box"][0], y, wide["bounding_box"][2], h]
