"""The operator that lists the pairs of a scan."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels import files, tables
from ..labels.plurals import counted
from ..labels.review import pairs
from ..labels.scans import stored
from . import exports, forms
from .base import DuplicatesOperator

_PAGE = ("scan_key", "min_iou", "max_iou", "offset", "limit")


class ListPairs(DuplicatesOperator):
    name_ = "list_pairs"
    label = "List overlapping pairs"
    description = "List the pairs of a scan: sample, labels, classes, IoU, IoS"
    icon = "list"
    writes = "the file `path`, if given"
    returns = ("count", "samples", "pairs", "path")
    risk = "low"
    unlisted = True
    parameters = (*_PAGE, *exports.PARAMS)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        inputs.float(
            "min_iou",
            required=False,
            label="IoU above",
            description="By default, pairs above the threshold of the scan",
        )
        inputs.float("max_iou", default=1.0, label="IoU at most")
        inputs.int("offset", default=0, label="Skip")
        inputs.int("limit", default=pairs.PAGE, label="Limit")
        exports.fields(inputs)

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        stored.open_scan(ctx.dataset, ctx.params.get("scan_key"))
        exports.target(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        target = exports.target(ctx)
        if target is not None:
            return _written(ctx, target)
        given = {name: ctx.params[name] for name in _PAGE if name in ctx.params}
        page = pairs.list_pairs(ctx.dataset, **given)
        return {
            "count": page.count,
            "samples": len({pair["sample_id"] for pair in page.pairs}),
            "pairs": page.pairs,
            "message": f"{len(page.pairs):,} of {counted(page.count, 'pair')}",
        }


def _written(ctx: Any, target: files.Target) -> dict[str, Any]:
    """Writes every pair above ``min_iou``, by default all, to a file."""
    scan_key, least = ctx.params["scan_key"], ctx.params.get("min_iou") or 0.0
    n = tables.write(
        target,
        pairs.COLUMNS,
        lambda cursor: pairs.pair_rows(ctx.dataset, scan_key, least, cursor),
    )
    message = f"Wrote {counted(n, 'pair')} to {target.path}"
    return {"count": n, "path": target.path, "message": message}
