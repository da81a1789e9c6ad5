"""The order in which actions can be undone."""

from __future__ import annotations

from typing import Any

import fiftyone.core.collections as foc

from ....iou_core.errors import DuplicatesError, ParamsError
from ... import store
from ...fields import LabelField
from .renamed import field_of


def require_newest_tagging(
    samples: foc.SampleCollection, action: dict[str, Any], field: LabelField
) -> None:
    """Raises an error for a tagging that a later one has replaced.

    Args:
        samples: the dataset, or a view of it
        action: the action
        field: its field, under its present name

    Raises:
        ParamsError: if there is a later one that is not undone
    """
    if action["operation"] != "tag":
        return
    tag = action["params"].get("tag")
    found = store.collection("actions").find(
        {
            "dataset_id": action["dataset_id"],
            "created": {"$gt": action["created"]},
            "operation": "tag",
            "params.tag": tag,
            "params.replace": True,
            "state": {"$ne": "restored"},
        }
    )
    for later in found.sort("created", -1):
        if later["field"] == action["field"] or _is_of(samples, later, field):
            raise ParamsError(
                f"the newest tagging with '{tag}', as each replaces the one before "
                f"(undo {later['_id']} first)",
                repr(action["_id"]),
                "restore_key",
            )


def _is_of(
    samples: foc.SampleCollection, action: dict[str, Any], field: LabelField
) -> bool:
    """Returns whether an action changed a field, under any name."""
    try:
        return field_of(samples, action).name == field.name
    except DuplicatesError:
        return False
