"""Unmarked points are reported, and treated as missing on request."""

import fiftyone as fo
import fiftyone.utils.iou as foui
import pytest

from duplicates.iou_core.errors import ScanError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans import scan_words
from duplicates.labels.scans.search import find_duplicates
from duplicates.labels.scans.summary import summary as scan_summary


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
