"""The stored blocks of a scan: written once, never changed.

The blocks stand in the plugin's own collection, keyed by the scan's uuid, so a
clone of the dataset, which copies the run, shares them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import Any
from uuid import uuid4

import numpy as np
from pymongo import ReplaceOne

from ....iou_core.arrays import Ints
from ....iou_core.cancellation import check_cancelled
from ....iou_core.decisions.curves import Curves
from ....iou_core.errors import ScanError
from ... import store
from ...reading.columns import BadLabel, Hashes
from ...reading.raw.ids import Bytes
from . import memory
from .block import StoredBlock
from .compact import unpack
from .packing import FORMAT, to_block, to_documents, unpack_bad

_BLOCKS_PER_PART = 1_000_000
_DOCUMENTS_AT_ONCE = 4
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
        self._insert(to_documents(block), shard)

    def add_classes(self, classes: dict[str, Any]) -> None:
        """Stores the counts per class, ``{name: array or list}``, and waits.

        What could not be stored is raised here.
        """
        self._submit(self._insert, [{"kind": "classes", **_packed(classes)}], -1)
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
        # the thread checks for cancellation as this one does
        run = copy_context().run
        self._sent.append(self._pool.submit(run, store_it, *what))
        while len(self._sent) > _UNDER_WAY:
            self._sent.popleft().result()

    def _insert(self, documents: Iterable[dict[str, Any]], shard: int) -> None:
        left = enumerate(documents)
        while some := list(islice(left, _DOCUMENTS_AT_ONCE)):
            for part, document in some:
                document |= {
                    "_id": f"{self.uuid}:{shard}:{part}",
                    "scan_uuid": self.uuid,
                    "format": FORMAT,
                    "shard": shard,
                    "part": part,
                    "stored": store.now(),
                }
            store.collection("blocks").bulk_write(
                [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for _, d in some]
            )


def _packed(classes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: store.pack(value) if isinstance(value, np.ndarray) else value
        for name, value in classes.items()
    }


def keep_curves(scan_uuid: str, method: str, curves: Curves) -> None:
    """Adds the counts of a method to a stored scan, which was made without them."""
    of_all = np.stack((curves.labels, curves.images)).astype(np.int32)
    counts = {method: of_all, **class_curves(method, curves)}
    store.collection("blocks").update_one(
        {"scan_uuid": scan_uuid, "shard": -1}, {"$set": _packed(counts)}
    )


def class_curves(method: str, curves: Curves) -> dict[str, Any]:
    """Returns the counts per threshold and class of a method, as they are stored."""
    return {
        f"{method}_labels": curves.class_labels.astype(np.int32),
        f"{method}_images": curves.class_images.astype(np.int32),
    }


def ensure_indexes() -> None:
    """Makes the index that blocks are found by."""
    by_block = [("scan_uuid", 1), ("shard", 1), ("part", 1)]
    store.index(store.collection("blocks"), [by_block])


def count(scan_uuid: str) -> int:
    """Returns how many blocks a scan has."""
    return store.collection("blocks").count_documents(
        {"scan_uuid": scan_uuid, "shard": {"$gte": 0}, "part": 0}
    )


def blocks(
    scan_uuid: str, names: Sequence[str | None], first: int = 0
) -> Iterator[StoredBlock]:
    """Yields the blocks of a scan, in its order.

    Those of the scan that was read last are kept, see :mod:`.memory`.

    Args:
        scan_uuid: the scan
        names: the class names of the scan
        first (0): the number of the first block, from 0
    """
    kept = memory.of_scan(scan_uuid, names)
    if kept is not None:
        for one in kept[first:]:
            check_cancelled()
            yield one
        return
    if not first:
        found = _read(scan_uuid, {"$gte": 0}, names)
        yield from memory.keep(scan_uuid, names, found, count(scan_uuid))
        return
    stored = {"scan_uuid": scan_uuid, "shard": {"$gte": 0}}
    shards = sorted(store.collection("blocks").distinct("shard", stored))
    yield from _read(scan_uuid, {"$in": shards[first:]}, names)


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
    parts: list[dict[str, Any]] = []
    for document in found.sort([("shard", 1), ("part", 1)]):
        check_cancelled()
        store.require_format(document["format"], scan_uuid, FORMAT)
        if document["kind"] == "labels":
            if labels is not None:
                yield to_block(labels, parts, names)
            labels, parts = document, []
        else:
            parts.append(document)
    if labels is not None:
        yield to_block(labels, parts, names)


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
        store.require_format(document["format"], scan_uuid, FORMAT)
        ids, stamps, hashes = (unpack(document[name]) for name in names)
        shards.append(document["shard"])
        seen.append((ids, stamps, hashes, unpack_bad(document["bad"])))
    return shards, seen


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
