"""What a stored scan would remove, and whether that still holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ..iou_core.errors import ScanError
from ..iou_core.params import FindParams
from ..iou_core.plan import decide
from . import scan_blocks, scans
from .bson_columns import LabelDecoder
from .columns import NO_STAMP, to_bytes, to_object_ids, to_strings
from .find import class_name
from .fingerprint import sample_hashes
from .read import read_stored
from .scan import Scanned, decide_part, decoder_for, scan

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
    """

    sample_id: str
    label_id: str
    class_name: str
    iou: float
    partner_id: str | None


@dataclass(frozen=True)
class Plan:
    """Which labels of a scan would go; nothing is written yet.

    Attributes:
        scan_key: the scan
        params: its parameters, with the threshold and method of this plan
        removals: the labels that would go, in the order of the scan
        seen: the stamp and the hash of every sample that loses a label, as
            they were when it was scanned
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

    def to_dict(self) -> dict[str, Any]:
        """Returns the plan, ready for JSON."""
        return {
            "scan_key": self.scan_key,
            "params": self.params.to_dict(),
            "count": len(self.removals),
            "samples": len(self.seen),
            "by_class": self.by_class,
            "removals": [vars(removal) for removal in self.removals],
        }


def plan(
    samples: foc.SampleCollection,
    scan_key: str,
    iou_thresh: float | None = None,
    method: str | None = None,
    classes: Sequence[str | None] | None = None,
) -> Plan:
    """Decides which labels of a stored scan would go.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        iou_thresh (None): another threshold than the scan's
        method (None): another method than the scan's
        classes (None): of the labels that would go, only those of these classes;
            None among them stands for labels without a class

    Returns:
        a :class:`Plan`

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if the threshold or the method cannot be used
    """
    config = scans.load(samples, scan_key)
    given = dict(config["params"])
    lowest = FindParams.parse(given).min_iou
    if iou_thresh is not None:
        given["iou_thresh"] = iou_thresh
    if method is not None:
        given["method"] = method
    params = FindParams.parse(given)
    if params.iou_thresh < lowest:
        raise ScanError(
            f"a threshold of at least {lowest}, the lowest that this scan knows",
            str(params.iou_thresh),
            "iou_thresh",
        )

    names = [
        class_name(name) for name in scan_blocks.classes(config["scan_uuid"])["names"]
    ]
    wanted = None if classes is None else set(map(class_name, classes))
    removals: list[Removal] = []
    seen: dict[str, tuple[int, int]] = {}
    for block in scan_blocks.blocks(config["scan_uuid"]):
        for removal, sample in _removals(block, params, names):
            if wanted is None or removal.class_name in wanted:
                removals.append(removal)
                seen[removal.sample_id] = (
                    int(block.stamps[sample]),
                    int(block.hashes[sample]),
                )
    return Plan(scan_key, params, removals, seen)


def _removals(
    block: scan_blocks.StoredBlock, params: FindParams, names: list[str]
) -> Iterator[tuple[Removal, int]]:
    decided = decide(
        block.pairs,
        block.earlier_iou,
        block.image.astype(np.int64),
        params.iou_thresh,
        params.method,
        block.truncated,
    )
    if not len(decided.labels):
        return
    labels = to_strings(block.label_ids)
    owners = to_strings(block.sample_ids)
    for label, partner, iou in zip(
        decided.labels.tolist(), decided.partner.tolist(), decided.iou.tolist()
    ):
        sample = int(block.image[label])
        yield (
            Removal(
                owners[sample],
                labels[label],
                names[int(block.classes[label])],
                iou,
                labels[partner] if partner >= 0 else None,
            ),
            sample,
        )


@dataclass(frozen=True)
class Confirmed:
    """Labels to write to, as they are now.

    Attributes:
        labels: label ids by sample id
        stamps: ``last_modified_at`` of each of these samples, in milliseconds
        dropped: how many labels are left alone, by reason
    """

    labels: dict[ObjectId, list[ObjectId]]
    stamps: dict[ObjectId, int]
    dropped: Counter[str]


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
    stamps = _stamps(samples, list(planned))
    changed: list[ObjectId] = []
    for sample_id, label_ids in planned.items():
        if stamps.get(sample_id) == plan.seen[str(sample_id)][0] != NO_STAMP:
            labels[sample_id] = label_ids
        elif sample_id in stamps:
            changed.append(sample_id)

    for part in _rescan(samples, plan, changed):
        hashes = sample_hashes(part.block).tolist()
        decided = decide_part(part, plan.params)
        goes = set(to_bytes(part.ids[decided.labels]))
        for k, sample_id in enumerate(to_object_ids(part.block.sample_ids)):
            stamps[sample_id] = int(part.block.stamps[k])
            still = planned[sample_id]
            if hashes[k] != plan.seen[str(sample_id)][1]:
                still = [label for label in still if label.binary in goes]
            if still:
                labels[sample_id] = still

    n_planned = sum(map(len, planned.values()))
    n_left = sum(map(len, labels.values()))
    dropped = Counter({CHANGED: n_planned - n_left} if n_left < n_planned else {})
    return Confirmed(labels, {s: stamps[s] for s in labels}, dropped)


def _rescan(
    samples: foc.SampleCollection, plan: Plan, sample_ids: Sequence[ObjectId]
) -> Iterator[Scanned]:
    """Yields samples of a plan as they are now; nothing if that cannot be known."""
    if not sample_ids or not scans.load(samples, plan.scan_key)["view_stored"]:
        return
    yield from scan(
        scans.view_of(samples, plan.scan_key),
        plan.params,
        decoder_for(plan.params),
        sample_ids=sample_ids,
        min_iou=plan.params.min_iou,
    )


def _by_sample(
    plan: Plan, sample_ids: Sequence[ObjectId]
) -> dict[ObjectId, list[ObjectId]]:
    wanted = {str(sample_id) for sample_id in sample_ids}
    labels: dict[ObjectId, list[ObjectId]] = {}
    for removal in plan.removals:
        if removal.sample_id in wanted:
            sample_id = ObjectId(removal.sample_id)
            labels.setdefault(sample_id, []).append(ObjectId(removal.label_id))
    return labels


def _stamps(
    samples: foc.SampleCollection, sample_ids: Sequence[ObjectId]
) -> dict[ObjectId, int]:
    """Returns the stamps of the samples that still exist."""
    stamps: dict[ObjectId, int] = {}
    for block in read_stored(samples, LabelDecoder([]), sample_ids):
        stamps.update(zip(to_object_ids(block.sample_ids), block.stamps.tolist()))
    return stamps
