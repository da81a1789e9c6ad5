"""Undoes one journaled action, label by label, backwards.

Each label is given back by one update that holds only where the label is not
there (or still is what the action made of it): so restoring twice, or from two
processes, changes nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from . import entries, journal, lists, store, updates, write
from .actions import SAMPLES_AT_ONCE, Written
from .fields import LabelField, require_writable
from .renamed import field_of
from .runs import Run

GONE = "is in a sample that is gone"
THERE = "is there already"
EDITED = "was edited since"

_ROUNDS = 5


def restore(
    samples: foc.SampleCollection,
    restore_key: str,
    run: Run | None = None,
    label_field: str | None = None,
) -> Written:
    """Undoes an action: deleted labels come back, tags become what they were.

    A label comes back byte for byte, at its old place among the labels that are
    still there.

    Args:
        samples: the dataset, or a view of it
        restore_key: the action
        run (None): told how far it is, and asked whether to go on
        label_field (None): what its field is called now; by default it is found,
            see :func:`.renamed.field_of`

    Returns:
        what was :class:`.actions.Written`; labels whose sample is gone, that are
        there already, or that were edited since, are skipped

    Raises:
        JournalError: if the journal has no such action
        FieldError: if the field is gone, or cannot be written to
        DatabaseError: if the connection is lost; restoring again goes on
    """
    with store.answering("restore"):
        return _restore(samples, restore_key, run, label_field)


def _restore(
    samples: foc.SampleCollection, restore_key: str, run: Run | None, name: str | None
) -> Written:
    action = journal.load(samples, restore_key)
    label_field = field_of(samples, action, name)
    require_writable(samples, label_field.name)
    done = Written(restore_key=restore_key, on_frames=label_field.on_frames)
    written: list[ObjectId] = []
    documents = journal.entries(restore_key)
    seen = 0
    is_whole = False
    try:
        with write.Writer(samples, label_field.on_frames) as writer:
            while chunk := list(islice(documents, SAMPLES_AT_ONCE)):
                if run is not None:
                    run.progress(seen, max(action["samples"], seen + 1))
                _Chunk(samples, label_field, chunk, done, written).restore(writer)
                seen += len(chunk)
        is_whole = True
    finally:
        held = written if is_whole else None
        write.reload_held(samples, label_field.on_frames, held)
    done.samples = len(set(written))
    journal.mark_restored(restore_key, done.count)
    return done


@dataclass
class _Pending:
    """The entries of one sample that are still to be undone, the next one last."""

    sample_id: ObjectId
    order: list[bytes]
    entries: list[dict[str, Any]]
    tries: int = 0


class _Chunk:
    """Some samples' entries, undone one label a sample at a time."""

    def __init__(
        self,
        samples: foc.SampleCollection,
        label_field: LabelField,
        documents: Sequence[dict[str, Any]],
        done: Written,
        written: list[ObjectId],
    ) -> None:
        self.samples = samples
        self.field = label_field
        self.done = done
        self.written = written
        self.pending: dict[ObjectId, _Pending] = {}
        for document in documents:
            order = document["order"]
            ids = [order[k : k + 12] for k in range(0, len(order), 12)]
            sample_id = document["sample_id"]
            # a merge may have left the label that stays as it was
            undone = [e for e in document["entries"][::-1] if not _is_nothing(e)]
            if sample_id in self.pending:
                self.pending[sample_id].entries[:0] = undone
            else:
                self.pending[sample_id] = _Pending(sample_id, ids, undone)

    def restore(self, writer: write.Writer) -> None:
        while self.pending:
            due = list(
                self._updates(lists.read(self.samples, self.field, list(self.pending)))
            )
            failed = set(writer.write(due))
            for update in due:
                self._settle(update["q"]["_id"], failed)

    def _settle(self, sample_id: ObjectId, failed: set[ObjectId]) -> None:
        pending = self.pending[sample_id]
        if sample_id not in failed:
            entry = pending.entries.pop()
            pending.tries = 0
            self.done.count += 1
            self.done.label_ids.append(str(entry["label_id"]))
            self.written.append(sample_id)
        else:
            pending.tries += 1
            if pending.tries == _ROUNDS:
                self._skip(pending, EDITED)
        if not pending.entries:
            del self.pending[sample_id]

    def _skip(self, pending: _Pending, reason: str) -> None:
        pending.entries.pop()
        pending.tries = 0
        self.done.skipped.count(reason, 1)

    def _updates(self, now: dict[ObjectId, dict[str, Any]]) -> Iterator[updates.Update]:
        """Yields the update that undoes each sample's next entry, if one is due."""
        for sample_id, pending in list(self.pending.items()):
            if sample_id not in now:
                self.done.skipped.count(GONE, len(pending.entries))
                del self.pending[sample_id]
                continue
            sample = now[sample_id]
            while pending.entries:
                update = self._undo(pending, pending.entries[-1], sample)
                if isinstance(update, dict):
                    yield update
                    break
                self._skip(pending, update)
            else:
                del self.pending[sample_id]

    def _undo(
        self, pending: _Pending, entry: dict[str, Any], sample: dict[str, Any]
    ) -> updates.Update | str:
        """Returns the update that undoes an entry, or why there is none."""
        labels = sample["labels"]
        if entry["op"] == "remove":
            if labels is None:
                return self._put(pending.sample_id, entry, sample["holder"])
            return self._push(pending, entry, labels)
        if entry["op"] == "add":
            return self._take_out(pending.sample_id, entry, labels)
        if entry["op"] == "tags":
            return self._retag(pending.sample_id, entry, labels)
        ids = [label.get("_id") for label in labels or ()]
        if ids.count(entry["label_id"]) != 1:
            return "is gone"
        now = lists.read_label(
            self.samples, self.field, pending.sample_id, entry["label_id"]
        )
        if now == entry["before"]:
            return THERE
        if now != entry["after"]:
            return EDITED
        before, after = (RawBSONDocument(entry[k]) for k in ("before", "after"))
        return updates.replace_update(
            self.field, pending.sample_id, after, before, store.now()
        )

    def _take_out(
        self, sample_id: ObjectId, entry: dict[str, Any], labels: list[Any] | None
    ) -> updates.Update | str:
        """Takes out a label that was added; its list too, if it was made for it."""
        ids = [label.get("_id") for label in labels or ()]
        if entry["label_id"] not in ids:
            return "is gone already"
        now = lists.read_label(self.samples, self.field, sample_id, entry["label_id"])
        if ids.count(entry["label_id"]) != 1 or now != entry["after"]:
            return EDITED
        path = self.field.list_path
        after = RawBSONDocument(entry["after"])
        stamp = {"last_modified_at": store.now()}
        if len(ids) > 1 or entry["holder"] == "object":
            return {
                "q": {"_id": sample_id, path: after},
                "u": {"$pull": {path: {"_id": entry["label_id"]}}, "$set": stamp},
            }
        what = {"null": self.field.holder, "missing": self.field.holder}
        undone = what.get(entry["holder"], path)
        change: dict[str, Any] = {"$set": stamp, "$unset": {undone: ""}}
        if entry["holder"] == "null":
            change = {"$set": {undone: None, **stamp}}
        return {"q": {"_id": sample_id, path: [after]}, "u": change}

    def _put(
        self, sample_id: ObjectId, entry: dict[str, Any], holder_type: str
    ) -> updates.Update | str:
        """Gives back a label where there is no list any more."""
        path = self.field.list_path
        labels = [RawBSONDocument(entry["before"])]
        if holder_type == "object":
            change: dict[str, Any] = {path: labels}
        elif holder_type in ("null", "missing"):
            change = {self.field.holder: self.field.holding(labels)}
        else:
            return EDITED
        return {
            "q": {"_id": sample_id, path: None, **self.field.parent_exists},
            "u": {"$set": {**change, "last_modified_at": store.now()}},
        }

    def _push(
        self, pending: _Pending, entry: dict[str, Any], labels: list[dict[str, Any]]
    ) -> updates.Update | str:
        path = self.field.list_path
        raw = RawBSONDocument(entry["before"])
        stamp = {"last_modified_at": store.now()}
        ids = [label.get("_id") for label in labels]
        if entry["label_id"] in ids:
            return THERE
        here = [entries.id_bytes(_id) for _id in ids]
        return {
            "q": {
                "_id": pending.sample_id,
                f"{path}._id": {"$ne": entry["label_id"]},
                path: {"$size": len(labels)},
            },
            "u": {
                "$push": {
                    path: {
                        "$each": [raw],
                        "$position": lists.place(pending.order, entry["index"], here),
                    }
                },
                "$set": stamp,
            },
        }

    def _retag(
        self, sample_id: ObjectId, entry: dict[str, Any], labels: list[Any] | None
    ) -> updates.Update | str:
        path = self.field.list_path
        label_id, before, after = entry["label_id"], entry["before"], entry["after"]
        found = [label for label in labels or () if label.get("_id") == label_id]
        if len(found) != 1:
            return "is gone"
        tags = found[0].get("tags", entries.MISSING)
        if tags == before:
            return THERE
        if tags != after:
            return EDITED
        key = f"{path}.$[label].tags"
        change: dict[str, Any] = {"$set": {"last_modified_at": store.now()}}
        if before == entries.MISSING:
            change["$unset"] = {key: ""}
        else:
            change["$set"][key] = before
        return {
            "q": {
                "_id": sample_id,
                path: {"$elemMatch": {"_id": label_id, "tags": after}},
            },
            "u": change,
            "arrayFilters": [{"label._id": label_id, "label.tags": after}],
        }


def _is_nothing(entry: dict[str, Any]) -> bool:
    return entry["op"] == "replace" and entry["before"] == entry["after"]
