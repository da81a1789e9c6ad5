"""The verdicts of people about the labels and groups of blocks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ....iou_core.arrays import Bools
from ....iou_core.pairs import Pairs
from ...reading.raw.ids import IdSet, to_bytes
from ...scans.blocks.block import StoredBlock
from ...scans.decisions.verdict_kinds import Verdict
from ..graph import Graph


class GroupVerdicts:
    """Verdicts, to be asked about block after block.

    Args:
        found: the verdicts
    """

    def __init__(self, found: Iterable[Verdict]) -> None:
        self._by_key = {verdict.key: verdict for verdict in found}
        every = self._by_key.values()
        named = {label_id.binary for one in every for label_id in one.label_ids}
        removed = {label_id.binary for one in every for label_id in one.removed}
        self._named = IdSet(named)
        self._removed = IdSet(removed)

    def __len__(self) -> int:
        return len(self._by_key)

    def removed(self, block: StoredBlock) -> Bools:
        """Returns which labels of a block people removed."""
        return self._removed.among(block.label_ids)

    def judged(self, block: StoredBlock, pairs: Pairs) -> Bools:
        """Returns which pairs of a block have a verdict."""
        named = self._named.among(block.label_ids)
        has = np.zeros(len(pairs), dtype=np.bool_)
        rows = np.flatnonzero(named[pairs.i] & named[pairs.j])
        if len(rows):
            ids = to_bytes(block.label_ids)
            both = zip(pairs.i[rows].tolist(), pairs.j[rows].tolist())
            keys = (b"".join(sorted((ids[i], ids[j]))) for i, j in both)
            has[rows] = [key in self._by_key for key in keys]
        return has

    def settled(self, block: StoredBlock, pairs: Pairs) -> Bools:
        """Returns which pairs of a block leave nothing to decide.

        They have a verdict, or another one removes one of their labels.
        """
        gone = self.removed(block)
        return self.judged(block, pairs) | gone[pairs.i] | gone[pairs.j]

    def decided(self, block: StoredBlock, graph: Graph) -> Bools:
        """Returns which groups of a block are decided: each of their pairs is."""
        decided = np.ones(len(graph.best), dtype=np.bool_)
        decided[graph.group[~self.settled(block, graph.pairs)]] = False
        return decided
