"""Changes of verdicts by people who judge the same labels at the same time.

A person changes a verdict that they know. If another person has changed it since,
nothing is stored, and what the other one stored is reported. Where several people give
the same verdict without knowing of each other, the document holds the verdict of the
first, and its ``also`` those of the others: undoing one of them leaves the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId
from pymongo import InsertOne, ReplaceOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError

from .verdict_kinds import Given, Pair, Verdict, time_text
from .verdict_people import others_of, person_of
from .verdicts import collection, document_of, stored_by_key

_DUPLICATE_KEY = 11000

_OWN = ("verdict", "kept", "who", "order", "browser", "modified")
"""The values of a document that are those of one person."""

_Document = dict[str, Any]
_Collection = Collection[_Document]


@dataclass(frozen=True)
class VerdictChange:
    """A verdict that replaces the one that a person knows.

    Attributes:
        given: the verdict
        seen: when the known one was stored, as text; None if there was none
        restores: whether it restores the verdict of another person, ``who``
        who: the name of that person; None if it is not known
    """

    given: Given
    seen: str | None
    restores: bool = False
    who: str | None = None


@dataclass(frozen=True)
class Changed:
    """The outcome of some changes.

    Attributes:
        stored: when the verdict on each pair was stored, as text; None where it was
            deleted. Empty if there is a conflict
        conflicts: by pair, the verdict that another person has stored; None where they
            have deleted it. Then nothing of the changes is stored
        verdicts: the verdicts on these pairs that are stored now, by pair
    """

    stored: dict[Pair, str | None]
    conflicts: dict[Pair, Verdict | None]
    verdicts: dict[Pair, Verdict]


def change_verdicts(
    samples: foc.SampleCollection,
    document_id: ObjectId,
    changes: Sequence[VerdictChange],
    who: str | None = None,
) -> Changed:
    """Stores verdicts on labels of one sample, or frame, unless another person did.

    A verdict that is stored already is no conflict, also if another person stored it.

    Args:
        samples: the dataset, or a view of it
        document_id: the sample or frame that holds the labels
        changes: the changes, at most one for a pair
        who (None): the name of the person
    """
    verdicts = collection()
    while True:
        before = stored_by_key(change.given.key for change in changes)
        known = {key: Verdict.of(found) for key, found in before.items()}
        conflicts = {
            change.given.label_ids: known.get(change.given.key)
            for change in changes
            if _conflicts(change, before.get(change.given.key))
        }
        if conflicts:
            return Changed({}, conflicts, {})
        after: dict[bytes, _Document | None] = {}
        for change in changes:
            key = change.given.key
            old = before.get(key)
            new = _changed(samples, document_id, change, who, old)
            if new is not old:
                after[key] = new
        if _replace_all(verdicts, before, after):
            break
        # another person changed one of them between the two queries: look again
    now = {change.given: (before | after).get(change.given.key) for change in changes}
    return Changed(
        {given.label_ids: _own_time(new, given, who) for given, new in now.items()},
        {},
        {given.label_ids: Verdict.of(new) for given, new in now.items() if new},
    )


def _changed(
    samples: foc.SampleCollection,
    document_id: ObjectId,
    change: VerdictChange,
    who: str | None,
    old: _Document | None,
) -> _Document | None:
    """Returns the document of a pair after a change; ``old`` itself for no change."""
    given, person = change.given, (who, change.given.browser)
    if old is None or (not given.is_stored(Verdict.of(old)) and given.verdict):
        name = change.who if change.restores else who
        return document_of(samples, document_id, given, name, old)
    others = others_of(old)
    if given.verdict is not None:
        known = [person_of(old), *map(person_of, others)]
        if change.restores or person in known or change.seen == _time(old):
            return old
        new = document_of(samples, document_id, given, who, old)
        assert new is not None, "no verdict is deleted"
        return {**old, "also": [*others, {name: new[name] for name in _OWN}]}
    left = [one for one in others if _time(one) != change.seen]
    if len(left) < len(others):
        return {**old, "also": left}
    if person == person_of(old) and others:
        return {**old, **others[0], "also": others[1:]}
    return None


def _own_time(stored: _Document | None, given: Given, who: str | None) -> str | None:
    """Returns when a verdict was stored for a person who gave it."""
    if stored is None:
        return None
    mine = (one for one in others_of(stored) if person_of(one) == (who, given.browser))
    return _time(next(mine, stored))


def _time(stored: _Document) -> str:
    return time_text(stored.get("modified") or stored["created"])


@dataclass(frozen=True)
class Dated:
    """A verdict that was given elsewhere, as in another database.

    Attributes:
        given: the verdict, which deletes none
        document_id: the sample or frame that holds its labels
        who: the name of the person; None if it is not known
        at: when it was given; None if it is not known
    """

    given: Given
    document_id: ObjectId
    who: str | None
    at: datetime | None


@dataclass(frozen=True)
class Added:
    """The outcome of adding verdicts that were given elsewhere, by their positions.

    Attributes:
        stored: those that are stored now
        unchanged: those that were stored already, with any name and time
        older: those that differ from a newer one, which is kept
        undated: those that differ from the stored one, and have no time to compare
    """

    stored: list[int]
    unchanged: list[int]
    older: list[int]
    undated: list[int]


def add_newer(samples: foc.SampleCollection, dated: Sequence[Dated]) -> Added:
    """Stores verdicts that were given elsewhere, unless a newer one is stored.

    Args:
        samples: the dataset, or a view of it
        dated: the verdicts, at most one for a pair
    """
    before = stored_by_key(one.given.key for one in dated)
    added, due = Added([], [], [], []), []
    for k, one in enumerate(dated):
        old = before.get(one.given.key)
        known = None if old is None else Verdict.of(old)
        if one.given.is_stored(known):
            added.unchanged.append(k)
        elif known is not None and one.at is None:
            added.undated.append(k)
        elif known is not None and one.at is not None and one.at <= known.at:
            added.older.append(k)
        else:
            added.stored.append(k)
            new = document_of(samples, one.document_id, one.given, one.who, old, one.at)
            assert new is not None, "no verdict is deleted"
            due.append(
                InsertOne(new)
                if old is None
                else ReplaceOne(_same(one.given.key, old), new)
            )
    if due:
        # a verdict that a person stores meanwhile is the newest one, and is kept
        try:
            collection().bulk_write(due, ordered=False)
        except BulkWriteError as error:
            codes = {one["code"] for one in error.details["writeErrors"]}
            if codes != {_DUPLICATE_KEY}:
                raise
    return added


def _conflicts(change: VerdictChange, stored: _Document | None) -> bool:
    """Returns whether a change is of another verdict than the one that is stored."""
    if stored is None:
        return change.seen is not None and change.given.verdict is not None
    if change.given.is_stored(Verdict.of(stored)):
        return False
    return change.seen not in {_time(one) for one in (stored, *others_of(stored))}


def _replace_all(
    verdicts: _Collection,
    before: dict[bytes, _Document],
    after: dict[bytes, _Document | None],
) -> bool:
    """Replaces documents by others; none if one of them changed in between."""
    done: list[bytes] = []
    for key, new in after.items():
        if not _replace(verdicts, key, before.get(key), new):
            for other in reversed(done):
                _replace(verdicts, other, after[other], before.get(other))
            return False
        done.append(key)
    return True


def _replace(
    verdicts: _Collection, key: bytes, old: _Document | None, new: _Document | None
) -> bool:
    """Replaces a document unless it changed; returns whether it did."""
    if old is None:
        try:
            if new is not None:
                verdicts.insert_one(new)
        except DuplicateKeyError:
            return False
        return True
    same = _same(key, old)
    if new is None:
        return verdicts.delete_one(same).deleted_count == 1
    return verdicts.replace_one(same, new).matched_count == 1


def _same(key: bytes, old: _Document) -> _Document:
    """Returns the query of a document unless it changed since it was read."""
    return {"_id": key, "modified": old.get("modified"), "also": old.get("also")}
