"""Undo of a journaled action: one guarded update for each sample.

An update restores the missing labels of a sample, and changes back those that are
still as the action left them. So restoring twice, or from two processes, changes
nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.cancellation import check_cancelled
from ...iou_core.errors import RunCancelled
from .. import store
from ..fields import LabelField, require_writable
from ..jobs import concurrently
from ..jobs.pace import steps
from ..jobs.runs import Run
from . import change
from .change import SAMPLES_AT_ONCE, ChangeCancelled, Written
from .computed import own_attributes
from .journal import journal
from .journal.order import require_newest
from .journal.renamed import field_of
from .writing import own_tags, read_labels, undo
from .writing import writer as write

_ROUNDS = 5


@dataclass
class Restored(Written):
    """The result of an undo.

    Its numbers are those that the action reported: the labels that it deleted, merged
    away or tagged.

    Attributes:
        others: how many other labels were changed back: labels that others were merged
            into, or labels of earlier plans that have the tag again
    """

    others: int = 0

    def merge(self, plain: dict[str, Any]) -> None:
        """Adds what :meth:`.change.Written.to_plain` returned of other samples."""
        super().merge(plain)
        self.others += plain["others"]


def restore(
    samples: foc.SampleCollection,
    restore_key: str,
    run: Run | None = None,
    label_field: str | None = None,
) -> Restored:
    """Undoes an action: restores its labels, tags and values.

    A label is restored byte for byte, at its old place among the other labels.

    Args:
        samples: the dataset, or a view of it
        restore_key: the action
        run (None): receives the progress, and can cancel
        label_field (None): the present name of its field; by default it is found,
            see :func:`.journal.renamed.field_of`

    Returns:
        the :class:`Restored`; labels whose sample is gone, that are
        there already, or that were edited since, are skipped

    Raises:
        JournalError: if the journal has no such action
        FieldError: if the field is gone, or cannot be written to
        OrderError: if a later action that is not undone changed some of the labels
        ChangeCancelled: if the run is canceled; restoring again does the rest
        DatabaseError: if the connection is lost; restoring again does the rest
    """
    with store.answering("restore"):
        return _restore(samples, restore_key, run, label_field)


def _restore(
    samples: foc.SampleCollection, restore_key: str, run: Run | None, name: str | None
) -> Restored:
    action = journal.load(samples, restore_key)
    label_field = field_of(samples, action, name)
    require_newest(samples, action, label_field)
    require_writable(samples, label_field.name)
    done = Restored(restore_key=restore_key, on_frames=label_field.on_frames)
    written: set[ObjectId] = set()
    is_whole = False

    def ended(step: _Step) -> None:
        done.merge(step.done.to_plain())
        written.update(step.written)

    try:
        with write.Writer(samples, label_field.on_frames) as writer:
            made = _steps(samples, label_field, action, writer, run)
            concurrently.carry_out(made, change.STEPS_AT_ONCE, ended)
        is_whole = True
    except RunCancelled as error:
        raise ChangeCancelled.after(error, done) from error
    finally:
        done.samples = len(written)
        held = written if is_whole else None
        write.reload_held(samples, label_field.on_frames, held)
    journal.mark_restored(restore_key, done.count)
    return done


def _steps(
    samples: foc.SampleCollection,
    label_field: LabelField,
    action: dict[str, Any],
    writer: write.Writer,
    run: Run | None,
) -> Iterator[_Step]:
    """Yields the documents of an action in steps, the last first."""
    seen = 0
    for documents in steps(journal.entries(action["_id"]), SAMPLES_AT_ONCE):
        store.name_of(samples._root_dataset)
        if run is not None:
            run.progress(seen, max(action["samples"], seen + 1))
        yield _Step(samples, label_field, action, documents, writer)
        seen += len(documents)


@dataclass
class _Pending:
    """The documents of one sample that remain to be undone, the next one first."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    tries: int = 0


