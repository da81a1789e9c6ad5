"""The scan that is reviewed, kept in memory between two requests.

A review asks about the same blocks for every key that is pressed. They never change
once they are stored (:mod:`...scans.blocks.block_store`), so those of one scan, the one
that was asked about last, are read once. A scan too large for memory is read each time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from bson import ObjectId

from ....iou_core.decisions.likelihood import Likelihoods
from ...reading.columns import to_bytes
from ...scans.blocks import block_store
from ...scans.blocks.block import StoredBlock
from ...scans.stored import Scan

MOST_BYTES = 1 << 29
"""How many bytes of blocks are kept at most; the COCO dataset needs a tenth."""


@dataclass
class Held:
    """The blocks of one scan.

    Attributes:
        uuid: the scan
        names: the class names by number
        model: the likelihood model
    """

    uuid: str
    names: list[str | None]
    model: Likelihoods
    _blocks: list[StoredBlock] | None = None
    _places: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def blocks(self) -> Iterator[StoredBlock]:
        """Yields the blocks, in the order of the scan."""
        if self._blocks is not None:
            yield from self._blocks
        else:
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
            block = (
                self._blocks[number]
                if self._blocks is not None
                else next(block_store.blocks(self.uuid, self.names, number))
            )
            yield block.take(np.array(sorted(rows[number])))

    def load(self) -> None:
        """Reads the blocks, and keeps them unless they are too large."""
        kept: list[StoredBlock] = []
        n_bytes = 0
        for number, block in enumerate(block_store.blocks(self.uuid, self.names)):
            paired = np.unique(block.image)
            ids = to_bytes(block.document_ids[paired])
            rows = paired.tolist()
            self._places.update((_id, (number, row)) for _id, row in zip(ids, rows))
            n_bytes += _size(block)
            if n_bytes <= MOST_BYTES:
                kept.append(block)
            else:
                kept.clear()
        self._blocks = kept if n_bytes <= MOST_BYTES else None


_held: dict[str, Held] = {}
_lock = threading.Lock()


def hold(scan: Scan) -> Held:
    """Returns the blocks of a scan, which are read unless they were asked for last.

    Raises:
        ScanError: if they are gone, or a newer version stored them
    """
    with _lock:
        if scan.uuid not in _held:
            # the blocks of the other scan make room before these are read
            _held.clear()
            new = Held(scan.uuid, scan.class_names, scan.likelihood_model)
            new.load()
            _held[scan.uuid] = new
        return _held[scan.uuid]


def _size(block: StoredBlock) -> int:
    parts: Sequence[object] = [
        *(getattr(block, part.name) for part in fields(block)),
        *vars(block.pairs).values(),
    ]
    return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))
