"""Messages that store what a person decides in a review."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...iou_core import values
from ...iou_core.errors import ParamsError
from ...labels.review.judging import judge
from ...labels.review.judging.order import ORDERS
from ...labels.review.judging.progress import verdicts_of_others
from ...labels.scans.decisions.verdict_changes import VerdictChange
from ...labels.scans.decisions.verdict_kinds import Given, Pair, require_who
from ..jobs import rescans
from ..requests import Answer, choice, classes, decision, text, text_or_none
from .review import object_id
from .table import message

_MOST = 2_000
"""The largest number of pairs that are judged at once."""


@message
def judge_pairs(ctx: Any) -> Answer:
    """Stores verdicts on pairs of one sample, and returns how the counts change."""
    document_id = ctx.params.get("document_id")
    found = judge.judge(
        ctx.dataset,
        text(ctx, "scan_key"),
        _changes(ctx),
        require_who(ctx.params.get("who")),
        None if document_id is None else object_id(document_id, "document_id"),
        classes(ctx),
        iou_thresh=ctx.params.get("iou_thresh"),
        **decision(ctx),
    )
    conflicts = found.changed.conflicts.items()
    return {
        "stored": [
            {"label_ids": _texts(pair), "at": at}
            for pair, at in found.changed.stored.items()
        ],
        "conflicts": [
            {"label_ids": _texts(pair), **_NONE}
            if verdict is None
            else {name: verdict.to_dict()[name] for name in ("label_ids", *_NONE)}
            for pair, verdict in conflicts
        ],
        "gone": found.gone,
        "delta": found.delta,
        "others": verdicts_of_others(ctx.dataset, text_or_none(ctx, "browser")),
    }


_NONE = {"verdict": None, "kept": None, "who": None, "at": None}
"""The values for a pair whose verdict another person deleted."""


@message
def settle_verdicts(ctx: Any) -> Answer:
    """Repeats a scan with the present verdicts, after a review, if that is fast."""
    return {"summary": rescans.judged_summary(ctx, text(ctx, "scan_key"))}


def _changes(ctx: Any) -> list[VerdictChange]:
    given = ctx.params.get("verdicts")
    if not given or len(given) > _MOST:
        got = f"{len(given or ()):,}"
        raise ParamsError(f"one verdict to {_MOST:,} verdicts", got, "verdicts")
    order = None if ctx.params.get("order") is None else choice(ctx, "order", [*ORDERS])
    browser, changes = text_or_none(ctx, "browser"), []
    for one in given:
        if one is None or "label_ids" not in one:
            raise ParamsError("the labels of each verdict", repr(one), "verdicts")
        seen = one.get("seen")
        seen = None if seen is None else values.text("seen", seen)
        new = Given.parse(one["label_ids"], one.get("verdict"), one.get("kept"))
        if "who" in one:
            changes.append(VerdictChange(new, seen, True, require_who(one["who"])))
        else:
            new = replace(new, order=order, browser=browser)
            changes.append(VerdictChange(new, seen))
    if len({change.given.label_ids for change in changes}) < len(changes):
        raise ParamsError("at most one verdict on each pair", "several", "verdicts")
    return changes


def _texts(pair: Pair) -> list[str]:
    return [str(label_id) for label_id in pair]
