"""What is shown of a video's frames is in the App's grid."""

import asyncio

import fiftyone as fo
import pytest
from fiftyone.server.samples import paginate_samples

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import tag
from duplicates.labels.review import views
from duplicates.labels.scans import plans, search

FIELD = "frames.found"


@pytest.fixture
def dataset(make_dataset):
    """Two videos: duplicates in the third frame of one, and none in the other."""
    dataset = make_dataset([])
    dataset.media_type = "video"
    for name, n_labels in (("one", 2), ("other", 1)):
        # without its facts the server would look for the file
        facts = fo.VideoMetadata(frame_width=64, frame_height=48, frame_rate=10)
        sample = fo.Sample(filepath=f"/{name}.mp4", metadata=facts)
        for number in range(1, 5):
            labels = [
                fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.2, 0.2])
                for _ in range(n_labels if number == 3 else 1)
            ]
            sample.frames[number] = fo.Frame(found=fo.Detections(detections=labels))
        dataset.add_sample(sample)
    return dataset


@pytest.fixture
def plan(dataset):
    return plans.plan(
        dataset, search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    )


def in_the_grid(view):
    """The samples that the App's server gives for the first page of a view."""
    page = paginate_samples(view._dataset.name, view._serialize(), None, 20)
    return [str(edge.node.sample["_id"]) for edge in asyncio.run(page).edges]


@pytest.mark.parametrize("mode", ["samples", "labels"])
def test_the_videos_of_a_plan_are_in_the_grid(dataset, plan, mode):
    view = views.plan_view(dataset, plan, mode)
    assert in_the_grid(view) == dataset.values("id")[:1]
    assert view.count("frames.found.detections") == (5 if mode == "samples" else 2)


def test_the_video_of_a_group_is_in_the_grid(dataset, plan):
    (removal,) = plan.removals
    ids = [removal.label_id, removal.partner_id]
    view = views.group_view(dataset, plan.params, removal.sample_id, ids)
    assert in_the_grid(view) == dataset.values("id")[:1]


@pytest.mark.parametrize("mode", ["samples", "labels"])
def test_the_videos_of_a_tag_are_in_the_grid(dataset, plan, mode):
    tag.tag_plan(dataset, plan, "duplicate")
    view = views.tag_view(dataset, FIELD, "duplicate", mode)
    assert in_the_grid(view) == dataset.values("id")[:1]
    assert view.count("frames.found.detections") == (5 if mode == "samples" else 1)
