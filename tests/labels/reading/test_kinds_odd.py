"""Labels of every kind that cannot be compared are reported, and stop nothing."""

import math
import zlib

import drawn
import fiftyone as fo
import numpy as np
import pytest
from bson import ObjectId
from drawn import CASES, FIELD
from one_of_each_kind import FLAT, SQUARE

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans.search import find_duplicates

BAD = [
    ("boxes", {"bounding_box": None}, "has no bounding_box"),
    ("boxes", {"bounding_box": [0.1, 0.1, math.nan, 0.1]}, "not finite"),
    ("masks", {"mask": None}, "has no mask"),
    ("masks", {"bounding_box": None}, "has no bounding_box"),
    ("masks", {"bounding_box": [0.1, 0.1]}, "that is not four numbers"),
    ("masks", {"mask": None, "mask_path": "/nothing/there.png"}, "no mask"),
    ("masks", {"mask": "text"}, "a mask that is not binary data"),
    ("masks", {"mask": b"not a mask"}, "no mask"),
    ("masks", {"mask": zlib.compress(b"not an array")}, "no mask"),
    ("outlines", {"mask": None}, "has no mask"),
    ("outlines", {"mask": None, "mask_path": "/nothing/there.png"}, "no mask"),
    ("polygons", {"points": None}, "has no points"),
    ("polygons", {"points": []}, "has no points"),
    ("polygons", {"points": [[]]}, "has no points"),
    ("polygons", {"points": [[[0.1, math.nan], *SQUARE]]}, "not finite"),
    ("polygons", {"points": [[[0.1, 0.1, 0.1], [0.2, 0.1, 0.1]]]}, "not pairs"),
    ("polygons", {"points": [[[0.1, 0.1], [0.2]]]}, "not pairs"),
    ("polygons", {"points": "points"}, "not pairs"),
    ("polygons", {"points": 5}, "not pairs"),
    ("polygons", {"points": [[[]]]}, "has no points"),
    ("polygons", {"points": [{"x": 1}]}, "not pairs"),
    ("lines", {"points": [[[0.1, math.inf], [0.2, 0.2]]]}, "not finite"),
    ("keypoints", {"points": None}, "has no points"),
    ("keypoints", {"points": [[0.1, 0.1, 0.1]]}, "not pairs"),
    ("keypoints", {"points": 5}, "not pairs"),
    ("cuboids", {"location": None}, "has no location"),
    ("cuboids", {"rotation": [0.0, 0.1]}, "not three numbers"),
    ("cuboids", {"dimensions": [1.0, -1.0, 1.0]}, "a negative side"),
    ("cuboids", {"location": [math.nan, 0.0, 0.0]}, "not three numbers"),
    ("segments", {"support": None}, "has no support"),
    ("segments", {"support": [4]}, "has no support"),
    ("segments", {"support": [9, 3]}, "ends before it begins"),
]


@pytest.mark.parametrize(("kind", "bad", "reason"), BAD)
def test_an_invalid_label_is_reported_and_the_others_are_found(
    dataset_with, kind, bad, reason
):
    dataset, ids, options = dataset_with(kind, bad)
    found = find_duplicates(dataset, FindParams(FIELD, **options))

    assert found.label_ids == [ids[2]]
    (reported,) = found.skipped.to_dict()["labels"]
    assert (reported["label_id"], reported["position"]) == (ids[1], 1)
    assert reason in reported["reason"]


@pytest.mark.parametrize(("kind", "bad", "reason"), BAD[::3])
def test_an_invalid_label_gets_no_max_iou(dataset_with, kind, bad, reason):
    dataset, _, options = dataset_with(kind, bad)
    done = compute_max_ious(dataset, ComputeParams(FIELD, **options))
    (holder,) = dataset._sample_collection.find()
    labels = next(v for v in holder[FIELD].values() if isinstance(v, list))

    one = pytest.approx(1)
    assert [label.get("max_iou") for label in labels] == [one, None, one]
    (reported,) = done.skipped.to_dict()["labels"]
    assert reason in reported["reason"]
    assert done.count == 2


