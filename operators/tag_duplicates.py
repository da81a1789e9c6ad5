"""Tags duplicates, and takes the tag off."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels import actions, find, grid, plans, tag
from ..labels.engines import Engine
from ..labels.fields import require_fields
from ..labels.presence import require_present
from . import find_duplicates, forms, planned
from .base import DuplicatesOperator, listed, running, target


class TagDuplicates(DuplicatesOperator):
    name_ = "tag_duplicates"
    label = "Tag duplicate labels"
    description = "Tags the duplicates of a scan, or of a new one"
    icon = "sell"
    risk = types.RiskLevel.MEDIUM
    delegable = True

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs, False, "Without one, duplicates are found first")
        if not ctx.params.get("scan_key"):
            target(ctx)
            forms.label_field(ctx, inputs)
            forms.compute_options(ctx, inputs)
        forms.threshold(ctx, inputs, planned.threshold_of(ctx))
        forms.method(ctx, inputs, planned.method_of(ctx))
        forms.keep(ctx, inputs)
        forms.engine(ctx, inputs)
        forms.tag(ctx, inputs)
        name = ctx.params.get("tag") or "duplicate"
        forms.notice(inputs, f"Duplicates get the tag '{name}'", "Untag takes it off.")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key") or forms.only_field(ctx))

    def check(self, ctx: Any) -> None:
        tag.require_tag(ctx.params.get("tag", "duplicate"))
        _engine(ctx)
        if ctx.params.get("scan_key"):
            planned.parse(ctx, ("tag", *forms.ENGINE_PARAMS))
        else:
            params, _ = _parse(ctx)
            samples = target(ctx)
            require_fields(samples, (params.label_field,))
            require_present(samples, params)
            actions.require_writable_field(ctx.dataset, params.label_field)

    def execute(self, ctx: Any) -> dict[str, Any]:
        name = ctx.params.get("tag") or "duplicate"
        if not ctx.params.get("scan_key"):
            return self._find_and_tag(ctx, name)
        plan, engine = planned.make(ctx, ("tag", *forms.ENGINE_PARAMS)), _engine(ctx)
        with running(ctx, self.name_, plan.params.label_field, ctx.dataset) as run:
            done = tag.tag_plan(ctx.dataset, plan, name, run, engine)
        return _tagged(ctx, plan, done, name, run.id)

    def _find_and_tag(self, ctx: Any, name: str) -> dict[str, Any]:
        params, title = _parse(ctx)
        samples, engine = target(ctx), _engine(ctx)
        with running(ctx, self.name_, params.label_field, samples) as run:
            found = find.find_duplicates(
                samples, params, title=title, run=run, engine=engine
            )
            plan = plans.plan(ctx.dataset, str(found.scan_key))
            done = tag.tag_plan(ctx.dataset, plan, name, run, engine)
        done.skipped.reasons += found.skipped.reasons
        done.skipped.labels += found.skipped.labels
        return _tagged(ctx, plan, done, name, run.id)


def _engine(ctx: Any) -> Engine:
    return Engine.parse(ctx.params)


def _parse(ctx: Any) -> tuple[Any, str | None]:
    given = {k: v for k, v in ctx.params.items() if k != "tag"}
    params, _, title = find_duplicates.parse_given(ctx, given)
    return params, title


def _tagged(
    ctx: Any, plan: plans.Plan, done: actions.Written, name: str, run_id: str
) -> dict[str, Any]:
    grid.reload(ctx)
    return {
        **planned.result(done, plan.by_class),
        **listed(done.label_ids),
        "tag": name,
        "scan_key": plan.scan_key,
        "restore_key": done.restore_key,
        "run_id": run_id,
        "message": planned.message(done, f"have the tag '{name}'"),
    }


class UntagDuplicates(DuplicatesOperator):
    name_ = "untag_duplicates"
    label = "Untag duplicate labels"
    description = "Takes a tag off the labels of a field"
    icon = "label_off"
    risk = types.RiskLevel.MEDIUM
    delegable = True

    def form(self, ctx: Any, inputs: types.Object) -> None:
        target(ctx)
        forms.label_field(ctx, inputs)
        forms.tag(ctx, inputs)
        name = ctx.params.get("tag") or "duplicate"
        forms.notice(inputs, f"Labels of the field lose the tag '{name}'")

    def is_filled_in(self, ctx: Any) -> bool:
        return forms.only_field(ctx) is not None

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ("label_field", "tag"))
        tag.require_tag(ctx.params.get("tag", "duplicate"))
        require_fields(target(ctx), (forms.only_field(ctx),))
        actions.require_writable_field(ctx.dataset, str(forms.only_field(ctx)))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        field, name = str(forms.only_field(ctx)), ctx.params.get("tag") or "duplicate"
        samples = target(ctx)
        with running(ctx, self.name_, field, samples) as run:
            done = tag.untag(samples, field, name, run)
        grid.reload(ctx)
        return {
            **planned.result(done, {}),
            **listed(done.label_ids),
            "tag": name,
            "restore_key": done.restore_key,
            "run_id": run.id,
            "message": planned.message(done, f"lost the tag '{name}'"),
        }
