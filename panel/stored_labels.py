"""The current state of some labels: files, classes, shapes, confidences, tags."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bson import ObjectId

from ..iou_core.arrays import Floats
from ..iou_core.params import FindParams
from ..labels.fields import LabelField, require_label_field
from ..labels.reading.kinds import cuboids
from ..labels.reading.kinds.shapes import ShapeError
from ..labels.reading.kinds.turned import turning_of

_KEYS = ("_id", "label", "confidence", "tags")
_MOST_OTHERS = 300


@dataclass(frozen=True)
class Document:
    """A sample or a frame, with some of its labels as they are stored.

    Attributes:
        filepath: the file of the image, scene or video
        frame_number: which frame of a video; None for samples
        labels: whole labels, by id
        others: other 3-D boxes of the same field
        bones: the pairs of keypoints that are joined
        turns: the angles of rotated boxes in radians, by label id
        aspect: the width of the image over its height; NaN if unknown
    """

    filepath: str
    frame_number: int | None
    labels: dict[str, dict[str, Any]]
    others: list[Floats]
    bones: list[list[int]]
    turns: dict[str, float]
    aspect: float


def scan_documents(
    dataset: Any, params: FindParams, document_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Returns files, and the labels of the fields that a scan compared.

    Args:
        dataset: the dataset
        params: the parameters of the scan
        document_ids: the ids of samples; of frames, for fields of frames

    Returns:
        by id, ``{"filepath": ..., "labels": {label_id: {"label": ...,
        "bounding_box": ..., ...}}}``; deleted ones are missing
    """
    names = [params.label_field, *filter(None, [params.other_field])]
    ids = [ObjectId(_id) for _id in set(document_ids)]
    return field_documents(dataset, names, {"_id": {"$in": ids}})


def field_documents(
    dataset: Any, names: Sequence[str], wanted: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Returns the same for the samples or frames that a query matches."""
    fields = [require_label_field(dataset, name) for name in names]
    paths = [field.list_path for field in fields]
    keys = {f"{path}.{key}": True for path in paths for key in _KEYS}
    found = list(
        fields[0]
        .collection(dataset)
        .find(
            wanted, {"filepath": True, "_sample_id": True, "frame_number": True, **keys}
        )
    )
    files = _files_of_frames(dataset, found)
    return {
        str(doc["_id"]): {
            "sample_id": str(doc.get("_sample_id", doc["_id"])),
            "filepath": doc.get("filepath") or files.get(doc.get("_sample_id"), ""),
            "frame_number": doc.get("frame_number"),
            "labels": {
                str(label["_id"]): label
                for field in fields
                for label in field.labels_in(doc)
            },
        }
        for doc in found
    }


def _files_of_frames(dataset: Any, docs: list[dict[str, Any]]) -> dict[ObjectId, str]:
    """Returns the video files of frames without their own file."""
    return files_of(dataset, {doc["_sample_id"] for doc in docs if "_sample_id" in doc})


def files_of(dataset: Any, sample_ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """Returns the files of samples; deleted samples are missing."""
    ids = list(sample_ids)
    if not ids:
        return {}
    found = dataset._sample_collection.find({"_id": {"$in": ids}}, {"filepath": True})
    return {doc["_id"]: doc.get("filepath", "") for doc in found}


def stored_labels(
    dataset: Any, params: FindParams, document_id: ObjectId, label_ids: Iterable[str]
) -> Document | None:
    """Returns whole labels, as a picture needs them, in the order of the ids.

    Args:
        dataset: the dataset
        params: the parameters of the scan
        document_id: the sample; the frame, for fields of frames
        label_ids: the labels

    Returns:
        a :class:`Document`; None if the sample or frame is deleted
    """
    names = [params.label_field, *filter(None, [params.other_field])]
    fields = [require_label_field(dataset, name) for name in names]
    wanted = [ObjectId(_id) for _id in label_ids]
    doc = _document(dataset, fields, document_id, wanted)
    if doc is None:
        return None
    files = _files_of_frames(dataset, [doc])
    turning = turning_of(dataset, fields, params)
    held, turns, others = {}, {}, []
    for k, name in enumerate(names):
        found = map(_cuboid, doc[f"others{k}"])
        others += [cuboid for cuboid in found if cuboid is not None]
        for label in doc[f"chosen{k}"]:
            held[str(label["_id"])] = label
            angle = turning.angle(name, label)
            if angle:
                turns[str(label["_id"])] = angle
    return Document(
        doc.get("filepath") or files.get(doc.get("_sample_id"), ""),
        # a frame with its own file is an image
        None if doc.get("filepath") else doc.get("frame_number"),
        {str(_id): held[str(_id)] for _id in wanted if str(_id) in held},
        others,
        _bones(dataset, params.label_field),
        turns,
        turning.aspect(document_id) if turns else math.nan,
    )


def _document(
    dataset: Any,
    fields: Sequence[LabelField],
    document_id: ObjectId,
    wanted: list[ObjectId],
) -> dict[str, Any] | None:
    """Returns a sample or frame with the wanted labels, and others, of each field."""
    parts: dict[str, Any] = {}
    for k, field in enumerate(fields):
        every = {"$ifNull": [f"${field.list_path}", []]}
        chosen = {"$in": ["$$label._id", wanted]}
        parts[f"chosen{k}"] = _filtered(every, chosen)
        parts[f"others{k}"] = {
            "$map": {
                "input": {"$slice": [_filtered(every, {"$not": chosen}), _MOST_OTHERS]},
                "as": "label",
                "in": {key: f"$$label.{key}" for key in cuboids.CUBOID_KEYS},
            }
        }
    keys = dict.fromkeys(("filepath", "_sample_id", "frame_number"), True)
    stages = [{"$match": {"_id": document_id}}, {"$project": {**keys, **parts}}]
    return next(iter(fields[0].collection(dataset).aggregate(stages)), None)


def _filtered(every: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
    return {"$filter": {"input": every, "as": "label", "cond": condition}}


def _cuboid(label: dict[str, Any]) -> Floats | None:
    try:
        return np.asarray(cuboids.shape_of(label).data)
    except ShapeError:
        return None


def _bones(dataset: Any, label_field: str) -> list[list[int]]:
    skeleton = dataset.skeletons.get(label_field) or dataset.default_skeleton
    edges = skeleton.edges if skeleton is not None else None
    return [list(edge) for edge in edges or ()]


def confidence(label: dict[str, Any]) -> float | None:
    """Returns the confidence of a label; None if it has none."""
    value = label.get("confidence")
    return float(value) if isinstance(value, (int, float)) else None