def test_a_mask_that_cannot_be_read_gets_no_max_iou(dataset_with):
    bad = {"mask": None, "mask_path": "/nothing/there.png"}
    dataset, ids, options = dataset_with("masks", bad)
    done = compute_max_ious(dataset, ComputeParams(FIELD, **options), id_attr="other")

    assert dataset.values(f"{FIELD}.detections.max_iou") == [[1, None, 1]]
    assert done.skipped.to_dict()["labels"][0]["label_id"] == ids[1]
    assert done.count == 2


def test_an_invalid_label_of_a_frame_is_reported_with_its_frame(dataset_with):
    dataset, ids, _ = dataset_with("boxes", {"bounding_box": None}, frames=True)
    found = find_duplicates(dataset, FindParams(f"frames.{FIELD}"))

    assert found.label_ids == [ids[2]]
    (reported,) = found.skipped.to_dict()["labels"]
    assert (reported["sample_id"], reported["frame_number"]) == (dataset.first().id, 1)


class TestNamedDivergences:
    """Intended differences from FiftyOne, which docs/differences.md lists."""

    @pytest.mark.parametrize(
        "points",
        [[[0.2, 0.2]], [[0.1, 0.5], [0.4, 0.5]], [[0.2, 0.2], [math.nan, math.nan]]],
        ids=["one point", "a level line", "one known point"],
    )
    @pytest.mark.parametrize("kind", ["keypoints", "lines"])
    def test_identical_points_without_extent_are_duplicates(
        self, dataset_with, kind, points
    ):
        if kind == "lines" and math.isnan(points[-1][0]):
            pytest.skip("polylines have no unknown points")
        value = [points] if kind == "lines" else points
        dataset, ids, _ = dataset_with(kind, {})
        name = "polylines" if kind == "lines" else "keypoints"
        path = f"{FIELD}.{name}.$[].points"
        dataset._sample_collection.update_one({}, {"$set": {path: value}})

        assert find_duplicates(dataset, FindParams(FIELD)).label_ids == ids[1:]

    def test_identical_empty_masks_are_duplicates(self, dataset_with):
        dataset, ids, options = dataset_with("masks", {})
        sample = dataset.first()
        for label in sample[FIELD].detections:
            label.mask = np.zeros((6, 6), dtype=bool)
        sample.save()

        found = find_duplicates(dataset, FindParams(FIELD, **options))
        assert found.label_ids == ids[1:]

    def test_a_bow_tie_keeps_both_of_its_lobes(self, dataset_with):
        bow_tie = [[[0.1, 0.1], [0.3, 0.3], [0.3, 0.1], [0.1, 0.3]]]
        dataset, _, _ = dataset_with("polygons", {"points": bow_tie})
        compute_max_ious(dataset, ComputeParams(FIELD))

        # the two triangles cover half of the square
        found = dataset.values(f"{FIELD}.polylines.max_iou")[0][1]
        assert found == pytest.approx(0.5)


class TestMixed:
    """Labels of different kinds in one list or one field."""

    def test_boxes_and_cuboids_of_two_slices_are_compared_separately(self, database):
        dataset = fo.Dataset()
        dataset.add_group_field("group", default="left")
        group, box = fo.Group(), dict(bounding_box=[0.1, 0.1, 0.2, 0.2])
        expected = []
        for name, path, shape in (
            ("left", "/a.png", box),
            ("scene", "/a.fo3d", FLAT),
        ):
            labels = [fo.Detection(**shape) for _ in range(3)]
            expected += [label.id for label in labels[1:]]
            value = fo.Detections(detections=labels)
            sample = fo.Sample(filepath=path, group=group.element(name), gt=value)
            dataset.add_sample(sample)
        samples = dataset.select_group_slices(["left", "scene"], _allow_mixed=True)
        found = find_duplicates(samples, FindParams(FIELD))

        assert found.label_ids == expected
        assert found.skipped.reasons == {}
        dataset.delete()

    def test_boxes_among_cuboids_are_reported(self, dataset_with):
        dataset, ids, _ = dataset_with("cuboids", {})
        sample = dataset.first()
        flat = fo.Detection(bounding_box=[0.1, 0.1, 0.2, 0.2])
        sample[FIELD].detections.append(flat)
        sample.save()
        found = find_duplicates(dataset, FindParams(FIELD))

        assert found.label_ids == ids[1:]
        assert found.skipped.reasons == {"has no location": 1}

    def test_cuboids_among_boxes_are_reported(self, dataset_with):
        dataset, ids, _ = dataset_with("boxes", {})
        sample = dataset.first()
        sample[FIELD].detections.append(fo.Detection(**FLAT))
        sample.save()
        found = find_duplicates(dataset, FindParams(FIELD))

        assert found.label_ids == ids[1:]
        assert found.skipped.reasons == {"has no bounding_box": 1}

    def test_null_and_missing_lists_have_no_labels(self, dataset_with):
        dataset, ids, _ = dataset_with("polygons", {})
        dataset.add_samples([fo.Sample(filepath=f"/{k}.png") for k in range(3)])
        first, second, third = dataset.values("id")[1:]
        for _id, value in ((first, {"polylines": None}), (second, {}), (third, None)):
            dataset._sample_collection.update_one(
                {"_id": ObjectId(_id)}, {"$set": {FIELD: value}}
            )
        found = find_duplicates(dataset, FindParams(FIELD))

        assert found.label_ids == ids[1:]
        assert found.skipped.reasons == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["boxes", "keypoints"])
