"""A change of the labels of many samples, step by step: confirm, journal, write.

While one step waits for the database, the next one is prepared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import fiftyone as fo
from bson import ObjectId

from ...iou_core.cancellation import check_cancelled
from ...iou_core.errors import RunCancelled
from .. import store
from ..jobs import concurrently
from ..jobs.pace import steps
from ..jobs.runs import Run
from ..scans.blocks.compare import Skipped
from .confirm import Check, Confirmed
from .journal.action import Action
from .journal.entries import DocumentEntries
from .writing import updates
from .writing import writer as write

ROUNDS = 5
"""The number of times that samples which are edited in between are tried again."""

STEPS_AT_ONCE = 2
"""The number of steps of a stateless operation that are under way at a time."""

SAMPLES_AT_ONCE = 1000
"""The largest number of samples that are confirmed and written together."""

EDITED = "is in a sample that kept being edited"


@dataclass
class Written:
    """The result of a change of labels.

    Attributes:
        count: the number of labels
        samples: the number of samples, or frames, that have them
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
    """One way to change labels, that can be undone.

    Attributes:
        name: the name of the action
        has_state: whether it keeps data of the latest samples, so that only one step
            can run at a time
    """

    name: str
    has_state: bool

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        """Returns what will be changed, and the samples edited in between.

        A label that already has its new values has no entry.
        """

    def updates(self, samples: Sequence[DocumentEntries]) -> Iterator[updates.Update]:
        """Yields one guarded update for each sample."""

    def happened(self, samples: Sequence[DocumentEntries]) -> set[ObjectId]:
        """Returns the samples whose labels are as the updates make them.

        Called for samples that seem not to be written: an edit right after the write
        replaces the time stamp that would show it.
        """


class Change:
    """Changes the labels of many samples, a few steps at a time.

    Args:
        operation: the kind of change
        action: the action of the journal
        done: takes the result
        watch (None): observes the changes

    Attributes:
        changed: the number of labels that were changed
        written: the samples that were written
        is_whole: False while it is not known what has happened
    """

    def __init__(
        self,
        operation: Operation,
        action: Action,
        done: Written,
        watch: Watch | None = None,
    ) -> None:
        self.operation = operation
        self.action = action
        self.done = done
        self.watch = watch
        self.changed = 0
        self.written: list[ObjectId] = []
        self.is_whole = True

    def go_through(
        self,
        dataset: fo.Dataset,
        writer: write.Writer,
        document_ids: Sequence[ObjectId],
        confirm: Check,
        run: Run | None,
    ) -> None:
        """Changes the labels of samples.

        Args:
            dataset: the dataset
            writer: what writes the samples
            document_ids: the samples
            confirm: returns the labels of some samples to change
            run: receives the progress, and can cancel

        Raises:
            RunCancelled: if the run is canceled; steps under way are ended first
        """

        def made() -> Iterator[_Step]:
            seen = 0
            for ids in steps(document_ids, SAMPLES_AT_ONCE):
                store.name_of(dataset)
                if run is not None:
                    run.progress(seen, len(document_ids))
                yield _Step(self, writer, confirm, ids)
                seen += len(ids)

        most = 1 if self.operation.has_state else STEPS_AT_ONCE
        concurrently.carry_out(made(), most, self._count)

    def _count(self, step: _Step) -> None:
        self.done.merge(step.done.to_plain())
        self.changed += step.changed
        self.written += step.written
        self.is_whole &= step.is_whole


class _Step:
    """Changes the labels of some samples, again where they are edited in between."""

    def __init__(
        self,
        change: Change,
        writer: write.Writer,
        confirm: Check,
        document_ids: Sequence[ObjectId],
    ) -> None:
        self.changes = document_ids
        self._operation = change.operation
        self._action = change.action
        self._watch = change.watch
        self._writer = writer
        self._confirm = confirm
        self.done = Written()
        self.changed = 0
        self.written: list[ObjectId] = []
        self.is_whole = True

    def carry_out(self) -> None:
        todo = self.changes
        for _ in range(ROUNDS):
            confirmed = self._confirm(todo)
            todo = self._round(confirmed)
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

    def _round(self, confirmed: Confirmed) -> list[ObjectId]:
        """Returns the samples that have to be tried again."""
        entries, stale = self._operation.prepare(confirmed)
        check_cancelled()
        self.is_whole = False
        self._action.record(entries)
        unwritten = self._writer.write(self._operation.updates(entries))
        too_large = {_id for _id, reason in unwritten.items() if reason is not None}
        failed: set[ObjectId] = set()
        if unwritten:
            # by the labels: another edit may have the time stamp of the update
            tried = [part for part in entries if part.document_id not in too_large]
            happened = self._operation.happened(tried)
            failed = {part.document_id for part in tried} - happened
            self._action.forget([*failed, *too_large])
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
        self.done.samples += len(settled)
        if self._watch is not None:
            self._watch.wrote(self._action.restore_key, settled)
        return list(again)
