"""The labels and pairs of a block that its cost depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.decisions.cost import CostTally
from ....iou_core.decisions.likelihood import Likelihoods
from ....iou_core.decisions.likelihood.cells import LOWEST
from ....iou_core.pairs import Pairs
from ...scans.blocks.block import StoredBlock
from ...scans.decisions.decider import Decider


@dataclass(frozen=True)
class Counted:
    """``N`` labels of a block, and the pairs among them that count.

    Attributes:
        pairs: the pairs that may be one object, or are a reason to remove a label
        classes: ``(N,)`` the class number of each label
        boxes: ``(N, 4)``
        image: ``(N,)``
        removed: ``(N, T)`` which labels each cut removes
        sure: ``(N,)`` those whose removal a person decided; None for none at all
    """

    pairs: Pairs
    classes: Ints
    boxes: Floats
    image: Ints
    removed: Bools
    sure: Bools | None

    @classmethod
    def of(cls, block: StoredBlock, decider: Decider, removed: Bools) -> Counted:
        """Returns the labels and pairs of a block.

        Args:
            block: the block
            decider: what decides which pairs count
            removed: ``(N, T)`` which labels each cut removes
        """
        values = decider.values(block)
        counts = block.pairs.decides if values is None else values >= 0
        gone = removed.any(axis=1)
        near = (block.pairs.iou > LOWEST) | gone[block.pairs.i] | gone[block.pairs.j]
        fates = decider.verdicts.fates(block, decider.two_fields)
        return cls(
            block.pairs.select(np.flatnonzero(counts & near)),
            block.classes,
            block.boxes,
            block.image.astype(np.int64),
            removed,
            None if fates is None else fates.removed,
        )

    def without_others(self) -> Counted:
        """Returns the same without labels that are neither removed nor in a pair."""
        used = self.removed.any(axis=1)
        used[self.pairs.i] = used[self.pairs.j] = True
        place = np.cumsum(used, dtype=np.int32) - 1
        return Counted(
            replace(self.pairs, i=place[self.pairs.i], j=place[self.pairs.j]),
            self.classes[used],
            self.boxes[used],
            self.image[used],
            self.removed[used],
            None if self.sure is None else self.sure[used],
        )

    def add_to(
        self, tally: CostTally, model: Likelihoods, missable: Bools | None = None
    ) -> None:
        """Adds the labels to a sum of costs.

        Args:
            tally: the sum
            model: the likelihood model
            missable (None): ``(N,)`` the labels that count as missed; by default all
        """
        likelihood = model.likelihood(self.pairs, self.classes, self.boxes)
        tally.add(self.pairs, likelihood, self.image, self.removed, self.sure, missable)


def add(
    tally: CostTally,
    block: StoredBlock,
    decider: Decider,
    model: Likelihoods,
    removed: Bools,
    classes: Sequence[str | None] | None,
) -> None:
    """Adds a stored block to a sum of costs; only some classes count as missed."""
    missable = None if classes is None else of_classes(block, classes)
    Counted.of(block, decider, removed).add_to(tally, model, missable)


def of_classes(block: StoredBlock, classes: Sequence[str | None]) -> Bools:
    """Returns which labels of a block are of some classes."""
    numbers = [k for k, name in enumerate(block.names) if name in classes]
    return np.isin(block.classes, numbers)
