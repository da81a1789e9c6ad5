"""The journal of changes, from which each can be undone.

An action is one document. What it changes is on disk (``j=True``) *before* a
label is touched: for each sample, the ids of its list, and for each label an
entry with what undoes it. So after a crash every label is in its sample or
here; if the label of an entry is unchanged, the change was not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.decisions.reasons import Reason
from ....iou_core.errors import JournalError
from ... import store
from . import documents as journal_documents
from .entries import DocumentEntries

FORMAT = 2
"""The format of an action that holds labels in pieces; others have an older one."""


Reasons = Mapping[str, tuple[Reason, str | None]]
"""By label id, why a label is changed, and the label that is kept instead, if any."""


class Action:
    """One action on a dataset that can be undone.

    Args:
        samples: the dataset, or a view of it
        operation: what is done: "delete", "merge", "tag", "untag" or "cvat"
        label_field: the label field
        params: what led to it, for people to read
        reasons (None): by label id, why it is changed and the label that is kept
        restore_key (None): the key of an action under way, to take part in it
    """

    def __init__(
        self,
        samples: foc.SampleCollection,
        operation: str,
        label_field: str,
        params: dict[str, Any],
        reasons: Reasons | None = None,
        restore_key: str | None = None,
    ) -> None:
        self._reasons = reasons or {}
        dataset = samples._root_dataset
        self.restore_key = restore_key or str(ObjectId())
        self._dataset_id = dataset._doc.id
        self._actions = store.collection("actions", journaled=True)
        self._journal = store.collection("journal", journaled=True)
        self._journal.create_index([("restore_key", 1), ("sample_id", 1)])
        self._journal.create_index([("restore_key", 1), ("_id", -1)])
        self._actions.create_index([("dataset_id", 1), ("created", -1)])
        if restore_key is not None:
            return
        self._actions.insert_one(
            {
                "_id": self.restore_key,
                "format": store.FORMAT,
                "dataset_id": dataset._doc.id,
                "dataset": dataset.name,
                "operation": operation,
                "field": label_field,
                "params": params,
                "created": store.now(),
                "state": "under_way",
                "count": 0,
                "samples": 0,
            }
        )

    def record(self, samples: Sequence[DocumentEntries]) -> None:
        """Writes to disk the labels that are about to change; only then may they."""
        documents = [part for sample in samples for part in self._documents(sample)]
        if any("piece" in document for document in documents):
            self._actions.update_one(
                {"_id": self.restore_key}, {"$set": {"format": FORMAT}}
            )
        if documents:
            self._journal.insert_many(documents)

    def _documents(self, sample: DocumentEntries) -> Iterator[dict[str, Any]]:
        facts = {
            "restore_key": self.restore_key,
            "format": store.FORMAT,
            "dataset_id": self._dataset_id,
            "sample_id": sample.document_id,
            "recorded": store.now(),
        }
        entries = (
            {**entry.to_document(), **self._reason(entry.label_id)}
            for entry in sample.entries
        )
        for part in journal_documents.split(entries, sample.order):
            yield {**facts, **part}

    def _reason(self, label_id: ObjectId) -> dict[str, Any]:
        found = self._reasons.get(str(label_id))
        if found is None:
            return {}
        reason, kept = found
        kept_id = None if kept is None else ObjectId(kept)
        return {"reason": reason.to_dict(), "kept_label_id": kept_id}

    def forget(self, document_ids: list[ObjectId]) -> None:
        """Deletes the entries of samples that were not written."""
        if document_ids:
            self._journal.delete_many(
                {"restore_key": self.restore_key, "sample_id": {"$in": document_ids}}
            )

    def recorded(self, document_ids: Sequence[ObjectId]) -> Iterator[dict[str, Any]]:
        """Yields the documents of some samples."""
        yield from self._journal.find(
            {"restore_key": self.restore_key, "sample_id": {"$in": list(document_ids)}}
        )

    def counted(self) -> tuple[int, int]:
        """Returns how many labels are on record, and in how many samples."""
        labels = {"$sum": {"$size": "$entries"}}
        by_sample = self._journal.aggregate(
            [
                {"$match": {"restore_key": self.restore_key}},
                {"$group": {"_id": "$sample_id", "labels": labels}},
                {
                    "$group": {
                        "_id": None,
                        "labels": {"$sum": "$labels"},
                        "samples": {"$sum": 1},
                    }
                },
            ]
        )
        found = next(iter(by_sample), {"labels": 0, "samples": 0})
        return found["labels"], found["samples"]

    def close(self, count: int, samples: int, is_whole: bool = True) -> None:
        """Ends the action; one that changed nothing is deleted.

        Args:
            count: how many labels it changed
            samples: how many samples hold them
            is_whole (True): whether that is all. Otherwise it may have changed
                more, and is kept as after a crash
        """
        if not is_whole:
            count = self._journal.count_documents(
                {"restore_key": self.restore_key}, limit=1
            )
        if not count:
            self._actions.delete_one({"_id": self.restore_key})
        if not count or not is_whole:
            return
        self._actions.update_one(
            {"_id": self.restore_key},
            {"$set": {"state": "done", "count": count, "samples": samples}},
        )


def load(samples: foc.SampleCollection, restore_key: str) -> dict[str, Any]:
    """Returns an action on a dataset.

    Raises:
        JournalError: if the journal has none of this key
        ParamsError: if the key is no text
    """
    wanted = store.key("restore_key", restore_key)
    action = store.collection("actions").find_one(
        {"_id": wanted, "dataset_id": samples._root_dataset._doc.id}
    )
    if action is None:
        raise JournalError(
            "the key of an action on this dataset", repr(restore_key), "restore_key"
        )
    store.require_format(action["format"], restore_key, FORMAT)
    return action


def entries(restore_key: str) -> Iterator[dict[str, Any]]:
    """Yields the changes of an action, the last first."""
    found = store.collection("journal").find(
        {"restore_key": restore_key, "piece": None}
    )
    for document in found.sort("_id", -1):
        yield journal_documents.joined(document, _piece)


def _piece(piece_id: ObjectId) -> bytes:
    found = store.collection("journal").find_one({"_id": piece_id})
    if found is None:
        raise JournalError("all pieces of a label", "fewer", "journal")
    data: bytes = found["piece"]
    return data


def mark_restored(restore_key: str, count: int) -> None:
    """Marks an action as undone."""
    store.collection("actions").update_one(
        {"_id": restore_key},
        {
            "$set": {"state": "restored", "restored": store.now()},
            "$inc": {"restored_count": count},
        },
    )


def restored_keys(restore_keys: Sequence[str]) -> set[str]:
    """Returns which of some actions were undone."""
    found = store.collection("actions").find(
        {"_id": {"$in": list(restore_keys)}, "state": "restored"}, {"_id": True}
    )
    return {action["_id"] for action in found}


def last_writers(
    restore_keys: Sequence[str], label_ids: Sequence[ObjectId]
) -> dict[ObjectId, str]:
    """Returns which of some actions was the last to write each label, if one did."""
    wanted = {"$in": list(label_ids)}
    found = store.collection("journal").aggregate(
        [
            {
                "$match": {
                    "restore_key": {"$in": list(restore_keys)},
                    "entries.label_id": wanted,
                }
            },
            {"$sort": {"_id": 1}},
            {"$unwind": "$entries"},
            {"$match": {"entries.label_id": wanted}},
            {"$project": {"restore_key": True, "label_id": "$entries.label_id"}},
        ]
    )
    return {doc["label_id"]: doc["restore_key"] for doc in found}


def list_actions(samples: foc.SampleCollection) -> list[dict[str, Any]]:
    """Returns the actions on a dataset that the journal knows, the newest first.

    An action of state "under_way" is going on, or was cut off by a crash; what it
    had changed can be given back as well.
    """
    dataset_id = samples._root_dataset._doc.id
    sizes = {
        doc["_id"]: doc
        for doc in store.collection("journal").aggregate(
            [
                {"$match": {"dataset_id": dataset_id}},
                {
                    "$group": {
                        "_id": "$restore_key",
                        "bytes": {"$sum": {"$bsonSize": "$$ROOT"}},
                        "labels": {"$sum": {"$size": "$entries"}},
                    }
                },
            ]
        )
    }
    found = store.collection("actions").find({"dataset_id": dataset_id})
    return [
        _listed(action, sizes.get(action["_id"]))
        for action in found.sort([("created", -1), ("_id", -1)])
    ]


def _listed(action: dict[str, Any], size: dict[str, Any] | None) -> dict[str, Any]:
    store.require_format(action["format"], action["_id"], FORMAT)
    return {
        "restore_key": action["_id"],
        "operation": action["operation"],
        "field": action["field"],
        "count": action["count"] or (size or {}).get("labels", 0),
        "samples": action["samples"],
        "state": action["state"],
        "created": action["created"].isoformat(timespec="milliseconds") + "Z",
        "bytes": (size or {}).get("bytes", 0),
        "params": action["params"],
    }


def empty(samples: foc.SampleCollection, restore_key: str | None = None) -> int:
    """Deletes one action on a dataset, or all; they can no longer be undone.

    Returns:
        how many actions were forgotten

    Raises:
        JournalError: if the journal has none of this key
    """
    keys = (
        [load(samples, restore_key)["_id"]]
        if restore_key is not None
        else [action["restore_key"] for action in list_actions(samples)]
    )
    # the actions last: after a crash in between, emptying again ends the work
    store.collection("journal").delete_many({"restore_key": {"$in": keys}})
    gone = store.collection("actions").delete_many({"_id": {"$in": keys}})
    return int(gone.deleted_count)
