"""The only writer of labels; what it sends is made by :mod:`.updates`.

FiftyOne does not notice direct writes, so each also sets ``last_modified_at``, and the
Samples that this process holds are reloaded afterwards. One that is not reloaded would
save a delta by position and make ghost labels.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

import bson
import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from ...fields import collection_of
from .tag_follower import Follower
from .updates import Update

WRITERS = 2
"""The number of threads that send updates."""

TOO_LARGE = "is in a sample that would become larger than the 16 MB of MongoDB"
"""The reason for an update that MongoDB has no room for."""

Unwritten = dict[ObjectId, str | None]
"""The samples that were not written: why, or None where the guard did not hold."""

_BATCH = 200  # updates per command: so few that all writers have some
_BATCH_BYTES = 8_000_000  # of a command of several updates; MongoDB allows 48 MB
_UPDATE_BYTES = 16 * 1024 * 1024 + 16_000  # of one update; MongoDB allows 16,384 more
_TOO_LARGE_CODES = {10334, 17419, 17420}


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
        self._collection = collection_of(self._dataset, on_frames)
        self._on_frames = on_frames
        self._own_tags = Follower(self._dataset, self._collection)
        whole = self._dataset._sample_collection
        self._sample_tags = Follower(self._dataset, whole) if on_frames else None
        self._pool = ThreadPoolExecutor(WRITERS, "iou-duplicates-write")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)

    def submit(self, updates: Iterable[Update]) -> list[Future[Unwritten]]:
        """Sends guarded updates, and does not wait for them.

        Args:
            updates: ``{"q": ..., "u": ...}``, one for a sample, each setting
                ``last_modified_at``

        Returns:
            futures of the samples that were not written
        """
        return [self._pool.submit(self._update, b) for b in _batches(updates)]

    def write(self, updates: Iterable[Update]) -> Unwritten:
        """Sends guarded updates; returns the samples that were not written."""
        sent: deque[Future[Unwritten]] = deque()
        unwritten: Unwritten = {}
        for batch in _batches(updates):
            sent.append(self._pool.submit(self._update, batch))
            while len(sent) > 2 * WRITERS:
                unwritten |= sent.popleft().result()
        for future in sent:
            unwritten |= future.result()
        return unwritten

    def _update(self, batch: list[_Encoded]) -> Unwritten:
        fits = [one for one in batch if len(one.raw.raw) <= _UPDATE_BYTES]
        unwritten: Unwritten = {
            one.document_id: TOO_LARGE
            for one in batch
            if len(one.raw.raw) > _UPDATE_BYTES
        }
        return unwritten | self._send(fits) if fits else unwritten

    def _send(self, batch: list[_Encoded]) -> Unwritten:
        stamps = {one.document_id: one.stamp for one in batch}
        records = self._own_tags.settle(stamps)
        unwritten = self._command(batch)
        if self._sample_tags is not None:
            self._stamp_samples(self._sample_tags, batch)
        if records:
            self._own_tags.follow(records, stamps, unwritten)
        return unwritten

    def _command(self, batch: list[_Encoded]) -> Unwritten:
        collection = self._collection
        reply = collection.database.command(
            "update", collection.name, updates=[one.raw for one in batch], ordered=False
        )
        if reply["n"] == len(batch):
            return {}
        errors = {e["index"]: e["code"] for e in reply.get("writeErrors", ())}
        unwritten: Unwritten = {
            batch[k].document_id: TOO_LARGE if code in _TOO_LARGE_CODES else None
            for k, code in errors.items()
        }
        if reply["n"] + len(errors) < len(batch):
            left = [one for k, one in enumerate(batch) if k not in errors]
            found = self._not_written(left)
            if len(found) < len(left) - reply["n"]:
                # an edit in the same millisecond left the same time stamp
                found = [one.document_id for one in left]
            unwritten |= dict.fromkeys(found)
        return unwritten

    def _stamp_samples(self, own_tags: Follower, batch: list[_Encoded]) -> None:
        """Stamps the samples of a batch of frames."""
        ids = [one.document_id for one in batch]
        stamp = batch[-1].stamp
        owners = self._collection.distinct("_sample_id", {"_id": {"$in": ids}})
        records = own_tags.settle(dict.fromkeys(owners, stamp))
        self._dataset._sample_collection.update_many(
            {"_id": {"$in": owners}}, {"$max": {"last_modified_at": stamp}}
        )
        own_tags.follow_stamps(records, stamp)

    def _not_written(self, batch: list[_Encoded]) -> list[ObjectId]:
        """Returns the samples of a batch that do not carry its time stamp."""
        stamps = {one.document_id: one.stamp for one in batch}
        found = self._collection.find(
            {"_id": {"$in": list(stamps)}}, {"last_modified_at": True}
        )
        for doc in found:
            if doc.get("last_modified_at") == stamps[doc["_id"]]:
                del stamps[doc["_id"]]
        return list(stamps)


class _Encoded(NamedTuple):
    """An update as it is sent, with its sample and time stamp."""

    document_id: ObjectId
    stamp: datetime
    raw: RawBSONDocument


def _batches(updates: Iterable[Update]) -> Iterator[list[_Encoded]]:
    batch: list[_Encoded] = []
    total = 0
    for update in updates:
        raw = RawBSONDocument(bson.encode(update))
        size = len(raw.raw)
        if batch and (len(batch) >= _BATCH or total + size > _BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(_Encoded(update["q"]["_id"], _stamp(update), raw))
        total += size
    if batch:
        yield batch


def _stamp(update: Update) -> datetime:
    stages = update["u"] if isinstance(update["u"], list) else [update["u"]]
    stamp: datetime = next(s["$set"] for s in stages if "$set" in s)["last_modified_at"]
    return stamp
