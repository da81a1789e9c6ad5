"""Verdicts as data: what a person decided about two labels of one image or frame.

A verdict names labels, not an overlap: it holds at every threshold, for every method
and metric, and needs no pair that a scan found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId

from ....iou_core.errors import ParamsError, UnusedError
from ....iou_core.values import quoted, text_of
from ... import store

REAL = "real"
"""Both labels mark real objects."""

DUPLICATE = "duplicate"
"""The labels mark one object, and one of them is removed."""

MERGE = "merge"
"""The labels mark one object, and one of them is merged into the other."""

REMOVE_BOTH = "remove_both"
"""Both labels are removed."""

VERDICTS = (REAL, DUPLICATE, MERGE, REMOVE_BOTH)

ACCEPTED = "accepted"
"""Stands for the order of pairs that were accepted at once, and not shown."""

KEEPING = (DUPLICATE, MERGE)
"""The kinds that name the label to keep."""

FORMAT = 2
"""The format of verdicts other than :data:`REAL`, unknown to earlier versions."""

_WHO = text_of(100, "a name")

Pair = tuple[ObjectId, ObjectId]
"""Two labels, the smaller id first."""


class _OnPair:
    """A base for verdicts on two labels: stored, or to be stored."""

    label_ids: Pair
    verdict: str | None
    kept: ObjectId | None

    @property
    def key(self) -> bytes:
        """The key that it is stored under."""
        return key_of(self.label_ids)

    @property
    def removed(self) -> tuple[ObjectId, ...]:
        """The labels that it removes."""
        return removed_by(self.label_ids, self.verdict, self.kept)


@dataclass(frozen=True)
class Verdict(_OnPair):
    """A verdict, as it is stored.

    Attributes:
        label_ids: the two labels
        verdict: one of :data:`VERDICTS`
        kept: the label that is kept; None unless the verdict is of :data:`KEEPING`
        who: the name of the person; None if it is not known
        created: when a verdict on the pair was first stored
        at: when this one was stored
        document_id: the sample, or frame, of the labels; None in verdicts of version
            0.1.0, all of which are :data:`REAL`
        order: the order in which the person was shown the pairs; None if not known
        browser: the browser that it was given in; None if not known
    """

    label_ids: Pair
    verdict: str
    kept: ObjectId | None
    who: str | None
    created: datetime
    at: datetime
    document_id: ObjectId | None
    order: str | None = None
    browser: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Verdict:
        """Returns the verdict of a stored document.

        Raises:
            NewerError: if a newer version of the plugin stored it
            ParamsError: if the plugin did not store it
        """
        if isinstance(stored.get("format"), int):
            store.require_format(stored["format"], "verdicts", FORMAT)
        if not is_whole(stored):
            expected = "verdicts of this plugin (clear_verdicts deletes others)"
            got = f"another document, of the dataset {quoted(stored.get('dataset'))}"
            raise ParamsError(expected, got, "verdicts")
        one, other = stored["label_ids"]
        return cls(
            (one, other),
            stored["verdict"],
            stored.get("kept"),
            stored.get("who"),
            stored["created"],
            stored.get("modified") or stored["created"],
            stored.get("document_id"),
            stored.get("order"),
            stored.get("browser"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns it, ready for JSON."""
        return {
            "label_ids": [str(label_id) for label_id in self.label_ids],
            "verdict": self.verdict,
            "kept": None if self.kept is None else str(self.kept),
            "who": self.who,
            "created": time_text(self.created),
            "at": time_text(self.at),
        }


_TYPES: Mapping[str, tuple[type, ...]] = {
    "format": (int,),
    "created": (datetime,),
    "modified": (datetime, type(None)),
    "who": (str, type(None)),
    "document_id": (ObjectId, type(None)),
    "order": (str, type(None)),
    "browser": (str, type(None)),
    "also": (list, type(None)),
}


def is_whole(stored: Mapping[str, Any]) -> bool:
    """Returns whether a stored document is a verdict."""
    ids, kind, kept = (stored.get(name) for name in ("label_ids", "verdict", "kept"))
    return (
        isinstance(ids, list)
        and len(ids) == 2
        and all(isinstance(label_id, ObjectId) for label_id in ids)
        and stored["_id"] == key_of((ids[0], ids[1]))
        and isinstance(kind, str)
        and kind in VERDICTS
        and (kept in ids if kind in KEEPING else kept is None)
        and all(isinstance(stored.get(name), some) for name, some in _TYPES.items())
    )


