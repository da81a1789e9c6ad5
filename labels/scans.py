"""Stored scans: what was found, to come back to.

The config (parameters, counts, histogram, curves) is a custom run of the
dataset. The pairs are documents in the plugin's own collection, keyed by the
scan's uuid and never changed, so a clone of the dataset, which copies the run,
shares them. They go when no run names them any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import bson
import fiftyone.core.collections as foc
import fiftyone.core.odm as foo
import fiftyone.core.view as fov
import numpy as np

from ..iou_core.boxes import Floats, Ints
from ..iou_core.errors import ScanError
from ..iou_core.pairs import Pairs
from . import store
from .columns import Bytes, Hashes
from .fingerprint import sample_hashes
from .scan import Scanned

METHOD = "iou_duplicates"
"""What FiftyOne calls these runs; all plugins share one name space of keys."""

MAX_VIEW_BYTES = 1_000_000
"""A view whose stages are larger is not stored with the scan."""

_PAIRS_PER_DOCUMENT = 300_000
_ORPHAN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class StoredBlock:
    """What a scan keeps of one block.

    Attributes:
        sample_ids: ``(S, 12)`` uint8
        stamps: ``(S,)`` int64, ``last_modified_at`` in milliseconds
        hashes: ``(S,)`` uint64; see :mod:`.fingerprint`
        label_ids: ``(L, 12)`` uint8, the labels that are in a pair
        image: ``(L,)`` the sample of each, an index into ``sample_ids``
        classes: ``(L,)`` the class of each, an index into the scan's classes
        earlier_iou: ``(L,)``; see :class:`..iou_core.overlap.Overlaps`
        pairs: the pairs, whose ``i, j`` index the labels above
        truncated: the samples of which not all pairs are kept
    """

    sample_ids: Bytes
    stamps: Ints
    hashes: Hashes
    label_ids: Bytes
    image: Ints
    classes: Ints
    earlier_iou: Floats
    pairs: Pairs
    truncated: Ints


def to_stored(part: Scanned) -> StoredBlock:
    """Returns what is to be kept of a scanned block."""
    overlaps, columns = part.overlaps, part.columns
    pairs = overlaps.pairs
    in_pair = np.zeros(len(columns), dtype=np.bool_)
    in_pair[pairs.i] = in_pair[pairs.j] = True
    # a truncated image may have labels whose pairs are all dropped
    in_pair |= np.isin(columns.image, overlaps.truncated)
    rows = np.flatnonzero(in_pair)
    place = np.cumsum(in_pair, dtype=np.int32) - 1
    return StoredBlock(
        part.block.sample_ids,
        part.block.stamps,
        sample_hashes(columns),
        columns.ids[rows],
        columns.image[rows],
        columns.classes[rows],
        overlaps.earlier_iou[rows],
        Pairs(place[pairs.i], place[pairs.j], pairs.iou, pairs.ios, pairs.decides),
        overlaps.truncated,
    )


class Recorder:
    """Stores a scan, block by block; nothing of it is seen until the end."""

    def __init__(self) -> None:
        self.uuid = uuid4().hex
        self._shard = 0

    def add(self, block: StoredBlock) -> None:
        """Stores a block."""
        pairs = block.pairs
        documents = [
            {
                "kind": "labels",
                "sample_ids": store.pack(block.sample_ids),
                "stamps": store.pack(block.stamps),
                "hashes": store.pack(block.hashes),
                "label_ids": store.pack(block.label_ids),
                "image": store.pack(block.image.astype(np.int32)),
                "classes": store.pack(block.classes.astype(np.int32)),
                "earlier_iou": store.pack(block.earlier_iou),
                "truncated": store.pack(block.truncated),
            }
        ]
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
        self._insert(documents)
        self._shard += 1

    def add_classes(self, classes: dict[str, Any]) -> None:
        """Stores the counts per class, ``{name: array or list}``."""
        self._shard = -1
        packed = {
            name: store.pack(value) if isinstance(value, np.ndarray) else value
            for name, value in classes.items()
        }
        self._insert([{"kind": "classes", **packed}])

    def discard(self) -> None:
        """Forgets what was stored."""
        store.collection("blocks").delete_many({"scan_uuid": self.uuid})

    def _insert(self, documents: list[dict[str, Any]]) -> None:
        for part, document in enumerate(documents):
            document |= {
                "scan_uuid": self.uuid,
                "format": store.FORMAT,
                "shard": self._shard,
                "part": part,
                "stored": store.now(),
            }
        store.collection("blocks").insert_many(documents)


def ensure_indexes() -> None:
    """Makes the index that blocks are found by."""
    store.collection("blocks").create_index(
        [("scan_uuid", 1), ("shard", 1), ("part", 1)]
    )


def require_free_key(samples: foc.SampleCollection, scan_key: str) -> None:
    """Refuses a key that is none, or that another run has.

    Raises:
        ScanError: if the key is no identifier, or in use
    """
    if not isinstance(scan_key, str) or not re.fullmatch(r"[A-Za-z_]\w*", scan_key):
        raise ScanError(
            "letters, digits and underscores, not beginning with a digit",
            repr(scan_key),
            "scan_key",
        )
    if scan_key in _keys(samples):
        raise ScanError("a new key", f"{scan_key!r}, which another run has", "scan_key")


def new_key(samples: foc.SampleCollection) -> str:
    """Returns a key that no run has: ``duplicates_1``, ``duplicates_2``, ...."""
    keys = _keys(samples)
    k = 1
    while f"duplicates_{k}" in keys:
        k += 1
    return f"duplicates_{k}"


def _keys(samples: foc.SampleCollection) -> set[str]:
    """Returns the keys of all runs, those of other processes included."""
    dataset = samples._root_dataset
    runs = foo.get_db_conn()["runs"]
    stored = runs.find({"_dataset_id": dataset._doc.id}, {"key": True})
    return {run["key"] for run in stored} | set(dataset.list_runs())


def register(
    samples: foc.SampleCollection, scan_key: str, config: dict[str, Any]
) -> None:
    """Makes a recorded scan a run of its dataset.

    Raises:
        ScanError: if the key is in use
    """
    require_free_key(samples, scan_key)
    stages = samples._serialize() if isinstance(samples, fov.DatasetView) else []
    whole = len(bson.encode({"stages": stages})) <= MAX_VIEW_BYTES
    dataset = samples._root_dataset
    run_config = dataset.init_run()
    run_config.method = METHOD
    run_config.format = store.FORMAT
    run_config.view_stored = whole
    for name, value in config.items():
        setattr(run_config, name, value)
    (samples if whole else dataset).register_run(scan_key, run_config)


def list_scans(samples: foc.SampleCollection) -> list[dict[str, Any]]:
    """Returns the configs of the stored scans, the newest first."""
    dataset = samples._root_dataset
    scans = [load(samples, key) for key in dataset.list_runs(method=METHOD)]
    return sorted(scans, key=lambda scan: scan["created_at"], reverse=True)


def load(samples: foc.SampleCollection, scan_key: str) -> dict[str, Any]:
    """Returns the config of a stored scan.

    Raises:
        ScanError: if there is no such scan, or a newer version stored it
    """
    dataset = samples._root_dataset
    if scan_key not in dataset.list_runs(method=METHOD):
        dataset.reload()
    if scan_key not in dataset.list_runs(method=METHOD):
        known = ", ".join(dataset.list_runs(method=METHOD)) or "there is none yet"
        raise ScanError(f"the key of a scan ({known})", repr(scan_key), "scan_key")

    config = dict(dataset.get_run_info(scan_key).config.serialize())
    store.require_format(config["format"], scan_key)
    return {**bson_to_plain(config), "scan_key": scan_key}


def bson_to_plain(value: Any) -> Any:
    """Returns a value with plain dicts and lists in place of ordered ones."""
    if isinstance(value, dict):
        return {key: bson_to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [bson_to_plain(item) for item in value]
    return value


def view_of(samples: foc.SampleCollection, scan_key: str) -> foc.SampleCollection:
    """Returns the collection that a scan looked at, as it is now.

    Raises:
        ScanError: if its view was too large to be stored
    """
    dataset = samples._root_dataset
    config = load(samples, scan_key)
    if not config["view_stored"]:
        raise ScanError(
            "a scan whose view could be stored", "one of more than 1 MB", scan_key
        )
    if config["scope"]["kind"] == "dataset":
        return dataset
    return dataset.load_run_view(scan_key)


def blocks(scan_uuid: str) -> Iterator[StoredBlock]:
    """Yields the blocks of a scan, in its order."""
    found = store.collection("blocks").find(
        {"scan_uuid": scan_uuid, "shard": {"$gte": 0}}
    )
    labels: dict[str, Any] | None = None
    parts: list[Pairs] = []
    for document in found.sort([("shard", 1), ("part", 1)]):
        store.require_format(document["format"], scan_uuid)
        if document["kind"] == "labels":
            if labels is not None:
                yield _block(labels, parts)
            labels, parts = document, []
        else:
            names = ("i", "j", "iou", "ios", "decides")
            parts.append(Pairs(*(store.unpack(document[name]) for name in names)))
    if labels is not None:
        yield _block(labels, parts)


def _block(document: dict[str, Any], parts: list[Pairs]) -> StoredBlock:
    names = (
        "sample_ids",
        "stamps",
        "hashes",
        "label_ids",
        "image",
        "classes",
        "earlier_iou",
    )
    arrays = [store.unpack(document[name]) for name in names]
    truncated = store.unpack(document["truncated"])
    return StoredBlock(*arrays, Pairs.concatenate(parts), truncated)


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


def rename(
    samples: foc.SampleCollection,
    scan_key: str,
    title: str | None = None,
    new_scan_key: str | None = None,
) -> dict[str, Any]:
    """Gives a scan another title, or another key; returns its config.

    Raises:
        ScanError: if there is no such scan, or the new key cannot be used
    """
    dataset = samples._root_dataset
    load(samples, scan_key)
    if new_scan_key not in (None, scan_key):
        require_free_key(samples, str(new_scan_key))
        dataset.rename_run(scan_key, new_scan_key)
        scan_key = str(new_scan_key)
    if title is not None:
        run_config = dataset.get_run_info(scan_key).config
        run_config.title = title
        dataset.update_run_config(scan_key, run_config)
    return load(samples, scan_key)


def delete(samples: foc.SampleCollection, scan_key: str) -> None:
    """Forgets a scan, and its pairs unless another dataset's run names them.

    Raises:
        ScanError: if there is no such scan
    """
    config = load(samples, scan_key)
    samples._root_dataset.delete_run(scan_key)
    named = foo.get_db_conn()["runs"].find_one(
        {"config.scan_uuid": config["scan_uuid"]}, {"_id": True}
    )
    if named is None:
        store.collection("blocks").delete_many({"scan_uuid": config["scan_uuid"]})


def purge_orphans() -> int:
    """Deletes blocks that no run names and that are no run's under way.

    Returns:
        how many documents went
    """
    stored = store.collection("blocks").distinct("scan_uuid")
    named = set(
        foo.get_db_conn()["runs"].distinct(
            "config.scan_uuid", {"config.method": METHOD}
        )
    )
    gone = [uuid for uuid in stored if uuid not in named]
    if not gone:
        return 0
    return (
        store.collection("blocks")
        .delete_many(
            {"scan_uuid": {"$in": gone}, "stored": {"$lt": store.now() - _ORPHAN_AFTER}}
        )
        .deleted_count
    )
