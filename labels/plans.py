"""What a stored scan would remove, and whether that still holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ..iou_core.errors import ScanError
from ..iou_core.params import FindParams
from . import scan_blocks, scans
from .bson_columns import LabelDecoder
from .columns import NO_STAMP, to_bytes, to_object_ids, to_strings
from .decide import Decider, with_params
from .fields import FRAMES
from .find import class_name
from .fingerprint import sample_hashes
from .places import find_places
from .read import read_stored
from .scan import Scanned, decoder_for, scan
from .stored_block import StoredBlock, to_stored

CHANGED = "is no duplicate any more, or is gone, since its sample was edited"


@dataclass(frozen=True)
class Removal:
    """One label that would go, and why.

    Attributes:
        sample_id: its sample
        label_id: the label
        class_name: its class
        iou: its IoU with the label below
        partner_id: the label it overlaps most, of those that stay if there is
            one; None where the pair was not kept
        reason: why that label is kept and this one is not
        frame_number: the number of its frame; None for labels of samples
        frame_id: its frame; None for labels of samples
    """

    sample_id: str
    label_id: str
    class_name: str
    iou: float
    partner_id: str | None
    reason: str
    frame_number: int | None = None
    frame_id: str | None = None

    @property
    def holder_id(self) -> str:
        """The id of the stored document that holds the label: sample or frame."""
        return self.frame_id or self.sample_id


@dataclass(frozen=True)
class Plan:
    """Which labels of a scan would go; nothing is written yet.

    Attributes:
        scan_key: the scan
        params: its parameters, with the threshold and method of this plan
        removals: the labels that would go, in the order of the scan
        seen: the stamp and the hash of every sample, or frame, that loses a
            label, as they were when it was scanned
    """

    scan_key: str
    params: FindParams
    removals: list[Removal]
    seen: dict[str, tuple[int, int]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.removals)

    @property
    def by_class(self) -> dict[str, int]:
        """How many labels of each class would go, most first."""
        return dict(Counter(r.class_name for r in self.removals).most_common())

    @cached_property
    def by_holder(self) -> dict[str, list[str]]:
        """The labels that would go, by the sample, or frame, that holds them."""
        labels: dict[str, list[str]] = {}
        for removal in self.removals:
            labels.setdefault(removal.holder_id, []).append(removal.label_id)
        return labels

    @property
    def reasons(self) -> dict[str, tuple[str, str | None]]:
        """By label id, why a label would go, and the label that is kept."""
        return {r.label_id: (r.reason, r.partner_id) for r in self.removals}

    def to_dict(self) -> dict[str, Any]:
        """Returns the plan, ready for JSON."""
        return {
            "scan_key": self.scan_key,
            "params": self.params.to_dict(),
            "count": len(self.removals),
            "samples": len({removal.sample_id for removal in self.removals}),
            "by_class": self.by_class,
            "removals": [vars(removal) for removal in self.removals],
        }


def plan(
    samples: foc.SampleCollection,
    scan_key: str,
    iou_thresh: float | None = None,
    method: str | None = None,
    classes: Sequence[str | None] | None = None,
    keep: Sequence[str] | str | None = None,
    metric: str | None = None,
) -> Plan:
    """Decides which labels of a stored scan would go.

    Verdicts, and what holds for pairs of classes, are those of now.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        iou_thresh (None): another threshold than the scan's
        method (None): another method than the scan's
        classes (None): of the labels that would go, only those of these classes;
            None among them stands for labels without a class
        keep (None): other keep rules than the scan's
        metric (None): another metric than the scan's

    Returns:
        a :class:`Plan`

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if one of the parameters cannot be used
    """
    config = scans.load(samples, scan_key)
    scanned = FindParams.parse(config["params"])
    changes = {
        "iou_thresh": iou_thresh,
        "method": method,
        "keep": keep,
        "metric": metric,
    }
    params = params_of_plan(scanned, **changes)
    names = scan_blocks.classes(config["scan_uuid"])["names"]
    decider = Decider(samples, params, names)
    wanted = None if classes is None else set(map(class_name, classes))
    removals: list[Removal] = []
    seen: dict[str, tuple[int, int]] = {}
    for block in scan_blocks.blocks(config["scan_uuid"]):
        for removal, sample in _removals(block, decider, names):
            if wanted is None or removal.class_name in wanted:
                removals.append(removal)
                seen[removal.holder_id] = (
                    int(block.stamps[sample]),
                    int(block.hashes[sample]),
                )
    return Plan(scan_key, params, _placed(samples, params, removals), seen)


def _placed(
    samples: foc.SampleCollection, params: FindParams, removals: list[Removal]
) -> list[Removal]:
    """Returns the removals of a video's frames with their sample and number."""
    if not params.label_field.startswith(FRAMES):
        return removals
    held_by = (removal.sample_id for removal in removals)
    places = find_places(samples, params.label_field, held_by)
    return [
        replace(removal, **places[removal.sample_id]._asdict()) for removal in removals
    ]


