"""The changes to a dataset since a stored scan.

A sample is *changed* when its stamp differs from the scan's, and *edited* when its
labels do too: so tags and attributes, which are no part of a decision, leave a scan
up to date. Only changed samples are read in full.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import fiftyone.core.collections as foc
import numpy as np
import numpy.typing as npt
from bson import ObjectId

from ...iou_core.errors import DuplicatesError
from ..reading import read
from ..reading.columns import NO_STAMP, Block, Hashes
from ..reading.decoder import LabelDecoder
from ..reading.fingerprint import document_hashes
from ..reading.raw.ids import as_keys, ids_at_once, places, to_object_ids
from . import recount, stored
from .blocks import block_store

Ids = npt.NDArray[np.bytes_]

_CANDIDATES = 5  # scans to check for being up to date

_REMEMBERED = 8  # scans whose samples are known to be edited, or only saved again


@dataclass(frozen=True)
class Freshness:
    """The changes since a scan.

    Attributes:
        added: the number of samples that were added
        removed: the number of samples that were deleted, or left the view
        edited: the number of samples whose labels changed
        rejudged: whether verdicts or the rules of class pairs changed
    """

    added: int
    removed: int
    edited: int
    rejudged: bool = False

    @property
    def is_up_to_date(self) -> bool:
        """Whether a scan would find the same again."""
        return not (self.added or self.removed or self.edited or self.rejudged)


def check_freshness(samples: foc.SampleCollection, scan_key: str) -> Freshness:
    """Compares a stored scan with the dataset as it is now.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan

    Returns:
        its :class:`Freshness`. Of a scan whose view was too large to be stored,
        samples that were added are not known

    Raises:
        ScanError: if there is no such scan
        FieldError: if a field that it compared is gone
    """
    scan = stored.open_scan(samples, scan_key)
    ids, stamps, hashes = _seen(scan)
    stamps = scan.trusted_stamps(stamps)
    source = _Source(scan)
    ids_now, stamps_now = source.stamps(ids)

    at, known = places(ids, ids_now)
    seen = at[known]
    differs = stamps[seen] != stamps_now[known]
    differs |= stamps[seen] == NO_STAMP
    retouched = seen[differs]
    edited = _count_edited(
        source, scan.uuid, ids[retouched], stamps_now[known][differs], hashes[retouched]
    )
    return Freshness(
        int((~known).sum()) if scan.view_stored else 0,
        len(ids) - len(np.unique(seen)),
        edited,
        recount.is_decided_anew(samples, scan),
    )


def newest_true(
    dataset: foc.SampleCollection, preferred: str | None = None
) -> str | None:
    """Returns the key of the scan to open, or to act on, unless another is named.

    Args:
        dataset: the dataset
        preferred (None): the scan that was open last

    Returns:
        the preferred scan, if it is up to date; else the newest one that is, of the
        newest few; else the preferred one, or the newest; None if there is none
    """
    keys = [scan["scan_key"] for scan in stored.list_scans(dataset)]
    known = [preferred] if preferred in keys else []
    for key in dict.fromkeys([*known, *keys[:_CANDIDATES]]):
        try:
            if check_freshness(dataset, key).is_up_to_date:
                return key
        except DuplicatesError:
            continue  # its pairs are gone, or a field that it compared is
    return next(iter([*known, *keys]), None)


def are_scanned(
    scan: stored.Scan, document_ids: Iterable[ObjectId]
) -> npt.NDArray[np.bool_]:
    """Returns which samples, or frames, were scanned.

    Args:
        scan: the scan
        document_ids: the ids of ``n`` samples, or frames

    Returns:
        an ``(n,)`` bool array
    """
    wanted = b"".join(_id.binary for _id in document_ids)
    return places(_seen(scan)[0], np.frombuffer(wanted, "S12"))[1]


def stamps_of(
    samples: foc.SampleCollection, document_ids: Sequence[ObjectId], on_frames: bool
) -> dict[ObjectId, int]:
    """Returns the stamps of samples, or frames; deleted ones are left out."""
    stamps: dict[ObjectId, int] = {}
    decoder = LabelDecoder([], on_frames=on_frames)
    for block in read.read_stored(samples, decoder, document_ids):
        stamps.update(zip(to_object_ids(block.document_ids), block.stamps.tolist()))
    return stamps


def restamped(
    samples: foc.SampleCollection, seen: Mapping[ObjectId, int], on_frames: bool
) -> set[ObjectId]:
    """Returns the samples, or frames, that may have been edited since a scan.

    Args:
        samples: the dataset, or a view of it
        seen: their stamps when they were scanned
        on_frames: whether they are frames
    """
    now = stamps_of(samples, list(seen), on_frames)
    return {
        _id
        for _id, stamp in seen.items()
        if stamp == NO_STAMP or stamp != now.get(_id, NO_STAMP)
    }


class _Source:
    """The scanned samples as they are now: of the view, or stored ones without it."""

    def __init__(self, scan: stored.Scan) -> None:
        self._samples = scan.samples
        self._decoder = scan.decoder()
        self._view = scan.view() if scan.view_stored else None

    def stamps(self, seen: Ids) -> tuple[Ids, npt.NDArray[np.int64]]:
        """Returns the ids and stamps of all; without the view, of those seen."""
        decoder = self._decoder.for_stamps()
        if self._view is None:
            blocks = list(self._stored(decoder, seen))
        else:
            blocks = list(read.read_blocks(self._view, decoder))
        if not blocks:
            return np.zeros(0, "S12"), np.zeros(0, np.int64)
        ids = np.concatenate([block.document_ids for block in blocks])
        return as_keys(ids), np.concatenate([block.stamps for block in blocks])

    def labels(self, ids: Ids) -> Iterator[Block]:
        """Yields the labels of some samples."""
        if self._view is None:
            yield from self._stored(self._decoder, ids)
            return
        for some in ids_at_once(ids):
            yield from read.read_blocks(self._view, self._decoder, some)

    def _stored(self, decoder: LabelDecoder, ids: Ids) -> Iterator[Block]:
        for some in ids_at_once(ids):
            yield from read.read_stored(self._samples, decoder, some)


def _seen(scan: stored.Scan) -> tuple[Ids, npt.NDArray[np.int64], Hashes]:
    blocks = list(block_store.seen_samples(scan.uuid))
    if not blocks:
        block_store.classes(scan.uuid)  # an empty scan has nothing else
        return np.zeros(0, "S12"), np.zeros(0, np.int64), np.zeros(0, np.uint64)
    ids, stamps, hashes = (np.concatenate(part) for part in zip(*blocks))
    return as_keys(ids), stamps, hashes


def _count_edited(
    source: _Source,
    scan_uuid: str,
    ids: Ids,
    stamps: npt.NDArray[np.int64],
    hashes: Hashes,
) -> int:
    """Returns how many samples whose stamp differs have other labels."""
    memory = _memory.get(scan_uuid, {})
    keys = list(zip(ids.tolist(), stamps.tolist()))
    # what was known of other stamps is no longer asked for
    known = {key: memory[key] for key in keys if key in memory}
    unsure = [k for k, key in enumerate(keys) if key not in known]
    if unsure:
        was = {ids[k]: int(hashes[k]) for k in unsure}
        for block in source.labels(ids[unsure]):
            now = zip(as_keys(block.document_ids), document_hashes(block).tolist())
            edited = [hash_now != was[_id] for _id, hash_now in now]
            found = zip(as_keys(block.document_ids).tolist(), block.stamps.tolist())
            known.update(zip(found, edited))
    _remember(scan_uuid, known)
    return sum(known.get(key, True) for key in keys)


_memory: OrderedDict[str, dict[tuple[bytes, int], bool]] = OrderedDict()
_lock = Lock()


def _remember(scan_uuid: str, known: dict[tuple[bytes, int], bool]) -> None:
    """Notes of a scan whether samples of some stamps were edited."""
    with _lock:
        _memory[scan_uuid] = known
        _memory.move_to_end(scan_uuid)
        while len(_memory) > _REMEMBERED:
            _memory.popitem(last=False)
