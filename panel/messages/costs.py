"""Messages about what a cut is expected to cost; they change no label."""

from __future__ import annotations

from typing import Any

from ...iou_core.decisions.levels import THRESHOLDS
from ...iou_core.params import require_fraction
from ...labels.review.expected import costs
from .. import plan_answers
from ..requests import Answer, classes, decision, text
from .table import message


@message
def count_cost(ctx: Any) -> Answer:
    """Returns how many of a plan's labels are expected to be duplicates."""
    return costs.of_plan(ctx.dataset, plan_answers.plan_of(ctx), classes(ctx))


@message
def find_precise(ctx: Any) -> Answer:
    """Returns the lowest threshold at which removals are right often enough."""
    precision = ctx.params.get("precision")
    require_fraction("precision", precision)
    found = costs.of_thresholds(
        ctx.dataset, text(ctx, "scan_key"), classes(ctx), **decision(ctx)
    )
    k = found.first_precise(precision)
    if k is None:
        return {"iou_thresh": None, "right": None}
    share = float(found.right[k] / found.removed[k])
    return {"iou_thresh": float(THRESHOLDS[k]), "right": share}
