"""The scan that is reviewed, kept in memory between two requests.

A review asks about the same samples for every key that is pressed. Where they are in
the blocks (:mod:`...scans.blocks.memory`) is found once for one scan, the one that was
asked about last.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from bson import ObjectId

from ....iou_core.decisions.likelihood import Likelihoods
from ...reading.raw.ids import to_bytes
from ...scans.blocks import block_store
from ...scans.blocks.block import StoredBlock
from ...scans.stored import Scan


@dataclass
class CachedScan:
    """The blocks of one scan.

    Attributes:
        uuid: the scan
        names: the class names by number
        model: the likelihood model
    """

    uuid: str
    names: list[str | None]
    model: Likelihoods
    _places: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def blocks(self) -> Iterator[StoredBlock]:
        """Yields the blocks, in the order of the scan."""
        yield from block_store.blocks(self.uuid, self.names)

    def of_documents(self, document_ids: Iterable[str]) -> Iterator[StoredBlock]:
        """Yields the labels of some samples, or frames, that are in a pair.

        Args:
            document_ids: the ids; those without a pair are left out

        Yields:
            a block for each of the blocks that hold them, of these samples alone
        """
        rows: dict[int, set[int]] = {}
        for document_id in document_ids:
            place = self._places.get(ObjectId(document_id).binary)
            if place is not None:
                rows.setdefault(place[0], set()).add(place[1])
        for number in sorted(rows):
            block = next(block_store.blocks(self.uuid, self.names, number))
            yield block.take(np.array(sorted(rows[number])))

    def load(self) -> None:
        """Finds the samples in the blocks."""
        for number, block in enumerate(self.blocks()):
            paired = np.unique(block.image)
            ids = to_bytes(block.document_ids[paired])
            rows = paired.tolist()
            self._places.update((_id, (number, row)) for _id, row in zip(ids, rows))


_cached: dict[str, CachedScan] = {}
_lock = threading.Lock()


def read(scan: Scan) -> CachedScan:
    """Returns the blocks of a scan, which are read unless they were asked for last.

    Raises:
        ScanError: if they are gone, or a newer version stored them
    """
    with _lock:
        if scan.uuid not in _cached:
            _cached.clear()
            new = CachedScan(scan.uuid, scan.class_names, scan.likelihood_model)
            new.load()
            _cached[scan.uuid] = new
        return _cached[scan.uuid]
