"""Loads what was edited in CVAT: shown first, applied through the journal."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.errors import CvatError
from ...iou_core.params import FindParams
from .. import lists, updates
from ..actions import Written, carry_out, require_writable_field
from ..delete import RawLabels
from ..entries import Added, Removed, Replaced, SampleEntries, order_of
from ..fields import LabelField
from ..journal import restored_keys
from ..plans import Confirmed
from ..runs import Run
from . import store, trips
from .compare import Change, Comparer, Comparison, by_sample
from .download import FRAME_GONE, TASK_GONE, Download, download
from .remaining import count_duplicates
from .session import Client
from .settings import Server
from .shapes import raw_bytes
from .store import Image, Trip

_SAMPLES = 500  # compared at once

EDITED = "was edited in FiftyOne as well"
GONE = "is in a sample that is gone"


@dataclass(frozen=True)
class Preview:
    """What a load would change.

    Attributes:
        trip: the trip
        comparison: what came back
        jobs: how many jobs the trip has
        done: how many of them are completed
        still_duplicate: how many labels of its samples would be duplicates then
        digest: tells this from another preview
    """

    trip: Trip
    comparison: Comparison
    jobs: int
    done: int
    still_duplicate: int
    digest: str

    def to_dict(self, most: int = 1000) -> dict[str, Any]:
        """Returns the preview, ready for JSON.

        Args:
            most (1000): how many changes to list
        """
        skipped = self.comparison.skipped
        changes = self.comparison.changes
        return {
            "anno_key": self.trip.anno_key,
            "counts": {
                **self.comparison.counts,
                "still_duplicate": self.still_duplicate,
            },
            "jobs": {"done": self.done, "total": self.jobs},
            "skipped": {"count": skipped.total(), "reasons": dict(skipped)},
            "changes": [
                {
                    "kind": change.kind,
                    "sample_id": str(change.sample_id),
                    "label_id": str(change.label_id),
                    "was": change.was,
                    "now": change.now,
                }
                for change in changes[:most]
            ],
            "to_apply": len(self.comparison.to_apply),
            "digest": self.digest,
        }


@dataclass(frozen=True)
class Loaded:
    """What a load has changed.

    Attributes:
        preview: what it was to change
        written: what it did change
        remaining: how many duplicates the samples of the trip have now
        is_removed: whether the tasks in CVAT were deleted
    """

    preview: Preview
    written: Written
    remaining: int
    is_removed: bool


def preview(
    samples: foc.SampleCollection, server: Server, anno_key: str, run: Run | None = None
) -> Preview:
    """Returns what a load would change; writes nothing.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip
        run (None): asked whether to go on

    Raises:
        CvatError: if there is no such trip, its tasks are gone, or the server cannot
            be talked to
    """
    trip = trips.require_open(samples, anno_key)
    return _preview(samples, _client(server, run), trip)


def load(
    samples: foc.SampleCollection,
    server: Server,
    anno_key: str,
    digest: str | None = None,
    cleanup: bool = False,
    run: Run | None = None,
) -> Loaded:
    """Applies what was edited in CVAT; labels edited here meanwhile are left alone.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip
        digest (None): that of the preview that was agreed to
        cleanup (False): whether to delete the tasks in CVAT, and the trip, afterwards
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`Loaded`

    Raises:
        CvatError: if the server cannot be talked to, or holds something else than was
            agreed to; nothing is changed then
        DuplicatesError: if the field cannot be written to
        RunCancelled: if the run was asked to stop; what is done stays, and the
            journal knows it
    """
    trip = trips.require_open(samples, anno_key)
    field = require_writable_field(samples, trip["field"])
    client = _client(server, run)
    found = _preview(samples, client, trip)
    if digest is not None and digest != found.digest:
        raise CvatError("what was shown", "other edits meanwhile", "digest")
    written = _apply(samples, trip, field, found.comparison, run)
    if written.restore_key is not None:
        store.note(trip, loads=[*trip["loads"], written.restore_key])
    store.note(trip, state=trips.LOADED)
    if cleanup:
        trips.remove(samples, client, trip)
    return Loaded(found, written, _remaining(samples, trip), cleanup)


def _client(server: Server, run: Run | None) -> Client:
    return Client(server, None if run is None else lambda: run.progress(0, 0))


def _preview(samples: foc.SampleCollection, client: Client, trip: Trip) -> Preview:
    held = download(client, trip["task_ids"])
    if held.gone and held.gone == set(trip["task_ids"]):
        raise CvatError(
            "the trip's task in CVAT (discard the trip; no label is changed)",
            "a deleted one",
            "anno_key",
        )
    comparison = _compare(samples, trip, held)
    changes = {
        sample_id: [(change.label_id, change.after) for change in changes]
        for sample_id, changes in by_sample(comparison.to_apply)
    }
    duplicates = count_duplicates(
        samples, FindParams.parse(trip["params"]), _sample_ids(trip), changes
    )
    return Preview(
        trip, comparison, held.jobs, held.done, duplicates, _digest(comparison)
    )


def _compare(samples: foc.SampleCollection, trip: Trip, held: Download) -> Comparison:
    field = require_writable_field(samples, trip["field"])
    comparer = Comparer(trip.id, field.document)
    for reason, n in held.skipped.items():
        comparer.skip(reason, n)
    raw = RawLabels(samples, field)
    undone = restored_keys(trip["loads"])
    images = store.images(trip)
    for k in range(0, len(images), _SAMPLES):
        chunk = images[k : k + _SAMPLES]
        ids = [image.sample_id for image in chunk]
        sent = store.sent(trip, ids)
        labels = _labels(raw, ids)
        for image in chunk:
            own = [
                replace(one, loaded=None, load_key=None)
                if one.load_key in undone
                else one
                for one in sent[image.sample_id]
            ]
            left = _left_out(image, held)
            if left is not None:
                n = sum(one.sent.label is not None for one in own)
                comparer.expect(n)
                comparer.skip(left, n)
                continue
            shapes = held.shapes.get((image.task_id, image.frame), [])
            comparer.add(image, own, shapes, labels.get(image.sample_id, {}))
    return comparer.result()


def _left_out(image: Image, held: Download) -> str | None:
    if image.task_id in held.gone:
        return TASK_GONE
    if (image.task_id, image.frame) in held.removed:
        return FRAME_GONE
    return None


def _labels(
    raw: RawLabels, sample_ids: list[ObjectId]
) -> dict[ObjectId, dict[ObjectId, bytes]]:
    """Returns the labels of samples; of those that share an id, none is like ours."""
    found: dict[ObjectId, dict[ObjectId, bytes]] = {}
    for sample_id, _, labels in raw.read(sample_ids):
        own = found.setdefault(sample_id, {})
        for _, label in labels:
            label_id = label.get("_id")
            own[label_id] = b"" if label_id in own else bytes(label.raw)
    return found


def _sample_ids(trip: Trip) -> list[ObjectId]:
    return [image.sample_id for image in store.images(trip)]


def _remaining(samples: foc.SampleCollection, trip: Trip) -> int:
    params = FindParams.parse(trip["params"])
    return count_duplicates(samples, params, _sample_ids(trip), {})


def _digest(comparison: Comparison) -> str:
    digest = hashlib.sha256()
    for change in comparison.changes:
        digest.update(change.kind.encode())
        digest.update(change.label_id.binary)
        digest.update(change.after or b"-")
    return digest.hexdigest()[:16]


def _apply(
    samples: foc.SampleCollection,
    trip: Trip,
    field: LabelField,
    comparison: Comparison,
    run: Run | None,
) -> Written:
    planned = dict(by_sample(comparison.to_apply))
    loading = _Loading(samples, field, planned)
    done = carry_out(
        samples,
        loading,
        field,
        {"anno_key": trip.anno_key},
        list(planned),
        loading.confirm,
        run,
    )
    conflicts = len(comparison.changes) - len(comparison.to_apply)
    done.skipped.count(EDITED, conflicts)
    for reason, n in comparison.skipped.items():
        done.skipped.count(reason, n)
    applied = set(done.label_ids)
    store.note_loaded(
        trip,
        [
            replace(change.sent, loaded=change.state, load_key=done.restore_key)
            for change in comparison.to_apply
            if str(change.label_id) in applied
        ],
    )
    store.note_loaded(trip, comparison.agreed)
    return done


class _Loading(RawLabels):
    """Applies changes to labels that are as they were compared."""

    name = "cvat"

    def __init__(
        self,
        samples: foc.SampleCollection,
        field: LabelField,
        planned: dict[ObjectId, list[Change]],
    ) -> None:
        super().__init__(samples, field)
        self._planned = planned

    def confirm(self, sample_ids: Sequence[ObjectId]) -> Confirmed:
        """Returns the labels that nobody has edited since they were compared."""
        confirmed = Confirmed(
            {},
            {},
            {_id: Counter({GONE: len(self._planned[_id])}) for _id in sample_ids},
        )
        for sample_id, stamp, labels in self.read(list(sample_ids)):
            now = _by_id(labels)
            planned = self._planned[sample_id]
            still = [c.label_id for c in planned if now.get(c.label_id) == c.before]
            confirmed.dropped[sample_id] = Counter({EDITED: len(planned) - len(still)})
            if still:
                confirmed.labels[sample_id] = still
                confirmed.stamps[sample_id] = stamp
        return confirmed

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[SampleEntries], list[ObjectId]]:
        ids = list(confirmed.labels)
        holders = lists.read(self._samples, self._field, ids)
        prepared = []
        stale = set(ids)
        for sample_id, stamp, labels in self.read(ids):
            wanted = set(confirmed.labels[sample_id])
            if stamp != confirmed.stamps[sample_id] or sample_id not in holders:
                continue
            stale.discard(sample_id)
            held = holders[sample_id]
            holder = held["holder"] if held["labels"] is None else "object"
            if holder == "object" and held["labels"] is None:
                holder = "no list"
            changes = [c for c in self._planned[sample_id] if c.label_id in wanted]
            entries = list(_entries(changes, dict(labels), holder))
            order = order_of(label.get("_id") for _, label in labels)
            prepared.append(SampleEntries(sample_id, order, entries))
        return prepared, list(stale)

    def updates(self, samples: Sequence[SampleEntries]) -> Iterator[updates.Update]:
        return updates.load_updates(self._field, samples)

    def happened(self, samples: Sequence[SampleEntries]) -> set[ObjectId]:
        """Returns the samples whose labels are as the changes make them."""
        found = self.read([part.sample_id for part in samples])
        now = {sample_id: _by_id(labels) for sample_id, _, labels in found}
        return {
            part.sample_id
            for part in samples
            if part.sample_id in now
            and all(
                now[part.sample_id].get(entry.label_id)
                == (None if isinstance(entry, Removed) else bytes(entry.after.raw))
                for entry in part.entries
                if isinstance(entry, (Removed, Replaced, Added))
            )
        }


def _by_id(labels: Sequence[tuple[int, Any]]) -> dict[Any, bytes]:
    found: dict[Any, bytes] = {}
    for _, label in labels:
        label_id = label.get("_id")
        found[label_id] = b"" if label_id in found else bytes(label.raw)
    return found


def _entries(
    changes: Sequence[Change], labels: dict[int, Any], holder: str
) -> Iterator[Removed | Replaced | Added]:
    """Yields what is put on record; what is added first, so that it goes first."""
    place = {label.get("_id"): k for k, label in labels.items()}
    for change in changes:
        if change.before is None and change.after is not None:
            yield Added(change.label_id, raw_bytes(change.after), holder)
    for change in changes:
        if change.before is None:
            continue
        k = place[change.label_id]
        if change.after is None:
            yield Removed(change.label_id, k, labels[k])
        else:
            yield Replaced(change.label_id, labels[k], raw_bytes(change.after))
