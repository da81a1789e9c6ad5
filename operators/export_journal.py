"""The operator that exports the journal as a table."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels import files, tables
from ..labels.edits.journal import journal, table
from ..labels.plurals import counted
from . import exports, forms
from .base import DuplicatesOperator


class ExportJournal(DuplicatesOperator):
    name_ = "export_journal"
    label = "Export the journal of duplicate actions"
    description = "Export what was changed, when, where and why, as CSV or JSON"
    icon = "receipt_long"
    writes = "the file `path`, if given"
    returns = ("count", "rows", "cursor", "path")
    unlisted = True
    parameters = ("restore_key", *exports.PARAMS, "cursor", "limit")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.action(ctx, inputs, False, "By default, all actions")
        exports.fields(inputs)

    def check(self, ctx: Any) -> None:
        if ctx.params.get("restore_key"):
            journal.load(ctx.dataset, ctx.params["restore_key"])
        exports.target(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        key = ctx.params.get("restore_key") or None
        target = exports.target(ctx)
        if target is not None:
            return _written(ctx, target, key)
        limit = ctx.params.get("limit") or tables.AT_ONCE
        rows, cursor = table.rows(ctx.dataset, key, ctx.params.get("cursor"), limit)
        return {
            "count": len(rows),
            "rows": rows,
            "cursor": cursor,
            "message": counted(len(rows), "change") + (", and more" if cursor else ""),
        }


def _written(ctx: Any, target: files.Target, key: str | None) -> dict[str, Any]:
    """Writes the changes of an action, or of all, to a file."""
    n = tables.write(
        target, table.COLUMNS, lambda cursor: table.rows(ctx.dataset, key, cursor)
    )
    message = f"Wrote {counted(n, 'change')} to {target.path}"
    return {"count": n, "path": target.path, "message": message}
