"""The stored verdicts of people about pairs of labels.

Verdicts are kept by the ids of the two labels, so clones of a dataset, whose
labels have the same ids, respect them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import combinations
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId
from pymongo import ReplaceOne
from pymongo.collection import Collection

from ... import store
from ...reading.raw.ids import IDS_AT_ONCE
from . import verdict_people, verdict_places
from .verdict_kinds import (
    FORMAT,
    MERGE,
    REAL,
    Given,
    Pair,
    Verdict,
    is_whole,
    key_of,
    object_ids,
    of_group,
    require_who,
)


def set_verdict(
    samples: foc.SampleCollection,
    label_ids: Sequence[str],
    verdict: str = REAL,
    kept: str | None = None,
    who: str | None = None,
) -> int:
    """Stores a verdict on two labels, or on each pair of a group.

    It replaces another verdict on the same labels.

    Args:
        samples: the dataset, or a view of it
        label_ids: two labels, or the labels of a group
        verdict ("real"): one of :data:`.verdict_kinds.VERDICTS`
        kept (None): the label that is kept. If it is one of a group, only the pairs
            with it have the verdict afterwards
        who (None): the name of the person

    Returns:
        how many pairs have the verdict now that did not have it

    Raises:
        ParamsError: if these are no two labels of one sample, or frame, of the
            dataset, there is no such verdict, or it does not keep this label
    """
    given, name = of_group(label_ids, verdict, kept), require_who(who)
    ids = {label_id for one in given for label_id in one.label_ids}
    document_id = verdict_places.require_one_document(
        samples._root_dataset, ids, merges=verdict == MERGE
    )
    return put(samples, {document_id: given}, name)


def put(
    samples: foc.SampleCollection,
    given: Mapping[ObjectId, Sequence[Given]],
    who: str | None = None,
    replace: bool = True,
) -> int:
    """Stores verdicts on labels of any samples, or frames.

    Args:
        samples: the dataset, or a view of it
        given: the verdicts, none of them to delete one, by the document that holds
            their labels
        who (None): the name of the person
        replace (True): whether they replace other verdicts on the same labels

    Returns:
        how many pairs have these verdicts now that did not have them
    """
    everything = [
        (document_id, one) for document_id, some in given.items() for one in some
    ]
    stored = stored_by_key(one.key for _, one in everything)
    known = {key: Verdict.of(found) for key, found in stored.items()}
    due = [
        document_of(samples, document_id, one, who, stored.get(one.key))
        for document_id, one in everything
        if not one.is_stored(known.get(one.key)) and (replace or one.key not in known)
    ]
    if due:
        new = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in due if d]
        collection().bulk_write(new, ordered=False)
    return len(due)


def stored_by_key(keys: Iterable[bytes]) -> dict[bytes, dict[str, Any]]:
    """Returns the stored documents of pairs that have a verdict, by their keys."""
    wanted, verdicts = list(keys), store.collection("verdicts")
    stored: dict[bytes, dict[str, Any]] = {}
    for k in range(0, len(wanted), IDS_AT_ONCE):
        for found in verdicts.find({"_id": {"$in": wanted[k : k + IDS_AT_ONCE]}}):
            stored[bytes(found["_id"])] = found
    return stored


def document_of(
    samples: foc.SampleCollection,
    document_id: ObjectId,
    given: Given,
    who: str | None,
    before: Mapping[str, Any] | None,
    at: datetime | None = None,
) -> dict[str, Any] | None:
    """Returns the document to store; None for a verdict that is deleted.

    Args:
        samples: the dataset, or a view of it
        document_id: the sample or frame of the labels
        given: the verdict
        who: the name of the person
        before: what is stored about the pair, which knows the dataset that it was
            first judged on
        at (None): when it was given; now by default
    """
    if given.verdict is None:
        return None
    dataset, time = samples._root_dataset, at or store.now()
    if before is not None:
        # times rise, so that two verdicts on a pair never have the same one
        others = (one["modified"] for one in before.get("also") or ())
        last = max([Verdict.of(before).at, *others])
        time = max(time, last + timedelta(milliseconds=1))
    return {
        "_id": given.key,
        "label_ids": list(given.label_ids),
        "dataset_id": dataset._doc.id,
        "dataset": dataset.name,
        "created": time,
        **{name: v for name, v in (before or {}).items() if name != "also"},
        "document_id": document_id,
        "verdict": given.verdict,
        "kept": given.kept,
        "who": who,
        "order": given.order,
        "browser": given.browser,
        # an older version of the plugin raises an error for what it cannot obey
        "format": store.FORMAT if given.verdict == REAL else FORMAT,
        "modified": time,
    }


def collection() -> Collection[dict[str, Any]]:
    """Returns the collection of the verdicts, to be written to."""
    verdicts = store.collection("verdicts", journaled=True)
    store.index(verdicts, ("label_ids", "dataset_id"))
    return verdicts


def of_pairs(
    pairs: Iterable[Pair], person: verdict_people.Person | None = None
) -> dict[Pair, Verdict]:
    """Returns the verdicts on some pairs of labels, by pair.

    A verdict that ``person`` gave as others did is returned as theirs.
    """
    found = stored_by_key(map(key_of, pairs)).values()
    known = (verdict_people.given_by(person, stored) for stored in found)
    return {verdict.label_ids: verdict for verdict in known}


def of_labels(label_ids: Iterable[ObjectId]) -> list[Verdict]:
    """Returns the verdicts that name at least one of some labels."""
    ids = list(label_ids)
    found: dict[Pair, Verdict] = {}
    for k in range(0, len(ids), IDS_AT_ONCE):
        for verdict in _found({"label_ids": {"$in": ids[k : k + IDS_AT_ONCE]}}):
            found[verdict.label_ids] = verdict
    return list(found.values())


def of_dataset(samples: foc.SampleCollection) -> Iterator[Verdict]:
    """Yields the verdicts that hold on a dataset, in no order."""
    yield from _found(_holding(samples))


def of_each_person(samples: foc.SampleCollection) -> Iterator[list[Verdict]]:
    """Yields, for each pair with a verdict, the verdict as each person gave it."""
    for stored in store.collection("verdicts").find(_holding(samples)):
        yield verdict_people.by_person(stored)


def page(
    samples: foc.SampleCollection, after: bytes | None, limit: int
) -> list[Verdict]:
    """Returns some of the verdicts that hold on a dataset, in the order of their keys.

    Args:
        samples: the dataset, or a view of it
        after: the key of the verdict before; None for the first ones
        limit: the largest number to return
    """
    which = _holding(samples)
    if after is not None:
        which = {"$and": [which, {"_id": {"$gt": after}}]}
    found = store.collection("verdicts").find(which).sort("_id", 1).limit(limit)
    return list(map(Verdict.of, found))


def everywhere() -> Iterator[Verdict]:
    """Yields the verdicts of all datasets, in no order."""
    yield from _found({})


def _found(which: dict[str, Any]) -> Iterator[Verdict]:
    return map(Verdict.of, store.collection("verdicts").find(which))


def list_verdicts(
    samples: foc.SampleCollection, limit: int = 0
) -> list[dict[str, Any]]:
    """Returns the verdicts that hold on a dataset, ready for JSON, the newest first.

    Args:
        samples: the dataset, or a view of it
        limit (0): the largest number to return; 0 for all
    """
    stages: list[dict[str, Any]] = [
        {"$match": _holding(samples)},
        {"$addFields": {"at": {"$ifNull": ["$modified", "$created"]}}},
        {"$sort": {"at": -1, "_id": 1}},
        *([{"$limit": limit}] if limit else []),
    ]
    found = store.collection("verdicts").aggregate(stages, allowDiskUse=True)
    return [Verdict.of(stored).to_dict() for stored in found]


def count_verdicts(samples: foc.SampleCollection) -> int:
    """Returns how many verdicts hold on a dataset."""
    return int(store.collection("verdicts").count_documents(_holding(samples)))


def digest_of_verdicts(samples: foc.SampleCollection) -> str:
    """Returns a digest of the verdicts that apply to a dataset."""
    digest = blake2b(digest_size=16)
    for verdict in sorted(of_dataset(samples), key=lambda verdict: verdict.key):
        digest.update(verdict.key)
        # scans of version 0.1.0 hold the digest of the keys of real pairs alone
        if verdict.verdict != REAL:
            digest.update(f"{verdict.verdict}:{verdict.kept}".encode())
    return digest.hexdigest()


def clear_verdicts(
    samples: foc.SampleCollection, label_ids: Sequence[str] | None = None
) -> int:
    """Deletes verdicts: those among some labels, or all that hold on a dataset.

    A verdict is deleted for the dataset and its clones alike.

    Returns:
        how many pairs have none any more

    Raises:
        ParamsError: if these are no labels
    """
    which = _holding(samples)
    if label_ids is not None:
        pairs = combinations(sorted(object_ids(label_ids)), 2)
        which = {"_id": {"$in": [key_of(pair) for pair in pairs]}}
    return int(store.collection("verdicts").delete_many(which).deleted_count)


def _holding(samples: foc.SampleCollection) -> dict[str, Any]:
    """Returns the query of the verdicts that hold on a dataset.

    Those given on it, and those given on others whose two labels it has: clones keep
    the ids of samples and labels.
    """
    dataset = samples._root_dataset
    others = {"dataset_id": {"$ne": dataset._doc.id}}
    found = list(filter(is_whole, store.collection("verdicts").find(others)))
    keys = verdict_places.held_here(dataset, found)
    return {"$or": [{"dataset_id": dataset._doc.id}, {"_id": {"$in": keys}}]}
