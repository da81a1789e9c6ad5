"""Pairs that a user has judged: both labels are real.

Verdicts are kept by the ids of the two labels, so clones of a dataset, whose
labels have the same ids, respect them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import combinations
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId
from bson.errors import InvalidId
from pymongo import UpdateOne

from ....iou_core.arrays import Bools
from ....iou_core.errors import ParamsError
from ....iou_core.pairs import Pairs
from ... import store
from ...reading.columns import Bytes, to_bytes
from . import verdict_places

REAL = "real"
"""The verdict that both labels of a pair are real."""


def set_verdict(
    samples: foc.SampleCollection, label_ids: Sequence[str], verdict: str = REAL
) -> int:
    """Remembers that labels are real, each beside each other.

    Args:
        samples: the dataset, or a view of it
        label_ids: two labels, or the labels of a group
        verdict ("real"): the verdict

    Returns:
        how many pairs have the verdict now that had none

    Raises:
        ParamsError: if these are no two labels of one sample, or frame, of the
            dataset, or there is no such verdict
    """
    if verdict != REAL:
        raise ParamsError(repr(REAL), repr(verdict), "verdict")
    ids = _object_ids(label_ids)
    if len(ids) < 2:
        raise ParamsError("the ids of two labels or more", repr(label_ids), "label_ids")

    dataset = samples._root_dataset
    document_id = verdict_places.require_one_document(dataset, ids)
    verdicts = store.collection("verdicts", journaled=True)
    verdicts.create_index("label_ids")
    given = {
        "dataset_id": dataset._doc.id,
        "dataset": dataset.name,
        "verdict": verdict,
        "format": store.FORMAT,
        "created": store.now(),
    }
    written = verdicts.bulk_write(
        [
            UpdateOne(
                {"_id": _key(pair)},
                {
                    "$setOnInsert": {"label_ids": list(pair), **given},
                    "$set": {"document_id": document_id},
                },
                upsert=True,
            )
            for pair in combinations(sorted(ids), 2)
        ],
        ordered=False,
    )
    return int(written.upserted_count)


def list_verdicts(
    samples: foc.SampleCollection, limit: int = 0
) -> list[dict[str, Any]]:
    """Returns the verdicts that hold on a dataset, the newest first.

    Args:
        samples: the dataset, or a view of it
        limit (0): the largest number to return; 0 for all
    """
    found = store.collection("verdicts").find(_holding(samples))
    return [
        {
            "label_ids": [str(label_id) for label_id in verdict["label_ids"]],
            "verdict": verdict["verdict"],
            "created": verdict["created"].isoformat(timespec="milliseconds") + "Z",
        }
        for verdict in found.sort([("created", -1), ("_id", 1)]).limit(limit)
    ]


def count_verdicts(samples: foc.SampleCollection) -> int:
    """Returns how many verdicts hold on a dataset."""
    return int(store.collection("verdicts").count_documents(_holding(samples)))


def digest_of_verdicts(samples: foc.SampleCollection) -> str:
    """Returns what tells the verdicts that hold on a dataset from others."""
    found = store.collection("verdicts").find(_holding(samples), {"_id": True})
    keys = sorted(bytes(verdict["_id"]) for verdict in found)
    return blake2b(b"".join(keys), digest_size=16).hexdigest()


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
        pairs = combinations(sorted(_object_ids(label_ids)), 2)
        which = {"_id": {"$in": [_key(pair) for pair in pairs]}}
    return int(store.collection("verdicts").delete_many(which).deleted_count)


def _holding(samples: foc.SampleCollection) -> dict[str, Any]:
    """Returns the query of the verdicts that hold on a dataset.

    Those given on it, and those given on others whose two labels it has: clones keep
    the ids of samples and labels.
    """
    dataset = samples._root_dataset
    others = {"dataset_id": {"$ne": dataset._doc.id}}
    found = list(store.collection("verdicts").find(others))
    keys = verdict_places.held_here(dataset, found)
    return {"$or": [{"dataset_id": dataset._doc.id}, {"_id": {"$in": keys}}]}


class Verdicts:
    """All verdicts, to be asked about the pairs of block after block."""

    def __init__(self) -> None:
        found = store.collection("verdicts").find({}, {"_id": True, "format": True})
        self._keys: set[bytes] = set()
        for verdict in found:
            store.require_format(verdict["format"], "verdicts")
            self._keys.add(bytes(verdict["_id"]))

    def __len__(self) -> int:
        return len(self._keys)

    def real(self, pairs: Pairs, label_ids: Bytes) -> Bools | None:
        """Returns which pairs are both real; None for none at all.

        Args:
            pairs: ``M`` pairs of ``N`` labels
            label_ids: ``(N, 12)`` the labels
        """
        if not self._keys or not len(pairs):
            return None
        ids = to_bytes(label_ids)
        real = np.fromiter(
            (
                b"".join(sorted((ids[i], ids[j]))) in self._keys
                for i, j in zip(pairs.i.tolist(), pairs.j.tolist())
            ),
            np.bool_,
            len(pairs),
        )
        return real if real.any() else None


def _key(pair: Iterable[ObjectId]) -> bytes:
    return b"".join(label_id.binary for label_id in pair)


def _object_ids(label_ids: Sequence[str]) -> set[ObjectId]:
    if (
        isinstance(label_ids, str)
        or not isinstance(label_ids, Sequence)
        or not all(isinstance(label_id, (str, ObjectId)) for label_id in label_ids)
    ):
        raise ParamsError("a list of label ids", repr(label_ids), "label_ids")
    try:
        return {ObjectId(label_id) for label_id in label_ids}
    except InvalidId:
        raise ParamsError("a list of label ids", repr(label_ids), "label_ids") from None
