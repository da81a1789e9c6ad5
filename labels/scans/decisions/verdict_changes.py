"""Changes of verdicts by people who judge the same labels at the same time.

A person changes a verdict that they know. If another person has changed it since,
nothing is stored, and what the other one stored is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from .verdict_kinds import Given, Pair, Verdict, time_text
from .verdicts import collection, document_of

_Document = dict[str, Any]
_Collection = Collection[_Document]


@dataclass(frozen=True)
class Change:
    """A verdict that replaces the one that a person knows.

    Attributes:
        given: the verdict
        seen: when the known one was stored, as text; None if there was none
    """

    given: Given
    seen: str | None


@dataclass(frozen=True)
class Changed:
    """The outcome of some changes.

    Attributes:
        stored: when the verdict on each pair was stored, as text; None where it was
            deleted. Empty if there is a conflict
        conflicts: by pair, the verdict that another person has stored; None where they
            have deleted it. Then nothing of the changes is stored
    """

    stored: dict[Pair, str | None]
    conflicts: dict[Pair, Verdict | None]


def change_verdicts(
    samples: foc.SampleCollection,
    document_id: ObjectId,
    changes: Sequence[Change],
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
        before = _stored(verdicts, changes)
        known = {key: Verdict.of(found) for key, found in before.items()}
        conflicts = {
            change.given.label_ids: known.get(change.given.key)
            for change in changes
            if _conflicts(change, known.get(change.given.key))
        }
        if conflicts:
            return Changed({}, conflicts)
        after: dict[bytes, _Document | None] = {}
        if not all(c.given.is_stored(known.get(c.given.key)) for c in changes):
            # of several, one that is stored already may be taken back by the person
            # who stored it: it is written again, as theirs
            for change in changes:
                given, verdict = change.given, known.get(change.given.key)
                if _at(verdict) != change.seen or not given.is_stored(verdict):
                    after[given.key] = document_of(
                        samples, document_id, given, who, before.get(given.key)
                    )
        if _replace_all(verdicts, before, after):
            break
        # another person changed one of them between the two queries: look again
    new = {key: Verdict.of(found) for key, found in after.items() if found}
    pairs = {change.given.key: change.given.label_ids for change in changes}
    now = {key: new.get(key) if key in after else known.get(key) for key in pairs}
    return Changed({pair: _at(now[key]) for key, pair in pairs.items()}, {})


def _stored(verdicts: _Collection, changes: Sequence[Change]) -> dict[bytes, _Document]:
    found = verdicts.find({"_id": {"$in": [change.given.key for change in changes]}})
    return {bytes(stored["_id"]): stored for stored in found}


def _conflicts(change: Change, stored: Verdict | None) -> bool:
    return _at(stored) != change.seen and not change.given.is_stored(stored)


def _at(stored: Verdict | None) -> str | None:
    return None if stored is None else time_text(stored.at)


def _replace_all(
    verdicts: _Collection,
    before: dict[bytes, _Document],
    after: dict[bytes, _Document | None],
) -> bool:
    """Replaces documents by others; none if one of them changed meanwhile."""
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
    same = {"_id": key, "modified": old.get("modified")}
    if new is None:
        return verdicts.delete_one(same).deleted_count == 1
    return verdicts.replace_one(same, new).matched_count == 1
