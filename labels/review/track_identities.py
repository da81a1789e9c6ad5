"""The track of each label of a video, and the frames of tracks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ..fields import LabelField

Identity = tuple[str | None, str]
"""A class, None for none, and the id of a track among those of the class in a video."""

Span = tuple[int, int, int]
"""In how many frames a track is, the first of them and the last."""


def identities_in(
    samples: foc.SampleCollection,
    label_field: LabelField,
    frame_ids: Sequence[ObjectId],
    sample_id: str | None = None,
) -> dict[ObjectId, tuple[str, int, Identity]]:
    """Returns sample, frame number and identity of the labels of frames.

    Args:
        samples: the dataset, or a view of it
        label_field: a field of frames
        frame_ids: the frames
        sample_id (None): only those of this video

    Returns:
        by label id; labels with neither ``instance`` nor ``index`` are missing
    """
    wanted: dict[str, Any] = {"_id": {"$in": list(frame_ids)}}
    if sample_id is not None:
        wanted["_sample_id"] = ObjectId(sample_id)
    return {
        label["_id"]: (str(doc["_sample_id"]), doc["frame_number"], identity)
        for doc, label in _labels(samples, label_field, wanted)
        if "_id" in label and (identity := _identity(label)) is not None
    }


def spans_in(
    samples: foc.SampleCollection, label_field: LabelField, sample_ids: Collection[str]
) -> dict[tuple[str, Identity], Span]:
    """Returns where the tracks of some videos are, by sample and identity."""
    wanted = {"_sample_id": {"$in": [ObjectId(_id) for _id in sample_ids]}}
    frames: dict[tuple[str, Identity], set[int]] = {}
    for doc, label in _labels(samples, label_field, wanted):
        identity = _identity(label)
        if identity is not None:
            key = (str(doc["_sample_id"]), identity)
            frames.setdefault(key, set()).add(doc["frame_number"])
    return {key: (len(of), min(of), max(of)) for key, of in frames.items()}


def _labels(
    samples: foc.SampleCollection, label_field: LabelField, wanted: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yields frames, each with one of its labels."""
    path = label_field.list_path
    keys = ("_id", "label", "index", "instance")
    docs = label_field.collection(samples._root_dataset).find(
        wanted,
        {"_sample_id": True, "frame_number": True}
        | {f"{path}.{key}": True for key in keys},
    )
    for doc in docs:
        for label in label_field.labels_in(doc):
            yield doc, label


def _identity(label: dict[str, Any]) -> Identity | None:
    name = label.get("label")
    instance = label.get("instance")
    if isinstance(instance, dict) and "_id" in instance:
        return name, str(instance["_id"])
    if label.get("index") is not None:
        return name, str(label["index"])
    return None
