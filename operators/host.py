"""Substitutes for features that older releases of FiftyOne lack."""

from __future__ import annotations

import inspect
from typing import Any

import fiftyone.core.media as fom
import fiftyone.core.stages as fos
from fiftyone.operators import ExecutionContext

_CAN_FLATTEN = (
    "require_flat" in inspect.signature(ExecutionContext.target_view).parameters
)  # since 1.20
_TARGET = "view_target"


def set_target_aside(ctx: Any) -> None:
    """Moves the name of the target from the parameters to the request.

    FiftyOne does this itself since 1.22; before, the name was one of the parameters.
    """
    if _TARGET in ctx.params:
        ctx.request_params[_TARGET] = ctx.params.pop(_TARGET)


def target(ctx: Any, **options: Any) -> Any:
    """Returns the collection that the form or the caller chose, with its groups."""
    params = ctx.params
    # before 1.22, only a parameter names it
    ctx.params = {**params, _TARGET: ctx.request_params.get(_TARGET)}
    try:
        return ctx.target_view(**options)
    finally:
        ctx.params = params


def flat_target(ctx: Any) -> Any:
    """Returns the collection that the form or the caller chose, without groups.

    Of a grouped collection, this is the active slice, unless a view chooses slices
    itself.
    """
    if _CAN_FLATTEN:
        return target(ctx, require_flat=True)
    samples = target(ctx)
    stages = getattr(samples, "_stages", None) or []
    if samples.media_type != fom.GROUP or any(
        isinstance(stage, fos.SelectGroupSlices) for stage in stages
    ):
        return samples
    return samples.select_group_slices(ctx.group_slice or samples.group_slice)
