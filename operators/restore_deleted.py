"""The operators that undo actions, list them, and delete their undo data."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels import remains
from ..labels.edits import restore
from ..labels.edits.journal import journal, renamed
from ..labels.plurals import counted, predicate
from ..labels.review import grid
from . import forms, planned, returned
from .base import DuplicatesOperator, running


class RestoreDeleted(DuplicatesOperator):
    name_ = "restore_deleted"
    label = "Undo a change to duplicate labels"
    description = "Restore what was deleted, merged, tagged or loaded"
    icon = "undo"
    writes = "the field"
    returns = (*returned.WRITTEN, "operation", "others")
    risk = "medium"
    parameters = ("restore_key", "label_field")
    delegable = True

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.action(ctx, inputs, required=True)
        forms.notice(
            inputs,
            "Labels are restored as they were, in their old places",
            "Labels that were edited since are not changed.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("restore_key"))

    def check(self, ctx: Any) -> None:
        self._field(ctx)

    def _field(self, ctx: Any) -> str:
        action = journal.load(ctx.dataset, ctx.params.get("restore_key"))
        given = ctx.params.get("label_field") or None
        return renamed.field_of(ctx.dataset, action, given).name

    def execute(self, ctx: Any) -> dict[str, Any]:
        action = journal.load(ctx.dataset, ctx.params["restore_key"])
        field = self._field(ctx)
        with running(ctx, self.name_, field, ctx.dataset) as run:
            done = restore.restore(ctx.dataset, action["_id"], run, field)
        grid.reload(ctx)
        result = {
            **planned.written(done, "is restored", run.id),
            "operation": action["operation"],
            "restore_key": action["_id"],
            "others": done.others,
        }
        if done.others:
            n = done.others
            retagged = f"of other plans {predicate(n, 'has')} the tag again"
            kept = f"that others were merged into {predicate(n, 'is')} changed back"
            what = retagged if action["operation"] == "tag" else kept
            result["message"] += f"; {counted(n, 'label')} {what}"
        return result


class ListDeleted(DuplicatesOperator):
    name_ = "list_deleted"
    label = "List duplicate actions"
    description = "List what was deleted, tagged or untagged and can be undone"
    icon = "manage_history"
    returns = ("count", "bytes", "actions", "gone_datasets")
    unlisted = True

    def execute(self, ctx: Any) -> dict[str, Any]:
        actions = journal.list_actions(ctx.dataset)
        size = sum(action["bytes"] for action in actions)
        return {
            "count": len(actions),
            "bytes": size,
            "actions": actions,
            "gone_datasets": remains.gone_datasets(),
            "message": f"{counted(len(actions), 'action')}, {size / 1e6:.1f} MB",
        }


class EmptyTrash(DuplicatesOperator):
    name_ = "empty_trash"
    label = "Delete the undo data of duplicate labels"
    description = "Delete the journal, so that earlier changes can no longer be undone"
    icon = "delete_forever"
    writes = "the journal, from which actions are deleted"
    returns = ("count",)
    risk = "high"
    parameters = ("restore_key", "dataset_name")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.action(ctx, inputs, False, "By default, all actions are deleted")
        inputs.str(
            "dataset_name",
            required=False,
            label="Of a deleted dataset",
            description=", ".join(remains.gone_datasets()) or "There is none",
        )
        actions = journal.list_actions(ctx.dataset)
        chosen = ctx.params.get("restore_key")
        n = sum(a["count"] for a in actions if chosen in (None, a["restore_key"]))
        if n:
            text = f"{counted(n, 'label change')} can no longer be undone afterwards"
            forms.warning(inputs, text)
        else:
            forms.notice(inputs, "There is nothing to delete")

    def check(self, ctx: Any) -> None:
        if ctx.params.get("restore_key"):
            journal.load(ctx.dataset, ctx.params["restore_key"])

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        if ctx.params.get("dataset_name"):
            n = remains.empty_gone(ctx.params["dataset_name"])
            return {"count": n, "message": f"Deleted {counted(n, 'action')}"}
        n = journal.empty(ctx.dataset, ctx.params.get("restore_key") or None)
        return {"count": n, "message": f"Deleted {counted(n, 'action')}"}
