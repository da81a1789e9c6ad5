"""The update of a sample that undoes one document of the journal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import filterfalse
from typing import Any

from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from ...fields import LabelField
from ..journal.lists import LIST, NO_LIST, ListNow
from . import updates
from .list_changes import ListChange

GONE = "is in a sample that was deleted"
THERE = "is already there"
EDITED = "was edited since"
LOST = "was deleted"
TAKEN_OUT = "was already deleted"


@dataclass
class Undoing:
    """The undo of one document of the journal.

    Attributes:
        change: the update; None where nothing is left to undo
        label_ids: the labels that it restores
        skipped: the number of labels that are skipped, by reason
    """

    change: updates.Update | None = None
    label_ids: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def undo(
    label_field: LabelField,
    document: dict[str, Any],
    now: ListNow,
    labels: dict[tuple[ObjectId, ObjectId], bytes],
    stamp: datetime,
    computed: set[str],
) -> Undoing:
    """Returns the undo of a document of the journal.

    Args:
        label_field: the label field
        document: the document
        now: the list of its sample
        labels: the labels that were replaced or added, as they are now
        stamp: the time stamp to set
        computed: the attributes that the plugin made, whose values are no edits
    """
    undoing = Undoing()
    change = ListChange(label_field, now)
    alike = Counter(_id for _id in now.ids if isinstance(_id, ObjectId))
    back: list[tuple[int, RawBSONDocument]] = []
    tags: list[updates.Tags] = []
    for entry in filterfalse(_is_nothing, document["entries"][::-1]):
        label_id = entry["label_id"]
        held = labels.get((now.document_id, label_id))
        entry = _as_computed(entry, held, computed)
        reason = _why_not(entry, now, alike[label_id], held)
        if reason is not None:
            undoing.skipped[reason] += 1
            continue
        undoing.label_ids.append(str(label_id))
        if entry["op"] == "remove":
            back.append((entry["index"], RawBSONDocument(entry["before"])))
            continue
        k = now.places[label_id]
        if entry["op"] == "tags":
            tags.append(updates.Tags(k, label_id, entry["after"], entry["before"]))
        else:
            _undo_label(change, k, entry)
    change.give_back(document["order"], back)
    if tags:  # an action on tags changes nothing else
        undoing.change = updates.tag_update(
            label_field.list_path, now.document_id, len(now.ids), tags, stamp
        )
    elif undoing.label_ids:
        undoing.change = change.update(stamp)
    return undoing


def _undo_label(change: ListChange, k: int, entry: dict[str, Any]) -> None:
    """Adds to a change the undo of the ``k``-th label, which was replaced or added."""
    after = RawBSONDocument(entry["after"])
    if entry["op"] == "replace":
        change.replace(k, after, RawBSONDocument(entry["before"]))
        return
    change.take_out(k, after)
    if entry["holder"] != LIST:
        change.or_no_list(entry["holder"])


def _is_nothing(entry: dict[str, Any]) -> bool:
    # a merge may have left the label that is kept as it was
    return entry["op"] == "replace" and entry["before"] == entry["after"]


def _as_computed(
    entry: dict[str, Any], held: bytes | None, computed: set[str]
) -> dict[str, Any]:
    """Returns an entry with the values that the plugin computed since.

    Args:
        entry: the entry
        held: the label as it is now, if it was read
        computed: the attributes that the plugin made
    """
    recorded = {key: entry.get(key) for key in ("before", "after")}
    if held is None or entry["op"] == "tags" or held in recorded.values():
        return entry
    now = _without(held, computed)
    alike = [
        key
        for key, label in recorded.items()
        if isinstance(label, bytes) and _without(label, computed) == now
    ]
    # where both are alike, the action itself was about such values
    return {**entry, alike[0]: held} if len(alike) == 1 else entry


def _without(label: bytes, names: set[str]) -> list[tuple[str, Any]]:
    """Returns what a label holds but for some attributes, in its order."""
    return [pair for pair in RawBSONDocument(label).items() if pair[0] not in names]


def _why_not(
    entry: dict[str, Any], now: ListNow, n_alike: int, held: bytes | None
) -> str | None:
    """Returns why an entry is not undone; None if it is.

    Args:
        entry: the entry
        now: the list
        n_alike: how many labels of the list have the label's id
        held: the label as it is now, if it was read
    """
    op = entry["op"]
    if op == "remove":
        can_hold = now.root_type in (LIST, NO_LIST, "null", "missing")
        return THERE if n_alike else None if can_hold else EDITED
    if n_alike == 0:
        return TAKEN_OUT if op == "add" else LOST
    if n_alike > 1:
        return EDITED if op == "add" else LOST
    found: Any = held
    if op == "tags":
        found = now.tags[now.places[entry["label_id"]]]
    if op != "add" and found == entry["before"]:
        return THERE
    return None if found == entry["after"] else EDITED
