"""The order in which actions can be undone."""

from __future__ import annotations

from typing import Any

from ....iou_core.errors import ParamsError
from ... import store


def require_newest_tagging(action: dict[str, Any]) -> None:
    """Raises an error for a tagging that a later one has replaced.

    Raises:
        ParamsError: if there is a later one that is not undone
    """
    if action["operation"] != "tag":
        return
    tag = action["params"].get("tag")
    later = store.collection("actions").find_one(
        {
            "dataset_id": action["dataset_id"],
            "created": {"$gt": action["created"]},
            "operation": "tag",
            "field": action["field"],
            "params.tag": tag,
            "params.replace": True,
            "state": {"$ne": "restored"},
        },
        sort=[("created", -1)],
    )
    if later is not None:
        raise ParamsError(
            f"the newest tagging with '{tag}', as each replaces the one before (undo "
            f"{later['_id']} first)",
            repr(action["_id"]),
            "restore_key",
        )