def test_a_hundred_thousand_classes_are_distinguished(database, name):
    dataset = drawn.dataset(CASES[name], n=0)
    labels = {
        "boxes": {"bounding_box": [0.1, 0.1, 0.2, 0.2]},
        "keypoints": {"points": [[0.1, 0.2], [0.3, 0.5]]},
    }
    n = 100_000 if name == "boxes" else 5_000
    dataset._sample_collection.insert_many(
        {
            FIELD: {
                CASES[name].list_name: [
                    {"_id": ObjectId(), "label": f"ж{k + j // 2}", **labels[name]}
                    for j in range(40)
                ]
            }
        }
        for k in range(0, n, 20)
    )
    found = find_duplicates(dataset, FindParams(FIELD, classwise=True), record=False)

    assert len(found.by_class) == n
    assert len(found.label_ids) == n
    assert set(map(str, found.by_class.values())) == {
        str({"labels": 2, "duplicates": 1})
    }
    dataset.delete()


@pytest.mark.parametrize("frames", [False, True])
def test_an_incremental_scan_reports_the_same_labels(dataset_with, frames):
    bad = {"mask": None, "mask_path": "/nothing/there.png"}
    dataset, _, options = dataset_with("masks", bad, frames=frames)
    params = FindParams(f"frames.{FIELD}" if frames else FIELD, **options)
    first, second = (find_duplicates(dataset, params) for _ in range(2))

    assert first.label_ids == second.label_ids
    assert first.skipped.to_dict() == second.skipped.to_dict()
    assert first.skipped.reasons == {"has no mask": 1}


def test_a_label_whose_number_of_points_differs_from_the_sigmas_is_skipped():
    points = [(0.1, 0.2), (0.3, 0.5)]
    labels = [fo.Keypoint(points=p) for p in (points, [*points, (0.4, 0.4)], points)]
    dataset = fo.Dataset()
    sample = fo.Sample(filepath="/a.jpg", gt=fo.Keypoints(keypoints=labels))
    dataset.add_sample(sample)
    params = FindParams("gt", keypoint_sigmas=[0.05, 0.1])
    found = find_duplicates(dataset, params)

    assert found.label_ids == [labels[2].id]
    reason = "has 3 points, but there are 2 keypoint_sigmas"
    assert found.skipped.reasons == {reason: 1}
    compute_max_ious(dataset, ComputeParams("gt", keypoint_sigmas=[0.05, 0.1]))
    values = dataset.values("gt.keypoints.max_iou")
    assert values == [[1, None, 1]]


def test_a_scan_stored_before_an_option_existed_can_be_continued():
    points = [(0.1, 0.2), (0.3, 0.5)]
    labels = [fo.Keypoint(points=points) for _ in range(2)]
    dataset = fo.Dataset()
    sample = fo.Sample(filepath="/a.jpg", gt=fo.Keypoints(keypoints=labels))
    dataset.add_sample(sample)
    first = find_duplicates(dataset, FindParams("gt"))
    runs = fo.core.odm.get_db_conn()["runs"]
    older = {"$unset": {"config.params.keypoint_sigmas": ""}}
    runs.update_one({"key": first.scan_key}, older)
    again = find_duplicates(dataset, FindParams("gt"), since=first.scan_key)

    assert again.label_ids == first.label_ids
