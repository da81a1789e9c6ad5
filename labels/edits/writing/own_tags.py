"""The tags that this plugin gave, apart from those that people gave.

A document for each sample and tag names the labels that the plugin tagged, with the
scan and the time. It is no part of the journal, so that emptying the journal forgets
none. A document alone proves nothing. The tag of a label is the plugin's own if

-   the sample still has the stamp of the plugin's last write, or
-   the sample was edited since, is not as the plugin left it, and has the tag

A sample that was edited and is nevertheless as the plugin left it had its tags taken
off and put on again: they are the person's. So :mod:`.writer` calls :func:`settle`
before and :func:`follow` after every write of the plugin. A write of tags is noted by
:func:`intend` first; after a crash, the stamp of the sample shows whether it happened.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne
from pymongo.collection import Collection

from ... import store
from ...fields import LabelField, list_at

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)
_DATES = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
_STAMP = re.compile(rb"\x09last_modified_at\x00.{8}", re.DOTALL)

Mine = dict[ObjectId, dict[ObjectId, dict[str, Any]]]
"""By sample and by label, what is known of a tag: ``scan_key`` and ``created``."""


@dataclass
class Change:
    """What a write does to the tags of one sample.

    Attributes:
        given: by label, what is known of the tag that it gets
        taken: the labels that lose the tag
    """

    given: dict[ObjectId, dict[str, Any]] = field(default_factory=dict)
    taken: set[ObjectId] = field(default_factory=set)


def undo_of(entries: Iterable[Mapping[str, Any]]) -> Change:
    """Returns what the undo of entries of the journal does to the tags."""
    change = Change()
    for entry in entries:
        if entry["op"] == "tags" and "own" in entry:
            change.given[entry["label_id"]] = entry["own"]
        elif entry["op"] == "tags":
            change.taken.add(entry["label_id"])
    return change


def mine(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    sample_ids: Sequence[ObjectId] | None = None,
) -> Mine:
    """Returns the labels whose tag is the plugin's own.

    Args:
        samples: the dataset, or a view of it
        field: the label field
        tag: the tag
        sample_ids (None): the samples, or frames; by default all

    Returns:
        the labels; one that was deleted may be among them
    """
    dataset = samples._root_dataset
    wanted: dict[str, Any] = {"field": field.name, "tag": tag}
    if sample_ids is not None:
        wanted["sample_id"] = {"$in": list(sample_ids)}
    records = list(_own().find({"dataset_id": dataset._doc.id, **wanted}))
    found = _evaluated(field.collection(samples), records)
    return {
        record["sample_id"]: {one["label_id"]: one for one in labels}
        for record, labels in zip(records, found)
        if labels
    }


def intend(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    changes: Mapping[ObjectId, Change],
    stamp: datetime,
) -> None:
    """Notes a write of tags before it is made.

    Args:
        samples: the dataset, or a view of it
        field: the label field
        tag: the tag
        changes: by sample, or frame, what the write does
        stamp: the stamp that it sets
    """
    changes = {_id: one for _id, one in changes.items() if one.given or one.taken}
    if not changes:
        return
    own = _own()
    known = mine(samples, field, tag, list(changes))
    key = {
        "dataset_id": samples._root_dataset._doc.id,
        "field": field.name,
        "tag": tag,
    }
    stored = own.find({**key, "sample_id": {"$in": list(changes)}}, {"sample_id": True})
    ids = {record["sample_id"]: record["_id"] for record in stored}
    added, updates = [], []
    for sample_id, change in changes.items():
        labels = {**known.get(sample_id, {}), **change.given}
        labels = {_id: one for _id, one in labels.items() if _id not in change.taken}
        left = [{"label_id": label_id, **facts} for label_id, facts in labels.items()]
        pending = {"stamp": stamp, "labels": left}
        if sample_id in ids:
            setting = {"$set": {"pending": pending}}
            updates.append(UpdateOne({"_id": ids[sample_id]}, setting))
        elif left:
            facts = {"sample_id": sample_id, "path": field.list_path}
            facts |= {"format": store.FORMAT, "labels": [], "pending": pending}
            added.append({**key, **facts})
    if updates:
        own.bulk_write(updates, ordered=False)
    if added:
        own.insert_many(added, ordered=False)


class Follower:
    """Keeps the records true while samples are written.

    Args:
        dataset: the dataset
        collection: the samples, or frames
    """

    def __init__(self, dataset: fo.Dataset, collection: Collection[Any]) -> None:
        self._dataset = dataset
        self._collection = collection

    def settle(self, stamps: Mapping[ObjectId, datetime]) -> list[dict[str, Any]]:
        """Drops what is a person's by now, before samples are written.

        Args:
            stamps: by sample, the stamp that the write sets

        Returns:
            the records of these samples
        """
        wanted = {"dataset_id": self._dataset._doc.id}
        among = {"sample_id": {"$in": list(stamps)}}
        records = list(_own().find({**wanted, **among}))
        old = [r for r in records if not _is_of(r, DatetimeMS(stamps[r["sample_id"]]))]
        updates = []
        for record, labels in zip(old, _evaluated(self._collection, old)):
            if labels != record["labels"] or "pending" in record:
                change = {"$set": {"labels": labels}, "$unset": {"pending": True}}
                updates.append(UpdateOne({"_id": record["_id"]}, change))
                record["labels"] = labels
                record.pop("pending", None)
        if updates:
            _own().bulk_write(updates, ordered=False)
        return records

    def follow(self, records: Iterable[dict[str, Any]]) -> None:
        """Notes how samples are stored after they were written.

        Args:
            records: their records, as :meth:`settle` returned them
        """
        by_id: dict[ObjectId, list[dict[str, Any]]] = {}
        for record in records:
            by_id.setdefault(record["sample_id"], []).append(record)
        updates = []
        found = self._collection.with_options(_RAW).find({"_id": {"$in": list(by_id)}})
        for doc in found:
            stamp, digest = doc.get("last_modified_at"), _digest(doc)
            for record in by_id[doc["_id"]]:
                labels = record.get("pending", record)["labels"]
                seen = {"labels": labels, "stamp": stamp, "digest": digest}
                change = {"$set": seen, "$unset": {"pending": True}}
                updates.append(UpdateOne({"_id": record["_id"]}, change))
        if updates:
            _own().bulk_write(updates, ordered=False)


def _own() -> Collection[Any]:
    return store.collection("own_tags").with_options(_DATES)


def ensure_indexes() -> None:
    """Makes the index by which records are found."""
    keys = ("dataset_id", "sample_id", "field", "tag")
    store.collection("own_tags").create_index([(key, 1) for key in keys])


def _is_of(record: Mapping[str, Any], stamp: Any) -> bool:
    """Returns whether a record was noted for the write that sets a stamp."""
    pending = record.get("pending")
    return pending is not None and pending["stamp"] == stamp


def _evaluated(
    collection: Collection[Any], records: Sequence[dict[str, Any]]
) -> list[list[dict[str, Any]]]:
    """Returns, for each record, the labels whose tag is the plugin's own."""
    ids = [record["sample_id"] for record in records]
    stamps: dict[ObjectId, Any] = {}
    if ids:
        among = {"_id": {"$in": ids}}
        dated = collection.with_options(_DATES)
        found = dated.find(among, {"last_modified_at": True})
        stamps = {doc["_id"]: doc.get("last_modified_at") for doc in found}
    known = [_by_stamp(record, stamps.get(record["sample_id"])) for record in records]
    edited = [_id for _id, labels in zip(ids, known) if labels is None]
    docs: dict[ObjectId, RawBSONDocument] = {}
    if edited:
        raw = collection.with_options(_RAW).find({"_id": {"$in": edited}})
        docs = {doc["_id"]: doc for doc in raw}
    return [
        _by_content(record, docs.get(record["sample_id"])) if labels is None else labels
        for record, labels in zip(records, known)
    ]


def _by_stamp(record: dict[str, Any], stamp: Any) -> list[dict[str, Any]] | None:
    """Returns the labels of a sample that only the plugin has written since."""
    if stamp is None:
        return []
    if _is_of(record, stamp):
        return list(record["pending"]["labels"])
    return list(record["labels"]) if record.get("stamp") == stamp else None


def _by_content(
    record: dict[str, Any], doc: RawBSONDocument | None
) -> list[dict[str, Any]]:
    """Returns the labels of a sample that was edited since."""
    if doc is None or record.get("digest") in (None, _digest(doc)):
        return []
    held = list_at(doc, record["path"].split(".")) or ()
    labels = [label for label in held if isinstance(label, Mapping)]
    tags = {label.get("_id"): label.get("tags") or () for label in labels}
    return [
        one
        for one in record["labels"]
        # a label that is gone may be restored
        if record["tag"] in tags.get(one["label_id"], (record["tag"],))
    ]


def _digest(doc: RawBSONDocument) -> bytes:
    """Returns a digest of a sample, apart from its stamp."""
    return hashlib.md5(_STAMP.sub(b"", doc.raw, 1), usedforsecurity=False).digest()
