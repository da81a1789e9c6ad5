"""Decisions about blocks, as data, and how those about parts of a block are joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ....iou_core.arrays import Floats, Ints
from ....iou_core.decisions.decide import Decided
from ....iou_core.decisions.judged import Fates
from ....iou_core.decisions.reasons import Reason
from ....iou_core.decisions.removals import Removals, graph_removals
from ....iou_core.overlaps import Overlaps
from ..blocks.block import StoredBlock
from .block_verdicts import Fate


@dataclass(frozen=True)
class Decision:
    """The labels of a block that are removed, and the reasons.

    Attributes:
        decided: the :class:`....iou_core.decisions.decide.Decided`
        explain: makes the reasons, which mere counts do without
        fates: of the labels that a verdict removes, the verdict and the survivor
    """

    decided: Decided
    explain: Callable[[], list[Reason]] = field(repr=False, compare=False)
    fates: dict[int, Fate] = field(default_factory=dict)

    @cached_property
    def reasons(self) -> list[Reason]:
        """For each removed label, why its partner is kept, if it is."""
        return self.explain()


class Part(NamedTuple):
    """Some samples of a block.

    Attributes:
        block: these samples
        labels: ``(L,)`` their labels, of those of the whole block
    """

    block: StoredBlock
    labels: Ints


def split(block: StoredBlock, fates: Fates) -> tuple[Part, Part]:
    """Returns the samples without labels that people removed or kept, and the others.

    Args:
        block: the block
        fates: what people decided about its labels
    """
    touched = np.zeros(len(block.document_ids), np.bool_)
    touched[block.image[fates.removed | fates.kept]] = True
    apart, judged = (
        Part(block.take(rows), block.labels_of(rows))
        for rows in (np.flatnonzero(~touched), np.flatnonzero(touched))
    )
    return apart, judged


def joined(parts: Sequence[tuple[Ints, Decision]]) -> Decision:
    """Returns one decision about a block of those about parts of it.

    Args:
        parts: the labels of each part, of those of the block, and the decision
    """
    labels = np.concatenate([own[found.decided.labels] for own, found in parts])
    partner = np.concatenate(
        [np.append(own, -1)[found.decided.partner] for own, found in parts]
    )
    iou = np.concatenate([found.decided.iou for _, found in parts])
    order = np.argsort(labels)

    def explain() -> list[Reason]:
        reasons = [reason for _, found in parts for reason in found.reasons]
        return [reasons[k] for k in order.tolist()]

    fates = {
        int(own[label]): fate
        for own, found in parts
        for label, fate in found.fates.items()
    }
    decided = Decided(labels[order], partner[order], iou[order])
    return Decision(decided, explain, fates)


def removals_of(
    block: StoredBlock,
    method: str,
    values: Floats | None = None,
    rank: Ints | None = None,
) -> Removals:
    """Returns at which thresholds a method removes which labels of a block."""
    nothing = np.zeros(0)
    overlaps = Overlaps(
        nothing,
        nothing.astype(np.int64),
        block.earlier_iou,
        block.pairs,
        block.truncated,
    )
    return graph_removals(overlaps, block.image.astype(np.int64), method, values, rank)
