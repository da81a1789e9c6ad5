"""Stored blocks as documents: the labels in one, and the pairs in as many as needed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Floats, Ints
from ....iou_core.cancellation import check_cancelled
from ....iou_core.geometry.boxes import is_valid
from ....iou_core.geometry.protocol import Boxes
from ....iou_core.pairs import Index, Pairs
from ...media.inflate import inflate
from ...reading.columns import BadLabel
from .block import StoredBlock
from .compact import pack_floats, pack_ids, pack_ints, unpack

FORMAT = 2
"""The format of blocks, and of the scans that have them. Format 1 compressed all."""

_PAIRS_PER_DOCUMENT = 300_000


def to_documents(block: StoredBlock) -> Iterator[dict[str, Any]]:
    """Yields the documents that hold a block; the first one holds its labels.

    What follows from the rest is left out: the overlaps of boxes, and the largest
    overlap of each label with an earlier one, unless pairs are missing.
    """
    used = np.unique(np.concatenate((block.classes, block.label_classes)))
    labels: dict[str, Any] = {
        "kind": "labels",
        "sample_ids": pack_ids(block.document_ids),
        "stamps": pack_ints(block.stamps),
        "hashes": pack_ints(block.hashes),
        "label_ids": pack_ids(block.label_ids),
        "boxes": pack_floats(block.boxes),
        "image": pack_ints(block.image.astype(np.int32)),
        "classes": pack_ints(_places(used, block.classes)),
        "truncated": pack_ints(block.truncated),
        "names": [block.names[number] for number in used.tolist()],
        "n_labels": pack_ints(block.n_labels.astype(np.int32)),
        "label_classes": pack_ints(_places(used, block.label_classes)),
        "label_bins": pack_ints(block.label_bins),
        "bad": _pack_bad(block.bad),
    }
    if len(block.truncated):
        labels["earlier_iou"] = pack_floats(block.earlier_iou)
    if (block.area != _box_areas(block.boxes)).any():
        labels["area"] = pack_floats(block.area)
    if block.unmarked.any():
        labels["unmarked"] = pack_ints(block.unmarked)
    yield labels
    geometry = _geometry(block.boxes)
    for lo in range(0, len(block.pairs), _PAIRS_PER_DOCUMENT):
        check_cancelled()
        part = slice(lo, lo + _PAIRS_PER_DOCUMENT)
        yield _pairs_document(block.pairs.select(part), geometry)


def _pairs_document(pairs: Pairs, geometry: Boxes | None) -> dict[str, Any]:
    document = {
        "kind": "pairs",
        "i": pack_ints(pairs.i),
        "apart": pack_ints(pairs.j - pairs.i),
    }
    if not pairs.decides.all():
        document["decides"] = pack_ints(pairs.decides.astype(np.uint8))
    measured = None if geometry is None else _measured(geometry, pairs.i, pairs.j)
    if measured is None or not _are_equal(measured, (pairs.iou, pairs.ios)):
        document["iou"] = pack_floats(pairs.iou)
        document["ios"] = pack_floats(pairs.ios)
    if pairs.mask_iou is not None:
        known = ~np.isnan(pairs.mask_iou)
        document["has_masks"] = pack_ints(known.astype(np.uint8))
        document["mask_iou"] = pack_floats(pairs.mask_iou[known])
    if pairs.agreement is not None:
        document["agreement"] = pack_ints(pairs.agreement)
    return document


def _geometry(boxes: Floats) -> Boxes | None:
    return Boxes(boxes) if is_valid(boxes).all() else None


def _measured(geometry: Boxes, i: Index, j: Index) -> tuple[Floats, Floats]:
    """Returns the IoU and the IoS of boxes; other lengths if some do not overlap."""
    return geometry.measure(i, j)[2:]


def _are_equal(one: Iterable[Floats], other: Iterable[Floats]) -> bool:
    return all(map(np.array_equal, one, other))


def _to_pairs(document: dict[str, Any], boxes: Floats) -> Pairs:
    """Returns the pairs that a document holds.

    Args:
        document: the document
        boxes: ``(L, 4)`` the boxes of the labels of the block
    """
    arrays = _arrays(document)
    i = arrays["i"]
    j = arrays["j"] if "j" in arrays else i + arrays["apart"]
    if "iou" in arrays:
        iou, ios = arrays["iou"], arrays["ios"]
    else:
        iou, ios = _measured(Boxes(boxes), i, j)
    decides = arrays.get("decides", np.ones(len(i), np.bool_))
    mask_iou = None
    if "mask_iou" in arrays:
        mask_iou = np.full(len(i), np.nan)
        mask_iou[arrays["has_masks"] > 0] = arrays["mask_iou"]
    decides, agreement = decides.astype(np.bool_), arrays.get("agreement")
    return Pairs(i, j, iou, ios, decides, mask_iou, agreement)


def _arrays(document: dict[str, Any]) -> dict[str, npt.NDArray[Any]]:
    return {
        key: unpack(value) for key, value in document.items() if isinstance(value, dict)
    }


def to_block(
    document: dict[str, Any],
    parts: Sequence[dict[str, Any]],
    names: Sequence[str | None],
) -> StoredBlock:
    """Returns the block that documents hold.

    Args:
        document: the document of its labels
        parts: its other documents, of its pairs
        names: the class names of the scan
    """
    numbers = {name: number for number, name in enumerate(names)}
    number = np.array([numbers[name] for name in document["names"]], np.int64)
    arrays = _arrays(document)
    boxes = arrays["boxes"]
    pairs = Pairs.concatenate([_to_pairs(part, boxes) for part in parts])
    if "area" not in arrays:
        arrays["area"] = _box_areas(boxes)
    if "earlier_iou" not in arrays:
        arrays["earlier_iou"] = _earlier_iou(pairs, len(boxes))
    arrays.setdefault("unmarked", np.zeros(len(arrays["label_bins"]), np.int64))
    for key in ("classes", "label_classes"):
        arrays[key] = number[arrays[key]]
    return StoredBlock(
        document_ids=arrays.pop("sample_ids"),
        **arrays,
        pairs=pairs,
        names=names,
        bad=unpack_bad(document["bad"]),
    )


def _earlier_iou(pairs: Pairs, n: int) -> Floats:
    """Returns the largest IoU of each label with an earlier one, from its pairs."""
    earlier = np.zeros(n)
    np.maximum.at(earlier, pairs.j, np.where(pairs.decides, pairs.iou, 0.0))
    return earlier


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
