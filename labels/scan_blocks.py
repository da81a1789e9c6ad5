"""What a scan found, block by block: written once, never changed.

The blocks stand in the plugin's own collection, keyed by the scan's uuid, so a
clone of the dataset, which copies the run, shares them.
"""

from __future__ import annotations

import json
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from pymongo import ReplaceOne

from ..iou_core.boxes import Floats, Ints
from ..iou_core.curve import N_BINS, bins
from ..iou_core.errors import ScanError
from ..iou_core.pairs import Pairs
from . import store
from .columns import BadLabel, Bytes, Hashes, to_strings
from .fingerprint import sample_hashes
from .scan import Scanned

ZERO, NO_OTHER = N_BINS, N_BINS + 1
"""Stand for a max IoU of exactly 0, and for a label with no other to compare with."""

_PAIRS_PER_DOCUMENT = 300_000
_BLOCKS_PER_PART = 1_000_000
_UNDER_WAY = 4  # blocks that wait to be stored


@dataclass(frozen=True)
class StoredBlock:
    """What a scan keeps of one block.

    Attributes:
        sample_ids: ``(S, 12)`` uint8
        stamps: ``(S,)`` int64, ``last_modified_at`` in milliseconds
        hashes: ``(S,)`` uint64; see :mod:`.fingerprint`
        label_ids: ``(L, 12)`` uint8, the labels that are in a pair
        boxes: ``(L, 4)`` float64, the boxes around them
        area: ``(L,)`` float64, how large they are
        image: ``(L,)`` the sample of each, an index into ``sample_ids``
        classes: ``(L,)`` the class of each, an index into ``names``
        earlier_iou: ``(L,)``; see :class:`..iou_core.overlap.Overlaps`
        pairs: the pairs, whose ``i, j`` index the labels above
        truncated: the samples of which not all pairs are kept
        names: the class names by number; of a stored scan, all that it has
        n_labels: ``(S,)`` how many labels of ``label_field`` each sample has
        label_classes: ``(N,)`` the class of each of these
        label_bins: ``(N,)`` uint8, the bin of its max IoU; :data:`ZERO` where that
            is exactly 0, :data:`NO_OTHER` where there is none
        bad: the labels that took no part
    """

    sample_ids: Bytes
    stamps: Ints
    hashes: Hashes
    label_ids: Bytes
    boxes: Floats
    area: Floats
    image: Ints
    classes: Ints
    earlier_iou: Floats
    pairs: Pairs
    truncated: Ints
    names: Sequence[str | None]
    n_labels: Ints
    label_classes: Ints
    label_bins: Bytes
    bad: Sequence[BadLabel]

    def take(self, rows: Ints) -> StoredBlock:
        """Returns the block of some of its samples, whose numbers must rise."""
        if len(rows) == len(self.sample_ids):
            return self
        n = len(self.sample_ids)
        number = np.full(n, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        image = number[self.image]
        labels = np.flatnonzero(image >= 0)
        place = np.full(len(self.image), -1, dtype=np.int32)
        place[labels] = np.arange(len(labels))
        pairs = self.pairs.select(place[self.pairs.i] >= 0)
        own = number[np.repeat(np.arange(n), self.n_labels)] >= 0
        truncated = number[self.truncated]
        ids = set(to_strings(self.sample_ids[rows])) if self.bad else ()
        return StoredBlock(
            self.sample_ids[rows],
            self.stamps[rows],
            self.hashes[rows],
            self.label_ids[labels],
            self.boxes[labels],
            self.area[labels],
            image[labels],
            self.classes[labels],
            self.earlier_iou[labels],
            replace(pairs, i=place[pairs.i], j=place[pairs.j]),
            truncated[truncated >= 0],
            self.names,
            self.n_labels[rows],
            self.label_classes[own],
            self.label_bins[own],
            [label for label in self.bad if label.sample_id in ids],
        )

    @classmethod
    def concatenate(cls, parts: Sequence[StoredBlock]) -> StoredBlock:
        """Returns one block of the samples of all, which number classes alike."""
        if len(parts) == 1:
            return parts[0]
        samples = np.cumsum([0, *(len(part.sample_ids) for part in parts)])
        labels = np.cumsum([0, *(len(part.label_ids) for part in parts)])
        pairs = [
            replace(
                part.pairs,
                i=(part.pairs.i + before).astype(np.int32),
                j=(part.pairs.j + before).astype(np.int32),
            )
            for part, before in zip(parts, labels)
        ]
        joined = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in _JOINED
        }
        for name in ("image", "truncated"):
            shifted = [getattr(p, name) + before for p, before in zip(parts, samples)]
            joined[name] = np.concatenate(shifted)
        return cls(
            **joined,
            pairs=Pairs.concatenate(pairs),
            names=parts[0].names,
            bad=[label for part in parts for label in part.bad],
        )


