"""The way of every change: confirm, journal, write, and repeat where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.cancellation import check_cancelled
from ...iou_core.errors import RunCancelled
from .. import store
from ..fields import LabelField
from ..jobs.pace import steps
from ..jobs.runs import Run
from ..scans.blocks.compare import Skipped
from .confirm import Check, Confirmed
from .journal.action import Action, Reasons
from .journal.entries import DocumentEntries
from .writing import updates
from .writing import writer as write

ROUNDS = 5
"""How often samples that are edited in between are tried again."""

SAMPLES_AT_ONCE = 1000
"""How many samples are confirmed and written together at most."""

EDITED = "is in a sample that was edited again and again meanwhile"


@dataclass
class Written:
    """The result of a change of labels.

    Attributes:
        count: how many labels
        samples: how many samples, or frames, hold them
        label_ids: their ids
        skipped: the labels that were left alone, and why
        restore_key: what undoes it; None where nothing was changed
        on_frames: whether they are labels of frames
    """

    count: int = 0
    samples: int = 0
    label_ids: list[str] = field(default_factory=list)
    skipped: Skipped = field(default_factory=Skipped)
    restore_key: str | None = None
    on_frames: bool = False

    def to_plain(self) -> dict[str, Any]:
        """Returns it as plain data, for another process."""
        return {**vars(self), "skipped": self.skipped.to_dict()}

    def merge(self, plain: dict[str, Any]) -> None:
        """Adds what :meth:`to_plain` returned of other samples."""
        self.count += plain["count"]
        self.samples += plain["samples"]
        self.label_ids += plain["label_ids"]
        self.skipped.merge(Skipped.from_dict(plain["skipped"]))


class ChangeCancelled(RunCancelled):
    """A change of labels was canceled midway.

    Attributes:
        done: what was changed before
    """

    def __init__(
        self, expected: str, got: str, where: str, done: Written | None = None
    ) -> None:
        super().__init__(expected, got, where)
        self.done = done or Written()

    @classmethod
    def after(cls, error: RunCancelled, done: Written) -> ChangeCancelled:
        """Returns the error of a run that was canceled after some changes."""
        return cls(error.expected, error.got, error.where, done)


class Watch(Protocol):
    """An observer of changes that are being made."""

    def begun(self, restore_key: str) -> None:
        """Receives the key that undoes the changes, before the first is made."""

    def wrote(
        self, restore_key: str, written: Mapping[ObjectId, Sequence[ObjectId]]
    ) -> None:
        """Receives the ids of the labels that were just written, by sample."""


class Operation(Protocol):
    """One way to change labels, that can be undone."""

    name: str

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        """Returns what will be changed, and the samples edited meanwhile.

        A label that already has its new values has no entry.
        """

    def updates(self, samples: Sequence[DocumentEntries]) -> Iterator[updates.Update]:
        """Yields one guarded update for each sample."""

    def happened(self, samples: Sequence[DocumentEntries]) -> set[ObjectId]:
        """Returns the samples whose labels are as the updates make them.

        Called for samples that seem not to be written: an edit right after the write
        replaces the time stamp that would show it.
        """


def carry_out(
    samples: foc.SampleCollection,
    operation: Operation,
    label_field: LabelField,
    params: dict[str, Any],
    document_ids: Sequence[ObjectId],
    confirm: Check,
    run: Run | None = None,
    reasons: Reasons | None = None,
    watch: Watch | None = None,
) -> Written:
    """Changes labels that are still as they were when the change was decided.

    Args:
        samples: the dataset, or a view of it
        operation: the kind of change
        label_field: the label field
        params: the parameters of the change, for the journal
        document_ids: the samples
        confirm: returns the labels of some samples to change
        run (None): receives the progress, and can cancel
        reasons (None): the reasons, for the journal
        watch (None): observes the changes

    Returns:
        a :class:`Written`

    Raises:
        ChangeCancelled: if the run is cancelled; changes made so far are in the
            journal
        DatabaseError: if the connection is lost; changes made so far are in the
            journal
    """
    done = Written(on_frames=label_field.on_frames)
    if not document_ids:
        return done

    with store.answering(operation.name):
        action = Action(samples, operation.name, label_field.name, params, reasons)
        job = _Job(operation, action, done, watch)
        try:
            if watch is not None:
                watch.begun(action.restore_key)
            with write.Writer(samples, label_field.on_frames) as writer:
                dataset = samples._root_dataset
                job.go_through(dataset, writer, document_ids, confirm, run)
        except RunCancelled as error:
            raise ChangeCancelled.after(error, done) from error
        finally:
            held = job.written if job.is_whole else None
            write.reload_held(samples, label_field.on_frames, held)
            action.close(job.changed, len(job.written), job.is_whole)
            done.samples = job.n_samples
            done.restore_key = action.restore_key if job.changed else None
    return done


def carry_out_part(
    samples: foc.SampleCollection,
    operation: Operation,
    label_field: LabelField,
    action: Action,
    document_ids: Sequence[ObjectId],
    confirm: Check,
    recorded: Sequence[DocumentEntries],
) -> Written:
    """Changes the labels of some samples, in a worker, as a part of an action.

    Args:
        samples: the dataset, or a view of it
        operation: the kind of change
        label_field: the label field
        action: the action
        document_ids: the samples
        confirm: returns the labels of some samples to change
        recorded: entries of these samples by a worker that died

    Returns:
        a :class:`Written`
    """
    left = operation.happened(recorded)
    action.forget([r.document_id for r in recorded if r.document_id not in left])
    job = _Job(operation, action, Written())
    with write.Writer(samples, label_field.on_frames) as writer:
        job.go_through(samples._root_dataset, writer, document_ids, confirm, None)
    job.done.samples = job.n_samples
    return job.done


class _Job:
    def __init__(
        self,
        operation: Operation,
        action: Action,
        done: Written,
        watch: Watch | None = None,
    ) -> None:
        self.watch = watch
        self.operation = operation
        self.action = action
        self.done = done
        self.changed = 0
        self.n_samples = 0
        self.written: list[ObjectId] = []
        self.is_whole = True  # False while it is not known what has happened

    def go_through(
        self,
        dataset: fo.Dataset,
        writer: write.Writer,
        document_ids: Sequence[ObjectId],
        confirm: Check,
        run: Run | None,
    ) -> None:
        seen = 0
        for step in steps(document_ids, SAMPLES_AT_ONCE):
            store.name_of(dataset)
            if run is not None:
                run.progress(seen, len(document_ids))
            self._chunk(writer, step, confirm)
            seen += len(step)

    def _chunk(
        self, writer: write.Writer, document_ids: Sequence[ObjectId], confirm: Check
    ) -> None:
        todo = document_ids
        for _ in range(ROUNDS):
            confirmed = confirm(todo)
            todo = self._round(writer, confirmed)
            self._skip(confirmed, set(confirmed.dropped) - set(todo))
            if not todo:
                return
        self._skip(confirmed, todo)
        left = sum(len(confirmed.labels[document_id]) for document_id in todo)
        self.done.skipped.count(EDITED, left)

    def _skip(self, confirmed: Confirmed, settled: Iterable[ObjectId]) -> None:
        for document_id in settled:
            for reason, n in confirmed.dropped.get(document_id, {}).items():
                self.done.skipped.count(reason, n)

    def _round(self, writer: write.Writer, confirmed: Confirmed) -> list[ObjectId]:
        """Returns the samples that have to be looked at again."""
        entries, stale = self.operation.prepare(confirmed)
        check_cancelled()
        self.is_whole = False
        self.action.record(entries)
        unwritten = writer.write(self.operation.updates(entries))
        too_large = {_id for _id, reason in unwritten.items() if reason is not None}
        failed: set[ObjectId] = set()
        if unwritten:
            # by the labels: another edit may have the time stamp of the update
            tried = [part for part in entries if part.document_id not in too_large]
            happened = self.operation.happened(tried)
            failed = {part.document_id for part in tried} - happened
            self.action.forget([*failed, *too_large])
        self.is_whole = True

        again = failed.union(stale)
        for part in entries:
            if part.document_id not in failed | too_large:
                self.changed += len(part.entries)
                self.written.append(part.document_id)
        for document_id in too_large:
            n = len(confirmed.labels.pop(document_id))
            self.done.skipped.count(unwritten[document_id], n)
        settled = {k: ids for k, ids in confirmed.labels.items() if k not in again}
        for label_ids in settled.values():
            self.done.count += len(label_ids)
            self.done.label_ids += map(str, label_ids)
        self.n_samples += len(settled)
        if self.watch is not None:
            self.watch.wrote(self.action.restore_key, settled)
        return list(again)
