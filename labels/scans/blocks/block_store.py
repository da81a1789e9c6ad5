"""The stored blocks of a scan: written once, never changed.

The blocks stand in the plugin's own collection, keyed by the scan's uuid, so a
clone of the dataset, which copies the run, shares them.
"""

from __future__ import annotations

import json
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from pymongo import ReplaceOne

from ....iou_core.arrays import Floats, Ints
from ....iou_core.errors import ScanError
from ....iou_core.pairs import Pairs
from ... import store
from ...media.inflate import inflate
from ...reading.columns import BadLabel, Bytes, Hashes
from .block import StoredBlock

_PAIRS_PER_DOCUMENT = 300_000
_BLOCKS_PER_PART = 1_000_000
_UNDER_WAY = 4  # blocks that wait to be stored


class Recorder:
    """Stores a scan, block by block; nothing of it is seen until the end.

    A second thread compresses and sends blocks while the next ones are computed.

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
                "sample_ids": store.pack(block.document_ids),
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
        if block.unmarked.any():
            documents[0]["unmarked"] = store.pack(block.unmarked)
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
        """Deletes the blocks that were stored."""
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
    scan_uuid: str, names: Sequence[str | None], first: int = 0
) -> Iterator[StoredBlock]:
    """Yields the blocks of a scan, in its order.

    Args:
        scan_uuid: the scan
        names: the class names of the scan
        first (0): the number of the first block, from 0
    """
    which: dict[str, Any] = {"$gte": 0}
    if first:
        stored = {"scan_uuid": scan_uuid, "shard": which}
        shards = sorted(store.collection("blocks").distinct("shard", stored))
        which = {"$in": shards[first:]}
    yield from _read(scan_uuid, which, names)


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
        raise _gone()
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
    arrays.setdefault("unmarked", np.zeros(len(arrays["label_bins"]), np.int64))
    for key in ("classes", "label_classes"):
        arrays[key] = number[arrays[key]]
    return StoredBlock(
        document_ids=arrays.pop("sample_ids"),
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
    return [BadLabel(*row) for row in json.loads(inflate(data))] if data else []


def _gone() -> ScanError:
    advice = "delete the scan, and scan again"
    return ScanError("a scan whose pairs are stored", f"none ({advice})", "scan_key")


def classes(scan_uuid: str) -> dict[str, Any]:
    """Returns the counts per class of a scan, as they were recorded.

    Raises:
        ScanError: if they are gone
    """
    found = store.collection("blocks").find_one({"scan_uuid": scan_uuid, "shard": -1})
    if found is None:
        raise _gone()
    return {
        name: store.unpack(value) if isinstance(value, dict) else value
        for name, value in found.items()
    }
