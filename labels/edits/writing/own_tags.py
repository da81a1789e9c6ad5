"""The tags that this plugin gave, apart from those that people gave.

A document for each sample and tag names the labels that the plugin tagged, with the
scan and the time. It is no part of the journal, so that emptying the journal forgets
none. A document alone proves nothing. The tag of a label is the plugin's own if

-   the sample still has the stamp of the plugin's last write, or
-   the sample was edited since, is not as the plugin left it, and has the tag

A sample that was edited and is nevertheless as the plugin left it had its tags taken
off and put on again: they are the person's. So :mod:`.writer` has a
:class:`.tag_follower.Follower` look at the records before and after every write of the
plugin. A write of tags is noted by :func:`intend` first; after a crash, the stamp of
the sample shows whether it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId
from pymongo import UpdateOne

from ... import store
from ...fields import LabelField
from . import renamed_tags, tag_records

OwnTags = dict[ObjectId, dict[ObjectId, dict[str, Any]]]
"""The ``scan_key`` and ``created`` of the plugin's tags, by sample and by label."""


@dataclass
class TagChange:
    """The effect of a write on the tags of one sample.

    Attributes:
        given: by label, the ``scan_key`` and ``created`` of the tag that it gets
        taken: the labels that lose the tag
    """

    given: dict[ObjectId, dict[str, Any]] = field(default_factory=dict)
    taken: set[ObjectId] = field(default_factory=set)


def undo_of(entries: Iterable[Mapping[str, Any]]) -> TagChange:
    """Returns what the undo of entries of the journal does to the tags."""
    change = TagChange()
    for entry in entries:
        if entry["op"] == "tags" and "own" in entry:
            change.given[entry["label_id"]] = entry["own"]
        elif entry["op"] == "tags":
            change.taken.add(entry["label_id"])
    return change


def read(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    document_ids: Sequence[ObjectId] | None = None,
) -> OwnTags:
    """Returns the labels whose tag is the plugin's own.

    Args:
        samples: the dataset, or a view of it
        field: the label field
        tag: the tag
        document_ids (None): the samples, or frames; by default all

    Returns:
        the labels; one that was deleted may be among them

    Raises:
        NewerError: if a newer version of the plugin stored records
    """
    if document_ids is None:
        renamed_tags.follow(samples._root_dataset)
    records = _records(samples, field, tag, document_ids)
    return {
        record["sample_id"]: {one["label_id"]: one for one in labels}
        for record, labels in records
        if labels
    }


def _records(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    document_ids: Sequence[ObjectId] | None,
) -> Iterable[tuple[tag_records.Record, tag_records.Labels]]:
    """Returns the records of a tag, each with the labels whose tag is the plugin's."""
    wanted = _key(samples, field, tag)
    if document_ids is not None:
        wanted["sample_id"] = {"$in": list(document_ids)}
    records = list(tag_records.collection().find(wanted))
    return zip(records, tag_records.evaluate(field.collection(samples), records))


def _key(samples: foc.SampleCollection, field: LabelField, tag: str) -> dict[str, Any]:
    dataset_id = samples._root_dataset._doc.id
    return {"dataset_id": dataset_id, "field": field.name, "tag": tag}


def given(
    samples: foc.SampleCollection, field: LabelField, document_ids: Sequence[ObjectId]
) -> dict[ObjectId, set[str]]:
    """Returns the tags of labels that are the plugin's own, by label.

    Args:
        samples: the dataset, or a view of it
        field: the label field
        document_ids: the samples, or frames, of the labels
    """
    wanted = {"dataset_id": samples._root_dataset._doc.id, "field": field.name}
    among = {"sample_id": {"$in": list(document_ids)}}
    records = list(tag_records.collection().find({**wanted, **among}))
    found: dict[ObjectId, set[str]] = {}
    evaluated = tag_records.evaluate(field.collection(samples), records)
    for record, labels in zip(records, evaluated):
        for one in labels:
            found.setdefault(one["label_id"], set()).add(record["tag"])
    return found


def intend(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    changes: Mapping[ObjectId, TagChange],
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
    own = tag_records.collection()
    records = _records(samples, field, tag, list(changes))
    stored = {
        record["sample_id"]: (record["_id"], labels) for record, labels in records
    }
    key = _key(samples, field, tag)
    added, updates = [], []
    for document_id, change in changes.items():
        record_id, known = stored.get(document_id, (None, []))
        labels = {one["label_id"]: one for one in known} | change.given
        labels = {_id: one for _id, one in labels.items() if _id not in change.taken}
        left = [{"label_id": label_id, **kept} for label_id, kept in labels.items()]
        pending = {"stamp": stamp, "labels": left}
        record = {**key, "sample_id": document_id, "path": field.list_path}
        record |= {"format": store.FORMAT, "labels": []}
        if record_id is not None:
            # another write may delete it, if it takes the last tag
            setting = {"$set": {"pending": pending}, "$setOnInsert": record}
            updates.append(UpdateOne({"_id": record_id}, setting, upsert=True))
        elif left:
            added.append({**record, "pending": pending})
    if updates:
        own.bulk_write(updates, ordered=False)
    if added:
        own.insert_many(added, ordered=False)