class _Step:
    """Some documents of the journal, undone one a sample at a time."""

    def __init__(
        self,
        samples: foc.SampleCollection,
        label_field: LabelField,
        action: dict[str, Any],
        documents: Sequence[dict[str, Any]],
        writer: write.Writer,
    ) -> None:
        self.samples = samples
        self.field = label_field
        self.operation = action["operation"]
        self.tag = str(action["params"].get("tag"))
        self.computed = own_attributes.made(samples, label_field)
        self.writer = writer
        self.done = Restored()
        self.written: set[ObjectId] = set()
        self.pending: dict[ObjectId, _Pending] = {}
        for document in documents:
            pending = self.pending.setdefault(document["sample_id"], _Pending())
            pending.documents.append(document)
        self.changes = list(self.pending)

    def carry_out(self) -> None:
        while self.pending:
            check_cancelled()
            stamp = store.now()
            due = dict(self._due(stamp))
            check_cancelled()
            self._intend(due, stamp)
            changes = (one.change for one in due.values() if one.change is not None)
            unwritten = self.writer.write(changes)
            for document_id, undoing in due.items():
                self._settle(document_id, undoing, unwritten)

    def _intend(self, due: dict[ObjectId, undo.Undoing], stamp: datetime) -> None:
        """Notes which tags become the plugin's own again, and which are gone."""
        changes = {}
        for document_id, undoing in due.items():
            undone = set(undoing.label_ids)
            entries = self.pending[document_id].documents[0]["entries"]
            some = [entry for entry in entries if str(entry["label_id"]) in undone]
            changes[document_id] = own_tags.undo_of(some)
        own_tags.intend(self.samples, self.field, self.tag, changes, stamp)

    def _due(self, stamp: datetime) -> Iterator[tuple[ObjectId, undo.Undoing]]:
        """Yields the undo of the next document of each sample."""
        ids = list(self.pending)
        now = {
            one.document_id: one
            for one in read_labels.read(self.samples, self.field, ids)
        }
        next_ones = {_id: self.pending[_id].documents[0]["entries"] for _id in ids}
        whole = [
            entry["label_id"]
            for entries in next_ones.values()
            for entry in entries
            if entry["op"] in ("replace", "add")
        ]
        labels = read_labels.read_labels(self.samples, self.field, ids, whole)
        for document_id in ids:
            document = self.pending[document_id].documents[0]
            if document_id in now:
                held = now[document_id]
                undoing = undo.undo(
                    self.field, document, held, labels, stamp, self.computed
                )
                yield document_id, undoing
            else:
                gone = Counter({undo.GONE: len(document["entries"])})
                yield document_id, undo.Undoing(skipped=gone)

    def _settle(
        self, document_id: ObjectId, undoing: undo.Undoing, unwritten: write.Unwritten
    ) -> None:
        pending = self.pending[document_id]
        if undoing.change is not None and document_id in unwritten:
            pending.tries += 1
            reason = unwritten[document_id]
            if reason is None and pending.tries < _ROUNDS:
                return
            undoing.skipped[reason or undo.EDITED] += len(undoing.label_ids)
        elif undoing.change is not None:
            entries = {str(e["label_id"]): e for e in pending.documents[0]["entries"]}
            of_action = [_id for _id in undoing.label_ids if self._counts(entries[_id])]
            self.done.count += len(of_action)
            self.done.label_ids += of_action
            self.done.others += len(undoing.label_ids) - len(of_action)
            self.written.add(document_id)
        for reason, n in undoing.skipped.items():
            self.done.skipped.count(reason, n)
        pending.tries = 0
        del pending.documents[0]
        if not pending.documents:
            del self.pending[document_id]

    def _counts(self, entry: dict[str, Any]) -> bool:
        """Returns whether a label is one of those that the action reported."""
        if self.operation == "tag":
            return self.tag in entry["after"]
        is_kept = entry["op"] == "replace" and self.operation in ("delete", "merge")
        return not is_kept
