"""A scan again, of which only what has changed since an earlier one is computed.

Of every sample the id and the stamp are read. Where the stamp is the old one the
sample is as it was; where it is not, its labels are read and hashed, and where the
hash is the old one too (the plugin's own tags and attributes), its overlaps are
those that are stored. Only the rest is computed. What is found, counted and stored is
made of the overlaps, old and new, exactly as a full scan makes it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace

import fiftyone.core.collections as foc
import numpy as np
import numpy.typing as npt

from ...iou_core.arrays import Ints
from ...iou_core.errors import ScanError
from ...iou_core.params import FindParams
from ..jobs.runs import Run
from ..jobs.shards import as_keys, ids_at_once, places
from ..reading import read
from ..reading.columns import BLOCK_LABELS, NO_STAMP, Block, to_bytes
from ..reading.decoder import LabelDecoder
from ..reading.fingerprint import document_hashes
from ..reading.kinds.registry import kind_named
from . import stored
from .blocks import block_store
from .blocks.block import StoredBlock, to_stored
from .blocks.compare import decoder_for, scan
from .config import difference, slices_of
from .tally import ClassNumbers

_MAX_SAMPLES = 10_000  # in a block
_OPEN_BLOCKS = 4
_FEW = 1000


def require_usable(
    samples: foc.SampleCollection, params: FindParams, since: str
) -> stored.Scan:
    """Returns a stored scan, if another scan can reuse it.

    Raises:
        ScanError: if there is no such scan, or it compared something else
    """
    earlier = stored.open_scan(samples, since)
    decoder = decoder_for(samples, params)
    kind = kind_named(earlier.config["kind"], params)
    if kind is not decoder.kind:
        raise ScanError(
            f"labels that are {kind.name}, as in {since}", decoder.kind.name, since
        )
    other = difference(earlier.params, params, decoder)
    if other is not None:
        name, was, value = other
        raise ScanError(f"{was!r}, as in {since}", repr(value), name)
    min_iou = earlier.params.min_iou
    if params.min_iou != min_iou:
        raise ScanError(
            f"a threshold for which overlaps above {min_iou} are kept",
            str(params.iou_thresh),
            "iou_thresh",
        )
    slices = earlier.config["scope"]["slices"]
    if earlier.view() != samples or slices != slices_of(samples):
        raise ScanError(f"the samples that {since} looked at", "others", "since")
    block_store.classes(earlier.uuid)
    return earlier


def is_usable(samples: foc.SampleCollection, params: FindParams, since: str) -> bool:
    """Returns whether another scan can reuse a stored one."""
    try:
        require_usable(samples, params, since)
    except ScanError:
        return False
    return True


class Rescan:
    """What has changed since a scan.

    Args:
        samples: the collection, as it was scanned
        params: the parameters, as they were, but for those that decide
        decoder: the decoder of the fields
        earlier: the scan

    Attributes:
        names: the class names by number, of all blocks; grows
        rotation_units: what the rotations of fields with turned boxes are given in
    """

    def __init__(
        self,
        samples: foc.SampleCollection,
        params: FindParams,
        decoder: LabelDecoder,
        earlier: stored.Scan,
    ) -> None:
        self._samples = samples
        self._params = params
        self._decoder = decoder
        before = earlier.params
        units = {name: before.rotation_unit_of(name) for name in decoder.fields}
        self.rotation_units = {name: unit for name, unit in units.items() if unit}
        self._before = _Before(earlier)
        self.names = list(self._before.names)
        self._numbers = ClassNumbers(self.names)

    def blocks(self, run: Run | None = None) -> Iterator[StoredBlock] | None:
        """Yields what a full scan would store, in its order.

        Returns:
            None where a full scan is less work
        """
        now = list(read.read_blocks(self._samples, self._decoder.for_stamps()))
        if not now:
            return None
        ids = as_keys(np.concatenate([block.document_ids for block in now]))
        stamps = np.concatenate([block.stamps for block in now])
        at, known = places(self._before.ids, ids)
        if len(np.unique(ids)) < len(ids):
            return None
        same = known & (self._before.stamps[at] == stamps) & (stamps != NO_STAMP)
        retouched = known & ~same
        kept = self._kept(ids[retouched], at[retouched])
        same[retouched] = [key in kept for key in ids[retouched].tolist()]
        source = np.where(same, self._before.block[at], -1)
        row = np.where(same, self._before.row[at], -1)
        is_next = (source[1:] == source[:-1]) & (row[1:] > row[:-1]) & (source[1:] >= 0)
        n_runs = int((~is_next & (source[1:] >= 0)).sum())
        n_fresh = int((~same).sum())
        if (
            n_fresh > len(ids) // 2
            or n_runs > 2 * n_fresh + 4 * self._before.count + _FEW
        ):
            return None
        fresh = self._fresh(ids[~same])
        return self._merged(ids, source, row, fresh, kept, run)

    def _kept(self, ids: npt.NDArray[np.bytes_], at: Ints) -> dict[bytes, int]:
        """Returns the stamps of samples whose labels are what they were."""
        was = dict(zip(ids.tolist(), self._before.hashes[at].tolist()))
        kept = {}
        for block in self._read(ids):
            bad = {bytes.fromhex(label.document_id) for label in block.bad}
            keys = as_keys(block.document_ids).tolist()
            hashes, stamps = document_hashes(block).tolist(), block.stamps.tolist()
            for key, full, value, stamp in zip(
                keys, to_bytes(block.document_ids), hashes, stamps
            ):
                # what cannot be compared has no part in the hash
                if was.get(key) == value and full not in bad:
                    kept[key] = stamp
        return {
            key: stamp for key, stamp in kept.items() if key not in self._before.bad
        }

    def _read(self, ids: npt.NDArray[np.bytes_]) -> Iterator[Block]:
        if 4 * len(ids) > len(self._before.ids):
            yield from read.read_blocks(self._samples, self._decoder)
            return
        for some in ids_at_once(ids):
            yield from read.read_blocks(self._samples, self._decoder, some)

    def _fresh(
        self, ids: npt.NDArray[np.bytes_]
    ) -> dict[bytes, tuple[StoredBlock, int]]:
        """Returns new and edited samples, scanned: of each, its block and place."""
        found = {}
        for some in ids_at_once(ids):
            for part in scan(
                self._samples,
                self._params,
                self._decoder,
                document_ids=some,
                min_iou=self._params.min_iou,
            ):
                block = self._renumbered(to_stored(part, self._decoder.classes.names))
                for k, key in enumerate(as_keys(block.document_ids).tolist()):
                    found[key] = block, k
        return found

    def _renumbered(self, block: StoredBlock) -> StoredBlock:
        number = self._numbers.of(block.names)
        return replace(
            block,
            classes=number[block.classes],
            label_classes=number[block.label_classes],
            names=self.names,
        )

    def _merged(
        self,
        ids: npt.NDArray[np.bytes_],
        source: Ints,
        row: Ints,
        fresh: dict[bytes, tuple[StoredBlock, int]],
        kept: dict[bytes, int],
        run: Run | None,
    ) -> Iterator[StoredBlock]:
        """Yields blocks of old and new samples, in the order of now."""
        pieces: list[StoredBlock] = []
        size = samples = done = 0
        for block, rows in self._runs(ids, source, row, fresh):
            piece = block.take(rows)
            pieces.append(_restamped(replace(piece, names=self.names), kept))
            size += len(piece.label_classes)
            samples += len(rows)
            if size >= BLOCK_LABELS or samples >= _MAX_SAMPLES:
                yield StoredBlock.concatenate(pieces)
                done += samples
                pieces, size, samples = [], 0, 0
                if run is not None:
                    run.progress(done, len(ids))
        if pieces:
            yield StoredBlock.concatenate(pieces)

    def _runs(
        self,
        ids: npt.NDArray[np.bytes_],
        source: Ints,
        row: Ints,
        fresh: dict[bytes, tuple[StoredBlock, int]],
    ) -> Iterator[tuple[StoredBlock, Ints]]:
        """Yields samples that follow each other now as they do in their block."""
        begins = np.append(
            True, (source[1:] != source[:-1]) | (row[1:] <= row[:-1]) | (source[1:] < 0)
        )
        starts = np.flatnonzero(begins).tolist()
        for a, b in zip(starts, [*starts[1:], len(ids)]):
            if source[a] >= 0:
                yield self._before.open(int(source[a])), row[a:b]
            elif ids[a] in fresh:
                block, k = fresh[ids[a]]
                yield block, np.array([k])


class _Before:
    """The blocks of the earlier scan."""

    def __init__(self, earlier: stored.Scan) -> None:
        self._uuid = earlier.uuid
        self.names = earlier.class_names
        self._shards, seen = block_store.contents(self._uuid)
        if not seen:
            raise ScanError("the blocks of the scan", "none (scan again)", self._uuid)
        self.count = len(seen)
        ids, stamps, hashes = (np.concatenate(part) for part in list(zip(*seen))[:3])
        self.ids, self.hashes = as_keys(ids), hashes
        self.stamps = earlier.trusted_stamps(stamps)
        sizes = [len(part[0]) for part in seen]
        self.block = np.repeat(np.arange(len(seen)), sizes)
        self.row = np.concatenate([np.arange(size) for size in sizes])
        bad = [label.document_id for part in seen for label in part[3]]
        full = np.frombuffer(bytes.fromhex("".join(bad)), np.uint8).reshape(-1, 12)
        self.bad = set(as_keys(full).tolist())
        self._open: OrderedDict[int, StoredBlock] = OrderedDict()

    def open(self, number: int) -> StoredBlock:
        """Returns a block; the last few are remembered."""
        if number not in self._open:
            block = block_store.block(self._uuid, self._shards[number], self.names)
            self._open[number] = block
        self._open.move_to_end(number)
        while len(self._open) > _OPEN_BLOCKS:
            self._open.popitem(last=False)
        return self._open[number]


def _restamped(block: StoredBlock, kept: dict[bytes, int]) -> StoredBlock:
    if not kept:
        return block
    keys = as_keys(block.document_ids).tolist()
    stamps = [kept.get(key, was) for key, was in zip(keys, block.stamps.tolist())]
    return replace(block, stamps=np.array(stamps, dtype=np.int64))
