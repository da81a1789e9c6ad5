"""The labels of a dataset or a view, read as a stream of blocks.

No ``Sample`` is built. MongoDB returns raw batches with only the needed fields, which
are fetched one thread ahead of the decoding.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ..fields import collection_of, view_pipeline
from . import repeats
from .columns import NO_STAMP, Block
from .decoder import LabelDecoder
from .raw import batches as raw_batches
from .raw.batches import BATCH_SAMPLES, Batch
from .raw.ids import to_bytes, to_object_ids

_AHEAD = 2  # batches in flight
_ID_AT = 9  # after the length of a document, a type, and a zero-terminated "_id"

_VIDEOS_AT_ONCE = 100


def read_blocks(
    samples: foc.SampleCollection,
    decoder: LabelDecoder,
    document_ids: Sequence[ObjectId] | None = None,
) -> Iterator[Block]:
    """Yields the labels of a collection in its order.

    Labels that a view filters out are not read. Each sample and each label is read
    once, also if a view holds the sample twice.

    Args:
        samples: a dataset or a view, not of patches or clips
        decoder: the :class:`.decoder.LabelDecoder` of the fields
        document_ids (None): read only these samples

    Yields:
        :class:`.columns.Block` instances small enough to compute at once;
        nothing for no samples
    """
    blocks = _decoded(_raw_batches(samples, decoder, document_ids), decoder)
    # without fields, the caller asks for the samples themselves
    if not (decoder.fields and repeats.may_repeat(samples)):
        yield from blocks
        return
    collection, pipeline = view_pipeline(samples, decoder.on_frames)
    if document_ids is not None:
        pipeline = [*pipeline, {"$match": {"_id": {"$in": list(document_ids)}}}]
    split = repeats.split_samples(collection, pipeline, decoder.list_paths)
    yield from repeats.each_sample_once(blocks, split)


def count_samples(samples: foc.SampleCollection, on_frames: bool = False) -> int:
    """Returns the number of samples, or frames, of a collection, each counted once."""
    collection, pipeline = view_pipeline(samples, on_frames)
    if not pipeline:
        return int(collection.estimated_document_count())
    if repeats.may_repeat(samples):
        pipeline = [*pipeline, {"$group": {"_id": "$_id"}}]
    counted = collection.aggregate([*pipeline, {"$count": "n"}], allowDiskUse=True)
    return int(next(iter(counted), {"n": 0})["n"])


def read_stored(
    samples: foc.SampleCollection,
    decoder: LabelDecoder,
    document_ids: Sequence[ObjectId],
) -> Iterator[Block]:
    """Yields samples as they are stored, without the view's stages.

    Args:
        samples: a dataset or a view
        decoder: the :class:`.decoder.LabelDecoder` of the fields
        document_ids: the samples, or frames; deleted ones are not yielded

    Yields:
        :class:`.columns.Block` instances, in no particular order
    """
    collection = collection_of(samples, decoder.on_frames)
    among = {"_id": {"$in": list(document_ids)}}
    for batch in raw_batches.find(collection, among, decoder.projection):
        yield decoder.decode(batch.data, batch.starts)


def at_stored_positions(
    samples: foc.SampleCollection, decoder: LabelDecoder, block: Block
) -> Block:
    """Returns a block whose labels have the positions that they are stored at.

    The k-th label of a filtered view is not the k-th stored label, so the stored lists
    are read, and labels are found in them by their ids.

    Args:
        samples: the dataset or view that the block was read from
        decoder: the decoder that the block was read with
        block: the block

    Returns:
        the block. The length is 0 for a sample that is deleted or has lost one of the
        labels: the guard of a write never matches it
    """
    if not view_pipeline(samples, decoder.on_frames)[1]:
        return block

    keys = to_bytes(block.document_ids)
    places: list[dict[bytes, int]] = [{} for _ in block.fields]
    lengths: list[dict[bytes, int]] = [{} for _ in block.fields]
    stamps: dict[bytes, int] = {}
    for stored in read_stored(samples, decoder, to_object_ids(block.document_ids)):
        found = to_bytes(stored.document_ids)
        stamps.update(zip(found, stored.stamps.tolist()))
        for k, columns in enumerate(stored.fields):
            lengths[k].update(zip(found, columns.lengths.tolist()))
            owners = [found[i] for i in columns.image.tolist()]
            labels = zip(owners, to_bytes(columns.ids), columns.position.tolist())
            places[k].update({owner + label: at for owner, label, at in labels})

    fields = []
    for k, columns in enumerate(block.fields):
        image = columns.image
        labels_here = zip(image.tolist(), to_bytes(columns.ids))
        at = [places[k].get(keys[i] + label, -1) for i, label in labels_here]
        position = np.array(at, dtype=np.int64)
        length = np.array([lengths[k].get(key, 0) for key in keys], np.int64)
        length[image[position < 0]] = 0
        position = np.maximum(position, 0)
        fields.append(replace(columns, position=position, lengths=length))
    stored_stamps = np.array([stamps.get(key, NO_STAMP) for key in keys], np.int64)
    return replace(
        block,
        stamps=np.where(block.stamps == NO_STAMP, stored_stamps, block.stamps),
        fields=tuple(fields),
    )


def _raw_batches(
    samples: foc.SampleCollection,
    decoder: LabelDecoder,
    document_ids: Sequence[ObjectId] | None,
) -> Iterator[Batch]:
    collection, pipeline = view_pipeline(samples, decoder.on_frames)
    projection = decoder.projection
    among = {} if document_ids is None else {"_id": {"$in": list(document_ids)}}
    if not pipeline and decoder.on_frames and document_ids is None:
        return _frame_batches(samples, projection)
    if not pipeline:
        return raw_batches.find(collection, among, projection)
    if among:
        pipeline = [*pipeline, {"$match": among}]
    return raw_batches.aggregate(collection, [*pipeline, {"$project": projection}])


def _frame_batches(
    samples: foc.SampleCollection, projection: dict[str, Any]
) -> Iterator[Batch]:
    """Yields the frames of a dataset: samples in their order, frames by number.

    Several samples are read at once: the index of frames returns them in this order if
    the ids of the samples rise.
    """
    collection = samples._dataset._frame_collection
    for ids in _rising(samples._dataset._sample_collection.find({}, {"_id": True})):
        of_samples = {"_sample_id": {"$in": ids}}
        order = {"_sample_id": 1, "frame_number": 1}
        yield from raw_batches.find(collection, of_samples, projection, order)


def _rising(docs: Iterable[dict[str, Any]]) -> Iterator[list[ObjectId]]:
    """Yields ids in their order, in lists that rise."""
    ids: list[ObjectId] = []
    for doc in docs:
        if ids and (doc["_id"] < ids[-1] or len(ids) == _VIDEOS_AT_ONCE):
            yield ids
            ids = []
        ids.append(doc["_id"])
    if ids:
        yield ids


def _decoded(batches: Iterator[Batch], decoder: LabelDecoder) -> Iterator[Block]:
    """Yields the blocks of batches, small enough to compute."""
    for batch in _one_thread_ahead(batches):
        yield from decoder.decode(batch.data, batch.starts).split()


def _one_thread_ahead(batches: Any) -> Iterator[Batch]:
    """Yields the items of an iterator that another thread reads."""
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
        except BaseException as error:  # noqa: BLE001 - raised in the reader
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


def read_range(
    samples: foc.SampleCollection,
    decoder: LabelDecoder,
    first: ObjectId,
    last: ObjectId,
) -> Iterator[Block]:
    """Yields the labels of the samples whose ids are in a range, ordered by id.

    Args:
        samples: a dataset or a view, not of patches, clips or frames
        decoder: the :class:`.decoder.LabelDecoder` of the fields
        first: the lowest id
        last: the highest id

    Yields:
        :class:`.columns.Block` instances, as :func:`read_blocks` does
    """
    collection, pipeline = view_pipeline(samples, decoder.on_frames)
    among = {"_id": {"$gte": first, "$lte": last}}
    if not pipeline:
        batches = raw_batches.find(collection, among, decoder.projection, {"_id": 1})
    else:
        stages = [{"$match": among}, {"$sort": {"_id": 1}}]
        stages.append({"$project": decoder.projection})
        batches = raw_batches.aggregate(collection, [*pipeline, *stages])
    yield from _decoded(batches, decoder)


def read_in_order(
    samples: foc.SampleCollection,
    decoder: LabelDecoder,
    document_ids: Sequence[ObjectId],
) -> Iterator[Block]:
    """Yields the labels of some samples, in the given order.

    The samples of a view are held in memory together, as its stages may be slow, so
    they are run once.

    Args:
        samples: a dataset or a view, not of patches, clips or frames
        decoder: the :class:`.decoder.LabelDecoder` of the fields
        document_ids: the samples; deleted ones are not yielded

    Yields:
        :class:`.columns.Block` instances, as :func:`read_blocks` does
    """
    _, pipeline = view_pipeline(samples, decoder.on_frames)
    at_once = len(document_ids) if pipeline else BATCH_SAMPLES
    for lo in range(0, len(document_ids), max(at_once, 1)):
        wanted = document_ids[lo : lo + at_once]
        batches = _raw_batches(samples, decoder, wanted)
        documents = {
            document[_ID_AT : _ID_AT + 12]: document
            for batch in batches
            for document in batch.documents()
        }
        found = [documents.get(document_id.binary, b"") for document_id in wanted]
        for k in range(0, len(found), BATCH_SAMPLES):
            data = b"".join(found[k : k + BATCH_SAMPLES])
            if data:
                yield from decoder.decode(data).split()
