"""An action, written to the journal so that it can be undone.

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
        of_action, newest = ("restore_key", 1), ("_id", -1)
        store.index(self._journal, [[of_action, ("sample_id", 1)], [of_action, newest]])
        store.index(self._actions, [[("dataset_id", 1), ("created", -1)]])
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
        common = {
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
            yield {**common, **part}

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
            count: the number of labels that it changed
            samples: the number of samples that have them
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
