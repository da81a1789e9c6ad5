"""Messages about class pairs: their overlap counts, and their rules."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import ParamsError
from ...iou_core.params import METRICS
from ...labels.review import class_pairs as class_pair_list
from ...labels.scans.decisions import class_pair_rules
from ..jobs import rescans
from ..requests import Answer, choice, flag, same_class, text, text_or_none
from .review import class_pair
from .table import message

_COMMON = 60
"""The number of class pairs that are listed for each threshold."""


@message
def list_class_pairs(ctx: Any) -> Answer:
    """Returns the class pairs that are common at any threshold, or have a rule.

    Their counts end with the last threshold that any overlap exceeds.
    """
    found = class_pair_list.count_class_pairs(
        ctx.dataset, text(ctx, "scan_key"), choice(ctx, "metric", METRICS)
    )
    if same_class(ctx):
        found = found.of_one_class()
    at = {_names(found, row): row for row in range(len(found.classes))}
    rows = class_pair_list.most_common(found, _COMMON).tolist()
    ruled = {frozenset(rule["classes"]): rule for rule in found.rules}
    rows += [at[names] for names in ruled if names in at and at[names] not in rows]
    unseen = [
        rule
        for names, rule in ruled.items()
        if names not in at and not (same_class(ctx) and len(names) > 1)
    ]
    return {
        "class_pairs": [_entry(found, row) for row in rows]
        + [{**rule, "counts": [], "share": 0.0} for rule in unseen],
        "total": len(found.classes),
    }


def _names(found: class_pair_list.ClassPairs, row: int) -> frozenset[str | None]:
    return frozenset(found.names[number] for number in found.classes[row].tolist())


def _entry(found: class_pair_list.ClassPairs, row: int) -> dict[str, Any]:
    counts = found.counts[row]
    return {
        "classes": [found.names[k] for k in found.classes[row].tolist()],
        "counts": counts[counts > 0].tolist(),
        "share": float(found.shares[row]),
        **found.rule(row),
    }


@message
def set_class_pair(ctx: Any) -> Answer:
    """Sets the rule of one class pair, or deletes it."""
    wanted, scan_key = class_pair(ctx), text_or_none(ctx, "scan_key")
    if wanted is None:
        raise ParamsError("two classes", "None", "class_pair")
    rules = class_pair_rules.set_class_pair(
        ctx.dataset, wanted, flag(ctx, "may_overlap"), ctx.params.get("iou_thresh")
    )
    return {"rules": len(rules), "summary": rescans.judged_summary(ctx, scan_key)}
