"""The tags of labels as they are now, read without an object for each label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import bson
import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.arrays import Bools, Ints
from ...fields import LabelField
from ...reading.raw import batches, buffer, values, walk
from ..journal.lists import MISSING, order_of
from . import raw_lists

_MANY = 100  # a table of places is made for lists of more labels


class TagList:
    """The tags of the labels of one list.

    Args:
        order: the ids of the labels, 12 bytes each;
            :data:`..journal.lists.NAMELESS` where a label has none
        tags_at: returns the tags of the ``k``-th label, or
            :data:`..journal.lists.MISSING` without any
    """

    def __init__(self, order: bytes, tags_at: Callable[[int], Any]) -> None:
        self.order = order
        self.tags_at = tags_at

    @cached_property
    def _places(self) -> dict[bytes, int]:
        last = len(self.order) // 12 - 1
        # backwards, so that the first of several is found
        return {self.order[12 * k : 12 * k + 12]: k for k in range(last, -1, -1)}

    def find(self, label_id: ObjectId) -> int:
        """Returns the place of the first label that has an id; -1 if none has it."""
        key, order = label_id.binary, self.order
        if len(order) > 12 * _MANY:
            return self._places.get(key, -1)
        at = order.find(key)
        while at >= 0 and at % 12:
            at = order.find(key, at + 1)
        return at // 12

    def tags(self, label_id: ObjectId) -> Any:
        """Returns a label's tags, or :data:`..journal.lists.MISSING` without any."""
        at = self.find(label_id)
        return self.tags_at(at) if at >= 0 else MISSING


def read(
    samples: foc.SampleCollection, field: LabelField, document_ids: Sequence[ObjectId]
) -> dict[ObjectId, TagList]:
    """Returns the tags of the labels of samples, or frames.

    Args:
        samples: a dataset or a view
        field: the label field
        document_ids: the samples

    Returns:
        a :class:`TagList` by the ids of those that still exist; one of a sample
        without a list is empty
    """
    path = field.list_path
    keys = {f"{path}._id": True, f"{path}.tags": True}
    among = {"_id": {"$in": list(document_ids)}}
    found: dict[ObjectId, TagList] = {}
    for batch in batches.find(field.collection(samples), among, keys):
        found.update(_of_batch(batch, field))
    return found


def _of_batch(
    batch: batches.Batch, field: LabelField
) -> Iterator[tuple[ObjectId, TagList]]:
    path = field.list_path.split(".")
    for start, found in raw_lists.of_batch(batch, path, _tagged_ids):
        if found is None:
            yield _one_by_one(_decode_at(batch.data, start), field)
        else:
            tags_at = _Decoded(batch.data, found.places)
            yield found.document_id, TagList(found.order, tags_at)


def _tagged_ids(raw: buffer.Raw, labels: Ints) -> tuple[buffer.Bytes, Bools]:
    """Returns the ids of labels that hold nothing but their id and tags."""
    found, known = walk.elements(raw, labels, ["_id", "tags"])
    known &= found["_id"].type == buffer.OBJECT_ID
    return values.object_ids(raw, found["_id"].at), known


class _Decoded:
    """Decodes the tags of those labels that are asked for."""

    def __init__(self, data: bytes, places: Sequence[int]) -> None:
        self._data = data
        self._places = places

    def __call__(self, k: int) -> Any:
        return _decode_at(self._data, self._places[k]).get("tags", MISSING)


def _one_by_one(doc: dict[str, Any], field: LabelField) -> tuple[ObjectId, TagList]:
    labels = field.list_in(doc)
    known = [label if isinstance(label, dict) else {} for label in labels]
    order = order_of(label.get("_id") for label in known)
    return doc["_id"], TagList(order, lambda k: known[k].get("tags", MISSING))


def _decode_at(data: bytes, at: int) -> dict[str, Any]:
    return bson.decode(data[at : at + int.from_bytes(data[at : at + 4], "little")])
