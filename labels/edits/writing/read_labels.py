"""The stored lists of labels, and the places where removed labels belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import bson
import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from ....iou_core.arrays import Bools, Ints
from ...fields import LabelField, list_at
from ...reading.raw import batches, buffer, values
from ..journal.lists import LIST, MISSING, NAMELESS, NO_LIST, ListNow, id_bytes
from . import raw_lists

_DATES = DatetimeConversion.DATETIME_MS
_PLAIN = CodecOptions(datetime_conversion=_DATES)
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument, datetime_conversion=_DATES
)

_ID_FIRST = b"\x07_id\x00"
_NO_LABEL = RawBSONDocument(bson.encode({}))


def read(
    samples: foc.SampleCollection,
    label_field: LabelField,
    document_ids: Sequence[ObjectId],
) -> Iterator[ListNow]:
    """Yields the ids and tags of the lists of those samples that still exist.

    Args:
        samples: a dataset or a view
        label_field: the label field
        document_ids: the samples
    """
    path = f"${label_field.list_path}"
    found = (
        label_field.collection(samples)
        .with_options(_PLAIN)
        .find(
            {"_id": {"$in": list(document_ids)}},
            {
                "stamp": "$last_modified_at",
                "root_type": {"$type": f"${label_field.root}"},
                "labels": {"$cond": [{"$isArray": [path]}, _each_named(path), None]},
            },
        )
    )
    for doc in found:
        labels = doc["labels"]
        yield ListNow(
            doc["_id"],
            _root_type(doc["root_type"], labels),
            doc.get("stamp"),
            [label.get("_id") for label in labels or ()],
            [label.get("tags", MISSING) for label in labels or ()],
        )


def _each_named(path: str) -> dict[str, Any]:
    named = {"_id": "$$label._id", "tags": "$$label.tags"}
    is_label = {"$eq": [{"$type": "$$label"}, "object"]}
    return {
        "$map": {
            "input": path,
            "as": "label",
            "in": {"$cond": [is_label, named, {"$literal": {}}]},
        }
    }


def _root_type(kind: str, labels: Any) -> str:
    return NO_LIST if kind == LIST and labels is None else kind


def read_whole(
    samples: foc.SampleCollection,
    label_field: LabelField,
    document_ids: Sequence[ObjectId],
) -> Iterator[ListNow]:
    """Yields the lists of those samples that still exist, with all their bytes."""
    path = label_field.list_path.split(".")
    among = {"_id": {"$in": list(document_ids)}}
    keys = {label_field.root: True, "last_modified_at": True}
    for batch in batches.find(label_field.collection(samples), among, keys):
        for start, found in raw_lists.of_batch(batch, path, _ids_in_front):
            if found is None:
                yield _decoded(_document_at(batch.data, start), label_field)
                continue
            ids = [found.order[k : k + 12] for k in range(0, len(found.order), 12)]
            yield ListNow(
                found.document_id,
                LIST,
                found.stamp,
                [*map(ObjectId, ids)],
                labels=_Labels(batch.data, found.places),
            )


class _Labels(Sequence[RawBSONDocument]):
    """Labels of one list, each copied when it is asked for."""

    def __init__(self, data: bytes, places: Sequence[int]) -> None:
        self._data = data
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, k: int) -> RawBSONDocument: ...

    @overload
    def __getitem__(self, k: slice) -> list[RawBSONDocument]: ...

    def __getitem__(self, k: int | slice) -> RawBSONDocument | list[RawBSONDocument]:
        if isinstance(k, slice):
            return [_document_at(self._data, at) for at in self._places[k]]
        return _document_at(self._data, self._places[k])


def _document_at(data: bytes, at: int) -> RawBSONDocument:
    size = int.from_bytes(data[at : at + 4], "little")
    return RawBSONDocument(data[at : at + size], _RAW)


def _ids_in_front(raw: buffer.Raw, labels: Ints) -> tuple[buffer.Bytes, Bools]:
    """Returns the ids of labels, which FiftyOne stores first."""
    is_first = raw.matches(labels + 4, _ID_FIRST)
    at = labels + (4 + len(_ID_FIRST))
    return values.object_ids(raw, at), is_first


def _decoded(doc: RawBSONDocument, label_field: LabelField) -> ListNow:
    kind = _type_at(doc, label_field.root.split("."))
    labels = list_at(doc, label_field.list_path.split("."))
    whole = [
        label if isinstance(label, RawBSONDocument) else _NO_LABEL
        for label in labels or ()
    ]
    return ListNow(
        doc["_id"],
        _root_type(kind, labels),
        doc.get("last_modified_at"),
        [label.get("_id") for label in whole],
        labels=whole,
    )


def _type_at(document: RawBSONDocument, path: Sequence[str]) -> str:
    """Returns the BSON type of what is at a path of a document, or "other"."""
    held: Any = document
    for key in path:
        if not isinstance(held, RawBSONDocument) or key not in held:
            return "missing"
        held = held[key]
    if isinstance(held, RawBSONDocument):
        return LIST
    return "null" if held is None else "other"


def read_labels(
    samples: foc.SampleCollection,
    label_field: LabelField,
    document_ids: Sequence[ObjectId],
    label_ids: Sequence[ObjectId],
) -> dict[tuple[ObjectId, ObjectId], bytes]:
    """Returns labels byte for byte: to MongoDB, 1 and 1.0 are the same.

    Args:
        samples: a dataset or a view
        label_field: the label field
        document_ids: the samples
        label_ids: the labels, of any of these samples

    Returns:
        their BSON by the ids of sample and label; labels that are gone are missing
    """
    if not label_ids:
        return {}
    path = f"${label_field.list_path}"
    wanted = {"$setIsSubset": [["$$label._id"], {"$literal": list(label_ids)}]}
    labels = {"$filter": {"input": path, "as": "label", "cond": wanted}}
    found = (
        label_field.collection(samples)
        .with_options(_RAW)
        .find(
            {"_id": {"$in": list(document_ids)}},
            {"labels": {"$cond": [{"$isArray": [path]}, labels, []]}},
        )
    )
    return {
        (doc["_id"], label["_id"]): bytes(label.raw)
        for doc in found
        for label in doc["labels"]
    }


def gaps(order: bytes, here: Sequence[Any], indexes: Sequence[int]) -> list[int]:
    """Returns where labels that were taken out of a list belong now.

    At their own places, where nothing else has happened to the list than that labels
    were taken out. Otherwise behind the nearest of their former predecessors, or
    else in front of the nearest of their former successors, or else at the end.

    Args:
        order: the ids of the list as it was, 12 bytes each
        here: the ids of the labels that are there
        indexes: the former places of the labels

    Returns:
        for each, how many of the labels that are there come before it. Labels with
        the same number keep their former order among each other
    """
    now = [id_bytes(_id) for _id in here]
    places = {_id: k for k, _id in enumerate(now) if _id != NAMELESS}
    former = [order[k : k + 12] for k in range(0, len(order), 12)]
    is_left = [_id == NAMELESS or _id in places for _id in former]
    found: list[int] = []
    if [_id for _id, still in zip(former, is_left) if still] == now:
        gap = 0
        for still in is_left:
            found.append(gap)
            gap += still
    else:
        gap = next((places[_id] for _id in former if _id in places), len(now))
        for _id in former:
            found.append(gap)
            gap = places[_id] + 1 if _id in places else gap
    return [found[k] for k in indexes]
