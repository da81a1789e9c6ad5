"""The check before a write reads labels exactly as the scan did."""

import drawn
import fiftyone as fo
import pytest
from drawn import CASES, FIELD

from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.edits import confirm, delete, tag
from duplicates.labels.scans import plans, register, search
from duplicates.labels.scans.freshness import check_freshness

BOX = [0.1, 0.1, 0.3, 0.3]
CUBOID = dict(location=[0, 0, 0], dimensions=[4, 2, 2], rotation=[0, 0, 0.5])
COPIES = {"left": 2, "right": 3, "scene": 4}
"""The number of identical labels in each sample of a slice."""


@pytest.fixture
def grouped(database):
    """A dataset of two groups, each with two images and a 3-D scene."""
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    for k in range(2):
        group = fo.Group()
        for name, n in COPIES.items():
            place = CUBOID if name == "scene" else dict(bounding_box=BOX)
            labels = [fo.Detection(label="car", **place) for _ in range(n)]
            ending = "fo3d" if name == "scene" else "png"
            sample = fo.Sample(
                filepath=f"/{name}-{k}.{ending}",
                group=group.element(name),
                gt=fo.Detections(detections=labels),
            )
            dataset.add_sample(sample)
    yield dataset
    dataset.delete()


def planned(samples, field="gt", **options):
    found = search.find_duplicates(samples, FindParams(field, **options))
    return plans.plan(samples._root_dataset, found.scan_key)


def touch(dataset, field="gt"):
    """Sets an attribute of every label, as a reviewer would."""
    for collection in (dataset._sample_collection, dataset._frame_collection):
        if collection is not None:
            collection.update_many({}, {"$set": {"last_modified_at": store.now()}})


@pytest.mark.parametrize(
    "slices",
    [["left"], ["right"], ["scene"], ["left", "scene"], ["left", "right", "scene"]],
    ids=str,
)
def test_duplicates_of_every_slice_are_deleted_after_they_were_tagged(grouped, slices):
    samples = grouped.select_group_slices(slices, _allow_mixed=True)
    plan = planned(samples)
    expected = sum(2 * (COPIES[name] - 1) for name in slices)
    assert len(plan) == expected

    tag.tag_plan(grouped, plan, "duplicate")
    left, dropped, _ = confirm.remainder(grouped, plan)
    done = delete.delete_plan(grouped, plan)

    assert (len(left), dict(dropped)) == (expected, {})
    assert (done.count, done.skipped.reasons.total()) == (expected, 0)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_touched_label_of_every_kind_is_still_a_duplicate(name, database, tmp_path):
    case = CASES[name]
    dataset = drawn.dataset(case, seed=11, n=6, folder=tmp_path)
    plan = planned(dataset, FIELD, iou_thresh=0.3, **case.options)
    assert len(plan) > 3

    touch(dataset)

    assert len(confirm.remainder(dataset, plan)[0]) == len(plan)


def test_a_scene_whose_first_label_became_a_box_is_dropped_from_the_plan(grouped):
    samples = grouped.select_group_slices("scene")
    plan = planned(samples)
    first = samples.first()
    first.gt.detections.insert(0, fo.Detection(label="car", bounding_box=BOX))
    first.save()
    touch(grouped)

    left, dropped, _ = confirm.remainder(grouped, plan)
    others = {r.label_id for r in plan.removals if r.sample_id != first.id}
    assert {removal.label_id for removal in left.removals} == others
    assert dropped == {confirm.CHANGED: len(plan) - len(others)}


def test_a_scan_of_a_slice_applies_to_it_while_the_app_shows_another(grouped):
    grouped.group_slice = "right"
    plan = planned(grouped.match(fo.ViewField("gt.detections").length() > 1))
    assert len(plan) == 2 * (COPIES["right"] - 1)
    grouped.group_slice = "left"
    touch(grouped)

    assert check_freshness(grouped, plan.scan_key).is_up_to_date
    assert len(confirm.remainder(grouped, plan)[0]) == len(plan)


def test_labels_of_a_view_too_large_to_store_are_checked_by_their_hashes(
    grouped, monkeypatch
):
    monkeypatch.setattr(register, "MAX_VIEW_BYTES", 10)
    view = grouped.select_group_slices(list(COPIES), _allow_mixed=True)
    plan = planned(view)
    touch(grouped)
    found = check_freshness(grouped, plan.scan_key)
    assert (found.removed, found.edited) == (0, 0)
    left, *_ = confirm.remainder(grouped, plan)
    assert len(left) == len(plan)

    sample = view.first()
    sample.gt.detections[0].label = "bus"
    sample.save()

    left, dropped, _ = confirm.remainder(grouped, plan)
    assert dropped[confirm.CHANGED] == COPIES[sample.group.name] - 1
    assert len(left) == len(plan) - dropped.total()
    assert check_freshness(grouped, plan.scan_key).edited == 1
