"""The operator that merges duplicates into the labels that are kept."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import DuplicatesError
from ..labels.edits import merge
from ..labels.edits.merging import merge_shapes
from ..labels.plurals import counted
from ..labels.review import grid
from . import forms, planned, returned
from .base import DuplicatesOperator, running


class MergeDuplicates(DuplicatesOperator):
    name_ = "merge_duplicates"
    label = "Merge duplicate labels"
    description = "Merge the labels of each object: one box, all tags and attributes"
    icon = "merge"
    writes = "the field; undone by `restore_deleted`"
    returns = (*returned.WRITTEN, *returned.DRY, "how")
    risk = "high"
    delegable = True
    parameters = (*planned.PARAMS, "how", "dry_run", "allow_emptied")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        forms.threshold(ctx, inputs, planned.threshold_of(ctx))
        forms.method(ctx, inputs, planned.method_of(ctx))
        forms.keep(ctx, inputs)
        choices = types.RadioGroup(orientation="vertical")
        for name, words in merge_shapes.HOW.items():
            choices.add_choice(name, label=name, description=words)
        inputs.enum(
            "how", list(merge_shapes.HOW), default="union", label="Box", view=choices
        )
        self._warn(ctx, inputs)

    def _warn(self, ctx: Any, inputs: types.Object) -> None:
        """Adds a warning of how many labels would be merged."""
        try:
            found = self._counts(ctx) if self.is_filled_in(ctx) else None
        except DuplicatesError:
            found = None  # check reports the error
        if found is not None:
            n = sum(found.by_class.values())
            planned.allow_emptied(ctx, inputs, found.emptied)
            forms.warning(
                inputs,
                f"{counted(n, 'label')} will be merged into the labels kept",
                "The kept labels keep their id and class, and get the tags and the "
                "missing attributes of the others. This can be undone.",
            )

    def _counts(self, ctx: Any) -> planned.Remaining:
        return planned.counts(ctx, lambda plan: merge.mergeable(ctx.dataset, plan))

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        planned.require_none_emptied(ctx, self._counts(ctx).emptied)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        plan = planned.make(ctx)
        how = ctx.params.get("how") or "union"
        if planned.is_dry(ctx):
            check = merge.mergeable(ctx.dataset, plan)
            return planned.dry_run(ctx, plan, "merged into others", check)
        with running(ctx, self.name_, plan.params.label_field, ctx.dataset) as run:
            done = merge.merge_plan(ctx.dataset, plan, how, run)
        grid.reload(ctx)
        said, by_class = "is merged into others", plan.by_class
        result = planned.written(done, said, run.id, by_class, plan)
        return {**result, "how": how}
