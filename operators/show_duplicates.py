"""Shows duplicates in the App's grid."""

from __future__ import annotations

from typing import Any

import bson.json_util
from fiftyone.operators import types

from ..labels import fields, views
from . import forms, planned
from .base import DuplicatesOperator

_NAMES = ("mode", "tag", "label_field")


class ShowDuplicates(DuplicatesOperator):
    name_ = "show_duplicates"
    label = "Show duplicate labels"
    description = "Sets the App's view to duplicates and what they duplicate"
    icon = "visibility"
    risk = types.RiskLevel.LOW

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs, False, "Without one, labels are found by a tag")
        if ctx.params.get("scan_key"):
            forms.threshold(ctx, inputs, planned.threshold_of(ctx))
            forms.method(ctx, inputs, planned.method_of(ctx))
        else:
            forms.label_field(ctx, inputs)
            forms.tag(ctx, inputs, "Or the labels with this tag")
        choices = types.RadioGroup(orientation="vertical")
        for name, words in views.MODES.items():
            choices.add_choice(name, label=name, description=words)
        inputs.enum(
            "mode", list(views.MODES), default="samples", label="Show", view=choices
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key") or forms.only_field(ctx))

    def check(self, ctx: Any) -> None:
        views.require_mode(ctx.params.get("mode") or "samples")
        if ctx.params.get("scan_key"):
            planned.parse(ctx, _NAMES)
        else:
            planned.require_known(ctx, (*planned.PLAN_PARAMS, *_NAMES))
            fields.require_label_field(ctx.dataset, str(forms.only_field(ctx)))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        mode = ctx.params.get("mode") or "samples"
        if ctx.params.get("scan_key"):
            plan = planned.make(ctx, _NAMES)
            view = views.plan_view(ctx.dataset, plan, mode)
            count, samples = len(plan), len(plan.seen)
        else:
            field, name = forms.only_field(ctx), ctx.params.get("tag") or "duplicate"
            view = views.tag_view(ctx.dataset, str(field), name, mode)
            count = ctx.dataset.count_label_tags(label_fields=field).get(name, 0)
            samples = len(ctx.dataset.match_labels(tags=name, fields=field))
        ctx.ops.set_view(view)
        return {
            "count": count,
            "samples": samples,
            "mode": mode,
            "view": bson.json_util.loads(bson.json_util.dumps(view._serialize())),
            "message": f"{count:,} labels in {samples:,} samples",
        }
