"""Views that repeat samples: each sample is read once, with the labels of all of them.

Such views come from ``concat``. Where all appearances of a sample hold the same labels,
the first is read. Others are *split*: one filter shows some labels, another one others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov
import numpy as np
import numpy.typing as npt

from ...iou_core.arrays import Ints
from .columns import Block, LabelColumns
from .raw.ids import to_bytes, to_strings

_FILL = {"shapes": None}  # of columns that only some of the parts have; else 0


def may_repeat(samples: foc.SampleCollection) -> bool:
    """Returns whether a collection may hold a sample more than once."""
    return isinstance(samples, fov.DatasetView) and any(
        isinstance(stage, fosg.Concat) for stage in samples._stages
    )


def split_samples(
    collection: Any, pipeline: Sequence[dict[str, Any]], paths: Sequence[str]
) -> set[bytes]:
    """Returns the ids of documents that hold other labels where they are repeated.

    Args:
        collection: the collection of the documents
        pipeline: the stages of the view
        paths: the paths of the lists of labels
    """
    held = [{"$ifNull": [f"${path}._id", []]} for path in paths]
    stages = [
        {"$project": {"held": held}},
        {"$group": {"_id": "$_id", "held": {"$addToSet": "$held"}}},
        {"$match": {"held.1": {"$exists": True}}},
        {"$project": {"_id": True}},
    ]
    found = collection.aggregate([*pipeline, *stages], allowDiskUse=True)
    return {document["_id"].binary for document in found}


def each_sample_once(blocks: Iterable[Block], split: set[bytes]) -> Iterator[Block]:
    """Yields blocks in which no sample is repeated.

    Split samples come last, with each label of theirs once. They are held in memory.

    Args:
        blocks: the blocks of a collection, in its order
        split: what :func:`split_samples` returns
    """
    seen: set[bytes] = set()
    held = []
    for block in blocks:
        first = np.zeros(len(block), dtype=np.bool_)
        apart = np.zeros(len(block), dtype=np.bool_)
        for k, key in enumerate(to_bytes(block.document_ids)):
            apart[k] = key in split
            first[k] = not apart[k] and key not in seen
            seen.add(key)
        if apart.any():
            held.append(_only(block, apart))
        yield block if first.all() else _only(block, first)
    if held:
        yield from _joined(held).split()


def _only(block: Block, kept: npt.NDArray[np.bool_]) -> Block:
    """Returns some documents of a block."""
    columns = [each.take(kept[each.image], kept) for each in block.columns]
    ids = block.document_ids[kept]
    texts = set(to_strings(ids)) if block.bad else set()
    # of documents that are in the block twice, labels are reported once
    bad = {
        (label.document_id, label.field, label.position): label
        for label in block.bad
        if label.document_id in texts
    }
    return block.like(ids, block.stamps[kept], columns, list(bad.values()))


def _joined(blocks: Sequence[Block]) -> Block:
    """Returns the documents of blocks, each with the labels of all its appearances."""
    keys = [key for block in blocks for key in to_bytes(block.document_ids)]
    number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    documents = np.array([number[key] for key in keys])
    _, first = np.unique(documents, return_index=True)
    starts = np.cumsum([0, *map(len, blocks)])
    columns = []
    for parts in zip(*(block.columns for block in blocks)):
        owners = [documents[at + part.image] for at, part in zip(starts, parts)]
        columns.append(_joined_columns(parts, np.concatenate(owners), len(number)))
    bad = {
        (label.document_id, label.field, label.label_id or label.position): label
        for block in blocks
        for label in block.bad
    }
    ids = np.concatenate([block.document_ids for block in blocks])[first]
    stamps = np.full(len(number), np.iinfo(np.int64).max)
    np.minimum.at(stamps, documents, np.concatenate([b.stamps for b in blocks]))
    return blocks[0].like(ids, stamps, columns, list(bad.values()))


def _joined_columns(parts: Sequence[LabelColumns], owner: Ints, n: int) -> LabelColumns:
    """Returns the labels of ``n`` documents, each label once.

    Args:
        parts: the labels, one part after the other
        owner: the number of each label's document
        n: the number of documents
    """
    labels = zip(owner.tolist(), to_bytes(np.concatenate([p.ids for p in parts])))
    first: dict[tuple[int, bytes], int] = {}
    for k, label in enumerate(labels):
        first.setdefault(label, k)
    once = np.array(list(first.values()), dtype=np.int64)
    rows = once[np.argsort(owner[once], kind="stable")]
    counts = np.bincount(owner[rows], minlength=n)
    columns = {
        name: _joined_column(parts, name)
        for name in vars(parts[0])
        if name not in ("offsets", "lengths")
    }
    return LabelColumns(
        offsets=np.concatenate(([0], np.cumsum(counts))),
        lengths=counts,
        **{k: None if v is None else v[rows] for k, v in columns.items()},
    )


def _joined_column(parts: Sequence[LabelColumns], name: str) -> Any:
    arrays = [getattr(part, name) for part in parts]
    like = next((array for array in arrays if array is not None), None)
    if like is None:
        return None
    return np.concatenate(
        [
            np.full((len(part), *like.shape[1:]), _FILL.get(name, 0), like.dtype)
            if array is None
            else array
            for part, array in zip(parts, arrays)
        ]
    )
