"""Max IoUs as the plugin stores them."""

import fiftyone as fo
import generated
from bson import ObjectId

from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits.max_iou import compute_max_ious

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
CAT = {"label": "cat", "bounding_box": [0.1, 0.2, 0.3, 0.4]}


def compute(
    samples, other_field=None, iou_attr="max_iou", id_attr="partner", **options
):
    params = ComputeParams(FIELD, other_field, **options)
    return compute_max_ious(samples, params, iou_attr, id_attr)


def values(samples, field=FIELD, attrs=("max_iou", "partner")):
    return list(samples.values([f"{field}.detections.{attr}" for attr in attrs]))


def label(**attributes):
    return {"_id": ObjectId(), **CAT, **attributes}


def two_fields(dataset, seed):
    """Adds a second field with other generated labels."""
    dataset.add_sample_field(
        "predictions", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    others = generated.samples(seed, n=len(dataset) + 4)[4:]
    dataset.set_values(
        "predictions",
        [
            None
            if labels is None
            else fo.Detections(
                detections=[
                    fo.Detection(label=name, bounding_box=box) for name, box in labels
                ]
            )
            for labels in others
        ],
    )
    return dataset