def params_of_plan(scanned: FindParams, **changes: object) -> FindParams:
    """Returns the parameters of a scan with some changed, if its pairs reach so low.

    Raises:
        ScanError: if the threshold is below what the scan knows
        ParamsError: if one of the parameters cannot be used
    """
    params = with_params(scanned, **changes)
    if params.iou_thresh < scanned.min_iou:
        raise ScanError(
            f"a threshold of at least {scanned.min_iou}, the lowest that it knows",
            str(params.iou_thresh),
            "iou_thresh",
        )
    return params


def _removals(
    block: StoredBlock, decider: Decider, names: list[str | None]
) -> Iterator[tuple[Removal, int]]:
    decision = decider.decide(block)
    decided = decision.decided
    if not len(decided.labels):
        return
    labels = to_strings(block.label_ids)
    owners = to_strings(block.sample_ids)
    rows = zip(
        decided.labels.tolist(),
        decided.partner.tolist(),
        decided.iou.tolist(),
        decision.reasons,
    )
    for label, partner, iou, reason in rows:
        sample = int(block.image[label])
        yield (
            Removal(
                owners[sample],
                labels[label],
                class_name(names[int(block.classes[label])]),
                iou,
                labels[partner] if partner >= 0 else None,
                reason,
            ),
            sample,
        )


@dataclass(frozen=True)
class Confirmed:
    """Labels to write to, as they are now.

    Attributes:
        labels: label ids by sample id
        stamps: ``last_modified_at`` of each of these samples, in milliseconds
        dropped: how many labels of a sample are left alone, by reason
    """

    labels: dict[ObjectId, list[ObjectId]]
    stamps: dict[ObjectId, int]
    dropped: dict[ObjectId, Counter[str]]


def confirm(
    samples: foc.SampleCollection, plan: Plan, sample_ids: Sequence[ObjectId]
) -> Confirmed:
    """Returns what of a plan still holds.

    A sample whose labels are what they were keeps its part of the plan. One
    whose labels were edited is scanned again, and those labels go that would
    go now as well.

    Args:
        samples: the dataset, or a view of it
        plan: the plan
        sample_ids: the samples to look at

    Returns:
        the :class:`Confirmed` labels
    """
    planned = _by_sample(plan, sample_ids)
    labels: dict[ObjectId, list[ObjectId]] = {}
    on_frames = plan.params.label_field.startswith(FRAMES)
    stamps = _stamps(samples, list(planned), on_frames)
    changed: list[ObjectId] = []
    for sample_id, label_ids in planned.items():
        if stamps.get(sample_id) == plan.seen[str(sample_id)][0] != NO_STAMP:
            labels[sample_id] = label_ids
        elif sample_id in stamps:
            changed.append(sample_id)

    for part, goes in _rescan(samples, plan, changed):
        hashes = sample_hashes(part.block).tolist()
        for k, sample_id in enumerate(to_object_ids(part.block.sample_ids)):
            stamps[sample_id] = int(part.block.stamps[k])
            still = planned[sample_id]
            if hashes[k] != plan.seen[str(sample_id)][1]:
                still = [label for label in still if label.binary in goes]
            if still:
                labels[sample_id] = still

    dropped = {sample_id: Counter() for sample_id in planned}
    for sample_id, label_ids in planned.items():
        n_dropped = len(label_ids) - len(labels.get(sample_id, ()))
        if n_dropped:
            dropped[sample_id][CHANGED] = n_dropped
    return Confirmed(labels, {s: stamps[s] for s in labels}, dropped)


def _rescan(
    samples: foc.SampleCollection,
    plan: Plan,
    sample_ids: Sequence[ObjectId],
) -> Iterator[tuple[Scanned, set[bytes]]]:
    """Yields samples of a plan as they are now, with the labels that would go.

    Nothing if that cannot be known.
    """
    if not sample_ids or not scans.load(samples, plan.scan_key)["view_stored"]:
        return
    decoder = decoder_for(samples, plan.params)
    decider = Decider(samples, plan.params, decoder.classes.names)
    for part in scan(
        scans.view_of(samples, plan.scan_key),
        plan.params,
        decoder,
        sample_ids=sample_ids,
        min_iou=plan.params.min_iou,
    ):
        block = to_stored(part, decoder.classes.names)
        yield part, set(to_bytes(block.label_ids[decider.decide(block).decided.labels]))


def _by_sample(
    plan: Plan, sample_ids: Sequence[ObjectId]
) -> dict[ObjectId, list[ObjectId]]:
    return {
        sample_id: [ObjectId(label_id) for label_id in plan.by_holder[str(sample_id)]]
        for sample_id in sample_ids
        if str(sample_id) in plan.by_holder
    }


def _stamps(
    samples: foc.SampleCollection, sample_ids: Sequence[ObjectId], on_frames: bool
) -> dict[ObjectId, int]:
    """Returns the stamps of the samples that still exist."""
    stamps: dict[ObjectId, int] = {}
    decoder = LabelDecoder([], on_frames=on_frames)
    for block in read_stored(samples, decoder, sample_ids):
        stamps.update(zip(to_object_ids(block.sample_ids), block.stamps.tolist()))
    return stamps
