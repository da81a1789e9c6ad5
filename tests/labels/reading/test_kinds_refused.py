"""Options and fields that do not fit a kind of label are an error."""

import fiftyone as fo
import pytest
from drawn import FIELD

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans.search import find_duplicates

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
