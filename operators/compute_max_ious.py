"""The operator that stores each label's largest IoU as an attribute."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.geometry.unmarked import to_rows
from ..iou_core.params import ComputeParams
from ..labels.edits import max_iou
from ..labels.edits.computed import own_attributes
from ..labels.jobs.engines import Engine
from ..labels.plurals import counted, predicate
from ..labels.review import grid
from ..labels.review.class_text import class_text
from ..labels.scans.decisions.presence import require_present
from . import compare_form, engine_form, forms
from .base import (
    DuplicatesOperator,
    rotations,
    running,
    skipped_words,
    target,
    unit,
    unmarked_points,
)


class ComputeMaxIous(DuplicatesOperator):
    name_ = "compute_max_ious"
    label = "Compute max IoUs of labels"
    description = "Store each label's largest IoU with another label of its image"
    icon = "join_inner"
    writes = "the attributes; undone by `restore_deleted`"
    returns = (
        *("count", "samples", "by_class", "skipped", "bounds"),
        *("rotation_units", "unmarked", "histogram", "restore_keys", "run_id"),
    )
    risk = "medium"
    delegable = True
    parameters = (
        *forms.COMPUTE_PARAMS,
        *engine_form.PARAMS,
        "iou_attr",
        "id_attr",
        "overwrite",
        "group_slices",
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        target(ctx)
        forms.label_field(ctx, inputs)
        forms.label_field(ctx, inputs, "other_field")
        compare_form.options(ctx, inputs)
        engine_form.field(ctx, inputs)
        inputs.str("iou_attr", default="max_iou", label="Attribute for the IoU")
        inputs.str(
            "id_attr",
            required=False,
            label="Attribute for the other label's id",
            description="By default, the id is not stored",
        )
        inputs.bool(
            "overwrite",
            default=False,
            label="Overwrite other values",
            description="Replace values that this operator did not store. "
            "That can be undone.",
        )
        attr = ctx.params.get("iou_attr") or "max_iou"
        forms.notice(
            inputs,
            f"Every label of the field gets the attribute '{attr}'",
            "Values that this operator stored earlier are replaced; nothing else is.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return forms.only_field(ctx) is not None

    def check(self, ctx: Any) -> None:
        params, iou_attr, id_attr, _ = _parse(ctx)
        names = (params.label_field, params.other_field)
        samples, overwrite = target(ctx), bool(ctx.params.get("overwrite"))
        own_attributes.require_attributes(samples, names, iou_attr, id_attr, overwrite)
        require_present(samples, params)

    def execute(self, ctx: Any) -> dict[str, Any]:
        params, iou_attr, id_attr, engine = _parse(ctx)
        samples = target(ctx)
        field, other = params.label_field, params.other_field
        overwrite = bool(ctx.params.get("overwrite"))
        with running(ctx, self.name_, field, samples, other_field=other) as run:
            done = max_iou.compute_max_ious(
                samples, params, iou_attr, id_attr, run, engine, overwrite
            )
        if done.schema_changed:
            ctx.ops.reload_dataset()
        else:
            grid.reload(ctx)
        return _result(done, params, iou_attr, run.id)


def _parse(ctx: Any) -> tuple[ComputeParams, str, str | None, Engine]:
    given = engine_form.without(ctx.params)
    for name in ("run_id", "group_slices", "overwrite"):
        given.pop(name, None)
    iou_attr = given.pop("iou_attr", None) or "max_iou"
    id_attr = given.pop("id_attr", None) or None
    given["label_field"] = forms.only_field(ctx)
    given["iscrowd"] = given.get("iscrowd") or None
    return ComputeParams.parse(given), iou_attr, id_attr, engine_form.engine_of(ctx)


def _result(
    done: max_iou.MaxIous, params: ComputeParams, iou_attr: str, run_id: str
) -> dict[str, Any]:
    message = (
        f"{counted(done.count, 'label')} in "
        f"{counted(done.samples, unit(params.label_field))} "
        + predicate(done.count, f"has '{iou_attr}'")
    )
    if done.bounds:
        message += f", from {done.bounds[0]:.3g} to {done.bounds[1]:.4g}"
    message += rotations(done.rotation_units)
    points = to_rows(done.unmarked)
    message += unmarked_points(points, params)
    skipped = done.skipped.to_dict()
    message += skipped_words(skipped)
    if done.restore_keys:
        message += "; what they replaced can be restored"
    return {
        "count": done.count,
        "samples": done.samples,
        "by_class": {class_text(k): n for k, n in done.by_class.most_common()},
        "skipped": skipped,
        "bounds": done.bounds,
        "rotation_units": done.rotation_units,
        "unmarked": points,
        "histogram": done.counts.tolist(),
        "restore_keys": done.restore_keys,
        "run_id": run_id,
        "message": message,
    }
