"""The operator that erases all data of the plugin, before it is uninstalled."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels import remains
from ..labels.edits import attributes
from . import caller, forms
from .base import DuplicatesOperator


class EraseEverything(DuplicatesOperator):
    name_ = "erase_everything"
    label = "Erase all data of Duplicate objects"
    description = "Erase scans, journal, verdicts, rules and runs of all datasets"
    icon = "delete_sweep"
    risk = types.RiskLevel.HIGH
    unlisted = True
    parameters = ("confirm", "tags", "attributes")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        for name, words in (
            ("tags", "Tags to remove from the labels of this dataset"),
            ("attributes", "Attributes to delete from the labels of this dataset"),
        ):
            inputs.list(name, types.String(), required=False, label=words)
        inputs.bool("confirm", default=False, label="Erase (if off, only count)")
        text = "The labels are kept. Only Python code can erase"
        forms.warning(inputs, "Nothing can be undone afterwards", text)

    def check(self, ctx: Any) -> None:
        if ctx.params.get("confirm") and not caller.is_python(ctx):
            raise ParamsError(
                "False, as the App has no login and this is for all datasets (call "
                "the operator from Python to erase)",
                "True",
                "confirm",
            )
        for name in ("tags", "attributes"):
            attributes.require_names(name, ctx.params.get(name))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        tags, names = (ctx.params.get(name) or [] for name in ("tags", "attributes"))
        kept, scans = remains.sizes(), remains.count_scans()
        paths = attributes.paths(ctx.dataset, names)
        counts = attributes.count_tags(ctx.dataset, tags)
        size = sum(entry["bytes"] for entry in kept.values())
        confirmed = ctx.params.get("confirm") is True
        if confirmed:
            remains.erase()
            attributes.remove_tags(ctx.dataset, tags)
            attributes.delete(ctx.dataset, paths)
            ctx.ops.reload_dataset()
        would = "Erased" if confirmed else "This would erase"
        return {
            "erased": confirmed,
            "scans": scans,
            "collections": kept,
            "bytes": size,
            "tags": counts,
            "attributes": paths,
            "message": f"{would} {scans:,} scans and {size / 1e6:.1f} MB in "
            f"{len(kept)} collections",
        }
