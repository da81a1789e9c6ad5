"""A scan that is opened for review, and the groups of its blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc

from ....iou_core.arrays import Floats
from ....iou_core.params import FindParams
from ...reading.raw.ids import to_object_ids
from ...scans import stored
from ...scans.blocks.block import StoredBlock
from ...scans.decisions import verdicts
from ...scans.decisions.block_verdicts import Verdicts
from ...scans.decisions.decider import Decider
from ...scans.decisions.measure import Fit
from ...scans.decisions.verdict_kinds import Verdict
from ...scans.stored import Scan
from ..graph import Graph
from . import cached_scan
from .cached_scan import CachedScan
from .group_verdicts import GroupVerdicts


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
        params: its parameters, with those of this decision
        cached: its blocks, class names and likelihood model

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if one of the parameters cannot be used
    """

    def __init__(
        self, samples: foc.SampleCollection, scan_key: str, **changes: Any
    ) -> None:
        self.scan: Scan = stored.open_scan(samples, scan_key)
        self.params: FindParams = self.scan.params_with(**changes)
        self.cached: CachedScan = cached_scan.read(self.scan)

    def graphs(
        self, document_ids: Iterable[str] | None = None
    ) -> Iterator[tuple[StoredBlock, Graph, GroupVerdicts]]:
        """Yields blocks with their groups, and what people decided about them.

        Args:
            document_ids (None): only these samples, or frames
        """
        blocks: Iterable[StoredBlock]
        if document_ids is None:
            blocks, found = self.cached.blocks(), list(verdicts.everywhere())
        else:
            blocks = list(self.cached.of_documents(document_ids))
            ids = [to_object_ids(block.label_ids) for block in blocks]
            found = verdicts.of_labels(label for some in ids for label in some)
        decider, judged = self.decider(found), GroupVerdicts(found)
        model, names = self.cached.model, self.cached.names
        for block in blocks:
            yield block, Graph(block, decider, model, names, judged=False), judged

    def decider(self, found: Sequence[Verdict]) -> Decider:
        """Returns what decides the blocks, given some verdicts."""
        names = self.cached.names
        fit = Fit(self.cached.model, names)
        return Decider(self.scan.samples, self.params, names, Verdicts(found), fit)

    def overlap(self, graph: Graph) -> Floats:
        """Returns the overlap of the pairs of a graph: the IoS if it is the metric."""
        pairs = graph.pairs
        return pairs.ios if self.params.metric == "ios" else pairs.iou
