"""The updates that change labels, each with its guard.

Each is one update of one document, guarded so that it cannot hit another label than
the one that was read, and each sets ``last_modified_at``; :mod:`.writer` sends them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from bson import ObjectId
from bson.datetime_ms import DatetimeMS

from ... import store
from ...fields import LabelField
from ...reading.columns import NO_STAMP, Block, LabelColumns
from ...reading.raw.ids import to_object_ids
from ..journal.entries import Added, DocumentEntries, Removed, Replaced, Retagged
from ..journal.lists import MISSING
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


class Tags(NamedTuple):
    """The tags of one label, and those that it gets.

    Attributes:
        place: the place of the label in its list
        label_id: its id
        before: the tags that it has, of any type; :data:`..journal.lists.MISSING`
            for none at all
        after: those that it gets, likewise
    """

    place: int
    label_id: ObjectId
    before: Any
    after: Any


_FEW = 8


def tag_update(
    path: str, document_id: ObjectId, n: int, labels: Sequence[Tags], stamp: datetime
) -> Update:
    """Returns the update of one sample that changes the tags of labels at their places.

    The guard: at each place, there still is this label with these tags. Each path of
    its own is a pass through the list, so many labels are changed by one expression,
    whose time is linear in the list.

    Args:
        path: the path of the list
        document_id: the sample, or frame
        n: the number of labels in the list
        labels: at least one label
        stamp: the time stamp to set
    """
    if len(labels) > _FEW:
        return _many(path, document_id, n, labels, stamp)
    guard: dict[str, Any] = {"_id": document_id}
    setting: dict[str, Any] = {"last_modified_at": stamp}
    unsetting: dict[str, Any] = {}
    for place, label_id, before, after in labels:
        guard[f"{path}.{place}._id"] = label_id
        tags = f"{path}.{place}.tags"
        guard[tags] = {"$eq": before}
        if before == MISSING:
            guard[tags] = {"$exists": False}
        elif before is None:
            guard[tags] = {"$type": "null"}
        if after == MISSING:
            unsetting[tags] = True
        else:
            setting[tags] = after
    change = {"$set": setting, "$unset": unsetting} if unsetting else {"$set": setting}
    return {"q": guard, "u": change}


def _many(
    path: str, document_id: ObjectId, n: int, labels: Sequence[Tags], stamp: datetime
) -> Update:
    label = {"$arrayElemAt": ["$$list", "$$k"]}
    tags = "$$label.tags"
    is_missing = {"$eq": [{"$type": tags}, "missing"]}
    held = ["$$label._id", {"$cond": [is_missing, MISSING, tags]}]
    places = {"$literal": [one.place for one in labels]}
    known = {"$literal": [[one.label_id, one.before] for one in labels]}
    found = _each(places, {"$let": {"vars": {"label": label}, "in": held}})
    is_same = [{"$eq": [{"$size": "$$list"}, n]}, {"$eq": [found, known]}]
    holds = {"$and": [{"$isArray": ["$$list"]}, *is_same]}

    new: list[Any] = [None] * n
    for one in labels:
        new[one.place] = [one.after]
    becomes = {"$arrayElemAt": ["$$new", 0]}
    without = {"$unsetField": {"field": "tags", "input": "$$label"}}
    tagged = {"$mergeObjects": ["$$label", {"tags": becomes}]}
    changed = {"$cond": [{"$eq": [becomes, MISSING]}, without, tagged]}
    both = {"label": label, "new": {"$arrayElemAt": [{"$literal": new}, "$$k"]}}
    kept_or = {"$cond": [{"$eq": ["$$new", None]}, "$$label", changed]}
    whole = _each({"$range": [0, n]}, {"$let": {"vars": both, "in": kept_or}})
    setting = {path: _with_list(path, whole), "last_modified_at": stamp}
    guard = {"_id": document_id, "$expr": _with_list(path, holds)}
    return {"q": guard, "u": [{"$set": setting}]}


def _each(places: Any, what: dict[str, Any]) -> dict[str, Any]:
    return {"$map": {"input": places, "as": "k", "in": what}}


def _with_list(path: str, what: dict[str, Any]) -> dict[str, Any]:
    return {"$let": {"vars": {"list": f"${path}"}, "in": what}}


def tag_updates(
    field: LabelField, samples: Iterable[DocumentEntries], stamp: datetime
) -> Iterator[Update]:
    """Yields updates that change the tags of labels.

    Args:
        field: the label field
        samples: the labels, as :class:`..journal.entries.Retagged` entries
        stamp: the time stamp to set
    """
    for sample in samples:
        order, labels = sample.order, []
        last = len(order) - 12
        # backwards, so that the first of several alike is found
        places = {order[k : k + 12]: k // 12 for k in range(last, -1, -12)}
        for entry in sample.entries:
            if isinstance(entry, Retagged):
                place = places[entry.label_id.binary]
                labels.append(Tags(place, entry.label_id, entry.before, entry.after))
        n = len(order) // 12
        yield tag_update(field.list_path, sample.document_id, n, labels, stamp)


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