_JOINED = (
    "sample_ids",
    "stamps",
    "hashes",
    "label_ids",
    "boxes",
    "area",
    "classes",
    "earlier_iou",
    "n_labels",
    "label_classes",
    "label_bins",
)


def to_stored(part: Scanned, names: Sequence[str | None]) -> StoredBlock:
    """Returns what is to be kept of a scanned block.

    Args:
        part: the block
        names: the class names by number; may grow later
    """
    overlaps, pairs = part.overlaps, part.overlaps.pairs
    own = part.rows(0)
    max_iou = overlaps.max_iou[own]
    label_bins = bins(max_iou).astype(np.uint8)
    label_bins[max_iou == 0] = ZERO
    label_bins[~part.compared[own]] = NO_OTHER
    in_pair = np.zeros(len(part.image), dtype=np.bool_)
    in_pair[pairs.i] = in_pair[pairs.j] = True
    # a truncated image may have labels whose pairs are all dropped
    in_pair |= np.isin(part.image, overlaps.truncated)
    rows = np.flatnonzero(in_pair)
    place = np.cumsum(in_pair, dtype=np.int32) - 1
    return StoredBlock(
        part.block.sample_ids,
        part.block.stamps,
        sample_hashes(part.block),
        part.ids[rows],
        part.boxes[rows],
        part.geometry.areas(rows),
        part.image[rows],
        part.classes[rows],
        overlaps.earlier_iou[rows],
        Pairs(place[pairs.i], place[pairs.j], pairs.iou, pairs.ios, pairs.decides),
        overlaps.truncated,
        names,
        np.diff(part.block.fields[0].offsets),
        part.classes[own],
        label_bins,
        part.bad,
    )


