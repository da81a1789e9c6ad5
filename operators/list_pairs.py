"""Lists the pairs of a scan as data."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.params import require_fraction
from ..labels import pair_list
from . import forms, planned
from .base import DuplicatesOperator

_NAMES = ("scan_key", "min_iou", "max_iou", "offset", "limit")


class ListPairs(DuplicatesOperator):
    name_ = "list_pairs"
    label = "List overlapping pairs"
    description = "Answers the pairs of a scan: sample, labels, classes, IoU, IoS"
    icon = "list"
    risk = types.RiskLevel.LOW

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        inputs.float(
            "min_iou",
            required=False,
            label="IoU above",
            description="By default, the threshold of the scan",
        )
        inputs.float("max_iou", default=1.0, label="IoU at most")
        inputs.int("offset", default=0, label="Pass over")
        inputs.int("limit", default=pair_list.PAGE, label="How many")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, _NAMES)
        for name in ("min_iou", "max_iou"):
            if ctx.params.get(name) is not None:
                require_fraction(name, ctx.params[name])

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        given = {name: ctx.params.get(name) for name in _NAMES}
        given = {name: value for name, value in given.items() if value is not None}
        page = pair_list.list_pairs(ctx.dataset, **given)
        return {
            "count": page.count,
            "samples": len({pair["sample_id"] for pair in page.pairs}),
            "pairs": page.pairs,
            "message": f"{len(page.pairs):,} of {page.count:,} pairs",
        }
