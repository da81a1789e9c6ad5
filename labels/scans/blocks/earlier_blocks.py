"""The blocks of an earlier scan, for one that reuses them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from ....iou_core.arrays import Ints
from ....iou_core.errors import ScanError
from ...reading.raw.ids import as_keys
from . import block_store, memory
from .block import StoredBlock

FRESH = -1
"""Stands for the block of the samples that are scanned again."""

_MAX_SAMPLES, _MIN_SAMPLES = 10_000, 500  # in a block
_OPEN_BLOCKS = 4


class Earlier:
    """The samples and the blocks of an earlier scan.

    Args:
        uuid: the scan
        names: the class names by number

    Attributes:
        count: the number of blocks
        names: as given
        ids: ``(S,)`` the samples
        stamps: ``(S,)`` their stamps
        hashes: ``(S,)`` their hashes
        block: ``(S,)`` the block of each
        row: ``(S,)`` its place in that block
        bad: the samples with labels that took no part
    """

    def __init__(self, uuid: str, names: Sequence[str | None]) -> None:
        self._uuid = uuid
        self.names = names
        self._shards, seen = block_store.contents(self._uuid)
        if not seen:
            raise ScanError("the blocks of the scan", "none (scan again)", self._uuid)
        self.count = len(seen)
        ids, stamps, hashes = (np.concatenate(part) for part in list(zip(*seen))[:3])
        self.ids, self.hashes = as_keys(ids), hashes
        self.stamps = stamps
        sizes = [len(part[0]) for part in seen]
        self.block = np.repeat(np.arange(len(seen)), sizes)
        self.row = np.concatenate([np.arange(size) for size in sizes])
        bad = [label.document_id for part in seen for label in part[3]]
        full = np.frombuffer(bytes.fromhex("".join(bad)), np.uint8).reshape(-1, 12)
        self.bad = set(as_keys(full).tolist())
        self._open: OrderedDict[int, StoredBlock] = OrderedDict()

    def read(self, number: int) -> StoredBlock:
        """Returns a block; the last few are remembered."""
        kept = memory.of_scan(self._uuid, self.names)
        if kept is not None:
            return kept[number]
        if number not in self._open:
            block = block_store.block(self._uuid, self._shards[number], self.names)
            self._open[number] = block
        self._open.move_to_end(number)
        while len(self._open) > _OPEN_BLOCKS:
            self._open.popitem(last=False)
        return self._open[number]


def parts_of(source: Ints) -> list[tuple[int, int]]:
    """Returns where samples are cut into blocks: where the earlier scan was.

    Args:
        source: ``(S,)`` the block of each sample; :data:`FRESH` for scanned ones

    Returns:
        where each part begins and ends
    """
    old = np.flatnonzero(source != FRESH)
    ends = old[1:][np.diff(source[old]) != 0].tolist()
    starts = [0]
    for end in [*ends, len(source)]:
        while end - starts[-1] > _MAX_SAMPLES:
            starts.append(starts[-1] + _MAX_SAMPLES)
        if end - starts[-1] >= _MIN_SAMPLES and end < len(source):
            starts.append(end)
    return list(zip(starts, [*starts[1:], len(source)])) if len(source) else []
