"""The operator that lists what each threshold is expected to cost."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.decisions.levels import THRESHOLDS
from ..iou_core.params import require_fraction
from ..labels.plurals import counted
from ..labels.review.expected import costs
from . import forms, planned
from .base import DuplicatesOperator

_PRECISION = 0.9


class ListCosts(DuplicatesOperator):
    name_ = "list_costs"
    label = "List the cost of each threshold"
    description = "Estimate how many removals are duplicates, and how many are missed"
    icon = "query_stats"
    returns = ("thresholds", "iou_thresh", "by_class_pair")
    risk = "low"
    unlisted = True
    parameters = (
        *(name for name in planned.PLAN_PARAMS if name != "iou_thresh"),
        "precision",
        "intervals",
        "by_class_pair",
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        inputs.float("precision", default=_PRECISION, label="Precision, at least")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        planned.parse(ctx)
        require_fraction("precision", ctx.params.get("precision", _PRECISION))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        wanted, precision = planned.parse(ctx), ctx.params.get("precision", _PRECISION)
        wanted.pop("iou_thresh")
        intervals = bool(ctx.params.get("intervals"))
        found = costs.of_thresholds(ctx.dataset, intervals=intervals, **wanted)
        k = found.first_precise(precision)
        by_class_pair = None
        if ctx.params.get("by_class_pair"):
            by_class_pair = costs.class_pair_thresholds(
                ctx.dataset, wanted["scan_key"], precision, wanted["metric"]
            )
        return {
            "thresholds": [
                {"iou_thresh": float(thresh), **costs.at(found, at)}
                for at, thresh in enumerate(THRESHOLDS)
            ],
            "iou_thresh": None if k is None else float(THRESHOLDS[k]),
            "by_class_pair": by_class_pair,
            "message": _message(found, k, precision),
        }


def _message(found: costs.Costs, k: int | None, precision: float) -> str:
    share = f"{100 * precision:g} % of the removals are expected to be duplicates"
    if k is None:
        return f"At no threshold, {share}"
    n = counted(int(found.removed[k]), "label")
    words = f"From {THRESHOLDS[k]:g} on, {share}: {n} would be removed"
    return words + costs.in_words(costs.at(found, k))
