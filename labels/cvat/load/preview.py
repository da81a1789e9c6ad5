"""The preview of a load: the changes that it would make."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import CvatError
from ...edits.delete import RawLabels
from ...edits.journal.journal import restored_keys
from ...fields import require_writable
from ...plurals import counted
from ..server.session import Client
from ..shapes import attributes
from ..trips import store
from ..trips.download import FRAME_GONE, TASK_GONE, Download, download
from ..trips.records import Image, Sent, Trip
from ..trips.remaining import Changes, count_duplicates, count_emptied
from .changes import DELETED, Comparison, LabelChange, by_sample
from .three_way import Comparer

_SAMPLES = 500  # samples compared at once


@dataclass(frozen=True)
class Preview:
    """The changes that a load would make.

    Attributes:
        trip: the trip
        comparison: the comparison with CVAT
        jobs: the number of jobs of the trip
        done: the number of completed jobs
        still_duplicate: the number of labels of its samples that would still be
            duplicates
        emptied: the number of objects that would lose every label
        digest: identifies this preview
        stamps: the date and state of each job that was downloaded, by id
    """

    trip: Trip
    comparison: Comparison
    jobs: int
    done: int
    still_duplicate: int
    emptied: int
    digest: str
    stamps: Mapping[int, Any]

    @property
    def deleted(self) -> int:
        """The number of labels that were sent and would be deleted."""
        return sum(change.kind == DELETED for change in self.comparison.to_apply)

    @property
    def mass_words(self) -> str | None:
        """The deletions that the user must allow, in words; None if there are none.

        The user must allow a load that deletes more than half of the labels that were
        sent, or labels whose class no longer exists in CVAT.
        """
        words = [
            f"the class {name!r} is gone in CVAT: {counted(n, 'label')}"
            for name, n in sorted(self.comparison.classes_gone.items())
        ]
        expected = self.comparison.expected
        if 2 * self.deleted > expected:
            n = counted(expected, "label")
            words.insert(0, f"{self.deleted:,} of the {n} sent would be deleted")
        return "; ".join(words) or None

    @property
    def emptied_words(self) -> str:
        """The number of objects that would lose every label, in words."""
        return f"{counted(self.emptied, 'object')} would lose every label"

    def to_dict(self, most: int = 1000) -> dict[str, Any]:
        """Returns the preview, ready for JSON.

        Args:
            most (1000): the largest number of changes to list
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
            "skipped": {
                "count": skipped.total(),
                "reasons": dict(skipped),
                "labels": list(self.comparison.skipped_labels[:most]),
            },
            "changes": [change.to_dict() for change in changes[:most]],
            "to_apply": len(self.comparison.to_apply),
            "emptied": self.emptied,
            "mass_deletion": self.mass_words,
            "digest": self.digest,
        }


def preview_of(samples: foc.SampleCollection, client: Client, trip: Trip) -> Preview:
    """Returns the changes that a load would make, without writing anything.

    Args:
        samples: the dataset, or a view of it
        client: the client
        trip: the trip

    Raises:
        CvatError: if its tasks were deleted, or the type of an attribute has changed
    """
    taken = attributes.of_trip(trip.attributes)
    field = require_writable(samples, trip["field"])
    attributes.require_as_sent(samples, field, taken)
    images = store.images(trip)
    held = download(client, trip, store.sizes_of(images), taken)
    if held.gone and held.gone == set(trip["task_ids"]):
        raise CvatError(
            "tasks in CVAT (discard the trip; no label is changed)",
            "deleted tasks",
            "anno_key",
        )
    comparison = _compare(samples, trip, images, held)
    changes = _labels_after(comparison.to_apply)
    added = _labels_after(c for c in comparison.to_apply if c.before is None)
    return Preview(
        trip,
        comparison,
        held.jobs,
        held.done,
        count_duplicates(samples, trip, changes),
        count_emptied(samples, trip, changes, added),
        _digest(comparison),
        held.stamps,
    )


def _labels_after(changes: Iterable[LabelChange]) -> Changes:
    """Returns the new labels of samples, by their ids."""
    return {
        sample_id: [(change.label_id, change.with_mask) for change in some]
        for sample_id, some in by_sample(changes)
    }


def _compare(
    samples: foc.SampleCollection, trip: Trip, images: Sequence[Image], held: Download
) -> Comparison:
    field = require_writable(samples, trip["field"])
    taken = attributes.of_trip(trip.attributes)
    comparer = Comparer(
        trip.id,
        field.document,
        taken,
        held.tracked,
        held.covered,
        trip.rotation_unit,
    )
    for reason, n in held.skipped.items():
        comparer.skip(reason, n)
    raw = RawLabels(samples, field)
    undone = restored_keys(trip["loads"])
    for k in range(0, len(images), _SAMPLES):
        chunk = images[k : k + _SAMPLES]
        ids = [image.sample_id for image in chunk]
        sent = store.sent(trip, ids)
        labels = _labels(raw, ids)
        for image in chunk:
            here = labels.get(image.sample_id, {})
            own = [
                _without_undone_load(one, here, undone) for one in sent[image.sample_id]
            ]
            left = _skip_reason(image, held)
            if left is not None:
                comparer.leave(image, own, left)
                continue
            shapes = held.shapes.get((image.task_id, image.frame), [])
            comparer.add(image, own, shapes, here, held.classes.get(image.task_id))
    return comparer.result()


def _without_undone_load(
    one: Sent, here: dict[ObjectId, bytes], undone: Collection[str]
) -> Sent:
    """Returns the stored record of a label, without a load that was undone.

    An interrupted load may have recorded a label that a later load wrote; undoing it
    also restores that label.
    """
    held = None if one.label_id is None else here.get(one.label_id)
    is_as_sent = held is not None and held == one.sent.label
    if one.load_key is None or not (one.load_key in undone or is_as_sent):
        return one
    return replace(one, loaded=None, load_key=None)


def _skip_reason(image: Image, held: Download) -> str | None:
    if image.task_id in held.gone:
        return TASK_GONE
    if (image.task_id, image.frame) in held.removed:
        return FRAME_GONE
    return None


def _labels(
    raw: RawLabels, sample_ids: list[ObjectId]
) -> dict[ObjectId, dict[ObjectId, bytes]]:
    """Returns the labels of samples; labels that share an id have empty bytes."""
    found: dict[ObjectId, dict[ObjectId, bytes]] = {}
    for now in raw.read(sample_ids):
        own = found.setdefault(now.document_id, {})
        for label_id, label in zip(now.ids, now.labels):
            if not isinstance(label_id, ObjectId):
                continue
            own[label_id] = b"" if label_id in own else bytes(label.raw)
    return found


def _digest(comparison: Comparison) -> str:
    digest = hashlib.sha256()
    for change in comparison.changes:
        digest.update(change.kind.encode())
        digest.update(change.label_id.binary)
        digest.update(change.after or b"-")
    return digest.hexdigest()[:16]
