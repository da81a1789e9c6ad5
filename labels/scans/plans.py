"""Plans: the labels of a stored scan to remove, and the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ...iou_core.arrays import Ints
from ...iou_core.decisions.reasons import NOT_SELECTED, REMOVED_TOO, Reason
from ...iou_core.pairs import Pairs
from ...iou_core.params import FindParams
from ..fields import FRAMES
from ..reading.places import find_places
from ..reading.raw.ids import to_strings
from . import stored
from .blocks.block import StoredBlock
from .decisions.decider import Decider
from .decisions.presence import require_present


@dataclass(frozen=True)
class Removal:
    """One label to remove, and the reason.

    Attributes:
        sample_id: its sample
        label_id: the label
        class_name: its class; None if it has none
        iou: its IoU with the label below
        partner_id: the label it overlaps most, of those that are kept if there is
            one; None where the pair was not kept
        reason: why that label is kept and this one is not, if it is
        frame_number: the number of its frame; None for labels of samples
        frame_id: its frame; None for labels of samples
        by_verdict: whether a verdict removes it
        merges: whether that verdict merges it into its partner
        mask_iou: the IoU of their masks; None unless the scan compared both
    """

    sample_id: str
    label_id: str
    class_name: str | None
    iou: float
    partner_id: str | None
    reason: Reason
    frame_number: int | None = None
    frame_id: str | None = None
    by_verdict: bool = False
    merges: bool = False
    mask_iou: float | None = None

    @property
    def document_id(self) -> str:
        """The id of the stored document that holds the label: sample or frame."""
        return self.frame_id or self.sample_id

    @property
    def kept_id(self) -> str | None:
        """The label that is kept instead; None where no label that it overlaps is."""
        return self.partner_id if self.reason.names_kept else None

    def to_dict(self) -> dict[str, Any]:
        """Returns the removal, ready for JSON."""
        return {
            **vars(self),
            "kept_label_id": self.kept_id,
            "reason": str(self.reason),
            "rule": self.reason.rule,
        }


@dataclass(frozen=True)
class Plan:
    """The labels of a scan to remove; nothing is written yet.

    Attributes:
        scan_key: the scan
        params: its parameters, with the threshold and method of this plan
        removals: the labels to remove, in the order of the scan
        seen: the stamp and the hash of every sample, or frame, that loses a
            label, as they were when it was scanned
        label_changes: the stages of the scanned view that may change labels, as
            texts; labels are written to as they are stored
        opened: the scan as the plan was made from it; None in a worker
    """

    scan_key: str
    params: FindParams
    removals: list[Removal]
    seen: dict[str, tuple[int, int]] = field(repr=False)
    label_changes: Sequence[str] = ()
    opened: stored.Scan | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.removals)

    @property
    def on_frames(self) -> bool:
        """Whether the labels are those of a video's frames."""
        return self.params.label_field.startswith(FRAMES)

    @property
    def by_class(self) -> dict[str | None, int]:
        """The number of removed labels by class, the largest number first."""
        return dict(Counter(r.class_name for r in self.removals).most_common())

    @property
    def by_verdicts(self) -> int:
        """The number of labels that verdicts remove."""
        return sum(removal.by_verdict for removal in self.removals)

    @cached_property
    def by_document(self) -> dict[str, list[Removal]]:
        """The removals by the id of the document, sample or frame, of their label."""
        found: dict[str, list[Removal]] = {}
        for removal in self.removals:
            found.setdefault(removal.document_id, []).append(removal)
        return found

    @cached_property
    def label_ids(self) -> dict[ObjectId, list[ObjectId]]:
        """The ids of the labels by that of their document, in the order of the scan."""
        return {
            ObjectId(document_id): [ObjectId(one.label_id) for one in some]
            for document_id, some in self.by_document.items()
        }

    def scan(self, samples: foc.SampleCollection) -> stored.Scan:
        """Returns the scan of some samples, which a plan of them holds opened.

        Raises:
            ScanError: if it has to be opened, and there is no such scan
        """
        if self.opened is not None and self.opened.samples is samples:
            return self.opened
        return stored.open_scan(samples, self.scan_key)

    @property
    def reasons(self) -> dict[str, tuple[Reason, str | None]]:
        """By label id, why a label is removed, and the label that is kept, if any."""
        return {r.label_id: (r.reason, r.kept_id) for r in self.removals}


