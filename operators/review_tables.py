"""The operators that export the verdicts of a review, and import them."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..iou_core.values import quoted
from ..labels import files, tables
from ..labels.plurals import counted, first_of, predicate
from ..labels.review.exchange import load, table
from ..labels.scans import stored
from . import caller, exports, forms
from .base import DuplicatesOperator
from .judge import unpaired_words

_REASONS = 3  # that a message names


class ExportReview(DuplicatesOperator):
    name_ = "export_review"
    label = "Export the verdicts of a review"
    description = "Export who judged which labels, how and when, as CSV or JSON"
    icon = "grading"
    writes = "the file `path`, if given"
    returns = ("count", "rows", "cursor", "path")
    unlisted = True
    parameters = ("scan_key", *exports.PARAMS, "cursor", "limit")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs, False, "Its overlaps are listed beside the verdicts")
        exports.fields(inputs)

    def check(self, ctx: Any) -> None:
        _scan(ctx)
        exports.target(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        scan, target = _scan(ctx), exports.target(ctx)
        if target is not None:
            return _written(ctx, target, scan)
        limit = ctx.params.get("limit") or tables.AT_ONCE
        rows, cursor = table.rows(ctx.dataset, scan, ctx.params.get("cursor"), limit)
        return {
            "count": len(rows),
            "rows": rows,
            "cursor": cursor,
            "message": counted(len(rows), "verdict") + (", and more" if cursor else ""),
        }


def _scan(ctx: Any) -> stored.Scan | None:
    """Returns the scan whose overlaps are exported: the newest one by default."""
    key = ctx.params.get("scan_key")
    if not key:
        scans = (scan for scan in stored.list_scans(ctx.dataset))
        key = next((s["scan_key"] for s in scans if s["pairs_stored"]), None)
    return None if key is None else stored.open_scan(ctx.dataset, key)


def _written(
    ctx: Any, target: files.Target, scan: stored.Scan | None
) -> dict[str, Any]:
    """Writes the verdicts to a file."""
    n = tables.write(
        target, table.COLUMNS, lambda cursor: table.rows(ctx.dataset, scan, cursor)
    )
    message = f"Wrote {counted(n, 'verdict')} to {target.path}"
    return {"count": n, "path": target.path, "message": message}


class ImportReview(DuplicatesOperator):
    name_ = "import_review"
    label = "Import the verdicts of a review"
    description = "Import verdicts that were exported as CSV or JSON"
    icon = "upload_file"
    writes = "verdicts; no label"
    returns = ("count", "stored", "unpaired", "unchanged", "skipped", "rows")
    risk = "medium"
    unlisted = True
    parameters = ("path", "content", "format", "who")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        inputs.str(
            "content",
            required=False,
            view=types.CodeView(),
            label="The exported table",
            description="From Python, path may name a .csv or .json file instead",
        )
        inputs.enum("format", tables.FORMATS, default="csv", label="Format")
        inputs.str("who", required=False, label="Name for verdicts without one")
        forms.notice(
            inputs,
            "No label is changed",
            "Of two verdicts on the same labels, the newer one is kept.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("content") or ctx.params.get("path"))

    def check(self, ctx: Any) -> None:
        path, content = ctx.params.get("path"), ctx.params.get("content")
        if (path is None) is (content is None):
            got = "none" if path is None else "both"
            raise ParamsError("either path or content", got, "content")
        if path is not None:
            if not caller.is_python(ctx):
                raise ParamsError(
                    "content, as only Python code may name a file", quoted(path), "path"
                )
            tables.require_path(path)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        path = ctx.params.get("path")
        if path is None:
            kind = ctx.params.get("format") or "csv"
            content = ctx.params["content"]
        else:
            kind, content = tables.require_path(path), tables.read(path)
        done = load.import_review(ctx.dataset, content, kind, ctx.params.get("who"))
        found = done.to_dict()
        return {"count": done.stored, **found, "message": _text(found)}


def _text(found: dict[str, Any]) -> str:
    """Returns what an import did, as a sentence."""
    texts = [f"Stored {counted(found['stored'], 'verdict')}"]
    texts[0] += unpaired_words(found["unpaired"])
    if found["unchanged"]:
        n = found["unchanged"]
        texts.append(f"{n:,} {predicate(n, 'was')} stored already")
    if found["skipped"]["count"]:
        reasons = [f"{n:,} {why}" for why, n in found["skipped"]["reasons"].items()]
        rows = counted(found["skipped"]["count"], "row")
        texts.append(f"left out {rows}: {first_of(reasons, _REASONS)}")
    return "; ".join(texts)
