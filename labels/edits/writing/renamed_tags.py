"""The records of own tags whose field was renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import fiftyone as fo
from bson import ObjectId
from pymongo.collection import Collection

from ....iou_core.errors import DuplicatesError
from ... import store
from ...fields import LabelField
from ...reading.places import Held, field_now
from . import tag_records

_LOOKED_AT = 100  # samples by which a field is found
_AT_ONCE = 1000  # records per command


def follow(dataset: fo.Dataset) -> None:
    """Moves the records of renamed fields to the present names of these fields.

    A field is found by its labels, see :func:`field_now`. Records of a field
    that is gone, or that cannot be identified, are left as they are. Repeating this
    changes nothing.

    Args:
        dataset: the dataset

    Raises:
        NewerError: if a newer version of the plugin stored records
    """
    own = tag_records.collection()
    dataset_id = dataset._doc.id
    for name in own.distinct("field", {"dataset_id": dataset_id}):
        records = {"dataset_id": dataset_id, "field": name}
        newer = own.find_one({**records, "format": {"$gt": store.FORMAT}})
        if newer is not None:
            store.require_format(newer["format"], f"the tags of {name!r}")
        field = None if dataset.get_field(name) else _found(dataset, records)
        if field is not None:
            _move(own, records, field)


def _found(dataset: fo.Dataset, records: Mapping[str, Any]) -> LabelField | None:
    """Returns the present field of some records; None if it is not certain."""
    try:
        return field_now(dataset, records["field"], lambda: _held(records), tuple)
    except DuplicatesError:
        return None


def _held(records: Mapping[str, Any]) -> Held:
    """Returns labels of the first samples with records."""
    found: dict[ObjectId, set[ObjectId]] = {}
    for record in tag_records.collection().find(records).limit(_LOOKED_AT):
        noted = [*record["labels"], *record.get("pending", {}).get("labels", ())]
        labels = {one["label_id"] for one in noted}
        found.setdefault(record["sample_id"], set()).update(labels)
    return found


def _move(own: Collection[Any], records: Mapping[str, Any], field: LabelField) -> None:
    """Gives records another field, except where that field has its own already."""
    there = {**records, "field": field.name}
    change = {"$set": {"field": field.name, "path": field.list_path}}
    for some in _batches(own, records):
        samples = {"sample_id": {"$in": [record["sample_id"] for record in some]}}
        taken = {
            (one["sample_id"], one["tag"]) for one in own.find({**there, **samples})
        }
        free = [r["_id"] for r in some if (r["sample_id"], r["tag"]) not in taken]
        own.update_many({"_id": {"$in": free}}, change)


def _batches(
    own: Collection[Any], records: Mapping[str, Any]
) -> Iterator[list[dict[str, Any]]]:
    found = own.find(records, {"sample_id": True, "tag": True})
    while some := list(islice(found, _AT_ONCE)):
        yield some
