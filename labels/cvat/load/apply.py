"""Application of edits from CVAT, through the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import fiftyone.core.collections as foc
from bson import ObjectId

from ...edits.apply import carry_out
from ...edits.change import Written
from ...edits.confirm import Confirmed
from ...edits.delete import RawLabels
from ...edits.journal.entries import (
    Added,
    DocumentEntries,
    Entry,
    Removed,
    Replaced,
)
from ...edits.journal.journal import last_writers, restored_keys
from ...edits.journal.lists import ListNow
from ...fields import LabelField
from ...jobs.runs import Run
from ..shapes.relabel import raw_bytes
from ..trips import store
from ..trips.records import Sent, Trip
from .changes import CONFLICT, Comparison, LabelChange, by_sample

EDITED = "was edited in FiftyOne as well"
GONE = "is in a sample that was deleted"


def apply(
    samples: foc.SampleCollection,
    trip: Trip,
    field: LabelField,
    comparison: Comparison,
    run: Run | None,
) -> Written:
    """Applies edits to labels that have not changed since the comparison.

    Args:
        samples: the dataset, or a view of it
        trip: the trip
        field: its label field
        comparison: the edits
        run: receives the progress, and can cancel the load

    Returns:
        what was written, as a :class:`Written`
    """
    planned = dict(by_sample(comparison.to_apply))
    for change in comparison.to_apply:
        if change.mask_file is not None:
            change.mask_file.write()
    loading = _Loading(samples, field, planned)
    earlier = list(trip["loads"])
    done = carry_out(
        samples,
        loading,
        field,
        {"anno_key": trip.anno_key},
        list(planned),
        loading.confirm,
        run,
        watch=_Recorder(trip, comparison.to_apply),
    )
    if done.restore_key is None:
        store.record(trip, loads=earlier)
    conflicts = sum(change.kind == CONFLICT for change in comparison.changes)
    done.skipped.count(EDITED, conflicts)
    for reason, n in comparison.skipped.items():
        done.skipped.count(reason, n)
    store.record_loaded(trip, _with_writers(comparison.agreed, earlier))
    return done


def _with_writers(agreed: Sequence[Sent], loads: Sequence[str]) -> Iterator[Sent]:
    """Yields labels with the load that wrote their current state, if there is one.

    A load that was killed may have written labels without recording them with the
    trip. Without this, those labels would count as unchanged once the load is undone.
    """
    not_undone = [key for key in loads if key not in restored_keys(loads)]
    label_ids = [one.label_id for one in agreed if one.label_id is not None]
    writers = last_writers(not_undone, label_ids) if not_undone and label_ids else {}
    for one in agreed:
        writer = writers.get(one.label_id) if one.label_id is not None else None
        yield replace(one, load_key=writer or one.load_key)


class _Recorder:
    """Records the progress of a load with its trip, while the load runs."""

    def __init__(self, trip: Trip, changes: Sequence[LabelChange]) -> None:
        self._trip = trip
        # a copied sample may have labels of the same ids
        self._changes = {(c.sample_id, c.label_id): c for c in changes}

    def begun(self, restore_key: str) -> None:
        """Records how to undo the load before it begins, as it may be killed."""
        store.record(self._trip, loads=[*self._trip["loads"], restore_key])

    def wrote(
        self, restore_key: str, written: Mapping[ObjectId, Sequence[ObjectId]]
    ) -> None:
        """Records the state on which FiftyOne and CVAT now agree."""
        changes = (
            self._changes[sample_id, label_id]
            for sample_id, label_ids in written.items()
            for label_id in label_ids
        )
        store.record_loaded(
            self._trip,
            [replace(c.sent, loaded=c.state, load_key=restore_key) for c in changes],
        )


class _Loading(RawLabels):
    """Applies changes to labels that have not changed since the comparison."""

    name = "cvat"

    def __init__(
        self,
        samples: foc.SampleCollection,
        field: LabelField,
        planned: dict[ObjectId, list[LabelChange]],
    ) -> None:
        super().__init__(samples, field)
        self._planned = planned

    def confirm(self, document_ids: Sequence[ObjectId]) -> Confirmed:
        """Returns the labels that have not been edited since the comparison."""
        confirmed = Confirmed(
            {},
            {},
            {_id: Counter({GONE: len(self._planned[_id])}) for _id in document_ids},
        )
        for now in self.read(document_ids):
            sample_id, labels = now.document_id, _by_id(now)
            planned = self._planned[sample_id]
            still = [c.label_id for c in planned if labels.get(c.label_id) == c.before]
            confirmed.dropped[sample_id] = Counter({EDITED: len(planned) - len(still)})
            if still:
                confirmed.labels[sample_id] = still
                confirmed.stamps[sample_id] = now.milliseconds
        return confirmed

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        def entries_of(now: ListNow) -> list[Entry] | None:
            labels, wanted = _by_id(now), set(confirmed.labels[now.document_id])
            planned = self._planned[now.document_id]
            changes = [c for c in planned if c.label_id in wanted]
            if any(labels.get(c.label_id) != c.before for c in changes):
                return None
            return list(_entries(changes, now))

        return self.prepared(list(confirmed.labels), confirmed.stamps, entries_of)

    def happened(self, samples: Sequence[DocumentEntries]) -> set[ObjectId]:
        """Returns the samples whose labels are as the changes leave them.

        One update writes a sample, so that one of its changes tells about all of them.
        A removal outlives an edit of the other labels right after it.
        """
        found = self.read([part.document_id for part in samples])
        now = {list_now.document_id: _by_id(list_now) for list_now in found}
        return {
            part.document_id
            for part in samples
            if part.document_id in now
            and _is_written(part.entries, now[part.document_id])
        }


def _is_written(entries: Sequence[Entry], now: dict[ObjectId, bytes]) -> bool:
    removed = [entry for entry in entries if isinstance(entry, Removed)]
    if removed:
        return not any(entry.label_id in now for entry in removed)
    others = [entry for entry in entries if isinstance(entry, (Replaced, Added))]
    return any(now.get(entry.label_id) == bytes(entry.after.raw) for entry in others)


def _by_id(now: ListNow) -> dict[ObjectId, bytes]:
    found: dict[ObjectId, bytes] = {}
    for label_id, label in zip(now.ids, now.labels):
        if not isinstance(label_id, ObjectId):
            continue
        found[label_id] = b"" if label_id in found else bytes(label.raw)
    return found


def _entries(
    changes: Sequence[LabelChange], now: ListNow
) -> Iterator[Removed | Replaced | Added]:
    """Yields the journal entries of changes, with added labels first."""
    place = now.places
    for change in changes:
        if change.before is None and change.after is not None:
            yield Added(change.label_id, raw_bytes(change.after), now.root_type)
    for change in changes:
        if change.before is None:
            continue
        k = place[change.label_id]
        if change.after is None:
            yield Removed(change.label_id, k, now.labels[k])
        else:
            yield Replaced(change.label_id, now.labels[k], raw_bytes(change.after))
