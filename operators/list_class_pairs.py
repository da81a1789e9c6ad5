"""The operator that counts overlaps for each class pair."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.params import METRICS, FindParams
from ..labels import files
from ..labels.plurals import counted
from ..labels.review import class_pairs
from ..labels.scans import stored
from ..labels.scans.decisions.decider import with_params
from . import exports, forms, planned
from .base import DuplicatesOperator


class ListClassPairs(DuplicatesOperator):
    name_ = "list_class_pairs"
    label = "List overlapping classes"
    description = "Count overlaps for each class pair"
    icon = "grid_on"
    writes = "the file `path`, if given"
    returns = ("count", "by_class_pair", "matrix", "path")
    risk = "low"
    unlisted = True
    parameters = ("scan_key", "iou_thresh", "metric", *exports.PARAMS)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        forms.threshold(ctx, inputs, planned.threshold_of(ctx))
        inputs.enum("metric", list(METRICS), default="iou", label="Threshold of")
        exports.fields(inputs)

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        _parse(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        params, target = _parse(ctx), exports.target(ctx)
        found = class_pairs.count_class_pairs(
            ctx.dataset, ctx.params["scan_key"], params.metric
        )
        if target is not None:
            class_pairs.write(target, found, params.iou_thresh)
        rows = found.rows(params.iou_thresh)
        return {
            "count": sum(row["count"] for row in rows),
            "by_class_pair": rows,
            "matrix": found.matrix(params.iou_thresh),
            "path": target and target.path,
            "message": _message(rows, target),
        }


def _message(rows: list[dict[str, Any]], target: files.Target | None) -> str:
    count = sum(row["count"] for row in rows)
    text = f"{counted(count, 'overlap')} of {counted(len(rows), 'class pair')}"
    return text if target is None else f"{text}, written to {target.path}"


def _parse(ctx: Any) -> FindParams:
    scan = stored.open_scan(ctx.dataset, ctx.params.get("scan_key"))
    exports.target(ctx)
    given = {name: ctx.params.get(name) for name in ("iou_thresh", "metric")}
    return with_params(scan.params, **given)
