"""Messages about a plan's details, tables and the report; they change no label."""

from __future__ import annotations

from typing import Any

from ...iou_core.params import METRICS
from ...labels import tables
from ...labels.edits.journal import table
from ...labels.review import class_pairs, pairs
from ...labels.review.exchange import load
from ...labels.review.exchange import table as verdict_table
from ...labels.review.expected import plan_details as details_of
from ...labels.scans import stored
from ...labels.scans.decisions import verdicts
from .. import plan_answers
from ..report import page as report
from ..requests import Answer, choice, classes, text, text_or_none
from .table import message

TABLES = ("plan", "pairs", "class_pairs", "journal", "review")


@message
def plan_details(ctx: Any) -> Answer:
    """Returns the counts and reasons of a plan, and the balance of its classes."""
    details = details_of.plan_details(ctx.dataset, plan_answers.plan_of(ctx))
    return {
        "labels": details["count"],
        "images": details["samples"],
        "tags": [{"name": name, "labels": n} for name, n in details["by_tag"].items()],
        "top_images": [
            {**image, "filepath": image["filepath"] or ""}
            for image in details["by_sample"]
        ],
        "reasons": [
            {
                "kind": reason["reason"],
                "labels": reason["count"],
                "example": reason["example"].reason.in_words(),
                "label": reason["example"].class_name,
            }
            for reason in details["reasons"]
        ],
        "label_changes": details["label_changes"],
        "balance": details["balance"],
    }


@message
def export_rows(ctx: Any) -> Answer:
    """Returns a piece of a table as text, and the cursor of the next piece."""
    what, kind = choice(ctx, "what", TABLES), choice(ctx, "format", tables.FORMATS)
    cursor = text_or_none(ctx, "cursor")
    columns, page = _page(ctx, what, cursor)
    piece, following = tables.piece(kind, columns, page, cursor is None)
    return {"text": piece, "rows": len(page[0]), "cursor": following}


@message
def import_review(ctx: Any) -> Answer:
    """Stores the verdicts of a table that the browser read from a file."""
    content, kind = text(ctx, "content"), choice(ctx, "format", tables.FORMATS)
    who = text_or_none(ctx, "who")
    done = load.import_review(ctx.dataset, content, kind, who)
    return {**done.to_dict(), "total": verdicts.count_verdicts(ctx.dataset)}


@message
def write_report(ctx: Any) -> Answer:
    """Returns the report about a plan, an HTML page."""
    return report.write(ctx.dataset, plan_answers.plan_of(ctx), classes(ctx))


def _page(ctx: Any, what: str, cursor: str | None) -> tuple[Any, tables.Page]:
    if what == "journal":
        return table.COLUMNS, table.rows(ctx.dataset, None, cursor)
    if what == "review":
        key = text_or_none(ctx, "scan_key")
        scan = None if key is None else stored.open_scan(ctx.dataset, key)
        return verdict_table.COLUMNS, verdict_table.rows(ctx.dataset, scan, cursor)
    if what == "plan":
        page = plan_answers.rows(ctx.dataset, plan_answers.plan_of(ctx), cursor)
        return plan_answers.COLUMNS, page
    scan_key = text(ctx, "scan_key")
    if what == "pairs":
        page = pairs.pair_rows(ctx.dataset, scan_key, cursor=cursor)
        return pairs.COLUMNS, page
    metric = choice(ctx, "metric", METRICS)
    found = class_pairs.count_class_pairs(ctx.dataset, scan_key, metric)
    rows = class_pairs.table(found, plan_answers.threshold_of(ctx))
    return class_pairs.COLUMNS, (rows, None)
