"""The actions of the journal: listed, read, marked as undone and deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import JournalError
from ... import store
from . import documents as journal_documents
from .action import FORMAT


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


def label_ids(restore_key: str) -> Iterator[bytes]:
    """Yields the ids of the labels that an action changed, 12 bytes each."""
    wanted = {"restore_key": restore_key, "piece": None}
    ids = {"_id": False, "ids": "$entries.label_id"}
    with store.collection("journal").aggregate(
        [{"$match": wanted}, {"$project": ids}]
    ) as found:
        for document in found:
            yield from (label_id.binary for label_id in document["ids"])


def _piece(piece_id: ObjectId) -> bytes:
    found = store.collection("journal").find_one({"_id": piece_id})
    if found is None:
        raise JournalError("all pieces of a label", "fewer", "journal")
    data: bytes = found["piece"]
    return data


def note_tagging(restore_key: str, count: int, samples: int, untagged: int) -> None:
    """Lists a tagging with the numbers that it reports.

    The journal has no entries of labels that already had the tag.

    Args:
        restore_key: the key of the action; one that is not ended stays as it is
        count: the number of labels of the plan that have the tag
        samples: the number of samples that have them
        untagged: how many labels of earlier plans lost it
    """
    store.collection("actions").update_one(
        {"_id": restore_key, "state": "done"},
        {"$set": {"count": count, "samples": samples, "untagged": untagged}},
    )


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
    recorded = 0 if "untagged" in action else (size or {}).get("labels", 0)
    return {
        "restore_key": action["_id"],
        "operation": action["operation"],
        "field": action["field"],
        "count": action["count"] or recorded,
        "untagged": action.get("untagged", 0),
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