def plan(
    samples: foc.SampleCollection,
    scan_key: str,
    iou_thresh: float | None = None,
    method: str | None = None,
    classes: Sequence[str | None] | None = None,
    keep: Sequence[str] | str | None = None,
    metric: str | None = None,
    classwise: bool | None = None,
    only_judged: bool = False,
    scan: stored.Scan | None = None,
) -> Plan:
    """Decides which labels of a stored scan are removed.

    The present verdicts, and the present rules of class pairs, apply.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        iou_thresh (None): another threshold than the scan's
        method (None): another method than the scan's
        classes (None): of the labels to remove, only those of these classes;
            None among them stands for labels without a class
        keep (None): other keep rules than the scan's
        metric (None): another metric than the scan's
        classwise (None): True to count only pairs of labels of the same class
        only_judged (False): whether only labels that a verdict removes are taken
        scan (None): the scan, if it is open already

    Returns:
        a :class:`Plan`

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if one of the parameters cannot be used
    """
    scan = scan or stored.open_scan(samples, scan_key)
    decider = scan.decider(
        iou_thresh=iou_thresh,
        method=method,
        keep=keep,
        metric=metric,
        classwise=classwise,
    )
    params, names = decider.params, scan.class_names
    require_present(samples, params, names)
    wanted = None if classes is None else set(classes)
    removals: list[Removal] = []
    seen: dict[str, tuple[int, int]] = {}
    for block in scan.blocks():
        stamps = scan.trusted_stamps(block.stamps)
        for removal, sample in _removals(block, decider, names):
            if only_judged and not removal.by_verdict:
                continue
            if wanted is None or removal.class_name in wanted:
                removals.append(removal)
                seen[removal.document_id] = (
                    int(stamps[sample]),
                    int(block.hashes[sample]),
                )
    if wanted is not None:
        removals = _restricted(removals)
    placed = _placed(samples, params, removals)
    return Plan(scan_key, params, placed, seen, scan.label_changes, scan)


def _restricted(removals: list[Removal]) -> list[Removal]:
    """Returns the removals of some classes; the labels of other ones are kept."""
    removed = {removal.label_id for removal in removals}
    return [
        replace(removal, reason=Reason(NOT_SELECTED))
        if removal.reason.rule == REMOVED_TOO and removal.partner_id not in removed
        else removal
        for removal in removals
    ]


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


def _removals(
    block: StoredBlock, decider: Decider, names: list[str | None]
) -> Iterator[tuple[Removal, int]]:
    decision = decider.decide(block)
    decided = decision.decided
    if not len(decided.labels):
        return
    samples = block.image[decided.labels]
    rows = zip(
        samples.tolist(),
        to_strings(block.document_ids[samples]),
        decided.labels.tolist(),
        to_strings(block.label_ids[decided.labels]),
        block.classes[decided.labels].tolist(),
        _partners(block, decided.partner),
        decided.iou.tolist(),
        decision.reasons,
        _mask_ious(block.pairs, decided.labels, decided.partner),
    )
    for sample, owner, row, label, number, partner, iou, reason, mask_iou in rows:
        fate = decision.fates.get(row)
        kept = None if fate is None else fate.survivor
        yield (
            Removal(
                owner,
                label,
                names[number],
                iou,
                partner or (kept and str(kept)),
                reason,
                by_verdict=fate is not None,
                merges=fate is not None and fate.merges and not decider.two_fields,
                mask_iou=mask_iou,
            ),
            sample,
        )


def _partners(block: StoredBlock, rows: Ints) -> list[str | None]:
    """Returns the ids of partners by their rows; None where there is none."""
    has_one = (rows >= 0).tolist()
    ids = to_strings(block.label_ids[rows])
    return [one if has else None for one, has in zip(ids, has_one)]


def _mask_ious(pairs: Pairs, labels: Ints, partners: Ints) -> list[float | None]:
    """Returns the IoU of the masks of each label and its partner; None if unknown."""
    if pairs.mask_iou is None:
        return [None] * len(labels)
    known = pairs.select(~np.isnan(pairs.mask_iou))
    found = dict(zip(zip(known.i.tolist(), known.j.tolist()), known.mask_ious()))
    ends = np.minimum(labels, partners), np.maximum(labels, partners)
    return [found.get(pair) for pair in zip(*(end.tolist() for end in ends))]
