"""The operator that lists the groups of a scan."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels.plurals import counted
from ..labels.review import groups
from ..labels.review.class_text import class_of_text
from . import forms, planned
from .base import DuplicatesOperator

_PAGING = ("offset", "limit", "class_pair")


class ListGroups(DuplicatesOperator):
    name_ = "list_groups"
    label = "List duplicate groups"
    description = "List the groups of a scan: members, which is kept and why"
    icon = "workspaces"
    returns = ("count", "chains", "groups")
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
