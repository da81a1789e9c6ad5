"""The updates that change labels, each with its guard.

Each is one update of one document, guarded so that it cannot hit another label than
the one that was read, and each sets ``last_modified_at``; :mod:`.writer` sends them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from bson import ObjectId
from bson.datetime_ms import DatetimeMS

from ... import store
from ...fields import LabelField
from ...reading.columns import NO_STAMP, Block, LabelColumns, to_object_ids
from ..journal.entries import Added, DocumentEntries, Removed, Replaced
from .list_changes import ListChange, Update


@dataclass(frozen=True)
class FieldValues:
    """Values for attributes of the labels of one field of a block.

    Attributes:
        field: the label field
        columns: the labels, at their *stored* positions
        values: for each attribute ``(N,)`` values, None allowed
    """

    field: LabelField
    columns: LabelColumns
    values: dict[str, Sequence[Any]]


def attribute_updates(block: Block, fields: Sequence[FieldValues]) -> Iterator[Update]:
    """Yields updates that set attributes by position.

    The guard: the sample has the stamp that was read, as many labels, and the
    last label read is where it was. (FiftyOne gives one stamp to all writes of
    a call, so the stamp alone does not tell apart two writes of one call.)

    Args:
        block: the samples
        fields: what to set
    """
    stamp = store.now()
    stamps = block.stamps.tolist()
    parts = [_FieldPart(values) for values in fields]
    for k, document_id in enumerate(to_object_ids(block.document_ids)):
        changes: dict[str, Any] = {}
        guard: dict[str, Any] = {
            "_id": document_id,
            "last_modified_at": (
                DatetimeMS(stamps[k])
                if stamps[k] != NO_STAMP
                else {"$not": {"$type": "date"}}
            ),
        }
        for part in parts:
            part.add(k, changes, guard)
        if changes:
            changes["last_modified_at"] = stamp
            yield {"q": guard, "u": {"$set": changes}}


class _FieldPart:
    """One field's part in the updates of a block."""

    def __init__(self, fields: FieldValues) -> None:
        columns = fields.columns
        self.path = fields.field.list_path
        self.offsets = columns.offsets.tolist()
        self.positions = columns.position.tolist()
        self.lengths = columns.lengths.tolist()
        has_labels = np.flatnonzero(np.diff(columns.offsets))
        last = columns.ids[columns.offsets[has_labels + 1] - 1]
        self.last = dict(zip(has_labels.tolist(), to_object_ids(last)))
        self.values = [
            (_paths(self.path, attr, columns), values)
            for attr, values in fields.values.items()
        ]

    def add(self, k: int, changes: dict[str, Any], guard: dict[str, Any]) -> None:
        a, b = self.offsets[k], self.offsets[k + 1]
        if a == b:
            return
        at = self.positions[a:b]
        for paths, values in self.values:
            for position, value in zip(at, values[a:b]):
                changes[paths[position]] = value
        guard[f"{self.path}.{at[-1]}._id"] = self.last[k]
        guard[self.path] = {"$size": self.lengths[k]}


def _paths(path: str, attr: str, columns: LabelColumns) -> list[str]:
    longest = int(columns.position.max()) + 1 if len(columns) else 0
    return [f"{path}.{k}.{attr}" for k in range(longest)]


def tag_updates(
    field: LabelField, samples: Iterable[DocumentEntries], tag: str, stamp: datetime
) -> Iterator[Update]:
    """Yields updates that give a tag to labels, or take it, by the labels' ids.

    The guard: the sample still holds every one of the labels.

    Args:
        field: the label field
        samples: the labels, as :class:`..journal.entries.Retagged` entries; those
            that have the tag afterwards get it, the others lose it
        tag: the tag
        stamp: the time stamp to set
    """
    path = field.list_path
    for sample in samples:
        # MongoDB cannot add to tags that are null
        given = [entry for entry in sample.entries if tag in entry.after]
        ids = [entry.label_id for entry in given if entry.before is not None]
        bare = [entry.label_id for entry in given if entry.before is None]
        taken = [entry.label_id for entry in sample.entries if tag not in entry.after]
        update: Update = {
            "q": {"_id": sample.document_id, **_holds(path, ids + bare + taken)},
            "u": {"$set": {"last_modified_at": stamp}},
            "arrayFilters": [],
        }
        filters = update["arrayFilters"]
        if ids:
            update["u"]["$addToSet"] = {f"{path}.$[label].tags": tag}
            filters.append({"label._id": {"$in": ids}})
        if bare:
            tagged = {"_id": {"$in": bare}, "tags": {"$ne": None}}
            update["q"][path] = {"$not": {"$elemMatch": tagged}}
            update["u"]["$set"][f"{path}.$[bare].tags"] = [tag]
            filters.append({"bare._id": {"$in": bare}, "bare.tags": None})
        if taken:
            update["u"]["$pull"] = {f"{path}.$[taken].tags": tag}
            filters.append({"taken._id": {"$in": taken}, "taken.tags": tag})
        yield update


def _holds(path: str, label_ids: list[ObjectId]) -> dict[str, Any]:
    """Returns the guard that a list holds labels of these ids.

    ``$all`` would search the list once for each label.
    """
    wanted = {"$literal": label_ids}
    return {"$expr": {"$setIsSubset": [wanted, {"$ifNull": [f"${path}._id", []]}]}}


def list_updates(
    field: LabelField, samples: Iterable[DocumentEntries]
) -> Iterator[Update]:
    """Yields updates that remove labels, replace others, and add new ones at the end.

    One update for a sample, so that no crash leaves half of it; see
    :class:`.list_changes.ListChange` for its guard.

    Args:
        field: the label field
        samples: the labels, as :class:`..journal.entries.Removed`,
            :class:`..journal.entries.Replaced` and
            :class:`..journal.entries.Added` entries
    """
    stamp = store.now()
    for sample in samples:
        now = sample.now
        change = ListChange(field, now)
        for entry in sample.entries:
            if isinstance(entry, Removed):
                change.take_out(entry.index, entry.before)
            elif isinstance(entry, Replaced):
                change.replace(now.places[entry.label_id], entry.before, entry.after)
        change.add([e.after for e in sample.entries if isinstance(e, Added)])
        yield change.update(stamp)
