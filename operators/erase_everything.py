"""The operator that erases all data of the plugin, before it is uninstalled."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels import remains
from ..labels.cvat.trips import erase as cvat
from ..labels.edits.computed import erase
from ..labels.plurals import counted, first_of
from . import caller, forms
from .base import DuplicatesOperator
from .cvat_trips import server_of

LISTED_TASKS = 10
"""The largest number of CVAT tasks that a message names; the result names all."""


class EraseEverything(DuplicatesOperator):
    name_ = "erase_everything"
    label = "Erase all data of Duplicate objects"
    description = "Erase scans, journal, verdicts, rules and runs of all datasets"
    icon = "delete_sweep"
    writes = "all that the plugin stored; with `confirm`, it is deleted"
    returns = (
        *("erased", "scans", "annotation_runs", "cvat_tasks", "collections"),
        *("bytes", "tags", "attributes"),
    )
    risk = "high"
    unlisted = True
    parameters = ("confirm", "tags", "attributes", "cvat_tasks")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        for name, words in (
            ("tags", "Tags to remove from the labels of this dataset"),
            ("attributes", "Attributes to delete from the labels of this dataset"),
        ):
            inputs.list(name, types.String(), required=False, label=words)
        inputs.bool("cvat_tasks", default=False, label="Also delete the tasks in CVAT")
        words = "Erase the data. If this is off, it is only counted."
        inputs.bool("confirm", default=False, label=words)
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
            erase.require_names(name, ctx.params.get(name))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        found = _counted(ctx)
        erased = ctx.params.get("confirm") is True
        if erased:
            _erase(ctx, found["attributes"])
        collections = counted(len(found["collections"]), "collection")
        size = f"{found['bytes'] / 1e6:.1f} MB in {collections}"
        return {
            "erased": erased,
            **found,
            "message": f"{'Erased' if erased else 'This would erase'} "
            f"{counted(found['scans'], 'scan')} and {size}"
            + _tasks_text(found["cvat_tasks"]),
        }


def _counted(ctx: Any) -> dict[str, Any]:
    """Returns what is stored, and the CVAT tasks that are kept."""
    sizes = remains.sizes()
    return {
        "scans": remains.count_scans(),
        "annotation_runs": cvat.count_annotation_runs(),
        "cvat_tasks": [] if ctx.params.get("cvat_tasks") else cvat.task_links(),
        "collections": sizes,
        "bytes": sum(entry["bytes"] for entry in sizes.values()),
        "tags": erase.count_tags(ctx.dataset, ctx.params.get("tags") or []),
        "attributes": erase.paths(ctx.dataset, ctx.params.get("attributes") or []),
    }


def _erase(ctx: Any, paths: list[str]) -> None:
    """Erases everything; first what can fail, so that it can be repeated."""
    remains.require_no_run()
    if ctx.params.get("cvat_tasks"):
        cvat.delete_tasks(lambda url: server_of(ctx, url))
    cvat.delete_annotation_runs()
    remains.erase()
    erase.remove_tags(ctx.dataset, ctx.params.get("tags") or [])
    erase.delete(ctx.dataset, paths)
    ctx.ops.reload_dataset()


def _tasks_text(links: list[str]) -> str:
    """Returns the end of a message about the tasks that are kept in CVAT."""
    if not links:
        return ""
    tasks = counted(len(links), "task")
    return f"; kept in CVAT: {tasks} ({first_of(links, LISTED_TASKS)})"
