"""The order in which actions can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
import numpy.typing as npt

from ....iou_core.errors import DuplicatesError, OrderError
from ... import store
from ...fields import LabelField
from ...plurals import counted
from . import journal
from .renamed import field_of

_NOUNS = {
    "tag": "tagging",
    "untag": "untagging",
    "delete": "deletion",
    "merge": "merge",
    "cvat": "load from CVAT",
    "overwrite": "computation of values",
}


def require_newest(
    samples: foc.SampleCollection, action: dict[str, Any], field: LabelField
) -> None:
    """Raises an error for an action that a later one, which is not undone, built on.

    These are a later tagging that replaced a tagging, and an action that changed some
    of the same labels. So undoing the newest action is always possible, and an action
    on other labels is never in the way.

    Args:
        samples: the dataset, or a view of it
        action: the action
        field: its field, under its present name

    Raises:
        OrderError: if there is such an action
    """
    newer = (
        later
        for later in _not_undone(action["dataset_id"])
        if later["created"] > action["created"]
    )
    first = _first_to_undo(action, newer, _Fields(samples, field.name), _ids_of())
    if first is not None:
        noun = _NOUNS.get(first["operation"], "action")
        labels = f" of {counted(first['count'], 'label')}" if first["count"] else ""
        raise OrderError(
            f"a later {noun}{labels} changed some of the same labels",
            first["_id"],
            "restore_key",
        )


def first_to_undo(
    samples: foc.SampleCollection, restore_keys: Sequence[str]
) -> dict[str, str]:
    """Returns which action has to be undone before each of some actions.

    Args:
        samples: the dataset, or a view of it
        restore_keys: the actions

    Returns:
        keys of later actions by the keys of the actions that :func:`require_newest`
        raises an error for; those already undone are left out
    """
    left = list(_not_undone(samples._root_dataset._doc.id))
    ids_of = _ids_of()
    found = {}
    for k, action in enumerate(left):
        if action["_id"] in restore_keys:
            fields = _Fields(samples, None)
            first = _first_to_undo(action, left[:k], fields, ids_of)
            if first is not None:
                found[str(action["_id"])] = str(first["_id"])
    return found


def _not_undone(dataset_id: Any) -> Iterable[dict[str, Any]]:
    """Returns the actions on a dataset that are not undone, the newest first."""
    wanted = {"dataset_id": dataset_id, "state": {"$ne": "restored"}}
    found = store.collection("actions").find(wanted)
    return found.sort([("created", -1), ("_id", -1)])


_IdsOf = Callable[[str], npt.NDArray[np.bytes_]]


def _ids_of() -> _IdsOf:
    """Returns a function that reads the ids of each action's labels only once."""

    @cache
    def ids_of(restore_key: str) -> npt.NDArray[np.bytes_]:
        return np.frombuffer(b"".join(journal.label_ids(restore_key)), "S12")

    return ids_of


class _Fields:
    """Compares the fields of actions, under any name.

    Args:
        samples: the dataset, or a view of it
        name (None): the present name of the field of the earlier action, if known
    """

    def __init__(self, samples: foc.SampleCollection, name: str | None) -> None:
        self._samples = samples
        self._name = name

    def are_alike(self, action: dict[str, Any], later: dict[str, Any]) -> bool:
        """Returns whether two actions changed the same field."""
        if action["field"] == later["field"]:
            return True
        try:
            name = self._name or field_of(self._samples, action).name
            return field_of(self._samples, later).name == name
        except DuplicatesError:
            return False


def _first_to_undo(
    action: dict[str, Any],
    newer: Iterable[dict[str, Any]],
    fields: _Fields,
    ids_of: _IdsOf,
) -> dict[str, Any] | None:
    """Returns the newest of the later actions that built on an action, if any."""
    return next(
        (
            later
            for later in newer
            if (_replaces(later, action) or _share(later, action, ids_of))
            and fields.are_alike(action, later)
        ),
        None,
    )


def _replaces(later: dict[str, Any], action: dict[str, Any]) -> bool:
    """Returns whether a tagging replaced another one.

    Labels of both plans kept the tag: the journal has them in the earlier one only.
    """
    return (
        later["operation"] == action["operation"] == "tag"
        and later["params"].get("replace") is True
        and later["params"].get("tag") == action["params"].get("tag")
    )


def _share(later: dict[str, Any], action: dict[str, Any], ids_of: _IdsOf) -> bool:
    """Returns whether two actions changed some of the same labels.

    The journal of an earlier action that was cut off may hold labels that it did not
    change: it does not count.
    """
    if action["state"] == "under_way":
        return False
    return bool(np.isin(ids_of(action["_id"]), ids_of(later["_id"])).any())
