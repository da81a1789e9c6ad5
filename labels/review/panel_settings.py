"""The settings of the panel of a dataset, for all browsers that open it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...iou_core.errors import DuplicatesError, ParamsError
from ...iou_core.keep_rule import parse_rules
from ...iou_core.params import METHODS, METRICS, require_fraction
from ...iou_core.values import quoted
from .. import store
from .judging.order import ORDERS

NAMES = ("iou_thresh", "method", "keep", "metric", "classwise", "order")
"""The names of the settings."""


def load(dataset: Any) -> dict[str, Any] | None:
    """Returns the settings of a dataset.

    Returns:
        the settings with :data:`NAMES`; None if there are none, or another version of
        the plugin stored them and they cannot be used
    """
    found = store.collection("settings").find_one({"_id": dataset._doc.id})
    if found is None or found.get("format") != store.FORMAT:
        return None
    try:
        return checked(found)
    except DuplicatesError:
        return None


def save(dataset: Any, settings: object) -> None:
    """Stores the settings of a dataset; those of the last browser hold.

    Raises:
        ParamsError: if one of them cannot be used
    """
    new = {"dataset": dataset.name, "format": store.FORMAT, "modified": store.now()}
    store.collection("settings").replace_one(
        {"_id": dataset._doc.id}, {**checked(settings), **new}, upsert=True
    )


def checked(settings: object) -> dict[str, Any]:
    """Returns settings after checking them.

    Raises:
        ParamsError: if one is missing, or cannot be used
    """
    if not isinstance(settings, Mapping) or not settings.keys() >= {*NAMES}:
        raise ParamsError(", ".join(NAMES), quoted(settings), "settings")
    found = {name: settings[name] for name in NAMES}
    require_fraction("iou_thresh", found["iou_thresh"])
    if not isinstance(found["keep"], list):
        raise ParamsError("a list of keep rules", quoted(found["keep"]), "keep")
    parse_rules(found["keep"])
    for name, known in (
        ("method", tuple(METHODS)),
        ("metric", METRICS),
        ("order", tuple(ORDERS)),
        ("classwise", (False, True)),
    ):
        if found[name] not in known:
            expected = " or ".join(map(str, known))
            raise ParamsError(expected, quoted(found[name]), name)
    return found
