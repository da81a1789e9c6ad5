"""The verdicts of some pairs, as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bson import ObjectId

from ... import store


def verdicts_of(pairs: Iterable[Sequence[str]]) -> dict[frozenset[str], dict[str, Any]]:
    """Returns the verdicts of some pairs of labels, ready for JSON.

    Args:
        pairs: the ids of two labels each

    Returns:
        by the set of the two, ``{"verdict": ..., "kept": ..., "who": ..., "at": ...}``;
        pairs without a verdict are missing
    """
    keys = {
        b"".join(sorted(ObjectId(label_id).binary for label_id in pair))
        for pair in pairs
    }
    found = store.collection("verdicts").find({"_id": {"$in": list(keys)}})
    return {
        frozenset(map(str, verdict["label_ids"])): {
            "verdict": verdict["verdict"],
            "kept": _text(verdict.get("kept")),
            "who": verdict.get("who"),
            "at": (verdict.get("modified") or verdict["created"]).isoformat(
                timespec="milliseconds"
            )
            + "Z",
        }
        for verdict in found
    }


def _text(label_id: ObjectId | None) -> str | None:
    return None if label_id is None else str(label_id)
