"""A scan that is opened for review, and the groups of its blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ....iou_core.arrays import Bools, Floats
from ...scans import stored
from ...scans.blocks.block import StoredBlock
from ...scans.decisions.decider import Decider
from ...scans.stored import Scan
from ..graph import Graph
from . import held
from .held import Held


class Session:
    """A scan, with one decision about it.

    Groups are those of the overlaps and of the class-pair rules. A verdict takes no
    pair out of them, so that what was decided can be seen again.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        **changes: other parameters of the decision than the scan's

    Attributes:
        scan: the scan
        held: its blocks, class names and likelihood model
        decider: decides the blocks, by today's verdicts and class pairs

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if one of the parameters cannot be used
    """

    def __init__(
        self, samples: foc.SampleCollection, scan_key: str, **changes: Any
    ) -> None:
        self.scan: Scan = stored.open_scan(samples, scan_key)
        params = self.scan.params_with(**changes)
        self.held: Held = held.hold(self.scan)
        self.decider = Decider(samples, params, self.held.names)

    def graphs(
        self, blocks: Iterable[StoredBlock] | None = None
    ) -> Iterator[tuple[StoredBlock, Graph]]:
        """Yields blocks, by default all of the scan, with their groups."""
        model, names = self.held.model, self.held.names
        for block in self.held.blocks() if blocks is None else blocks:
            yield block, Graph(block, self.decider, model, names, judged=False)

    def overlap(self, graph: Graph) -> Floats:
        """Returns the overlap of the pairs of a graph, by the metric."""
        pairs = graph.pairs
        return pairs.ios if self.decider.params.metric == "ios" else pairs.iou

    def decided(self, block: StoredBlock, graph: Graph) -> Bools:
        """Returns which groups of a block are decided: all of their pairs are."""
        judged = self.decider.verdicts.real(graph.pairs, block.label_ids)
        decided = np.zeros(len(graph.best), dtype=np.bool_)
        if judged is not None:
            decided[:] = True
            decided[graph.group[~judged]] = False
        return decided
