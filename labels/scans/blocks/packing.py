"""Stored blocks as documents: the labels in one, and the pairs in as many as needed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Floats, Ints
from ....iou_core.cancellation import check_cancelled
from ....iou_core.pairs import Pairs
from ... import store
from ...media.inflate import inflate
from ...reading.columns import BadLabel
from .block import StoredBlock

_PAIRS_PER_DOCUMENT = 300_000
_OF_PAIRS = ("i", "j", "iou", "ios", "decides")


def to_documents(block: StoredBlock) -> Iterator[dict[str, Any]]:
    """Yields the documents that hold a block; the first one holds its labels."""
    used = np.unique(np.concatenate((block.classes, block.label_classes)))
    labels: dict[str, Any] = {
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
    if (block.area != _box_areas(block.boxes)).any():
        labels["area"] = store.pack(block.area)
    if block.unmarked.any():
        labels["unmarked"] = store.pack(block.unmarked)
    yield labels
    for lo in range(0, len(block.pairs), _PAIRS_PER_DOCUMENT):
        check_cancelled()
        part = slice(lo, lo + _PAIRS_PER_DOCUMENT)
        packed = {key: store.pack(getattr(block.pairs, key)[part]) for key in _OF_PAIRS}
        yield {"kind": "pairs", **packed}


def to_pairs(document: dict[str, Any]) -> Pairs:
    """Returns the pairs that a document holds."""
    return Pairs(*(store.unpack(document[key]) for key in _OF_PAIRS))


def to_block(
    document: dict[str, Any], parts: Sequence[Pairs], names: Sequence[str | None]
) -> StoredBlock:
    """Returns the block that documents hold.

    Args:
        document: the document of its labels
        parts: the pairs of its other documents
        names: the class names of the scan
    """
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
        bad=unpack_bad(document["bad"]),
    )


def _box_areas(boxes: Floats) -> Floats:
    return boxes[:, 3] * boxes[:, 2]


def _places(used: Ints, classes: Ints) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Returns where classes stand among those that are used, in few bytes."""
    return np.searchsorted(used, classes).astype(np.min_scalar_type(len(used)))


def _pack_bad(bad: Sequence[BadLabel]) -> bytes:
    rows = [list(vars(label).values()) for label in bad]
    return zlib.compress(json.dumps(rows).encode(), 1) if rows else b""


def unpack_bad(data: bytes) -> list[BadLabel]:
    """Returns the bad labels of a stored block."""
    return [BadLabel(*row) for row in json.loads(inflate(data))] if data else []
