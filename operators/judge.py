"""The operators that list groups and keep verdicts."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels.plurals import counted, predicate
from ..labels.review import groups
from ..labels.review.class_text import class_of_text
from ..labels.scans.decisions import verdicts
from . import forms, planned
from .base import DuplicatesOperator

_PAGING = ("offset", "limit", "class_pair")


class ListGroups(DuplicatesOperator):
    name_ = "list_groups"
    label = "List duplicate groups"
    description = "List the groups of a scan: members, which is kept and why"
    icon = "workspaces"
    unlisted = True
    parameters = (*planned.PARAMS, *_PAGING)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        forms.threshold(ctx, inputs, planned.threshold_of(ctx))
        forms.method(ctx, inputs, planned.method_of(ctx))
        forms.keep(ctx, inputs)
        inputs.int("offset", default=0, label="Skip")
        inputs.int("limit", default=groups.PAGE, label="Limit")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        planned.parse(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        given = planned.parse(ctx)
        for name in _PAGING:
            if ctx.params.get(name) is not None:
                given[name] = ctx.params[name]
        if "class_pair" in given:
            given["class_pair"] = list(map(class_of_text, given["class_pair"]))
        page = groups.list_groups(ctx.dataset, **given)
        return {
            "count": page.count,
            "chains": page.chains,
            "groups": [groups.in_words(group) for group in page.groups],
            "message": f"{counted(page.count, 'group')}, of which {page.chains:,} "
            + ("is a chain" if page.chains == 1 else "are chains"),
        }


class SetVerdict(DuplicatesOperator):
    name_ = "set_verdict"
    label = "Both labels are real"
    description = "Store the verdict that labels are not duplicates of each other"
    icon = "verified"
    risk = types.RiskLevel.LOW
    unlisted = True
    parameters = ("label_ids", "verdict")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        chosen = [label["label_id"] for label in ctx.selected_labels]
        inputs.list(
            "label_ids",
            types.String(),
            required=True,
            default=chosen or None,
            label="Labels",
            description="The ids of two or more labels; by default the selected labels",
        )
        forms.notice(
            inputs,
            "All later scans respect the verdict",
            "No label is changed. Clear the verdict to undo this.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("label_ids"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        given = ctx.params.get("label_ids") or []
        n = verdicts.set_verdict(
            ctx.dataset, given, ctx.params.get("verdict") or verdicts.REAL
        )
        return {
            "count": n,
            "message": _verdicts(n),
        }


def _verdicts(n: int) -> str:
    return f"{counted(n, 'pair')} {predicate(n, 'has the verdict that both are real')}"


class ListVerdicts(DuplicatesOperator):
    name_ = "list_verdicts"
    label = "List verdicts"
    description = "List the pairs of labels with the verdict that both are real"
    icon = "fact_check"
    unlisted = True

    def execute(self, ctx: Any) -> dict[str, Any]:
        found = verdicts.list_verdicts(ctx.dataset)
        return {
            "count": len(found),
            "verdicts": found,
            "message": _verdicts(len(found)),
        }


class ClearVerdicts(DuplicatesOperator):
    name_ = "clear_verdicts"
    label = "Clear verdicts"
    description = "Delete all verdicts, or those of some labels"
    icon = "clear_all"
    risk = types.RiskLevel.MEDIUM
    unlisted = True
    parameters = ("label_ids",)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        inputs.list(
            "label_ids",
            types.String(),
            required=False,
            label="Labels",
            description="By default, all verdicts of this dataset are deleted",
        )
        n = len(verdicts.list_verdicts(ctx.dataset))
        forms.notice(inputs, _verdicts(n))

    def execute(self, ctx: Any) -> dict[str, Any]:
        n = verdicts.clear_verdicts(ctx.dataset, ctx.params.get("label_ids") or None)
        return {"count": n, "message": f"Deleted {counted(n, 'verdict')}"}
