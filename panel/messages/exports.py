"""The panel's messages about what a person takes away, and what a plan does."""

from __future__ import annotations

from typing import Any

from ...iou_core.params import METRICS
from ...labels import tables
from ...labels.edits.journal import table
from ...labels.review import class_pairs, pairs
from ...labels.review.plan_details import plan_details
from .. import plans
from ..report import page as report
from ..requests import Answer, answers, choice, text, text_or_none
from ..stored_labels import class_of

MESSAGES = ("plan_details", "export_rows", "write_report")
"""The messages; each reaches the method of its name."""

TABLES = ("plan", "pairs", "class_pairs", "journal")


class ExportMessages:
    """Plans, tables and pages; no label is changed."""

    @answers()
    def plan_details(self, ctx: Any) -> Answer:
        """Answers what the plan does: counts, reasons, and the balance of classes."""
        details = plan_details(ctx.dataset, plans.plan_of(ctx))
        return {
            "labels": details["count"],
            "images": details["samples"],
            "tags": [
                {"name": name, "labels": n} for name, n in details["by_tag"].items()
            ],
            "top_images": [
                {**image, "filepath": image["filepath"] or ""}
                for image in details["by_sample"]
            ],
            "reasons": [
                {
                    "rule": reason["rule"],
                    "labels": reason["count"],
                    "example": reason["example"].reason.to_dict(),
                    "label": class_of(reason["example"].class_name),
                }
                for reason in details["reasons"]
            ],
            "label_changes": details["label_changes"],
            "balance": [
                {**entry, "class": class_of(entry["class"])}
                for entry in details["balance"]
            ],
        }

    @answers()
    def export_rows(self, ctx: Any) -> Answer:
        """Answers a piece of a table as text, and where the next one begins."""
        what, kind = choice(ctx, "what", TABLES), choice(ctx, "format", tables.FORMATS)
        cursor = text_or_none(ctx, "cursor")
        columns, page = _page(ctx, what, cursor)
        piece, following = tables.piece(kind, columns, page, cursor is None)
        return {"text": piece, "rows": len(page[0]), "cursor": following}

    @answers()
    def write_report(self, ctx: Any) -> Answer:
        """Answers a page about the scan, to send to a colleague."""
        return report.write(ctx.dataset, plans.plan_of(ctx))


def _page(ctx: Any, what: str, cursor: str | None) -> tuple[Any, tables.Page]:
    if what == "journal":
        return table.COLUMNS, table.rows(ctx.dataset, None, cursor)
    if what == "plan":
        page = plans.rows(ctx.dataset, plans.plan_of(ctx), cursor)
        return plans.COLUMNS, page
    scan_key = text(ctx, "scan_key")
    if what == "pairs":
        page = pairs.pair_rows(ctx.dataset, scan_key, cursor=cursor)
        return pairs.COLUMNS, page
    metric = choice(ctx, "metric", METRICS)
    found = class_pairs.count_class_pairs(ctx.dataset, scan_key, metric)
    rows = class_pairs.table(found, plans.threshold_of(ctx))
    return class_pairs.COLUMNS, (rows, None)
