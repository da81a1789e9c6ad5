"""The entries of the journal, written before a label is changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from .lists import ListNow


@dataclass(frozen=True)
class Removed:
    """A label that is removed from its list."""

    label_id: ObjectId
    index: int
    before: RawBSONDocument

    def to_document(self) -> dict[str, Any]:
        """Returns the entry as it is stored."""
        return {
            "op": "remove",
            "label_id": self.label_id,
            "index": self.index,
            "before": self.before.raw,
        }


@dataclass(frozen=True)
class Retagged:
    """A label whose tags are changed: what they were, and what they become.

    ``own`` is what is known of a tag that it loses and that the plugin gave it.
    """

    label_id: ObjectId
    before: Any
    after: list[str]
    own: dict[str, Any] | None = None

    def to_document(self) -> dict[str, Any]:
        """Returns the entry as it is stored."""
        own = {} if self.own is None else {"own": self.own}
        return {
            "op": "tags",
            "label_id": self.label_id,
            "before": self.before,
            "after": self.after,
            **own,
        }


@dataclass(frozen=True)
class Replaced:
    """A label that becomes another one of the same id: what it was, and becomes."""

    label_id: ObjectId
    before: RawBSONDocument
    after: RawBSONDocument

    def to_document(self) -> dict[str, Any]:
        """Returns the entry as it is stored."""
        return {
            "op": "replace",
            "label_id": self.label_id,
            "before": self.before.raw,
            "after": self.after.raw,
        }


@dataclass(frozen=True)
class Added:
    """A label that is new; ``root_type`` is as in :class:`.lists.ListNow`."""

    label_id: ObjectId
    after: RawBSONDocument
    root_type: str

    def to_document(self) -> dict[str, Any]:
        """Returns the entry as it is stored."""
        return {
            "op": "add",
            "label_id": self.label_id,
            "after": self.after.raw,
            "holder": self.root_type,
        }


Entry = Removed | Retagged | Replaced | Added


@dataclass
class DocumentEntries:
    """The changes that are about to be made in one sample.

    Attributes:
        document_id: the sample
        order: the ids of its list, 12 bytes each; see :func:`.lists.id_bytes`
        entries: what changes
        now: its list as it was read; None where only tags are changed
    """

    document_id: ObjectId
    order: bytes
    entries: list[Entry] = field(default_factory=list)
    now: ListNow | None = None
