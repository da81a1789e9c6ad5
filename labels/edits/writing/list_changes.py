"""One update that changes a list of labels as a whole.

Its size and its time are linear in the list: labels that remain are named by their
positions, and the guard compares the ids of the list once, not once per label.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson.raw_bson import RawBSONDocument

from ...fields import LabelField
from ..journal.lists import LIST, NO_LIST, ListNow
from .read_labels import gaps

Update = dict[str, Any]

EXACT_BYTES = 4_000_000
"""Labels above this size in all are guarded by their sizes, and by the time stamp of
their sample: a command holds 16 MB, and it may hold as much again to write."""

_LIST, _LABEL = "$$list", {"$arrayElemAt": ["$$list", "$$k"]}


class ListChange:
    """A change of one list, made step by step; :meth:`update` carries it out.

    The guard: the list still holds labels of the same ids at the same places, and
    those that change are exactly what they were when they were read.

    Args:
        field: the label field
        now: the list as it was read
    """

    def __init__(self, field: LabelField, now: ListNow) -> None:
        self._field = field
        self._now = now
        self._exact: list[tuple[int, RawBSONDocument]] = []
        self._new: list[RawBSONDocument] = []
        self._gone: set[int] = set()
        self._replaced: dict[int, int] = {}
        self._given_back: list[tuple[int, RawBSONDocument]] = []
        self._order = b""
        self._added: list[RawBSONDocument] = []
        self._without_list: str | None = None

    def take_out(self, k: int, label: RawBSONDocument) -> None:
        """Takes out the label at a place, which is expected to be this one."""
        self._exact.append((k, label))
        self._gone.add(k)

    def replace(self, k: int, label: RawBSONDocument, by: RawBSONDocument) -> None:
        """Replaces the label at a place, which is expected to be this one."""
        self._exact.append((k, label))
        self._replaced[k] = len(self._new)
        self._new.append(by)

    def give_back(
        self, order: bytes, labels: Sequence[tuple[int, RawBSONDocument]]
    ) -> None:
        """Puts labels at their former places.

        Args:
            order: the ids of the list as it was, 12 bytes each
            labels: former places and labels
        """
        self._order = order
        self._given_back = sorted(labels, key=lambda placed: placed[0])

    def add(self, labels: Sequence[RawBSONDocument]) -> None:
        """Puts labels at the end."""
        self._added = list(labels)

    def or_no_list(self, root_type: str) -> None:
        """Leaves no list where no label is left: it was made for those taken out.

        Args:
            root_type: what there was instead, as in :class:`..journal.lists.ListNow`
        """
        self._without_list = root_type

    def update(self, stamp: datetime) -> Update:
        """Returns the update.

        Args:
            stamp: the time to note
        """
        if self._now.root_type == LIST:
            guard, change = self._guard(), self._change()
        else:
            guard, change = self._made()
        change.setdefault("$set", {})["last_modified_at"] = stamp
        # a pipeline, as only that computes a list from the stored one
        stages = [{name: value} for name, value in sorted(change.items())]
        return {"q": {"_id": self._now.document_id, **guard}, "u": stages}

    def _made(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Returns the guard and the change where there is no list."""
        path, root, kind = (
            self._field.list_path,
            self._field.root,
            self._now.root_type,
        )
        labels = [*(label for _, label in self._given_back), *self._added]
        if kind == NO_LIST:
            return (
                {path: None, root: {"$type": "object"}},
                {"$set": {path: {"$literal": labels}}},
            )
        held = self._field.holding(labels)
        guard = {root: None, **self._field.parent_exists}
        return guard, {"$set": {root: {"$literal": held}}}

    def _change(self) -> dict[str, Any]:
        path = self._field.list_path
        positions = self._positions()
        if self._without_list is not None and not positions:
            made = path if self._without_list == NO_LIST else self._field.root
            if self._without_list == "null":
                return {"$set": {made: None}}
            return {"$unset": made}
        arranged = {"$map": {"input": {"$literal": positions}, "as": "k", "in": _LABEL}}
        if self._new:
            whole = {"$concatArrays": [_LIST, {"$literal": self._new}]}
            arranged = {"$let": {"vars": {"list": whole}, "in": arranged}}
        return {"$set": {path: _let(path, arranged)}}

    def _positions(self) -> list[int]:
        """Returns the list as it becomes: positions in what it is made of."""
        n = len(self._now.ids)
        at = list(range(n))
        for k, number in self._replaced.items():
            at[k] = n + number
        left = [k for k in range(n) if k not in self._gone]
        found: list[int] = []
        done = 0
        if self._given_back:
            here = [self._now.ids[k] for k in left]
            indexes = [index for index, _ in self._given_back]
            where = gaps(self._order, here, indexes)
            # two labels may be given back in front of one that was behind both
            placed = sorted(zip(where, range(len(where)), self._given_back))
            for gap, _, (_, label) in placed:
                found += [at[k] for k in left[done:gap]]
                found.append(n + len(self._new))
                self._new.append(label)
                done = gap
        found += [at[k] for k in left[done:]]
        for label in self._added:
            found.append(n + len(self._new))
            self._new.append(label)
        return found

    def _guard(self) -> dict[str, Any]:
        path = self._field.list_path
        is_label = {"$eq": [{"$type": "$$label"}, "object"]}
        named = {"$cond": [is_label, {"$ifNull": ["$$label._id", None]}, None]}
        ids = {"$map": {"input": _LIST, "as": "label", "in": named}}
        holds: list[Any] = [
            {"$isArray": [_LIST]},
            {"$eq": [ids, {"$literal": self._now.ids}]},
        ]
        guard: dict[str, Any] = {}
        if self._exact:
            places = [k for k, _ in self._exact]
            labels = [label for _, label in self._exact]
            sizes = [len(label.raw) for label in labels]
            if sum(sizes) <= EXACT_BYTES:
                holds.append(_same(places, _LABEL, labels))
            else:
                holds.append(_same(places, {"$bsonSize": _LABEL}, sizes))
                guard["last_modified_at"] = self._now.stamp
        return {**guard, "$expr": _let(path, {"$and": holds})}


def _let(path: str, what: dict[str, Any]) -> dict[str, Any]:
    return {"$let": {"vars": {"list": f"${path}"}, "in": what}}


def _same(places: list[int], what: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    found = {"$map": {"input": {"$literal": places}, "as": "k", "in": what}}
    return {"$eq": [found, {"$literal": values}]}
