"""The part of a plan that still holds, checked right before labels are changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import fiftyone.core.collections as foc
from bson import ObjectId

from ..reading.columns import NO_STAMP, Block
from ..reading.fingerprint import document_hashes
from ..reading.raw.ids import to_object_ids, to_strings
from ..reading.read import read_stored
from ..scans import freshness
from ..scans.blocks.block import to_stored
from ..scans.blocks.compare import compare_collection
from ..scans.decisions import as_stored
from ..scans.plans import Plan, Removal

CHANGED = "is changed or deleted since the scan"
APART = "does not overlap the other label enough where it is stored"


@dataclass(frozen=True)
class Confirmed:
    """Labels to write to, as they are now.

    Attributes:
        labels: label ids by sample id
        stamps: ``last_modified_at`` of each of these samples, in milliseconds
        dropped: how many labels of a sample are skipped, by reason
        edited: those of these samples whose labels are not what a scan saw; None if
            this was not looked up
    """

    labels: dict[ObjectId, list[ObjectId]]
    stamps: dict[ObjectId, int]
    dropped: dict[ObjectId, Counter[str]]
    edited: set[ObjectId] | None = None


Check = Callable[[Sequence[ObjectId]], Confirmed]
"""Returns the labels of some samples to change."""


def confirm(
    samples: foc.SampleCollection,
    plan: Plan,
    document_ids: Sequence[ObjectId],
    merges_all: bool = False,
) -> Confirmed:
    """Returns the part of a plan that still holds.

    A sample whose labels are what they were keeps its part of the plan. One
    whose labels were edited is scanned again, and keeps the planned labels that would
    be removed now as well. A label to merge must also be merged into the same label as
    planned. Labels are read as the scan read them: in its view, of its slices, as its
    kind.

    Args:
        samples: the dataset, or a view of it
        plan: the plan
        document_ids: the samples to look at
        merges_all (False): whether all labels are merged, not only those that a verdict
            merges

    Returns:
        the :class:`Confirmed` labels
    """
    planned = {
        document_id: plan.label_ids[document_id]
        for document_id in document_ids
        if document_id in plan.label_ids
    }
    labels: dict[ObjectId, list[ObjectId]] = {}
    stamps = freshness.stamps_of(samples, list(planned), plan.on_frames)
    changed: list[ObjectId] = []
    edited: set[ObjectId] = set()
    for document_id, label_ids in planned.items():
        if stamps.get(document_id) == plan.seen[str(document_id)][0] != NO_STAMP:
            labels[document_id] = list(label_ids)
        elif document_id in stamps:
            changed.append(document_id)

    for block, removed in _read_again(samples, plan, changed):
        hashes = document_hashes(block).tolist()
        for k, document_id in enumerate(to_object_ids(block.document_ids)):
            stamps[document_id] = int(block.stamps[k])
            still = list(planned[document_id])
            if hashes[k] != plan.seen[str(document_id)][1]:
                edited.add(document_id)
                removals = plan.by_document[str(document_id)]
                still = _still_removed(removals, removed, merges_all)
            # a view may hold a sample twice, with other labels each time
            still += labels.get(document_id, [])
            if still:
                labels[document_id] = list(dict.fromkeys(still))

    dropped: defaultdict[ObjectId, Counter[str]] = defaultdict(Counter)
    for document_id, label_ids in planned.items():
        n_dropped = len(label_ids) - len(labels.get(document_id, ()))
        if n_dropped:
            dropped[document_id][CHANGED] = n_dropped
    if plan.label_changes:
        _drop_apart(samples, plan, labels, dropped)
    return Confirmed(labels, {s: stamps[s] for s in labels}, dropped, edited)


def _still_removed(
    removals: Sequence[Removal], removed: Mapping[str, str | None], merges_all: bool
) -> list[ObjectId]:
    """Returns the labels of an edited sample that are removed now as well.

    Args:
        removals: what the plan removes of it
        removed: the labels that are removed now, with the partner of each
        merges_all: whether all of them are merged into their partners
    """
    return [
        ObjectId(one.label_id)
        for one in removals
        if one.label_id in removed
        and (not (merges_all or one.merges) or removed[one.label_id] == one.partner_id)
    ]


def _drop_apart(
    samples: foc.SampleCollection,
    plan: Plan,
    labels: dict[ObjectId, list[ObjectId]],
    dropped: defaultdict[ObjectId, Counter[str]],
) -> None:
    """Drops labels that overlap their partner only in the view that was scanned."""
    scanned = plan.scan(samples)
    view = scanned.view() if scanned.view_stored else None
    decoder = scanned.decoder()
    decider = scanned.decider_by(plan.params, decoder.classes.names)
    found = as_stored.find_pairs(samples, view, decider, decoder, list(labels))
    for document_id, label_ids in list(labels.items()):
        apart = set()
        for removal in plan.by_document[str(document_id)]:
            label_id = ObjectId(removal.label_id)
            partner = removal.partner_id and ObjectId(removal.partner_id).binary
            if not found.overlap(label_id.binary, partner):
                apart.add(label_id)
        still = [label_id for label_id in label_ids if label_id not in apart]
        if len(still) < len(label_ids):
            dropped[document_id][APART] += len(label_ids) - len(still)
            labels[document_id] = still
        if not still:
            del labels[document_id]


class Remainder(NamedTuple):
    """The part of a plan that would be carried out now.

    Attributes:
        plan: the plan of the labels that are left
        dropped: how many others there are, by reason
        edited: the samples, or frames, of the plan whose labels may not be what the
            scan saw
    """

    plan: Plan
    dropped: Counter[str]
    edited: set[ObjectId]


def remainder(
    samples: foc.SampleCollection, plan: Plan, check: Check | None = None
) -> Remainder:
    """Returns the part of a plan that would be carried out now, and why not all.

    Args:
        samples: the dataset, or a view of it
        plan: the plan
        check (None): confirms the labels; :func:`confirm` by default

    Returns:
        a :class:`Remainder`
    """
    held_by = list(plan.label_ids)
    confirmed = check(held_by) if check else confirm(samples, plan, held_by)
    dropped = sum(confirmed.dropped.values(), Counter())
    seen = {
        str(document_id): plan.seen[str(document_id)]
        for document_id in confirmed.labels
    }
    edited = confirmed.edited
    if edited is None:
        stamps = confirmed.stamps.items()
        edited = {k for k, at in stamps if not at == seen[str(k)][0] != NO_STAMP}
    if not dropped:
        return Remainder(plan, dropped, edited)
    left = {str(label) for ids in confirmed.labels.values() for label in ids}
    removals = [removal for removal in plan.removals if removal.label_id in left]
    return Remainder(replace(plan, removals=removals, seen=seen), dropped, edited)


def _read_again(
    samples: foc.SampleCollection,
    plan: Plan,
    document_ids: Sequence[ObjectId],
) -> Iterator[tuple[Block, Mapping[str, str | None]]]:
    """Yields samples of a plan as they are now, with the labels to remove now.

    Each label comes with its partner.

    If the scan's view is not stored, its present content is not known, and no label
    of an edited sample is removed.
    """
    if not document_ids:
        return
    scanned = plan.scan(samples)
    decoder = scanned.decoder()
    if not scanned.view_stored:
        for block in read_stored(samples, decoder, document_ids):
            yield block, {}
        return
    decider = scanned.decider_by(plan.params, decoder.classes.names)
    for part in compare_collection(
        scanned.view(),
        plan.params,
        decoder,
        document_ids=document_ids,
        min_iou=scanned.params.min_iou,
    ):
        block = to_stored(part, decoder.classes.names)
        decided, ids = decider.decide(block).decided, to_strings(block.label_ids)
        rows = zip(decided.labels.tolist(), decided.partner.tolist())
        yield (
            part.block,
            {ids[k]: ids[partner] if partner >= 0 else None for k, partner in rows},
        )
