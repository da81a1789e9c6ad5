"""What was removed, kept so that it can be given back.

An action is one document; each label it removes is an entry that holds the raw
BSON of the label, its sample and its place. Entries are on disk (``j=True``)
*before* the label is touched. So after a crash every label is in its sample or
here; an entry whose label is still in its sample was never carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from . import store


@dataclass(frozen=True)
class Entry:
    """A label that is about to be removed.

    Attributes:
        sample_id: its sample
        index: its place in the stored list
        before: the label
    """

    sample_id: ObjectId
    index: int
    before: RawBSONDocument


class Action:
    """One undoable action on a dataset.

    Args:
        samples: the dataset, or a view of it
        operation: what is done: "delete"
        field: the label field
        params: what led to it, for people to read
    """

    def __init__(
        self,
        samples: foc.SampleCollection,
        operation: str,
        field: str,
        params: dict[str, Any],
    ) -> None:
        dataset = samples._root_dataset
        self.restore_key = str(ObjectId())
        self._actions = store.collection("actions", journaled=True)
        self._entries = store.collection("journal", journaled=True)
        self._entries.create_index([("restore_key", 1), ("sample_id", 1)])
        self._actions.insert_one(
            {
                "_id": self.restore_key,
                "format": store.FORMAT,
                "dataset_id": dataset._doc.id,
                "dataset": dataset.name,
                "operation": operation,
                "field": field,
                "params": params,
                "created": store.now(),
                "state": "under_way",
                "count": 0,
            }
        )
        self._field = field
        self._dataset_id = dataset._doc.id

    def record(self, entries: list[Entry]) -> None:
        """Puts labels on disk; only then may they be removed."""
        if entries:
            self._entries.insert_many(
                [
                    {
                        "restore_key": self.restore_key,
                        "format": store.FORMAT,
                        "dataset_id": self._dataset_id,
                        "field": self._field,
                        "sample_id": entry.sample_id,
                        "label_id": entry.before["_id"],
                        "index": entry.index,
                        "before": entry.before.raw,
                        "recorded": store.now(),
                    }
                    for entry in entries
                ]
            )

    def forget(self, sample_ids: list[ObjectId]) -> None:
        """Takes back the entries of samples that were not written after all."""
        if sample_ids:
            self._entries.delete_many(
                {"restore_key": self.restore_key, "sample_id": {"$in": sample_ids}}
            )

    def close(self, count: int) -> None:
        """Ends the action; one that removed nothing is forgotten."""
        if count:
            self._actions.update_one(
                {"_id": self.restore_key}, {"$set": {"state": "done", "count": count}}
            )
        else:
            self._actions.delete_one({"_id": self.restore_key})
