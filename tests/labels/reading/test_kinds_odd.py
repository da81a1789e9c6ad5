"""Labels of every kind that cannot be compared are reported, and stop nothing."""

import math
import zlib

import drawn
import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np
import pytest
from bson import ObjectId
from drawn import CASES, FIELD

from duplicates.iou_core.errors import FieldError, ParamsError, ScanError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans import scan_words
from duplicates.labels.scans.search import find_duplicates
from duplicates.labels.scans.summary import summary as scan_summary

SQUARE = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]]
FLAT = dict(location=[0, 0, 0], dimensions=[1, 1, 1], rotation=[0.0, 0.0, 0.5])


def good_labels():
    """Returns two identical labels of every kind, and the options to compare them."""
    blob = np.ones((6, 6), dtype=bool)
    box = [0.1, 0.1, 0.2, 0.2]
    return {
        "boxes": (fo.Detection(bounding_box=box), {}),
        "masks": (fo.Detection(bounding_box=box, mask=blob), dict(use_masks=True)),
        "outlines": (
            fo.Detection(bounding_box=box, mask=blob),
            dict(use_masks=True, tolerance=1),
        ),
        "polygons": (fo.Polyline(points=[SQUARE], filled=True, closed=True), {}),
        "lines": (fo.Polyline(points=[SQUARE]), {}),
        "keypoints": (fo.Keypoint(points=[(0.1, 0.2), (0.3, 0.5)]), {}),
        "cuboids": (fo.Detection(**FLAT), {}),
        "segments": (fo.TemporalDetection(support=[3, 9]), {}),
    }


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


@pytest.fixture
def dataset_with(database):
    """A function that makes a sample with a valid, an invalid and a valid label."""
    made = []

    def make(kind, bad, frames=False):
        label, options = good_labels()[kind]
        labels = [label.copy() for _ in range(3)]
        for one in labels:
            one.id = str(ObjectId())
        document = next(
            case.document for case in CASES.values() if _holds(case.document, label)
        )
        dataset = fo.Dataset()
        made.append(dataset)
        value = document(**{document._LABEL_LIST_FIELD: labels})
        sample = fo.Sample(filepath="/a.mp4" if frames else "/a.png")
        if frames:
            sample.frames[1] = fo.Frame(**{FIELD: value})
        else:
            sample[FIELD] = value
        dataset.add_sample(sample)
        path = f"{FIELD}.{document._LABEL_LIST_FIELD}"
        collection = dataset._frame_collection if frames else dataset._sample_collection
        collection.update_one(
            {}, {"$set": {f"{path}.1.{k}": value for k, value in bad.items()}}
        )
        return dataset, [one.id for one in labels], options

    yield make
    for dataset in made:
        dataset.delete()


def _holds(document, label):
    inner = document._fields[document._LABEL_LIST_FIELD].field.document_type
    return inner is type(label)


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


REFUSED = [
    ("boxes", dict(keypoint_sigmas=[1.0]), "keypoint_sigmas has no effect on boxes"),
    ("boxes", dict(use_boxes=True), "use_boxes has no effect on boxes, only on"),
    ("polygons", dict(use_masks=True), "use_masks has no effect on polylines, only"),
    ("keypoints", dict(use_boxes=True), "on keypoints, only on polylines"),
    ("keypoints", dict(use_masks=True, tolerance=2), "use_masks has no effect"),
    ("segments", dict(use_masks=True), "on temporal segments, only on instance masks"),
]


@pytest.mark.parametrize(("kind", "options", "sentence"), REFUSED)
def test_an_option_for_another_kind_is_an_error(dataset_with, kind, options, sentence):
    dataset, _, _ = dataset_with(kind, {})

    with pytest.raises(ParamsError, match=sentence):
        find_duplicates(dataset, FindParams(FIELD, **options))
    with pytest.raises(ParamsError, match=sentence):
        compute_max_ious(dataset, ComputeParams(FIELD, **options))
    assert dataset.list_runs() == []


@pytest.mark.parametrize(
    "document", [fo.Detection, fo.Polyline, fo.Classification, fo.Segmentation]
)
def test_the_error_for_a_field_of_single_labels_lists_the_usable_fields(
    dataset_with, document
):
    dataset, _, _ = dataset_with("polygons", {})
    dataset.add_sample_field(
        "one", fo.EmbeddedDocumentField, embedded_doc_type=document
    )

    with pytest.raises(FieldError, match=rf"\({FIELD}\), got 'one' of type") as error:
        find_duplicates(dataset, FindParams("one"))
    assert document.__name__ in str(error.value)


def test_two_fields_of_different_kinds_are_an_error(dataset_with):
    dataset, _, _ = dataset_with("polygons", {})
    dataset.add_sample_field(
        "boxes", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )

    with pytest.raises(FieldError, match="other_field: expected a field of type Polyl"):
        find_duplicates(dataset, FindParams(FIELD, "boxes"))


def test_a_field_of_samples_with_one_of_frames_is_an_error(dataset_with):
    dataset, _, _ = dataset_with("boxes", {}, frames=True)
    dataset.add_sample_field(
        "boxes", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )

    with pytest.raises(FieldError, match="of type Detections of the frames"):
        find_duplicates(dataset, FindParams(f"frames.{FIELD}", "boxes"))


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


