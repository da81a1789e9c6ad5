"""What FiftyOne has only since some release, and what stands in for it before that."""

from __future__ import annotations

import inspect
from typing import Any

import fiftyone.core.media as fom
import fiftyone.core.stages as fos
from fiftyone.operators import ExecutionContext

_CAN_FLATTEN = (
    "require_flat" in inspect.signature(ExecutionContext.target_view).parameters
)  # since 1.20


def flat_target(ctx: Any) -> Any:
    """Returns the collection that the form or the caller chose, without groups.

    Of a grouped collection, this is the active slice, unless a view chooses slices
    itself.
    """
    if _CAN_FLATTEN:
        return ctx.target_view(require_flat=True)
    samples = ctx.target_view()
    stages = getattr(samples, "_stages", None) or []
    if samples.media_type != fom.GROUP or any(
        isinstance(stage, fos.SelectGroupSlices) for stage in stages
    ):
        return samples
    return samples.select_group_slices(ctx.group_slice or samples.group_slice)
