"""The user's view in the App, which the panel replaces and brings back."""

from __future__ import annotations

import json
from typing import Any

from ..iou_core.errors import ParamsError
from ..iou_core.values import quoted
from ..labels.review import views

_PARTS = {"view": list, "view_name": str, "filters": dict}


def replaced(ctx: Any) -> str | None:
    """Returns the view that the App shows, as text for :func:`restore`.

    Returns:
        None if the panel made the view
    """
    if ctx.has_custom_view and views.is_plan_view(ctx.view):
        return None
    return json.dumps({name: ctx.request_params.get(name) for name in _PARTS})


def restore(ctx: Any, own_view: str | None) -> str:
    """Shows a view again, by its name if it is a saved one.

    Args:
        ctx: the execution context
        own_view: what :func:`replaced` returned; None for the whole dataset

    Returns:
        the filters of the sidebar, as JSON. Every change of the view empties them, so
        the browser sets them afterwards
    """
    parts = _parts(own_view)
    if parts["view_name"]:
        ctx.ops.set_view(name=parts["view_name"])
    elif parts["view"]:
        ctx.trigger("set_view", {"view": parts["view"]})
    else:
        ctx.ops.clear_view()
    return json.dumps(parts["filters"] or {})


def _parts(own_view: str | None) -> dict[str, Any]:
    """Returns the parts of a view, which any web page may have made up.

    Only the browser that sends them gets them back; the server makes no view of them.
    """
    try:
        found = json.loads(own_view or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(found.get(name), (kind, type(None))) for name, kind in _PARTS.items()
    ):
        expected = "a view that the panel replaced"
        raise ParamsError(expected, quoted(own_view), "own_view")
    return {name: found.get(name) for name in _PARTS}
