"""The operators that list, rename and delete stored scans, and cancel runs."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels.jobs import runs
from ..labels.plurals import counted
from ..labels.scans import register, stored
from ..labels.scans.summary import brief
from . import forms
from .base import DuplicatesOperator


class ListScans(DuplicatesOperator):
    name_ = "list_scans"
    label = "List duplicate scans"
    description = "List the stored scans of the dataset, newest first"
    icon = "history"
    returns = ("count", "scans", "runs")
    unlisted = True

    def execute(self, ctx: Any) -> dict[str, Any]:
        found = [brief(config) for config in stored.list_scans(ctx.dataset)]
        names = ", ".join(scan["scan_key"] for scan in found)
        return {
            "count": len(found),
            "scans": found,
            "runs": runs.list_runs(ctx.dataset),
            "message": f"{counted(len(found), 'scan')}: {names}"
            if found
            else "No scan yet",
        }


class RenameScan(DuplicatesOperator):
    name_ = "rename_scan"
    label = "Rename a duplicate scan"
    description = "Give a stored scan another title or another key"
    icon = "edit"
    writes = "the title or the key of the scan"
    returns = ("scan_key", "title")
    risk = "low"
    unlisted = True
    parameters = ("scan_key", "title", "new_scan_key")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        inputs.str("title", required=False, label="New title")
        inputs.str("new_scan_key", required=False, label="New key")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        scan_key = ctx.params.get("scan_key")
        stored.open_scan(ctx.dataset, scan_key)
        if ctx.params.get("new_scan_key") not in (None, "", scan_key):
            register.require_free_key(
                ctx.dataset, ctx.params["new_scan_key"], "new_scan_key"
            )

    def execute(self, ctx: Any) -> dict[str, Any]:
        config = stored.rename(
            ctx.dataset,
            ctx.params["scan_key"],
            ctx.params.get("title") or None,
            ctx.params.get("new_scan_key") or None,
        )
        renamed = brief(config)
        return {
            "scan_key": renamed["scan_key"],
            "title": renamed["title"],
            "message": f"The scan is now '{renamed['title']}' ({renamed['scan_key']})",
        }


class DeleteScan(DuplicatesOperator):
    name_ = "delete_scan"
    label = "Delete a duplicate scan"
    description = "Delete a stored scan; no label is changed"
    icon = "delete_outline"
    writes = "the scan, which is deleted"
    returns = ("scan_key",)
    risk = "medium"
    unlisted = True
    parameters = ("scan_key",)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        forms.notice(inputs, "The scan is deleted", "No label is changed.")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        stored.open_scan(ctx.dataset, ctx.params.get("scan_key"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        scan_key = ctx.params["scan_key"]
        stored.delete(ctx.dataset, scan_key)
        return {"scan_key": scan_key, "message": f"Deleted the scan {scan_key}"}


class CancelRun(DuplicatesOperator):
    name_ = "cancel_run"
    label = "Cancel a duplicate run"
    description = "Cancel a run in progress; it stops within a second or two"
    icon = "cancel"
    writes = "a request, which the run follows within a second or two"
    returns = (
        *("run_id", "operator", "field", "state", "done", "total", "error"),
        *("waits", "scan_key", "started"),
    )
    unlisted = True
    risk = "low"
    parameters = ("run_id",)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        under_way = [r for r in runs.list_runs(ctx.dataset) if r["state"] == "running"]
        choices = types.Dropdown()
        for run in under_way:
            label = (
                f"{run['operator']} on {run['field']}: {counted(run['done'], 'sample')}"
            )
            choices.add_choice(run["run_id"], label=label)
        inputs.str(
            "run_id",
            required=True,
            label="Run",
            description=None if under_way else "No run is in progress",
            view=choices,
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("run_id"))

    def check(self, ctx: Any) -> None:
        runs.status(ctx.dataset, ctx.params["run_id"])

    def execute(self, ctx: Any) -> dict[str, Any]:
        run = runs.cancel(ctx.dataset, ctx.params["run_id"])
        return {**run, "message": f"{run['operator']} is being canceled"}
