"""The journal as a table: what was changed, when, where, why, by which parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bson
import fiftyone.core.collections as foc
from bson import ObjectId
from bson.errors import InvalidId

from ....iou_core.decisions.reasons import Reason
from ....iou_core.errors import ParamsError
from ... import store
from ...fields import LabelField, class_of, label_fields, require_label_field
from ...reading.places import Place, find_places
from ...tables import AT_ONCE, Page, Row
from . import journal

COLUMNS = (
    "recorded",
    "operation",
    "dataset",
    "sample_id",
    "frame_number",
    "filepath",
    "field",
    "index",
    "label_id",
    "class",
    "change",
    "reason",
    "kept_label_id",
    "state",
    "restore_key",
    "params",
)
"""The columns of a row. The index is the label's place before the change."""

_ID = 12  # bytes
_CHANGES = {"remove": "removed", "tags": "tags changed", "replace": "box merged"}


def rows(
    samples: foc.SampleCollection,
    restore_key: str | None = None,
    cursor: str | None = None,
    limit: int = AT_ONCE,
) -> Page:
    """Returns what the journal has of a dataset, one row for each label changed.

    Args:
        samples: the dataset, or a view of it
        restore_key (None): one action; by default all of them, the oldest first
        cursor (None): where the page before ended
        limit (20000): about how many rows to return at most

    Returns:
        a page of rows with :data:`COLUMNS`. File and class are those of now
        where the journal does not hold them, and None where the sample is gone

    Raises:
        JournalError: if the journal has no such action
        ParamsError: if the cursor is not one of this table
    """
    actions = _actions(samples, restore_key)
    wanted: dict[str, Any] = {"restore_key": {"$in": list(actions)}}
    if cursor is not None:
        wanted["_id"] = {"$gt": _cursor(cursor)}
    found = store.collection("journal").find(wanted).sort("_id", 1)
    documents: list[dict[str, Any]] = []
    count, last = 0, None
    with found:
        for document in found:
            if documents and count + len(document["entries"]) > limit:
                last = str(documents[-1]["_id"])
                break
            documents.append(document)
            count += len(document["entries"])
    now = _Now(samples, actions, documents)
    page = [
        row
        for document in documents
        for row in _rows(document, actions[document["restore_key"]], now)
    ]
    return page, last


def _actions(
    samples: foc.SampleCollection, restore_key: str | None
) -> dict[str, dict[str, Any]]:
    if restore_key is not None:
        return {restore_key: journal.load(samples, restore_key)}
    found = store.collection("actions").find(
        {"dataset_id": samples._root_dataset._doc.id}
    )
    return {action["_id"]: action for action in found}


def _cursor(cursor: str) -> ObjectId:
    try:
        return ObjectId(cursor)
    except (InvalidId, TypeError):
        raise ParamsError("the cursor of a page", repr(cursor), "cursor") from None


class _Now:
    """Files and classes as they are now, for what the journal does not hold."""

    def __init__(
        self,
        samples: foc.SampleCollection,
        actions: dict[str, dict[str, Any]],
        documents: Iterable[dict[str, Any]],
    ) -> None:
        dataset = samples._root_dataset
        known = label_fields(dataset)
        held: dict[str, set[ObjectId]] = {}
        for document in documents:
            name = actions[document["restore_key"]]["field"]
            held.setdefault(name, set()).add(document["sample_id"])
        self.places: dict[ObjectId, Place] = {}
        self.classes: dict[ObjectId, str | None] = {}
        for name, ids in held.items():
            if name in known:
                self._read(dataset, require_label_field(dataset, name), ids)
        samples_of = {ObjectId(p.sample_id) for p in self.places.values() if p[0]}
        found = dataset._sample_collection.find(
            {"_id": {"$in": list(samples_of)}}, {"filepath": True}
        )
        self.files = {str(doc["_id"]): doc.get("filepath", "") for doc in found}

    def _read(self, dataset: Any, field: LabelField, ids: set[ObjectId]) -> None:
        places = find_places(dataset, field.name, map(str, ids))
        self.places |= {ObjectId(_id): place for _id, place in places.items()}
        keys = {f"{field.list_path}.{key}": True for key in ("_id", "label")}
        for doc in field.collection(dataset).find({"_id": {"$in": list(ids)}}, keys):
            for label in field.labels_in(doc):
                self.classes[label["_id"]] = class_of(label)

    def place(self, document_id: ObjectId) -> Place:
        """Returns the sample and frame of what holds labels."""
        return self.places.get(document_id) or Place(str(document_id))


def _rows(document: dict[str, Any], action: dict[str, Any], now: _Now) -> Iterable[Row]:
    order = document["order"]
    places = {order[k * _ID : (k + 1) * _ID]: k for k in range(len(order) // _ID)}
    place = now.place(document["sample_id"])
    for entry in document["entries"]:
        kept = entry.get("kept_label_id")
        yield {
            "recorded": document["recorded"].isoformat(timespec="milliseconds") + "Z",
            "operation": action["operation"],
            "dataset": action["dataset"],
            "sample_id": place.sample_id,
            "frame_number": place.frame_number,
            "filepath": now.files.get(place.sample_id),
            "field": action["field"],
            "index": entry.get("index", places.get(entry["label_id"].binary)),
            "label_id": str(entry["label_id"]),
            "class": _class(entry, now),
            "change": _change(entry),
            "reason": _reason(entry.get("reason"), action),
            "kept_label_id": None if kept is None else str(kept),
            "state": action["state"],
            "restore_key": action["_id"],
            "params": action["params"],
        }


def _class(entry: dict[str, Any], now: _Now) -> str | None:
    before = entry.get("before")
    if isinstance(before, bytes):
        return class_of(bson.decode(before))
    return now.classes.get(entry["label_id"])


def _change(entry: dict[str, Any]) -> str:
    if entry["op"] != "tags":
        return _CHANGES.get(entry["op"], entry["op"])
    before = entry["before"] if isinstance(entry["before"], list) else []
    return f"tags {before} -> {entry['after']}"


def _reason(reason: dict[str, Any] | str | None, action: dict[str, Any]) -> str:
    """Returns why a label was changed, in words; earlier versions stored the words."""
    if isinstance(reason, dict):
        return str(Reason.from_dict(reason))
    if reason:
        return reason
    tag, scan_key = action["params"].get("tag"), action["params"].get("scan_key")
    if scan_key is not None:
        return f"planned by the scan {scan_key}"
    return f"tagged '{tag}'" if tag is not None else ""
