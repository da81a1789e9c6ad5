"""The operators that tag duplicates, and remove the tag."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from fiftyone.operators import types

from ..labels.edits import tag
from ..labels.fields import require_fields, require_writable
from ..labels.plurals import counted, predicate
from ..labels.review import grid
from ..labels.scans import plans, search
from ..labels.scans.decisions.presence import require_present
from . import (
    choices,
    compare_form,
    engine_form,
    find_duplicates,
    forms,
    planned,
    returned,
)
from .base import DuplicatesOperator, running, target


class TagDuplicates(DuplicatesOperator):
    name_ = "tag_duplicates"
    label = "Tag duplicate labels"
    description = "Tag the duplicates of a scan, or of a new scan"
    icon = "sell"
    writes = "tags, and a scan if none is given; undone by `restore_deleted`"
    returns = (*returned.WRITTEN, "untagged", "tag", "scan_key")
    risk = "medium"
    delegable = True
    parameters = (
        *("iou_thresh", "method", "keep", "metric", "tag", "replace"),
        *engine_form.PARAMS,
    )
    choices = MappingProxyType(
        {
            "new": (*forms.COMPUTE_PARAMS, "title", "group_slices"),
            "scan": ("scan_key", "classes", *planned.SCAN_PARAMS),
        }
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        labels = {
            "scan": "The duplicates of a scan",
            "new": "The duplicates of a new scan",
        }
        if choices.field(ctx, inputs, "Tag", labels) == "scan":
            forms.scan(ctx, inputs, choices.WHAT in ctx.params)
        else:
            target(ctx)
            forms.label_field(ctx, inputs)
            compare_form.options(ctx, inputs)
            engine_form.field(ctx, inputs)
        forms.threshold(ctx, inputs, planned.threshold_of(ctx))
        forms.method(ctx, inputs, planned.method_of(ctx))
        forms.keep(ctx, inputs)
        forms.tag(ctx, inputs)
        inputs.bool(
            "replace",
            default=False,
            label="Replace the tags of earlier plans",
            description="Labels that a person tagged keep the tag",
        )
        name = ctx.params.get("tag") or "duplicate"
        forms.notice(
            inputs,
            f"Duplicates get the tag '{name}'",
            "It can be removed again.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key") or forms.only_field(ctx))

    def check(self, ctx: Any) -> None:
        tag.require_tag(ctx.params.get("tag", "duplicate"))
        engine_form.engine_of(ctx)
        if _is_plan(ctx):
            planned.parse(ctx)
        else:
            params, _ = _parse(ctx)
            samples = target(ctx)
            require_fields(samples, (params.label_field,))
            require_present(samples, params)
            require_writable(ctx.dataset, params.label_field)

    def execute(self, ctx: Any) -> dict[str, Any]:
        name = ctx.params.get("tag") or "duplicate"
        if not _is_plan(ctx):
            return self._find_and_tag(ctx, name)
        plan, engine = planned.make(ctx), engine_form.engine_of(ctx)
        with running(ctx, self.name_, plan.params.label_field, ctx.dataset) as run:
            done = tag.tag_plan(ctx.dataset, plan, name, run, engine, _replaces(ctx))
        return _tagged(ctx, plan, done, name, run.id)

    def _find_and_tag(self, ctx: Any, name: str) -> dict[str, Any]:
        params, title = _parse(ctx)
        samples, engine = target(ctx), engine_form.engine_of(ctx)
        with running(ctx, self.name_, params.label_field, samples) as run:
            found = search.find_duplicates(
                samples, params, title=title, run=run, engine=engine
            )
            plan = plans.plan(ctx.dataset, str(found.scan_key))
            done = tag.tag_plan(ctx.dataset, plan, name, run, engine, _replaces(ctx))
        done.skipped.reasons += found.skipped.reasons
        done.skipped.labels += found.skipped.labels
        return _tagged(ctx, plan, done, name, run.id)


def _is_plan(ctx: Any) -> bool:
    """Returns whether the duplicates of a stored scan are tagged, not of a new one."""
    return choices.choice(ctx.params, TagDuplicates.choices) == "scan"


def _replaces(ctx: Any) -> bool:
    return bool(ctx.params.get("replace"))


def _parse(ctx: Any) -> tuple[Any, str | None]:
    given = {
        k: v for k, v in ctx.params.items() if k not in ("tag", "replace", choices.WHAT)
    }
    params, _, title = find_duplicates.parse_given(ctx, given)
    return params, title


def _tagged(
    ctx: Any, plan: plans.Plan, done: tag.TagResult, name: str, run_id: str
) -> dict[str, Any]:
    grid.reload(ctx)
    n = done.untagged
    what = f"has the tag '{name}'"
    more = {"untagged": n, "tag": name, "scan_key": plan.scan_key}
    result = planned.written(done, what, run_id, plan.by_class, plan, **more)
    if n:
        lost = f"{counted(n, 'label')} of other plans {predicate(n, 'has')} lost it"
        result["message"] += f"; {lost}"
    return result


class UntagDuplicates(DuplicatesOperator):
    name_ = "untag_duplicates"
    label = "Untag duplicate labels"
    description = "Remove a tag from the labels of a field"
    icon = "label_off"
    writes = "tags; undone by `restore_deleted`"
    returns = (*returned.WRITTEN, "tag")
    risk = "medium"
    delegable = True
    parameters = ("label_field", "tag", "group_slices")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        target(ctx)
        forms.label_field(ctx, inputs)
        forms.tag(ctx, inputs)
        name = ctx.params.get("tag") or "duplicate"
        forms.notice(inputs, f"All labels of the field lose the tag '{name}'")

    def is_filled_in(self, ctx: Any) -> bool:
        return forms.only_field(ctx) is not None

    def check(self, ctx: Any) -> None:
        tag.require_tag(ctx.params.get("tag", "duplicate"))
        require_fields(target(ctx), (forms.only_field(ctx),))
        require_writable(ctx.dataset, str(forms.only_field(ctx)))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        field, name = str(forms.only_field(ctx)), ctx.params.get("tag") or "duplicate"
        samples = target(ctx)
        with running(ctx, self.name_, field, samples) as run:
            done = tag.untag(samples, field, name, run)
        grid.reload(ctx)
        what = f"no longer has the tag '{name}'"
        return planned.written(done, what, run.id, tag=name)
