"""Keeps the records of own tags true while samples are written."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import fiftyone as fo
from bson import ObjectId
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, UpdateOne
from pymongo.collection import Collection

from . import renamed_tags, tag_records
from .tag_records import Record

Stamps = Mapping[ObjectId, datetime]
"""By sample, or frame, the stamp that a write sets."""


class Follower:
    """Keeps the records true while samples, or frames, are written.

    Another process may write other fields of the same samples. So each change of a
    record holds for whatever the other one does: a write takes away only what it noted
    itself, and gives a record labels only if it is the write that tags them.

    Args:
        dataset: the dataset
        collection: the samples, or frames

    Raises:
        NewerError: if a newer version of the plugin stored records
    """

    def __init__(self, dataset: fo.Dataset, collection: Collection[Any]) -> None:
        self._dataset = dataset
        self._collection = collection
        renamed_tags.follow(dataset)

    def settle(self, stamps: Stamps) -> list[Record]:
        """Deletes records of tags that became a person's, before samples are written.

        Args:
            stamps: the stamps that the write sets

        Returns:
            the records of these samples
        """
        own = tag_records.collection()
        wanted = {"dataset_id": self._dataset._doc.id}
        records = list(own.find({**wanted, "sample_id": {"$in": list(stamps)}}))
        others = [r for r in records if not _is_tagged_by(r, stamps)]
        updates = []
        for record, labels in zip(
            others, tag_records.evaluate(self._collection, others)
        ):
            as_read = {"_id": record["_id"], "stamp": record.get("stamp")}
            if labels != record["labels"]:
                updates.append(UpdateOne(as_read, {"$set": {"labels": labels}}))
            noted = {"$addToSet": {"stamping": stamps[record["sample_id"]]}}
            updates.append(UpdateOne({"_id": record["_id"]}, noted))
        if updates:
            own.bulk_write(updates)
        return records

    def follow(
        self, records: Iterable[Record], stamps: Stamps, unwritten: Some[ObjectId]
    ) -> None:
        """Notes how samples are stored after they were written.

        Args:
            records: their records, as :meth:`settle` returned them
            stamps: the stamps that the write set
            unwritten: the samples that were not written
        """
        by_id: dict[ObjectId, list[Record]] = {}
        for record in records:
            by_id.setdefault(record["sample_id"], []).append(record)
        updates = []
        written = [_id for _id in by_id if _id not in unwritten]
        docs = self._collection.with_options(tag_records.RAW)
        for doc in docs.find({"_id": {"$in": written}}):
            for record in by_id[doc["_id"]]:
                updates.append(_seen(record, doc, stamps))
        for document_id in by_id.keys() & set(unwritten):
            # the note of a write that did not happen would never be removed
            taken = {"$pull": {"stamping": stamps[document_id]}}
            updates += [UpdateOne({"_id": r["_id"]}, taken) for r in by_id[document_id]]
        if updates:
            tag_records.collection().bulk_write(updates, ordered=False)

    def follow_stamps(self, records: Iterable[Record], stamp: datetime) -> None:
        """Notes that samples have at least a stamp, and were not changed otherwise.

        Args:
            records: their records, as :meth:`settle` returned them
            stamp: the stamp
        """
        ids = [record["_id"] for record in records]
        change = {"$max": {"stamp": stamp}, "$pull": {"stamping": stamp}}
        if ids:
            tag_records.collection().update_many({"_id": {"$in": ids}}, change)


def _is_tagged_by(record: Record, stamps: Stamps) -> bool:
    """Returns whether the write of some stamps changes the tag of a record."""
    return tag_records.is_of(record, DatetimeMS(stamps[record["sample_id"]]))


def _seen(
    record: Record, doc: RawBSONDocument, stamps: Stamps
) -> UpdateOne | DeleteOne:
    """Returns the change of a record whose sample was written."""
    stamp = stamps[doc["_id"]]
    now = doc.get("last_modified_at")
    seen = {"stamp": now, "digest": tag_records.digest(doc)}
    if not _is_tagged_by(record, stamps):
        taken = {"$pull": {"stamping": stamp}}
        # an edit since is seen by its content
        change = {"$set": seen, **taken} if now == DatetimeMS(stamp) else taken
        return UpdateOne({"_id": record["_id"]}, change)
    labels = record["pending"]["labels"]
    if now != DatetimeMS(stamp):
        labels = tag_records.still_tagged(record, labels, doc)
    as_noted = {"_id": record["_id"], "pending.stamp": stamp}
    if not labels:
        return DeleteOne(as_noted)
    return UpdateOne(
        as_noted, {"$set": {"labels": labels, **seen}, "$unset": {"pending": True}}
    )
