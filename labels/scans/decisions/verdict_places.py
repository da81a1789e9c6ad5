"""Which samples, or frames, hold the labels that verdicts are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import fiftyone as fo
from bson import ObjectId

from ....iou_core.errors import ParamsError
from ...fields import label_fields, require_label_field

_AT_ONCE = 10_000  # ids in a query, which has at most 16 MB

Held = dict[ObjectId, set[ObjectId]]
"""By label, the samples or frames that hold a label of that id."""


def require_one_document(
    dataset: fo.Dataset,
    label_ids: set[ObjectId],
    document_ids: Collection[ObjectId] | None = None,
) -> ObjectId:
    """Returns the sample, or frame, that holds all of some labels.

    Args:
        dataset: the dataset
        label_ids: the labels
        document_ids (None): where to look for them; by default everywhere, which takes
            long in a large dataset

    Raises:
        ParamsError: if the dataset lacks one of them, or no sample has them all
    """
    held = _held(dataset, label_ids, document_ids)
    missing = sorted(label_ids - held.keys())
    if missing:
        got = f"{missing[0]}, which no label has"
        raise ParamsError("the ids of labels of this dataset", got, "label_ids")
    common = set.intersection(*held.values())
    if not common:
        raise ParamsError("labels of one sample", "labels of several", "label_ids")
    return min(common)


def held_here(dataset: fo.Dataset, verdicts: Sequence[dict[str, Any]]) -> list[bytes]:
    """Returns the keys of verdicts, given elsewhere, whose labels a dataset has.

    Where a verdict names the sample of its labels, that sample alone is looked at.

    Args:
        dataset: the dataset
        verdicts: the verdicts, as they are stored
    """
    placed = [verdict for verdict in verdicts if "document_id" in verdict]
    # those of version 0.1.0 name none: all samples are looked through
    others = [verdict for verdict in verdicts if "document_id" not in verdict]
    held: Held = {}
    if placed:
        documents = {verdict["document_id"] for verdict in placed}
        held |= _held(dataset, _labels_of(placed), documents)
    if others:
        for label_id, found in _held(dataset, _labels_of(others)).items():
            held.setdefault(label_id, set()).update(found)
    return [
        bytes(verdict["_id"])
        for verdict in verdicts
        if set.intersection(*(held.get(_id, set()) for _id in verdict["label_ids"]))
    ]


def _labels_of(verdicts: Iterable[dict[str, Any]]) -> set[ObjectId]:
    return {label_id for verdict in verdicts for label_id in verdict["label_ids"]}


def _held(
    dataset: fo.Dataset,
    label_ids: set[ObjectId],
    document_ids: Collection[ObjectId] | None = None,
) -> Held:
    """Returns which of some labels a dataset has, in some documents or in any."""
    held: Held = {}
    by = document_ids if document_ids is not None else label_ids
    among = [list(by)[k : k + _AT_ONCE] for k in range(0, len(by), _AT_ONCE)]
    for name in label_fields(dataset):
        field = require_label_field(dataset, name)
        path = f"{field.list_path}._id"
        key = path if document_ids is None else "_id"
        for ids in among:
            found = field.collection(dataset).find({key: {"$in": ids}}, {path: True})
            for document in found:
                for label in field.labels_in(document):
                    if label.get("_id") in label_ids:
                        held.setdefault(label["_id"], set()).add(document["_id"])
    return held
