"""The App's grid shows frames of videos at these frames."""

import asyncio

import fiftyone as fo
import pytest
from fiftyone.server.samples import paginate_samples

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import tag
from duplicates.labels.review import views
from duplicates.labels.scans import freshness, plans, search

FIELD = "frames.found"


@pytest.fixture
def dataset(make_dataset):
    """Two videos, one of which has duplicates in its third frame."""
    dataset = make_dataset([])
    dataset.media_type = "video"
    for name, n_labels in (("one", 2), ("other", 1)):
        # without metadata the server would open the file
        facts = fo.VideoMetadata(frame_width=64, frame_height=48, frame_rate=10)
        sample = fo.Sample(filepath=f"/{name}.mp4", metadata=facts)
        for number in range(1, 5):
            labels = [
                fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.2, 0.2])
                for _ in range(n_labels if number == 3 else 1)
            ]
            if number == 3:
                labels.append(
                    fo.Detection(label="dog", bounding_box=[0.6, 0.6, 0.2, 0.2])
                )
            sample.frames[number] = fo.Frame(found=fo.Detections(detections=labels))
        dataset.add_sample(sample)
    return dataset


@pytest.fixture
def plan(dataset):
    return plans.plan(
        dataset, search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    )


def in_the_grid(view):
    """The first page of a view, as the App's server gives it.

    Returns ``(video, first and last frame, labels of the frame that is drawn)``.
    """
    page = paginate_samples(view._root_dataset.name, view._serialize(), None, 20)
    samples = [edge.node.sample for edge in asyncio.run(page).edges]
    return [
        (
            str(sample["_sample_id"]),
            sample["support"],
            len(sample["frames"][0]["found"]["detections"]),
        )
        for sample in samples
    ]


@pytest.mark.parametrize("mode", ["samples", "labels"])
def test_the_frames_of_a_plan_are_in_the_grid(dataset, plan, mode):
    view = views.plan_view(dataset, plan, mode)
    n_labels = 3 if mode == "samples" else 2
    assert in_the_grid(view) == [(dataset.first().id, [3, 3], n_labels)]
    assert views.is_plan_view(view)


def test_frames_without_duplicates_between_others_are_not_shown(dataset):
    labels = [
        fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.2, 0.2]) for _ in range(2)
    ]
    last = dataset.last()
    for number in (2, 6, 7):
        last.frames[number] = fo.Frame(found=fo.Detections(detections=labels))
    last.save()
    found = search.find_duplicates(dataset, FindParams(FIELD))
    view = views.plan_view(dataset, plans.plan(dataset, found.scan_key), "samples")

    shown = [(video, frames) for video, frames, _ in in_the_grid(view)]
    first, last = dataset.values("id")
    assert shown == [(first, [3, 3]), (last, [2, 2]), (last, [6, 7])]


def test_the_frame_of_a_group_is_in_the_grid(dataset, plan):
    (removal,) = plan.removals
    ids = [removal.label_id, removal.partner_id]
    view = views.group_view(dataset, plan.params, [removal.sample_id], ids)
    assert in_the_grid(view) == [(dataset.first().id, [3, 3], 2)]


@pytest.mark.parametrize("mode", ["samples", "labels"])
def test_the_frames_of_a_tag_are_in_the_grid(dataset, plan, mode):
    tag.tag_plan(dataset, plan, "duplicate")
    view = views.tag_view(dataset, FIELD, "duplicate", mode)
    n_labels = 3 if mode == "samples" else 1
    assert in_the_grid(view) == [(dataset.first().id, [3, 3], n_labels)]


def test_showing_frames_leaves_a_scan_up_to_date(dataset, plan):
    views.plan_view(dataset, plan, "samples")
    assert freshness.check_freshness(dataset, plan.scan_key).is_up_to_date
    assert "_support" not in dataset._sample_collection.find_one()