def unrelated_people(spot, **options):
    """Returns two people with 17 points, 15 of which are placeholders at ``spot``."""
    labels = [
        fo.Keypoint(points=[*marked, *[spot] * 15], **options)
        for marked in ([(0.1, 0.2), (0.3, 0.5)], [(0.6, 0.9), (0.8, 0.7)])
    ]
    sample = fo.Sample(filepath="/a.jpg", gt=fo.Keypoints(keypoints=labels))
    dataset = fo.Dataset()
    dataset.add_sample(sample)
    return dataset


UNMARKED = [
    ((0.0, 0.0), {}, "lie exactly at (0, 0)"),
    ((-1.0, -1.0), {}, "lie exactly at (-1, -1)"),
    ((0.05, 0.05), {"confidence": [0.9, 1.0, *[0.0] * 15]}, "have a confidence of 0"),
    ((0.0, 0.0), {"confidence": [0.9, 1.0, *[0.4] * 15]}, "lie exactly at (0, 0)"),
]


@pytest.mark.parametrize(("spot", "options", "why"), UNMARKED)
def test_unrelated_people_are_duplicates_only_if_unmarked_points_are_compared(
    spot, options, why
):
    dataset = unrelated_people(spot, **options)
    sigmas = [0.05] * 17
    as_points = FindParams("gt", keypoint_sigmas=sigmas)
    as_missing = FindParams("gt", keypoint_sigmas=sigmas, unmarked_as_missing=True)
    count = "15 of 17 points of 2 labels"

    first = find_duplicates(dataset, as_points)
    assert len(first.label_ids) == 1
    words = scan_words.unmarked_words(first.config["unmarked"], False)
    assert words == f"{count} {why}, compared like any other point"
    second = find_duplicates(dataset, as_missing)
    assert second.label_ids == []
    assert second.config["title"].endswith("unmarked points are missing")
    words = scan_words.unmarked_words(second.config["unmarked"], True)
    assert words == f"{count} {why}, treated as missing"
    assert second.skipped.reasons == {}


def test_unmarked_points_give_fiftyones_oks_unless_they_are_missing():
    dataset = unrelated_people((0.0, 0.0))
    foui.compute_max_ious(dataset, "gt", iou_attr="theirs", progress=False)
    done = compute_max_ious(dataset, ComputeParams("gt"), "ours")
    theirs, ours = dataset.values(["gt.keypoints.theirs", "gt.keypoints.ours"])

    assert ours[0] == pytest.approx(theirs[0], abs=1e-12)
    assert done.unmarked.total() == 2
    sigmas = [0.05] * 17
    compute_max_ious(dataset, ComputeParams("gt", keypoint_sigmas=sigmas), "strict")
    assert dataset.values("gt.keypoints.strict")[0] == pytest.approx(
        [0.882] * 2, abs=1e-3
    )
    params = ComputeParams("gt", keypoint_sigmas=sigmas, unmarked_as_missing=True)
    compute_max_ious(dataset, params, "missing")
    assert max(dataset.values("gt.keypoints.missing")[0]) < 1e-6


def test_an_incremental_scan_updates_the_count_of_unmarked_points():
    dataset = unrelated_people((0.0, 0.0))
    other = unrelated_people((-1.0, -1.0)).first()
    params = FindParams("gt")
    dataset.add_sample(fo.Sample(filepath="/b.jpg", gt=other.gt.copy()))
    for _ in range(8):
        dataset.add_sample(fo.Sample(filepath="/c.jpg", gt=fo.Keypoints()))
    first = find_duplicates(dataset, params)
    sample = dataset.last()
    sample["gt"] = fo.Keypoints(keypoints=[fo.Keypoint(points=[(0.1, 0.2)])])
    sample.save()
    again = find_duplicates(dataset, params, since=first.scan_key)

    rows = [{"why": why, "unmarked": 15, "points": 17, "labels": 2} for why in (1, 2)]
    assert again.config["unmarked"] == first.config["unmarked"] == rows
    words = scan_words.unmarked_words(rows, False)
    assert words.startswith("15 of 17 points of 4 labels lie exactly at (0, 0) or (-1,")
    missing = FindParams("gt", unmarked_as_missing=True)
    with pytest.raises(ScanError, match="unmarked_as_missing: expected False"):
        find_duplicates(dataset, missing, since=first.scan_key)


def test_a_scan_without_a_count_of_unmarked_points_can_be_continued():
    dataset = unrelated_people((0.0, 0.0))
    first = find_duplicates(dataset, FindParams("gt"))
    names = ("config.unmarked", "config.params.unmarked_as_missing")
    runs = fo.core.odm.get_db_conn()["runs"]
    run_id = dataset._doc.runs[first.scan_key].id
    runs.update_one({"_id": run_id}, {"$unset": dict.fromkeys(names, "")})
    dataset.reload()
    summary = scan_summary(dataset, first.scan_key)

    assert summary["unmarked"] == []
    again = find_duplicates(dataset, FindParams("gt"), since=first.scan_key)
    assert again.label_ids == first.label_ids
