"""The panel "Duplicate objects": each message of the browser is one method here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.operators as foo
from fiftyone.operators import types
from fiftyone.operators.categories import Categories

from ..labels.edits import restore, tag
from ..labels.edits.journal import journal
from ..labels.edits.renamed import field_of
from ..labels.jobs import runs
from ..labels.review import grid, views
from ..labels.scans import plans, stored
from . import plans as planned
from . import slices
from .messages import cvat_messages, exports, review_messages
from .messages import scans as scan_messages
from .messages.cvat_messages import CvatMessages
from .messages.exports import ExportMessages
from .messages.review_messages import ReviewMessages
from .messages.scans import ScanMessages
from .requests import (
    Answer,
    Failed,
    answers,
    choice,
    decision,
    flag,
    text,
    text_or_none,
    whole,
)

MESSAGES: Sequence[str] = (
    *scan_messages.MESSAGES,
    *review_messages.MESSAGES,
    *exports.MESSAGES,
    *cvat_messages.MESSAGES,
    "count_labels",
    "show_labels",
    "clear_view",
    "tag_labels",
    "untag_labels",
    "preview_delete",
    "delete_labels",
    "list_actions",
    "restore",
)
"""The messages; each reaches the method of its name."""

_ACTIONS = 20  # the newest that History lists

HELP = """
Finds labels that mark one object twice. **Scan** writes no label. Move the threshold to
see what would go; **Show**, **Tag** and **Delete** act on what the sentence says.
**History** gives back what was tagged or deleted.
"""


class DuplicatesPanel(
    ScanMessages, ReviewMessages, ExportMessages, CvatMessages, foo.Panel
):
    """Histogram, threshold, and what to do with the labels above it."""

    @property
    def config(self) -> foo.PanelConfig:
        """What the App lists of the panel."""
        return foo.PanelConfig(
            name="duplicates_panel",
            label="Duplicate objects",
            icon="filter_none",
            category=Categories.CURATE,
            surfaces="grid",
            help_markdown=HELP.strip(),
        )

    def render(self, ctx: Any) -> types.Property:
        """Names the React component and the methods that it may call.

        The App calls this after every message: no query belongs here.
        """
        methods = {f"on_{name}": getattr(self, name) for name in MESSAGES}
        view = types.View(
            component="IouDuplicatesPanel", composite_view=True, **methods
        )
        return types.Property(types.Object(), view=view)

    @answers()
    def count_labels(self, ctx: Any) -> Answer:
        """Answers what would go where the curves do not know."""
        return planned.count(ctx)

    @answers()
    def show_labels(self, ctx: Any) -> Answer:
        """Shows what would go in the grid."""
        plan = planned.plan_of(ctx)
        mode = choice(ctx, "mode", tuple(views.MODES))
        ctx.ops.set_view(views.plan_view(ctx.dataset, plan, mode))
        return {"labels": len(plan), "images": len(plan.seen)}

    @answers()
    def clear_view(self, ctx: Any) -> Answer:
        """Shows the whole dataset in the grid."""
        ctx.ops.clear_view()
        ctx.ops.clear_sidebar_filters()
        return {}

    @answers(writes=True)
    def tag_labels(self, ctx: Any) -> Answer:
        """Tags what would go."""
        plan, name = planned.plan_of(ctx), tag.require_tag(ctx.params.get("tag"))
        with _writing(ctx, "tag_duplicates", plan) as run:
            done = tag.tag_plan(ctx.dataset, plan, name, run)
        grid.reload(ctx)
        return planned.written(ctx, plan.scan_key, name, done)

    @answers(writes=True)
    def untag_labels(self, ctx: Any) -> Answer:
        """Takes the tag off the labels of a scan."""
        scan_key, name = text(ctx, "scan_key"), tag.require_tag(ctx.params.get("tag"))
        scan = stored.open_scan(ctx.dataset, scan_key)
        samples, field = scan.view(), scan.params.label_field
        with runs.start(samples, "untag_duplicates", field) as run:
            done = tag.untag(samples, field, name, run)
        grid.reload(ctx)
        return planned.written(ctx, scan_key, name, done)

    @answers()
    def preview_delete(self, ctx: Any) -> Answer:
        """Returns how many labels a deletion would remove now."""
        return planned.Deletion(ctx).preview()

    @answers(writes=True)
    def delete_labels(self, ctx: Any) -> Answer:
        """Deletes as many labels as the user confirmed; none if there are others."""
        expected = whole(ctx, "expected")
        if ctx.params.get("source") == "plan" and decision(ctx)["metric"] == "ios":
            _require_sure(ctx)
        deletion = planned.Deletion(ctx)
        counted = deletion.preview()["labels"]
        if counted != expected:
            raise Failed(
                f"The labels have changed: this would now delete {counted:,} labels, "
                f"not the {expected:,} you confirmed.",
                "Check the numbers again, then delete.",
            )
        with runs.start(ctx.dataset, "delete_duplicates", deletion.field) as run:
            done = deletion.carry_out(run)
        grid.reload(ctx)
        scan_key = text(ctx, "scan_key")
        answer = planned.written(ctx, scan_key, deletion.tag, done)
        return {**answer, "summary": planned.fresh_summary(ctx, scan_key)}

    @answers()
    def list_actions(self, ctx: Any) -> Answer:
        """Answers the newest actions that the journal knows."""
        names = ("restore_key", "operation", "field", "count", "samples", "state")
        actions = journal.list_actions(ctx.dataset)
        return {
            "actions": [
                {
                    **{name: action[name] for name in names},
                    "created_at": action["created"],
                    "tag": action["params"].get("tag"),
                    "unit": slices.unit(ctx.dataset, action["field"]),
                }
                for action in actions[:_ACTIONS]
            ],
            "total": len(actions),
        }

    @answers(writes=True)
    def restore(self, ctx: Any) -> Answer:
        """Gives back what an action changed."""
        restore_key, scan_key = text(ctx, "restore_key"), text_or_none(ctx, "scan_key")
        action = journal.load(ctx.dataset, restore_key)
        field = field_of(ctx.dataset, action).name
        with runs.start(ctx.dataset, "restore_deleted", field) as run:
            done = restore.restore(ctx.dataset, restore_key, run, field)
        grid.reload(ctx)
        retagged = action["operation"] in ("tag", "untag")
        came_back = not retagged and scan_key is not None
        return {
            **planned.written(ctx, scan_key, text(ctx, "tag"), done),
            "operation": action["operation"],
            "summary": planned.fresh_summary(ctx, scan_key) if came_back else None,
        }


def _require_sure(ctx: Any) -> None:
    """Refuses to delete by IoS unless a person said so once more."""
    if not flag(ctx, "sure"):
        raise Failed(
            "A label inside another need not be its duplicate: by IoS nothing is "
            "deleted without a second confirmation.",
            "Look at the labels first, or tag them instead.",
        )


def _writing(ctx: Any, operator: str, plan: plans.Plan) -> Any:
    """Records a run that writes to the field of a plan."""
    return runs.start(ctx.dataset, operator, plan.params.label_field)
