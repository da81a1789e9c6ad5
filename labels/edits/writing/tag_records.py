"""The stored records of own tags, and the labels that they hold for now.

A record is of a sample, or frame, a field and a tag:

-   ``labels``: the labels whose tag was the plugin's own when the sample had
    ``stamp``, and content of ``digest``
-   ``pending``: the labels as they are once the write of a stamp has happened
-   ``stamping``: the stamps of writes that leave the tag alone
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from ... import store
from ...fields import list_at, tags_of

RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)
"""The codec options that read whole samples as bytes, with dates of any year."""

Record = dict[str, Any]
Labels = list[dict[str, Any]]
"""The ``label_id``, ``scan_key`` and ``created`` of each label."""

_DATES = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
_STAMP = re.compile(rb"\x09last_modified_at\x00.{8}", re.DOTALL)


def collection() -> Collection[Record]:
    """Returns the collection of the records."""
    return store.collection("own_tags").with_options(_DATES)


def ensure_indexes() -> None:
    """Makes the indexes by which records are found, and the fields that have some."""
    by_sample = ("dataset_id", "sample_id", "field", "tag")
    newer = ("dataset_id", "field", "format")
    keys = [[(key, 1) for key in names] for names in (by_sample, newer)]
    store.index(collection(), keys)


def evaluate(samples: Collection[Any], records: Sequence[Record]) -> list[Labels]:
    """Returns, for each record, the labels whose tag is the plugin's own.

    Args:
        samples: the samples, or frames
        records: the records
    """
    ids = [record["sample_id"] for record in records]
    stamps: dict[ObjectId, Any] = {}
    if ids:
        among = {"_id": {"$in": ids}}
        found = samples.with_options(_DATES).find(among, {"last_modified_at": True})
        stamps = {doc["_id"]: doc.get("last_modified_at") for doc in found}
    known = [_by_stamp(record, stamps.get(record["sample_id"])) for record in records]
    edited = [_id for _id, labels in zip(ids, known) if labels is None]
    docs: dict[ObjectId, RawBSONDocument] = {}
    if edited:
        raw = samples.with_options(RAW).find({"_id": {"$in": edited}})
        docs = {doc["_id"]: doc for doc in raw}
    return [
        _by_content(record, docs.get(record["sample_id"])) if labels is None else labels
        for record, labels in zip(records, known)
    ]


def is_of(record: Record, stamp: Any) -> bool:
    """Returns whether a record was noted for the write that sets a stamp."""
    pending = record.get("pending")
    return pending is not None and pending["stamp"] == stamp


def _by_stamp(record: Record, stamp: Any) -> Labels | None:
    """Returns the labels of a sample that only the plugin has written since."""
    if stamp is None or not (record["labels"] or record.get("pending")):
        return []
    if is_of(record, stamp):
        return list(record["pending"]["labels"])
    stamps = (record.get("stamp"), *record.get("stamping", ()))
    return list(record["labels"]) if stamp in stamps else None


def _by_content(record: Record, doc: RawBSONDocument | None) -> Labels:
    """Returns the labels of a sample that was edited since."""
    if doc is None or record.get("digest") in (None, digest(doc)):
        return []
    return still_tagged(record, record["labels"], doc)


def still_tagged(record: Record, labels: Labels, doc: RawBSONDocument) -> Labels:
    """Returns which labels of a sample still have the tag of a record."""
    held = list_at(doc, record["path"].split(".")) or ()
    stored = [label for label in held if isinstance(label, Mapping)]
    tags = {
        label["_id"]: tags_of(label)
        for label in stored
        if isinstance(label.get("_id"), ObjectId)
    }
    return [
        one
        for one in labels
        # a label that is gone may be restored
        if record["tag"] in tags.get(one["label_id"], [record["tag"]])
    ]


def digest(doc: RawBSONDocument) -> bytes:
    """Returns a digest of a sample, apart from its stamp."""
    return hashlib.md5(_STAMP.sub(b"", doc.raw, 1), usedforsecurity=False).digest()
