"""The samples, or frames, of the labels that verdicts are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import fiftyone as fo
from bson import ObjectId

from ....iou_core.errors import NoLabelError, ParamsError
from ...fields import (
    MERGEABLE,
    LabelField,
    class_of,
    label_fields,
    require_label_field,
)
from ...reading.raw.ids import IDS_AT_ONCE


class LabelPlace(NamedTuple):
    """The place of a label.

    Attributes:
        document_id: its sample, or its frame
        sample_id: its sample
        field: its field
        class_name: its class; None if it has none
    """

    document_id: ObjectId
    sample_id: ObjectId
    field: LabelField
    class_name: str | None


LabelPlaces = dict[ObjectId, list[LabelPlace]]
"""By label, where labels of that id are. Clones of samples and fields keep the ids."""


def require_one_document(
    dataset: fo.Dataset,
    label_ids: set[ObjectId],
    document_ids: Collection[ObjectId] | None = None,
    merges: bool = False,
    names: Sequence[str] | None = None,
) -> ObjectId:
    """Returns the sample, or frame, that holds all of some labels.

    Args:
        dataset: the dataset
        label_ids: the labels
        document_ids (None): where to look for them; by default everywhere, which takes
            long in a large dataset
        merges (False): whether the labels must be such that can be merged
        names (None): the fields to look in; all by default

    Raises:
        NoLabelError: if the dataset lacks one of them
        ParamsError: if no sample has them all, or they cannot be merged
    """
    places = find_labels(dataset, label_ids, document_ids, names=names)
    missing = sorted(label_ids - places.keys())
    if missing:
        where = "this dataset" if names is None else " or ".join(names)
        got = f"{missing[0]}, which no label has"
        raise NoLabelError(f"the ids of labels of {where}", got, "label_ids")
    document_id = common_document(places, label_ids)
    if document_id is None:
        raise ParamsError("labels of one sample", "labels of several", "label_ids")
    if merges and not can_merge(places, label_ids):
        held = {place.field.name for _id in label_ids for place in places[_id]}
        raise ParamsError(
            "labels of one field of boxes, instance masks or polygons to merge",
            "labels of " + ", ".join(sorted(held)),
            "verdict",
        )
    return document_id


def common_document(
    places: LabelPlaces, label_ids: Iterable[ObjectId]
) -> ObjectId | None:
    """Returns the sample, or frame, that holds all of some labels; None for none."""
    held = ({place.document_id for place in places.get(_id, ())} for _id in label_ids)
    return min(set.intersection(*held), default=None)


def can_merge(places: LabelPlaces, label_ids: Iterable[ObjectId]) -> bool:
    """Returns whether some labels can be merged: those of one field of some types."""
    held = (
        {
            (place.document_id, place.field)
            for place in places.get(label_id, ())
            if place.field.document in MERGEABLE
        }
        for label_id in label_ids
    )
    return bool(set.intersection(*held))


def held_here(dataset: fo.Dataset, verdicts: Sequence[dict[str, Any]]) -> list[bytes]:
    """Returns the keys of verdicts, given elsewhere, whose labels a dataset has.

    Where a verdict names the sample of its labels, only that sample is searched.

    Args:
        dataset: the dataset
        verdicts: the verdicts, as they are stored
    """
    places = of_verdicts(dataset, verdicts)
    return [
        bytes(verdict["_id"])
        for verdict in verdicts
        if common_document(places, verdict["label_ids"]) is not None
    ]


def of_verdicts(
    dataset: fo.Dataset, verdicts: Iterable[Mapping[str, Any]]
) -> LabelPlaces:
    """Returns where the labels of verdicts are.

    Args:
        dataset: the dataset
        verdicts: the ``label_ids`` of each, and its ``document_id`` if it has one
    """
    found = list(verdicts)
    placed = [verdict for verdict in found if verdict.get("document_id") is not None]
    # those of version 0.1.0 name none: all samples are looked through
    others = [verdict for verdict in found if verdict.get("document_id") is None]
    places: LabelPlaces = {}
    if placed:
        documents = {verdict["document_id"] for verdict in placed}
        places = find_labels(dataset, _labels_of(placed), documents)
    if others:
        for label_id, some in find_labels(dataset, _labels_of(others)).items():
            known = places.setdefault(label_id, [])
            known += [place for place in some if place not in known]
    return places


def _labels_of(verdicts: Iterable[Mapping[str, Any]]) -> set[ObjectId]:
    return {label_id for verdict in verdicts for label_id in verdict["label_ids"]}


def find_labels(
    dataset: fo.Dataset,
    label_ids: set[ObjectId],
    document_ids: Collection[ObjectId] | None = None,
    sample_ids: Collection[ObjectId] | None = None,
    names: Sequence[str] | None = None,
) -> LabelPlaces:
    """Returns which of some labels a dataset has, and where they are.

    Args:
        dataset: the dataset
        label_ids: the labels
        document_ids (None): only in these samples, or frames
        sample_ids (None): only in these samples, and in their frames
        names (None): only in these fields
    """
    places: LabelPlaces = {}
    known = label_fields(dataset) if names is None else names
    every = [require_label_field(dataset, name) for name in known]
    for on_frames in (False, True):
        some = [field for field in every if field.on_frames == on_frames]
        if not some:
            continue
        paths = [field.list_path for field in some]
        keys = [f"{path}.{key}" for path in paths for key in ("_id", "label")]
        wanted = dict.fromkeys((*keys, "_sample_id"), True)
        collection = some[0].collection(dataset)
        for query in _queries(some, label_ids, document_ids, sample_ids):
            for document in collection.find(query, wanted):
                for label_id, place in _places_in(document, some):
                    if label_id in label_ids:
                        places.setdefault(label_id, []).append(place)
    return places


def _queries(
    fields: Sequence[LabelField],
    label_ids: set[ObjectId],
    document_ids: Collection[ObjectId] | None,
    sample_ids: Collection[ObjectId] | None,
) -> Iterator[dict[str, Any]]:
    by, keys = list(label_ids), [f"{field.list_path}._id" for field in fields]
    if document_ids is not None:
        by, keys = list(document_ids), ["_id"]
    elif sample_ids is not None:
        by, keys = list(sample_ids), ["_sample_id" if fields[0].on_frames else "_id"]
    for k in range(0, len(by), IDS_AT_ONCE):
        among = {"$in": by[k : k + IDS_AT_ONCE]}
        yield {"$or": [{key: among} for key in keys]}


def _places_in(
    document: Mapping[str, Any], fields: Sequence[LabelField]
) -> Iterator[tuple[ObjectId, LabelPlace]]:
    sample_id = document.get("_sample_id", document["_id"])
    for field in fields:
        for label in field.labels_in(document):
            place = LabelPlace(document["_id"], sample_id, field, class_of(label))
            yield label["_id"], place
