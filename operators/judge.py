"""Judging overlaps: groups with their likelihood, verdicts, and pairs of classes."""

from __future__ import annotations

import json
from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels import class_pairs, group_list, scans, verdicts
from . import forms, planned
from .base import DuplicatesOperator

_PAGING = ("offset", "limit", "class_pair")


class ListGroups(DuplicatesOperator):
    name_ = "list_groups"
    label = "List duplicate groups"
    description = "Answers the groups of a scan: members, what stays and why"
    icon = "workspaces"

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        forms.threshold(ctx, inputs, planned.threshold_of(ctx))
        forms.method(ctx, inputs, planned.method_of(ctx))
        forms.keep(ctx, inputs)
        inputs.int("offset", default=0, label="Pass over")
        inputs.int("limit", default=group_list.PAGE, label="How many")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        planned.parse(ctx, _PAGING)

    def execute(self, ctx: Any) -> dict[str, Any]:
        given = planned.parse(ctx, _PAGING)
        for name in _PAGING:
            if ctx.params.get(name) is not None:
                given[name] = ctx.params[name]
        page = group_list.list_groups(ctx.dataset, **given)
        return {
            "count": page.count,
            "chains": page.chains,
            "groups": [group_list.in_words(group) for group in page.groups],
            "message": f"{page.count:,} groups, {page.chains:,} of them chains",
        }


class SetVerdict(DuplicatesOperator):
    name_ = "set_verdict"
    label = "Both labels are real"
    description = "Remembers that labels are no duplicates of each other"
    icon = "verified"
    risk = types.RiskLevel.LOW

    def form(self, ctx: Any, inputs: types.Object) -> None:
        chosen = [label["label_id"] for label in ctx.selected_labels]
        inputs.list(
            "label_ids",
            types.String(),
            required=True,
            default=chosen or None,
            label="Labels",
            description="The ids of two labels or more; by default the selected ones",
        )
        forms.notice(
            inputs,
            "Every later scan respects it",
            "No label is changed. It can be taken back.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("label_ids"))

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ("label_ids", "verdict"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        given = ctx.params.get("label_ids") or []
        n = verdicts.set_verdict(
            ctx.dataset, given, ctx.params.get("verdict") or verdicts.REAL
        )
        return {"count": n, "message": f"{n:,} pairs are remembered as real"}


class ListVerdicts(DuplicatesOperator):
    name_ = "list_verdicts"
    label = "List verdicts"
    description = "Answers the pairs of labels that are remembered as real"
    icon = "fact_check"

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ())

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        found = verdicts.list_verdicts(ctx.dataset)
        return {
            "count": len(found),
            "verdicts": found,
            "message": f"{len(found):,} pairs are remembered as real",
        }


class ClearVerdicts(DuplicatesOperator):
    name_ = "clear_verdicts"
    label = "Clear verdicts"
    description = "Forgets that labels are real: all verdicts, or those of some labels"
    icon = "clear_all"
    risk = types.RiskLevel.MEDIUM

    def form(self, ctx: Any, inputs: types.Object) -> None:
        inputs.list(
            "label_ids",
            types.String(),
            required=False,
            label="Labels",
            description="By default, all verdicts that hold on this dataset",
        )
        n = len(verdicts.list_verdicts(ctx.dataset))
        forms.notice(inputs, f"{n:,} pairs are remembered as real")

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ("label_ids",))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        n = verdicts.clear_verdicts(ctx.dataset, ctx.params.get("label_ids") or None)
        return {"count": n, "message": f"{n:,} verdicts are forgotten"}


class SetClassPairs(DuplicatesOperator):
    name_ = "set_class_pairs"
    label = "Set class pairs"
    description = "Which pairs of classes may overlap, or have their own threshold"
    icon = "grid_on"
    risk = types.RiskLevel.LOW

    def form(self, ctx: Any, inputs: types.Object) -> None:
        if isinstance(ctx.params.get("pairs"), list):
            return  # from Python: checked below, and not by the form
        holds = class_pairs.load_class_pairs(ctx.dataset)
        inputs.str(
            "pairs",
            required=True,
            default=json.dumps(holds) if holds else "[]",
            label="Pairs of classes, as JSON",
            description=(
                '[{"classes": ["rider", "bicycle"], "may_overlap": true}, '
                '{"classes": ["car", "truck"], "iou_thresh": 0.6}]'
            ),
            view=types.CodeView(language="json"),
        )
        forms.notice(inputs, "Later scans and plans respect it", "No label is changed.")

    def is_filled_in(self, ctx: Any) -> bool:
        return ctx.params.get("pairs") is not None

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ("pairs",))
        for pair in _pairs(ctx):
            class_pairs.checked(pair)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        rules = class_pairs.set_class_pairs(ctx.dataset, _pairs(ctx))
        stored = len(scans.list_scans(ctx.dataset))
        return {
            "count": len(rules),
            "pairs": rules,
            "message": f"{len(rules):,} pairs of classes have a rule of their own"
            + (f"; the counts of {stored:,} stored scans are of before" * bool(stored)),
        }


def _pairs(ctx: Any) -> list[Any]:
    """Returns the pairs: a list from Python, or the JSON of the form."""
    pairs = ctx.params.get("pairs")
    if isinstance(pairs, str):
        try:
            pairs = json.loads(pairs)
        except json.JSONDecodeError as error:
            raise ParamsError("a list as JSON", f"{error}", "pairs") from None
    if not isinstance(pairs, list):
        raise ParamsError("a list of pairs of classes", repr(pairs), "pairs")
    return pairs
