"""The properties that the review shows of each label of a group."""

from datetime import datetime

import drawn
import fiftyone as fo
import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search

BOX = [0.25, 0.25, 0.5, 0.25]
PLAN = {
    "scan_key": "scan",
    "iou_thresh": 0.3,
    "method": "simple",
    "keep": [],
    "metric": "iou",
    "classwise": False,
    "classes": None,
}
SIZES = {
    "boxes": "px",
    "masks": "px",
    "polygons": "px",
    "lines": "px",
    "keypoints": "px",
    "cuboids": "×",
    "segments": "frame",
}


def properties(dataset, field="ground_truth", **params):
    """Returns the properties of the first group's members, by name."""
    search.find_duplicates(dataset, FindParams(field, **params), "scan")
    app = panel_calls.App(dataset)
    queue = app.send("review_queue", order="likeliest", filters=None, **PLAN)
    assert queue["ok"], queue
    wanted = [
        {key: group[key] for key in ("document_id", "label_ids")}
        for group in queue["groups"][:12]
    ]
    answer = app.send("review_groups", groups=wanted, **PLAN)
    assert answer["ok"], answer
    return [
        {one["name"]: one["value"] for one in member["properties"]}
        for member in answer["groups"][0]["members"]
    ]


def test_a_label_has_a_fact_for_each_thing_it_has_and_no_other(make_dataset):
    known = {
        "confidence": 0.71239,
        "tags": ["night", "checked"],
        "annotator": "anna",
        "occluded": True,
        "score": 0.5,
        "colors": ["red", "blue"],
        "created_at": datetime(2026, 10, 3, 12, 30),
        "updated_at": "yesterday",
        "index": 7,
    }
    dataset = make_dataset([[("truck", BOX, known), (None, BOX)]])
    dataset.set_values("metadata", [fo.ImageMetadata(width=640, height=480)])

    first, second = properties(dataset)

    assert first == {
        "class": "truck",
        "confidence": "0.7124",
        "size": "320 × 120 px",
        "area": "38,400 pixels",
        "index": "7",
        "tags": "night, checked",
        "annotator": "anna",
        "created": "2026-10-03 12:30:00",
        "modified": "yesterday",
        "occluded": "yes",
        "score": "0.5",
        "colors": '["red", "blue"]',
    }
    second_id = dataset.first().ground_truth.detections[1]._id
    assert second == {
        "class": "(no class)",
        "size": "320 × 120 px",
        "area": "38,400 pixels",
        "created": f"{second_id.generation_time:%Y-%m-%d %H:%M:%S}",
    }


def test_an_image_of_unknown_size_gives_shares_of_it(make_dataset):
    first, _ = properties(make_dataset([[("car", BOX)] * 2]))

    assert first["size"] == "50 % × 25 % of the image"
    assert first["area"] == "12.5 % of the image"


def test_attributes_of_the_old_form_and_of_taken_names_are_shown(make_dataset):
    dataset = make_dataset([[("car", BOX, {"size": "large"}), ("car", BOX)]])
    sample = dataset.first()
    old = {"created_by": fo.Attribute(value=7), "make": fo.Attribute(value="VW")}
    sample.ground_truth.detections[0].attributes = old
    sample.save()

    first, _ = properties(dataset)

    assert first["annotator"] == "7"
    assert first["make"] == "VW"
    assert first["size (attribute)"] == "large"
    assert "created_by" not in first


def test_an_evaluation_says_how_each_label_was_counted(make_dataset):
    dataset = make_dataset([[("car", BOX), ("car", BOX)]], "predictions")
    dataset.set_field("predictions.detections.confidence", 0.9).save()
    truth = fo.Detections(detections=[fo.Detection(label="car", bounding_box=BOX)])
    dataset.set_values("truth", [truth])
    dataset.evaluate_detections(
        "predictions", gt_field="truth", eval_key="eval", progress=False
    )

    found = properties(dataset, "predictions")

    assert sorted(fact["eval"] for fact in found) == ["fp", "tp, IoU 1.00"]
    assert not {"eval_id", "eval_iou"} & {name for fact in found for name in fact}


def test_a_label_of_a_frame_has_properties_too(make_dataset):
    dataset = make_dataset([])
    sample = fo.Sample(filepath="/videos/street.mp4")
    sample.metadata = fo.VideoMetadata(frame_width=200, frame_height=100)
    two = [
        fo.Detection(label="car", bounding_box=BOX, tags=["odd"], lane=lane)
        for lane in (1, 2)
    ]
    sample.frames[3] = fo.Frame(boxes=fo.Detections(detections=two))
    dataset.add_sample(sample)

    found = properties(dataset, "frames.boxes")

    assert [fact["lane"] for fact in found] == ["1", "2"]
    assert found[0]["size"] == "100 × 25 px"
    assert found[0]["tags"] == "odd"


@pytest.mark.parametrize("kind", SIZES)
def test_labels_of_every_kind_have_a_class_and_a_size(kind, database, tmp_path):
    case = drawn.CASES[kind]
    dataset = drawn.dataset(case, folder=str(tmp_path))
    if case.extension == "png":
        size = fo.ImageMetadata(width=64, height=64)
        dataset.set_values("metadata", [size] * len(dataset))
    try:
        found = properties(dataset, drawn.FIELD, **case.options)
    finally:
        dataset.delete()

    assert len(found) > 1
    for fact in found:
        assert {"class", "size", "created"} <= fact.keys()
        assert SIZES[kind] in fact["size"]
    extra = {"cuboids": "volume", "segments": "frames", "keypoints": "points"}
    assert all(extra[kind] in fact for fact in found if kind in extra)


def test_a_label_that_is_gone_keeps_its_class(make_dataset):
    dataset = make_dataset([[("car", BOX)] * 3])
    properties(dataset)
    sample = dataset.first()
    gone = sample.ground_truth.detections.pop().id
    sample.save()
    app = panel_calls.App(dataset)
    (group,) = app.send("review_queue", order="image", filters=None, **PLAN)["groups"]
    wanted = [{key: group[key] for key in ("document_id", "label_ids")}]

    (found,) = app.send("review_groups", groups=wanted, **PLAN)["groups"]

    by_id = {one["label_id"]: one["properties"] for one in found["members"]}
    assert by_id[gone][0] == {"name": "class", "value": "car"}
    assert len(by_id) == 3
