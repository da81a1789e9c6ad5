"""The operator that deletes tagged labels, or the duplicates of a scan."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import DuplicatesError
from ..labels import fields
from ..labels.edits import apply, delete, tag, tagged
from ..labels.plurals import counted, first_of
from ..labels.review import grid
from . import choices, forms, planned
from .base import DuplicatesOperator, running, target

_CLASSES = 5  # that the form names


class DeleteDuplicates(DuplicatesOperator):
    name_ = "delete_duplicates"
    label = "Delete duplicate labels"
    description = "Remove the labels that carry a tag, or the duplicates of a scan"
    icon = "delete"
    risk = types.RiskLevel.HIGH
    delegable = True
    choices = MappingProxyType(
        {"tag": ("tag", "label_field"), "scan": (*planned.PARAMS, "dry_run")}
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        labels = {"tag": "Labels with a tag", "scan": "The duplicates of a scan"}
        if choices.field(ctx, inputs, "Delete", labels) == "scan":
            forms.scan(ctx, inputs, choices.WHAT in ctx.params)
            forms.threshold(ctx, inputs, planned.threshold_of(ctx))
            forms.method(ctx, inputs, planned.method_of(ctx))
        else:
            target(ctx)
            forms.label_field(ctx, inputs)
            forms.tag(ctx, inputs)
        self._warn(ctx, inputs)

    def _warn(self, ctx: Any, inputs: types.Object) -> None:
        """Adds a warning of how many labels would be removed."""
        try:
            counts = _counts(ctx) if self.is_filled_in(ctx) else None
        except DuplicatesError:
            counts = None
        if counts is None:
            return
        n = sum(counts.values())
        words = first_of([f"{k} {v:,}" for k, v in counts.items()], _CLASSES)
        if n:
            forms.warning(
                inputs,
                f"{counted(n, 'label')} will be deleted: {words}",
                "The plugin's journal keeps them, so that this can be undone.",
            )
        else:
            forms.notice(inputs, "Nothing to delete")

    def is_filled_in(self, ctx: Any) -> bool:
        if _is_plan(ctx):
            return bool(ctx.params.get("scan_key"))
        return bool(forms.only_field(ctx) and ctx.params.get("tag", "duplicate"))

    def check(self, ctx: Any) -> None:
        if _is_plan(ctx):
            planned.parse(ctx)
            return
        tag.require_tag(ctx.params.get("tag", "duplicate"))
        samples = target(ctx)
        fields.require_fields(samples, (forms.only_field(ctx),))
        apply.require_writable_field(ctx.dataset, str(forms.only_field(ctx)))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        if not _is_plan(ctx):
            return self._delete_tagged(ctx)
        plan = planned.make(ctx)
        if planned.is_dry(ctx):
            return planned.dry_run(plan, ctx.dataset, "deleted")
        with running(ctx, self.name_, plan.params.label_field, ctx.dataset) as run:
            done = delete.delete_plan(ctx.dataset, plan, run)
        grid.reload(ctx)
        return planned.written(done, "is deleted", run.id, plan.by_class)

    def _delete_tagged(self, ctx: Any) -> dict[str, Any]:
        samples, field = target(ctx), str(forms.only_field(ctx))
        with running(ctx, self.name_, field, samples) as run:
            found = _find_tagged(ctx, samples)
            done = delete.delete_tagged(samples, field, _tag(ctx), run, found)
        grid.reload(ctx)
        return planned.written(done, "is deleted", run.id, found.by_class)


def _is_plan(ctx: Any) -> bool:
    """Returns whether the duplicates of a scan are deleted, not tagged labels."""
    return choices.choice(ctx.params, DeleteDuplicates.choices) == "scan"


def _tag(ctx: Any) -> str:
    return tag.require_tag(ctx.params.get("tag", "duplicate"))


def _counts(ctx: Any) -> dict[str, int]:
    """Returns how many labels of each class would be removed."""
    if _is_plan(ctx):
        return planned.counts(ctx)
    return planned.named(_find_tagged(ctx, target(ctx)).by_class)


def _find_tagged(ctx: Any, samples: Any) -> tagged.Tagged:
    (field,) = fields.require_fields(samples, (forms.only_field(ctx),))
    return tagged.find_tagged(samples, field, _tag(ctx))
