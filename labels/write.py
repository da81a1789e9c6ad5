"""The only writer of labels; what it sends is made by :mod:`.updates`.

FiftyOne is not told of direct writes, so each
also sets ``last_modified_at``, and the Samples that this process holds are
reloaded afterwards: one that is not would save a delta by position and make
ghost labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import bson
import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId

from .fields import holders
from .updates import Update

WRITERS = 2
"""How many threads send updates."""

_BATCH = 200  # updates per command: so few that all writers have some
_BATCH_BYTES = 8_000_000  # MongoDB refuses commands above 48 MB
_BYTES_PER_CHANGE = 64


def reload_held(
    samples: foc.SampleCollection, on_frames: bool, ids: Iterable[ObjectId] | None
) -> None:
    """Reloads the Samples that this process holds, or the Frames.

    Args:
        samples: a dataset or a view
        on_frames: whether frames were written
        ids: what was written; None for any
    """
    dataset = samples._root_dataset
    written = None if ids is None else [str(_id) for _id in ids]
    if on_frames:
        fo.Frame._reload_docs(dataset._frame_collection_name, frame_ids=written)
    else:
        fo.Sample._reload_docs(dataset._sample_collection_name, sample_ids=written)


class Writer:
    """Sends updates of samples, or frames, from a few threads.

    A frame that is written stamps its sample too, as FiftyOne does.

    Args:
        samples: a dataset or a view
        on_frames (False): whether frames are written
    """

    def __init__(self, samples: foc.SampleCollection, on_frames: bool = False) -> None:
        self._dataset = samples._root_dataset
        self._collection = holders(self._dataset, on_frames)
        self._on_frames = on_frames
        self._pool = ThreadPoolExecutor(WRITERS, "iou-duplicates-write")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)

    def submit(self, updates: Iterable[Update]) -> list[Future[list[ObjectId]]]:
        """Sends guarded updates, and does not wait for them.

        Args:
            updates: ``{"q": ..., "u": ...}``, one for a sample, each setting
                ``last_modified_at``

        Returns:
            futures of the samples whose guard did not hold
        """
        return [self._pool.submit(self._update, b) for b in _batches(updates)]

    def write(self, updates: Iterable[Update]) -> list[ObjectId]:
        """Sends guarded updates; returns the samples whose guard did not hold."""
        sent: list[Future[list[ObjectId]]] = []
        unmatched: list[ObjectId] = []
        for batch in _batches(updates):
            sent.append(self._pool.submit(self._update, batch))
            while len(sent) > 2 * WRITERS:
                unmatched += sent.pop(0).result()
        for future in sent:
            unmatched += future.result()
        return unmatched

    def _update(self, batch: list[Update]) -> list[ObjectId]:
        collection = self._collection
        reply = collection.database.command(
            "update", collection.name, updates=batch, ordered=False
        )
        if self._on_frames:
            self._stamp_samples(batch)
        if reply["n"] == len(batch):
            return []
        failed = {error["index"] for error in reply.get("writeErrors", [])}
        unmatched = [batch[k]["q"]["_id"] for k in failed]
        if reply["n"] + len(failed) < len(batch):
            unmatched += self._not_written(
                [update for k, update in enumerate(batch) if k not in failed]
            )
        return unmatched

    def _stamp_samples(self, batch: list[Update]) -> None:
        """Stamps the samples of a batch of frames."""
        ids = [update["q"]["_id"] for update in batch]
        owners = self._collection.distinct("_sample_id", {"_id": {"$in": ids}})
        self._dataset._sample_collection.update_many(
            {"_id": {"$in": owners}},
            {"$max": {"last_modified_at": _stamp(batch[-1])}},
        )

    def _not_written(self, batch: list[Update]) -> list[ObjectId]:
        """Returns the samples of a batch that do not carry its time stamp."""
        stamps = {update["q"]["_id"]: _stamp(update) for update in batch}
        found = self._collection.find(
            {"_id": {"$in": list(stamps)}}, {"last_modified_at": True}
        )
        for doc in found:
            if doc.get("last_modified_at") == stamps[doc["_id"]]:
                del stamps[doc["_id"]]
        return list(stamps)


def _batches(updates: Iterable[Update]) -> Iterator[list[Update]]:
    batch: list[Update] = []
    size = 0
    for update in updates:
        batch.append(update)
        size += _size(update)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _stamp(update: Update) -> datetime:
    change = update["u"][0] if isinstance(update["u"], list) else update["u"]
    stamp: datetime = change["$set"]["last_modified_at"]
    return stamp


def _size(update: Update) -> int:
    """Returns about how many bytes an update has."""
    if "last_modified_at" in update["q"]:
        # values by position, and many of them
        return _BYTES_PER_CHANGE * len(update["u"]["$set"])
    return len(bson.encode(update))