class Recorder:
    """Stores a scan, block by block; nothing of it is seen until the end.

    A thread of its own compresses and sends, while the next blocks are computed.

    Args:
        uuid (None): the scan; a new one by default
        part (0): which part of the scan this one stores. Storing a part again
            replaces what was stored of it
    """

    def __init__(self, uuid: str | None = None, part: int = 0) -> None:
        self.uuid = uuid or uuid4().hex
        self._shard = part * _BLOCKS_PER_PART
        if uuid is not None:
            end = self._shard + _BLOCKS_PER_PART
            store.collection("blocks").delete_many(
                {"scan_uuid": uuid, "shard": {"$gte": self._shard, "$lt": end}}
            )
        self._pool = ThreadPoolExecutor(1, "iou-duplicates-record")
        self._sent: deque[Future[None]] = deque()

    def add(self, block: StoredBlock) -> None:
        """Stores a block."""
        self._submit(self._store, block, self._shard)
        self._shard += 1

    def _store(self, block: StoredBlock, shard: int) -> None:
        pairs = block.pairs
        used = np.unique(np.concatenate((block.classes, block.label_classes)))
        documents: list[dict[str, Any]] = [
            {
                "kind": "labels",
                "sample_ids": store.pack(block.sample_ids),
                "stamps": store.pack(block.stamps),
                "hashes": store.pack(block.hashes),
                "label_ids": store.pack(block.label_ids),
                "boxes": store.pack(block.boxes),
                "image": store.pack(block.image.astype(np.int32)),
                "classes": store.pack(_places(used, block.classes)),
                "earlier_iou": store.pack(block.earlier_iou),
                "truncated": store.pack(block.truncated),
                "names": [block.names[number] for number in used.tolist()],
                "n_labels": store.pack(block.n_labels.astype(np.int32)),
                "label_classes": store.pack(_places(used, block.label_classes)),
                "label_bins": store.pack(block.label_bins),
                "bad": _pack_bad(block.bad),
            }
        ]
        if (block.area != _box_areas(block.boxes)).any():
            documents[0]["area"] = store.pack(block.area)
        for lo in range(0, len(pairs), _PAIRS_PER_DOCUMENT):
            part = slice(lo, lo + _PAIRS_PER_DOCUMENT)
            documents.append(
                {
                    "kind": "pairs",
                    "i": store.pack(pairs.i[part]),
                    "j": store.pack(pairs.j[part]),
                    "iou": store.pack(pairs.iou[part]),
                    "ios": store.pack(pairs.ios[part]),
                    "decides": store.pack(pairs.decides[part]),
                }
            )
        self._insert(documents, shard)

    def add_classes(self, classes: dict[str, Any]) -> None:
        """Stores the counts per class, ``{name: array or list}``, and waits.

        What could not be stored is raised here.
        """
        packed = {
            name: store.pack(value) if isinstance(value, np.ndarray) else value
            for name, value in classes.items()
        }
        self._submit(self._insert, [{"kind": "classes", **packed}], -1)
        self.wait()

    def wait(self) -> None:
        """Ends the storing; what could not be stored is raised here."""
        while self._sent:
            self._sent.popleft().result()
        self._pool.shutdown()

    def discard(self) -> None:
        """Forgets what was stored."""
        self._pool.shutdown(cancel_futures=True)
        store.collection("blocks").delete_many({"scan_uuid": self.uuid})

    def _submit(self, store_it: Callable[..., None], *what: Any) -> None:
        self._sent.append(self._pool.submit(store_it, *what))
        while len(self._sent) > _UNDER_WAY:
            self._sent.popleft().result()

    def _insert(self, documents: list[dict[str, Any]], shard: int) -> None:
        for part, document in enumerate(documents):
            document |= {
                "_id": f"{self.uuid}:{shard}:{part}",
                "scan_uuid": self.uuid,
                "format": store.FORMAT,
                "shard": shard,
                "part": part,
                "stored": store.now(),
            }
        store.collection("blocks").bulk_write(
            [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
        )


def ensure_indexes() -> None:
    """Makes the index that blocks are found by."""
    store.collection("blocks").create_index(
        [("scan_uuid", 1), ("shard", 1), ("part", 1)]
    )


def count(scan_uuid: str) -> int:
    """Returns how many blocks a scan has."""
    return store.collection("blocks").count_documents(
        {"scan_uuid": scan_uuid, "shard": {"$gte": 0}, "kind": "labels"}
    )


def blocks(
    scan_uuid: str, first: int = 0, last: int | None = None
) -> Iterator[StoredBlock]:
    """Yields the blocks of a scan, in its order.

    Args:
        scan_uuid: the scan
        first (0): the number of the first block, from 0
        last (None): that of the last one
    """
    which: dict[str, Any] = {"$gte": 0}
    if first or last is not None:
        stored = {"scan_uuid": scan_uuid, "shard": which}
        shards = sorted(store.collection("blocks").distinct("shard", stored))
        which = {"$in": shards[first : None if last is None else last + 1]}
    yield from _read(scan_uuid, which, classes(scan_uuid)["names"])


def block(scan_uuid: str, shard: int, names: Sequence[str | None]) -> StoredBlock:
    """Returns one block of a scan.

    Args:
        scan_uuid: the scan
        shard: the number that :func:`contents` gives it
        names: the class names of the scan

    Raises:
        ScanError: if it is gone
    """
    found = next(_read(scan_uuid, shard, names), None)
    if found is None:
        raise ScanError("the blocks of the scan", "fewer (scan again)", scan_uuid)
    return found


def _read(
    scan_uuid: str, shard: Any, names: Sequence[str | None]
) -> Iterator[StoredBlock]:
    found = store.collection("blocks").find({"scan_uuid": scan_uuid, "shard": shard})
    labels: dict[str, Any] | None = None
    parts: list[Pairs] = []
    for document in found.sort([("shard", 1), ("part", 1)]):
        store.require_format(document["format"], scan_uuid)
        if document["kind"] == "labels":
            if labels is not None:
                yield _block(labels, parts, names)
            labels, parts = document, []
        else:
            keys = ("i", "j", "iou", "ios", "decides")
            parts.append(Pairs(*(store.unpack(document[key]) for key in keys)))
    if labels is not None:
        yield _block(labels, parts, names)


def seen_samples(scan_uuid: str) -> Iterator[tuple[Bytes, Ints, Hashes]]:
    """Yields ids, stamps and hashes of a scan's samples, block by block.

    No label and no pair is read.
    """
    for ids, stamps, hashes, _ in contents(scan_uuid)[1]:
        yield ids, stamps, hashes


def contents(
    scan_uuid: str,
) -> tuple[list[int], list[tuple[Bytes, Ints, Hashes, list[BadLabel]]]]:
    """Returns the numbers of a scan's blocks, and ids, stamps, hashes and bad labels.

    No other label and no pair is read.
    """
    names = ("sample_ids", "stamps", "hashes")
    found = store.collection("blocks").find(
        {"scan_uuid": scan_uuid, "shard": {"$gte": 0}, "kind": "labels"},
        dict.fromkeys((*names, "format", "shard", "bad"), True),
    )
    shards, seen = [], []
    for document in found.sort([("shard", 1), ("part", 1)]):
        store.require_format(document["format"], scan_uuid)
        ids, stamps, hashes = (store.unpack(document[name]) for name in names)
        shards.append(document["shard"])
        seen.append((ids, stamps, hashes, _unpack_bad(document["bad"])))
    return shards, seen


def _block(
    document: dict[str, Any], parts: list[Pairs], names: Sequence[str | None]
) -> StoredBlock:
    numbers = {name: number for number, name in enumerate(names)}
    number = np.array([numbers[name] for name in document["names"]], np.int64)
    arrays = {
        key: store.unpack(value)
        for key, value in document.items()
        if isinstance(value, dict)
    }
    arrays.setdefault("area", _box_areas(arrays["boxes"]))
    for key in ("classes", "label_classes"):
        arrays[key] = number[arrays[key]]
    return StoredBlock(
        **arrays,
        pairs=Pairs.concatenate(parts),
        names=names,
        bad=_unpack_bad(document["bad"]),
    )


def _box_areas(boxes: Floats) -> Floats:
    return boxes[:, 3] * boxes[:, 2]


def _places(used: Ints, classes: Ints) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Returns where classes stand among those that are used, in few bytes."""
    return np.searchsorted(used, classes).astype(np.min_scalar_type(len(used)))


def _pack_bad(bad: Sequence[BadLabel]) -> bytes:
    rows = [list(vars(label).values()) for label in bad]
    return zlib.compress(json.dumps(rows).encode(), 1) if rows else b""


def _unpack_bad(data: bytes) -> list[BadLabel]:
    rows = json.loads(zlib.decompress(data)) if data else []
    return [BadLabel(*row) for row in rows]


def classes(scan_uuid: str) -> dict[str, Any]:
    """Returns the counts per class of a scan, as they were recorded.

    Raises:
        ScanError: if they are gone
    """
    found = store.collection("blocks").find_one({"scan_uuid": scan_uuid, "shard": -1})
    if found is None:
        raise ScanError("the blocks of the scan", "none (scan again)", scan_uuid)
    return {
        name: store.unpack(value) if isinstance(value, dict) else value
        for name, value in found.items()
    }
