"""Reads labels of a dataset or a view, as a stream of blocks.

No ``Sample`` is ever built: raw batches come from MongoDB with a projection of
the needed fields alone, one thread ahead of the decoding.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from .bson_columns import LabelDecoder
from .columns import Block

BATCH_SAMPLES = 2000
"""How many samples a batch holds at the most; MongoDB ends it at 16 MB."""

_AHEAD = 2  # batches in flight


def read_blocks(
    samples: foc.SampleCollection,
    decoder: LabelDecoder,
    sample_ids: Sequence[ObjectId] | None = None,
) -> Iterator[Block]:
    """Yields the labels of a collection in its order.

    Labels that a view filters out are not read.

    Args:
        samples: a dataset or a view, not of patches, clips or frames
        decoder: the :class:`.bson_columns.LabelDecoder` of the fields
        sample_ids (None): read only these samples

    Yields:
        :class:`.columns.Block` instances small enough to compute at once;
        nothing for no samples
    """
    batches = _raw_batches(samples, decoder.projection, sample_ids)
    for data in _one_thread_ahead(batches):
        yield from decoder.decode(data).split()


def count_samples(samples: foc.SampleCollection) -> int:
    """Returns the number of samples that a reader of the collection meets."""
    pipeline = samples._pipeline()
    collection = samples._dataset._sample_collection
    if not pipeline:
        return int(collection.estimated_document_count())
    counted = collection.aggregate([*pipeline, {"$count": "n"}], allowDiskUse=True)
    return int(next(iter(counted), {"n": 0})["n"])


def raw_samples(
    samples: foc.SampleCollection,
    projection: dict[str, Any],
    sample_ids: Sequence[ObjectId],
) -> Iterator[dict[str, Any]]:
    """Yields stored samples as they are, without the view's stages.

    Args:
        samples: a dataset or a view
        projection: what to read of them
        sample_ids: which samples; those that are gone are not yielded
    """
    collection = samples._dataset._sample_collection
    yield from collection.find({"_id": {"$in": list(sample_ids)}}, projection)


def _raw_batches(
    samples: foc.SampleCollection,
    projection: dict[str, Any],
    sample_ids: Sequence[ObjectId] | None,
) -> Iterator[bytes]:
    collection = samples._dataset._sample_collection
    pipeline = samples._pipeline()
    among = {} if sample_ids is None else {"_id": {"$in": list(sample_ids)}}
    if not pipeline:
        return collection.find_raw_batches(
            among, projection, batch_size=BATCH_SAMPLES
        )
    if among:
        pipeline = [*pipeline, {"$match": among}]
    return collection.aggregate_raw_batches(
        [*pipeline, {"$project": projection}],
        batchSize=BATCH_SAMPLES,
        allowDiskUse=True,
    )


def _one_thread_ahead(batches: Any) -> Iterator[bytes]:
    """Yields from an iterator that a thread of its own reads."""
    ready: queue.Queue[Any] = queue.Queue(_AHEAD)
    stopped = threading.Event()

    def put(item: Any) -> None:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def fetch() -> None:
        try:
            for batch in batches:
                put(batch)
                if stopped.is_set():
                    break
            put(None)
        except BaseException as error:  # handed over, raised by the reader
            put(error)
        finally:
            batches.close()

    thread = threading.Thread(target=fetch, name="iou-duplicates-read", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
