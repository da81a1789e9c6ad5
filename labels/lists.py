"""The lists of labels as they are now, and where in one a label belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument

from .entries import NAMELESS
from .fields import LabelField

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


def read(
    samples: foc.SampleCollection, field: LabelField, sample_ids: Sequence[ObjectId]
) -> dict[ObjectId, dict[str, Any]]:
    """Returns what samples hold in a label field.

    Args:
        samples: a dataset or a view
        field: the label field
        sample_ids: the samples

    Returns:
        by the ids of those that still exist, ``holder``, the BSON type of what
        holds the list, and ``labels``, the ``_id`` and ``tags`` of all of its
        elements; None where there is no list
    """
    path = f"${field.list_path}"
    label = {"_id": "$$label._id", "tags": "$$label.tags"}
    labels = {"$map": {"input": path, "as": "label", "in": label}}
    found = field.collection(samples).find(
        {"_id": {"$in": list(sample_ids)}},
        {
            "_id": True,
            "holder": {"$type": f"${field.holder}"},
            "labels": {"$cond": [{"$isArray": [path]}, labels, None]},
        },
    )
    return {doc["_id"]: doc for doc in found}


def read_label(
    samples: foc.SampleCollection,
    field: LabelField,
    sample_id: ObjectId,
    label_id: ObjectId,
) -> bytes | None:
    """Returns a label byte for byte: to MongoDB, 1 and 1.0 are the same.

    Args:
        samples: a dataset or a view
        field: the label field
        sample_id: the sample
        label_id: the label

    Returns:
        its BSON, or None if it is gone
    """
    path = f"${field.list_path}"
    same = {"$eq": ["$$label._id", label_id]}
    labels = {"$filter": {"input": path, "as": "label", "cond": same}}
    found = (
        field.collection(samples)
        .with_options(_RAW)
        .find_one(
            {"_id": sample_id},
            {"labels": {"$cond": [{"$isArray": [path]}, labels, []]}},
        )
    )
    alike = found["labels"] if found is not None else []
    return bytes(alike[0].raw) if alike else None


def place(order: list[bytes], index: int, here: list[bytes]) -> int:
    """Returns where a label belongs among those that are there now.

    Its own place, where nothing else has happened to the list than that labels
    were taken out. Otherwise behind the nearest of its former predecessors, or
    else in front of the nearest of its former successors, or else at the end.

    Args:
        order: the ids of the labels as they were
        index: the former place of the label
        here: the ids of the labels that are there
    """
    places = {_id: k for k, _id in enumerate(here) if _id != NAMELESS}
    stays = [_id == NAMELESS or _id in places for _id in order]
    if [_id for _id, still in zip(order, stays) if still] == here:
        return sum(stays[:index])
    for k in range(index - 1, -1, -1):
        if order[k] in places:
            return places[order[k]] + 1
    for k in range(index + 1, len(order)):
        if order[k] in places:
            return places[order[k]]
    return len(here)
