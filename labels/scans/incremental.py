"""Repeats a scan, and computes only what changed.

Of every sample the id and the stamp are read. Where the stamp is the old one the
sample is as it was; where it is not, its labels are read and hashed, and where the
hash is the old one too (the plugin's own tags and attributes), its overlaps are
those that are stored. Only the rest is computed. What is found, counted and stored is
made of the overlaps, old and new, exactly as a full scan makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import fiftyone.core.collections as foc
import numpy as np
import numpy.typing as npt

from ...iou_core.arrays import Bools, Ints, chunks
from ...iou_core.errors import ScanError
from ...iou_core.params import FindParams
from ..jobs.runs import Run
from ..reading import read
from ..reading.columns import BLOCK_LABELS, NO_STAMP, Block, Hashes
from ..reading.decoder import LabelDecoder
from ..reading.fingerprint import document_hashes
from ..reading.kinds.registry import kind_named
from ..reading.raw.ids import as_keys, ids_at_once, places, to_bytes
from . import stored
from .blocks import block_store
from .blocks.block import StoredBlock, to_stored
from .blocks.compare import compare_collection, decoder_for
from .blocks.earlier_blocks import FRESH, Earlier, parts_of
from .config import difference, slices_of
from .tally import ClassNumbers

_ONE_IN = 8  # samples may be read again; of more, a full scan is less work


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
        raise ScanError(f"the samples of {since}", "others", "since")
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
    """A scan that reuses an earlier one for samples that have not changed.

    Args:
        samples: the collection, as it was scanned
        params: the parameters, as they were, but for those that decide
        decoder: the decoder of the fields
        earlier: the scan

    Attributes:
        names: the class names by number, of all blocks; grows
        rotation_units: the unit of the rotations of each field with turned boxes
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
        self._earlier = Earlier(earlier.uuid, earlier.class_names)
        self._trusted = earlier.trusted_stamps(self._earlier.stamps)
        self.names = list(self._earlier.names)
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
        at, known = places(self._earlier.ids, ids)
        if len(np.unique(ids)) < len(ids):
            return None
        same = known & (self._trusted[at] == stamps) & (stamps != NO_STAMP)
        source = np.where(known, self._earlier.block[at], FRESH)
        opened = sum(len(np.unique(source[a:b])) for a, b in parts_of(source))
        if _ONE_IN * int((~same).sum()) > len(ids) or opened > 4 * self._earlier.count:
            return None
        was = np.where(known, self._earlier.hashes[at], 0)
        kept, fresh = self._compare_changed(ids[~same], known[~same], was[~same])
        same[~same] = [key in kept for key in ids[~same].tolist()]
        source[~same] = FRESH
        row = self._earlier.row[at]
        if fresh is not None:
            place, found = places(as_keys(fresh.document_ids), ids)
            row = np.where(same, row, place)
            same |= found
        # the others were deleted in between
        return self._merged(source[same], row[same], fresh, kept, run)

    def _compare_changed(
        self, ids: npt.NDArray[np.bytes_], known: Bools, hashes: Hashes
    ) -> tuple[dict[bytes, int], StoredBlock | None]:
        """Reads new and changed samples, and scans those with other labels.

        Args:
            ids: ``(S,)`` the samples
            known: ``(S,)`` which of them the earlier scan has seen
            hashes: ``(S,)`` their hashes in the earlier scan

        Returns:
            the new stamps of those whose labels are what they were, and the block of
            the others; None if there are none
        """
        was = dict(zip(ids[known].tolist(), hashes[known].tolist()))
        wanted, kept = set(ids.tolist()), dict[bytes, int]()

        def is_other(key: bytes) -> bool:
            return key in wanted and key not in kept

        def others() -> Iterator[Block]:
            for block in self._read(ids):
                kept.update(self._unchanged(block, was))
                if any(map(is_other, as_keys(block.document_ids).tolist())):
                    yield block

        found = []
        for part in compare_collection(
            self._samples,
            self._params,
            self._decoder,
            min_iou=self._params.min_iou,
            blocks=others(),
        ):
            block = self._renumbered(to_stored(part, self._decoder.classes.names))
            keys = as_keys(block.document_ids).tolist()
            found.append(block.take(np.flatnonzero(list(map(is_other, keys)))))
        return kept, StoredBlock.concatenate(found) if found else None

    def _unchanged(
        self, block: Block, was: dict[bytes, int]
    ) -> Iterator[tuple[bytes, int]]:
        """Yields the stamps of samples of a block whose labels are what they were."""
        bad = {bytes.fromhex(label.document_id) for label in block.bad}
        rows = zip(
            as_keys(block.document_ids).tolist(),
            to_bytes(block.document_ids),
            document_hashes(block).tolist(),
            block.stamps.tolist(),
        )
        for key, full, value, stamp in rows:
            # what cannot be compared has no part in the hash
            if (
                was.get(key) == value
                and full not in bad
                and key not in self._earlier.bad
            ):
                yield key, stamp

    def _read(self, ids: npt.NDArray[np.bytes_]) -> Iterator[Block]:
        if 4 * len(ids) > len(self._earlier.ids):
            yield from read.read_blocks(self._samples, self._decoder)
            return
        for some in ids_at_once(ids):
            yield from read.read_blocks(self._samples, self._decoder, some)

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
        source: Ints,
        row: Ints,
        fresh: StoredBlock | None,
        kept: dict[bytes, int],
        run: Run | None,
    ) -> Iterator[StoredBlock]:
        """Yields blocks of old and new samples, in their present order.

        Args:
            source: ``(S,)`` the block of each sample; :data:`FRESH` for scanned ones
            row: ``(S,)`` its place in that block
            fresh: the block of those that were scanned
            kept: the new stamps of samples whose labels are what they were
            run: receives the progress
        """
        sizes = np.zeros(len(source), np.int64)
        if fresh is not None:
            is_fresh = source == FRESH
            sizes[is_fresh] = fresh.n_labels[row[is_fresh]]
        for begin, end in parts_of(source):
            for lo, hi in chunks(sizes[begin:end], BLOCK_LABELS):
                here = slice(begin + lo, begin + hi)
                block = self._joined(source[here], row[here], fresh)
                yield _restamped(block, kept)
                if run is not None:
                    run.progress(begin + hi, len(source))

    def _joined(
        self, source: Ints, row: Ints, fresh: StoredBlock | None
    ) -> StoredBlock:
        """Returns one block of samples of others; see :meth:`_merged`."""
        pieces, at = [], []
        for number in np.unique(source).tolist():
            block = fresh if number == FRESH else self._earlier.read(number)
            assert block is not None, "samples that were scanned are in a block"
            at.append(np.flatnonzero(source == number))
            pieces.append(replace(block.take(row[at[-1]]), names=self.names))
        return StoredBlock.concatenate(pieces).take(np.argsort(np.concatenate(at)))


def _restamped(block: StoredBlock, kept: dict[bytes, int]) -> StoredBlock:
    if not kept:
        return block
    keys = as_keys(block.document_ids).tolist()
    stamps = [kept.get(key, was) for key, was in zip(keys, block.stamps.tolist())]
    return replace(block, stamps=np.array(stamps, dtype=np.int64))
