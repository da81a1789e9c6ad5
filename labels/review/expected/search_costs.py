"""The expected cost of a search, computed while its blocks are in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ....iou_core.arrays import Ints
from ....iou_core.decisions.cost import CostTally
from ....iou_core.params import FindParams
from ...scans import stored
from ...scans.blocks.block import StoredBlock
from ...scans.decisions.decider import Decider
from ...scans.tally import Tally
from . import costs
from .cost_counts import Counted

MOST_PAIRS = 500_000
"""The largest number of pairs that are held. Of more, the stored scan is read."""


class SearchCosts:
    """The cost of what a search removes.

    The likelihoods are fitted when the search is over. Until then the pairs that count
    are held, which are few, so that no block is read again.
    """

    def __init__(self) -> None:
        self._held: list[tuple[Counted, Sequence[str | None]]] = []
        self._n_pairs = 0

    def see(self, block: StoredBlock, labels: Ints, decider: Decider) -> None:
        """Holds what counts of a block.

        Args:
            block: the block
            labels: its labels that are removed
            decider: what decided it
        """
        if self._n_pairs > MOST_PAIRS:
            return
        removed = np.zeros((len(block.label_ids), 1), np.bool_)
        removed[labels] = True
        counted = Counted.of(block, decider, removed).without_others()
        self._n_pairs += len(counted.pairs)
        self._held.append((counted, block.names))
        if self._n_pairs > MOST_PAIRS:
            self._held.clear()

    def cost(
        self, samples: foc.SampleCollection, params: FindParams, found: Tally
    ) -> dict[str, Any]:
        """Returns what :func:`.costs.of_labels` returns.

        Args:
            samples: the samples that were searched
            params: the parameters
            found: what was found, and stored as a scan
        """
        key = str(found.scan_key)
        if not self._held:
            # workers saw the blocks, or there are too many pairs
            return costs.of_labels(samples, key, params, found.label_ids)
        scan = stored.open_scan(samples, key)
        model, tally = scan.likelihood_model, CostTally(1)
        numbers = {name: number for number, name in enumerate(scan.class_names)}
        for counted, names in self._held:
            own = np.array([numbers.get(name, -1) for name in names], np.int64)
            replace(counted, classes=own[counted.classes]).add_to(tally, model)
        return costs.at(tally.costs(), 0)