@dataclass(frozen=True)
class Given(_OnPair):
    """A verdict that is to be stored.

    Attributes:
        label_ids: the two labels
        verdict: one of :data:`VERDICTS`; None to delete that of the pair
        kept: the label that is kept; None unless the verdict is of :data:`KEEPING`
        order: the order in which the person is shown the pairs; None if not known
        browser: the browser that it is given in; None if not known
    """

    label_ids: Pair
    verdict: str | None
    kept: ObjectId | None = None
    order: str | None = None
    browser: str | None = None

    @classmethod
    def parse(
        cls, label_ids: object, verdict: object = REAL, kept: object = None
    ) -> Given:
        """Returns a verdict on two labels, checked.

        Raises:
            ParamsError: if these are no two labels, there is no such verdict, or
                ``kept`` is not the one of the two that the verdict needs
        """
        ids = object_ids(label_ids)
        if len(ids) != 2:
            raise ParamsError("the ids of two labels", repr(label_ids), "label_ids")
        one, other = sorted(ids)
        kind = None if verdict is None else require_kind(verdict)
        return cls((one, other), kind, require_kept(kind, kept, ids))

    def is_stored(self, verdict: Verdict | None) -> bool:
        """Returns whether this is what is stored about the pair."""
        if verdict is None or self.verdict is None:
            return verdict is None and self.verdict is None
        return (verdict.verdict, verdict.kept) == (self.verdict, self.kept)


def removed_by(
    pair: Pair, verdict: str | None, kept: ObjectId | None
) -> tuple[ObjectId, ...]:
    """Returns the labels of a pair that a verdict removes; None removes none."""
    if verdict in (None, REAL):
        return ()
    return tuple(label for label in pair if label != kept)


def of_group(
    label_ids: object, verdict: object = REAL, kept: object = None
) -> list[Given]:
    """Returns the verdicts on the pairs of a group that say what one on it says.

    Of a group of which one label is kept, these are the pairs with that label.

    Raises:
        ParamsError: as :meth:`Given.parse`, for two labels or more
    """
    ids = object_ids(label_ids)
    if len(ids) < 2:
        raise ParamsError("the ids of two labels or more", repr(label_ids), "label_ids")
    kind = require_kind(verdict)
    kept_id = require_kept(kind, kept, ids)
    return [
        Given(pair, kind, kept_id)
        for pair in combinations(sorted(ids), 2)
        if kept_id is None or kept_id in pair
    ]


def require_kind(verdict: object) -> str:
    """Returns a verdict.

    Raises:
        ParamsError: if there is no such verdict
    """
    if verdict not in VERDICTS:
        raise ParamsError(" or ".join(map(repr, VERDICTS)), repr(verdict), "verdict")
    return str(verdict)


def require_kept(kind: str | None, kept: object, ids: set[ObjectId]) -> ObjectId | None:
    """Returns the label that a verdict keeps; None if it names none.

    Raises:
        ParamsError: if the verdict needs a label that is kept and this is not one of
            its labels, or needs none
    """
    if kind not in KEEPING:
        if kept is not None:
            raise UnusedError(f"with the verdict {kind!r}", repr(kept), "kept")
        return None
    found = object_ids([kept], "kept") if kept is not None else set()
    if not found or not found <= ids:
        raise ParamsError("one of the labels, which is kept", repr(kept), "kept")
    return found.pop()


def require_who(who: object) -> str | None:
    """Returns the name of a person; None for none.

    Raises:
        ParamsError: if it is no text of at most 100 characters
    """
    name = "" if who is None else str(_WHO("who", who)).strip()
    return name or None


def object_ids(label_ids: object, where: str = "label_ids") -> set[ObjectId]:
    """Returns label ids as they are stored.

    Raises:
        ParamsError: if they are none
    """
    if (
        isinstance(label_ids, str)
        or not isinstance(label_ids, Sequence)
        or not all(isinstance(label_id, (str, ObjectId)) for label_id in label_ids)
    ):
        raise ParamsError("a list of label ids", repr(label_ids), where)
    try:
        return {ObjectId(label_id) for label_id in label_ids}
    except InvalidId:
        raise ParamsError("a list of label ids", repr(label_ids), where) from None


def key_of(pair: Pair) -> bytes:
    """Returns the key of a pair."""
    return b"".join(label_id.binary for label_id in pair)


def time_text(time: datetime) -> str:
    """Returns a stored time as text."""
    return time.isoformat(timespec="milliseconds") + "Z"
