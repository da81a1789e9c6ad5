"""The operator that shows duplicates in the App's grid."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import bson.json_util
from fiftyone.operators import types

from ..labels import fields
from ..labels.plurals import counted
from ..labels.review import views
from . import choices, forms, planned
from .base import DuplicatesOperator


class ShowDuplicates(DuplicatesOperator):
    name_ = "show_duplicates"
    label = "Show duplicate labels"
    description = "Display duplicates, and the labels that they duplicate, in the grid"
    icon = "visibility"
    returns = ("count", "samples", "mode", "view")
    risk = "low"
    parameters = ("mode",)
    choices = MappingProxyType({"tag": ("tag", "label_field"), "scan": planned.PARAMS})

    def form(self, ctx: Any, inputs: types.Object) -> None:
        labels = {"scan": "The duplicates of a scan", "tag": "Labels with a tag"}
        if choices.field(ctx, inputs, "Show", labels) == "scan":
            forms.scan(ctx, inputs, choices.WHAT in ctx.params)
            forms.threshold(ctx, inputs, planned.threshold_of(ctx))
            forms.method(ctx, inputs, planned.method_of(ctx))
        else:
            forms.label_field(ctx, inputs)
            forms.tag(ctx, inputs)
        modes = types.RadioGroup(orientation="vertical")
        for name, words in views.MODES.items():
            modes.add_choice(name, label=name, description=words)
        inputs.enum(
            "mode", list(views.MODES), default="samples", label="As", view=modes
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key") or forms.only_field(ctx))

    def _is_plan(self, ctx: Any) -> bool:
        return choices.choice(ctx.params, self.choices) == "scan"

    def check(self, ctx: Any) -> None:
        views.require_mode(ctx.params.get("mode") or "samples")
        if self._is_plan(ctx):
            planned.parse(ctx)
        else:
            fields.require_label_field(ctx.dataset, str(forms.only_field(ctx)))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        mode = ctx.params.get("mode") or "samples"
        found = _of_plan if self._is_plan(ctx) else _of_tag
        view, count, samples = found(ctx, mode)
        ctx.ops.set_view(view)
        return {
            "count": count,
            "samples": samples,
            "mode": mode,
            "view": bson.json_util.loads(bson.json_util.dumps(view._serialize())),
            "message": f"{counted(count, 'label')} in {counted(samples, 'sample')}",
        }


def _of_plan(ctx: Any, mode: str) -> tuple[Any, int, int]:
    """Returns a view of a plan, with its numbers of labels and of samples."""
    plan = planned.make(ctx)
    return views.plan_view(ctx.dataset, plan, mode), len(plan), len(plan.seen)


def _of_tag(ctx: Any, mode: str) -> tuple[Any, int, int]:
    """Returns a view of tagged labels, with their number and that of their samples."""
    field, name = forms.only_field(ctx), ctx.params.get("tag") or "duplicate"
    view = views.tag_view(ctx.dataset, str(field), name, mode)
    count = ctx.dataset.count_label_tags(label_fields=field).get(name, 0)
    return view, count, len(ctx.dataset.match_labels(tags=name, fields=field))
