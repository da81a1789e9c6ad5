"""A list of labels as it was read, and the names of what it may lack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from ...reading.columns import to_stamp

MISSING = "missing"
"""Stands for a label that had no ``tags`` at all."""

NAMELESS = b"\x00" * 12
"""Stands for a label without an id in the order of a list."""


def id_bytes(label_id: Any) -> bytes:
    """Returns a label's id as it stands in an order."""
    return label_id.binary if isinstance(label_id, ObjectId) else NAMELESS


def order_of(label_ids: Iterable[Any]) -> bytes:
    """Returns the order of a list whose labels have these ids, or none."""
    return b"".join(map(id_bytes, label_ids))


def ids_in(order: bytes) -> set[ObjectId]:
    """Returns the ids in an order."""
    ids = {order[k : k + 12] for k in range(0, len(order), 12)}
    return {ObjectId(one) for one in ids - {NAMELESS}}


LIST = "object"
"""The type of the root of a list that exists."""

NO_LIST = "no list"
"""The type of a root that is a document, but has no list."""


@dataclass(frozen=True)
class ListNow:
    """The list of labels of one sample, or frame, as it was read.

    Attributes:
        document_id: the sample
        root_type: :data:`LIST` where there is a list. Otherwise :data:`NO_LIST`, "null"
            or "missing" where one can be made, or another BSON type
        stamp: ``last_modified_at``, of any type; None where there is none
        ids: the ``_id`` of each element; None for an element without one
        tags: the tags of each element, :data:`MISSING` for an element without; empty
            where whole labels were read
        labels: the elements, an empty one for what is no document; empty where only
            ids and tags were read
    """

    document_id: ObjectId
    root_type: str
    stamp: Any
    ids: list[Any]
    tags: list[Any] = field(default_factory=list)
    labels: Sequence[RawBSONDocument] = ()

    @property
    def milliseconds(self) -> int:
        """The stamp in milliseconds, or :data:`...reading.columns.NO_STAMP`."""
        return to_stamp(self.stamp)

    @cached_property
    def places(self) -> dict[ObjectId, int]:
        """The place of each label that has an id; of several alike, the last."""
        ids = enumerate(self.ids)
        return {_id: k for k, _id in ids if isinstance(_id, ObjectId)}

    @property
    def order(self) -> bytes:
        """The label ids, 12 bytes each; see :func:`id_bytes`."""
        return order_of(self.ids)
