"""Messages that show, tag, delete or restore the labels of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...iou_core.errors import RunCancelled
from ...labels.edits import restore as restoring
from ...labels.edits import tag
from ...labels.edits.change import ChangeCancelled, Written
from ...labels.edits.journal import journal, order
from ...labels.edits.journal.renamed import field_of
from ...labels.jobs import runs
from ...labels.plurals import counted
from ...labels.review import grid, views
from ...labels.scans import stored
from .. import own_view, plan_answers, slices
from ..jobs import rescans
from ..requests import Answer, Failed, choice, decision, flag, text, text_or_none, whole
from .table import message, writing_message

_ACTIONS = 20  # the newest that History lists


@message
def count_labels(ctx: Any) -> Answer:
    """Returns how many labels a plan removes, where the curves do not know it."""
    return plan_answers.count(ctx)


@message
def show_labels(ctx: Any) -> Answer:
    """Shows in the grid the labels that a plan removes."""
    plan = plan_answers.plan_of(ctx)
    mode = choice(ctx, "mode", tuple(views.MODES))
    own = own_view.replaced(ctx)
    ctx.ops.set_view(views.plan_view(ctx.dataset, plan, mode))
    patches = mode == "patches"
    return {
        "labels": len(plan),
        "images": len(plan.seen),
        "left_out": views.without_patches(ctx.dataset, plan) if patches else 0,
        "beside": patches and views.are_beside(plan),
        "own_view": own,
    }


@message
def restore_view(ctx: Any) -> Answer:
    """Shows the user's own view again."""
    return {"filters": own_view.restore(ctx, text_or_none(ctx, "own_view"))}


@writing_message
def tag_labels(ctx: Any) -> Answer:
    """Tags the labels that a plan removes."""
    plan, name = plan_answers.plan_of(ctx), tag.require_tag(ctx.params.get("tag"))
    field = plan.params.label_field

    def work(run: runs.Run) -> Written:
        return tag.tag_plan(ctx.dataset, plan, name, run, replace=True)

    done, cancelled = _carried_out(ctx, "tag_duplicates", field, work)
    return {
        **plan_answers.written(plan.scan(ctx.dataset), name, done, cancelled),
        "untagged": done.untagged if isinstance(done, tag.TagResult) else 0,
        "state": plan_answers.tag_state(ctx, plan, name),
    }


@message
def compare_tag(ctx: Any) -> Answer:
    """Returns how the labels with a tag differ from a plan."""
    name = tag.require_tag(ctx.params.get("tag"))
    return plan_answers.tag_state(ctx, plan_answers.plan_of(ctx), name)


@writing_message
def untag_labels(ctx: Any) -> Answer:
    """Removes the tag from the labels of a scan."""
    name = tag.require_tag(ctx.params.get("tag"))
    scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
    samples, field = scan.view(), scan.params.label_field

    def work(run: runs.Run) -> Written:
        return tag.untag(samples, field, name, run)

    done, cancelled = _carried_out(ctx, "untag_duplicates", field, work)
    return plan_answers.written(scan, name, done, cancelled)


@message
def preview_delete(ctx: Any) -> Answer:
    """Returns how many labels a deletion would remove now."""
    scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
    return plan_answers.Deletion(ctx, scan).preview()


@writing_message
def delete_labels(ctx: Any) -> Answer:
    """Deletes the labels that the user confirmed; none if other ones are meant now."""
    if ctx.params.get("source") == "plan" and decision(ctx)["metric"] == "ios":
        _require_sure(ctx)
    scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
    field = scan.params.label_field
    deletions: list[plan_answers.Deletion] = []

    def work(run: runs.Run) -> Written:
        deletions.append(plan_answers.Deletion(ctx, scan))
        _require_confirmed(ctx, deletions[0])
        return deletions[0].carry_out(run)

    done, cancelled = _carried_out(ctx, "delete_duplicates", field, work)
    name = tag.require_tag(ctx.params.get("tag"))
    answer = plan_answers.written(scan, name, done, cancelled)
    judged = deletions[0].judged(done) if deletions else plan_answers.NOT_JUDGED
    return {**answer, **judged, "summary": rescans.fresh_summary(ctx, scan.key)}


def _require_confirmed(ctx: Any, deletion: plan_answers.Deletion) -> None:
    """Raises an error if a deletion would remove other labels than were confirmed."""
    expected, preview = whole(ctx, "expected"), deletion.preview()
    if preview["digest"] != text(ctx, "digest"):
        now = f"{counted(preview['labels'], 'label')}, not"
        which = "other labels than" if preview["labels"] == expected else now
        raise Failed(
            f"The labels to delete have changed: this would now delete {which} "
            f"the {expected:,} you confirmed.",
            "Check the numbers again, then delete.",
        )
    emptied = deletion.emptied.count
    if emptied > whole(ctx, "emptied"):
        raise Failed(
            f"{emptied:,} {'object' if emptied == 1 else 'objects'} would lose every "
            "label: this needs a second confirmation.",
            "Check the labels again, then delete.",
        )


@message
def list_actions(ctx: Any) -> Answer:
    """Returns the newest actions of the journal, and what has to be undone first."""
    names = ("restore_key", "operation", "field", "state")
    numbers = ("count", "samples", "untagged")
    actions = journal.list_actions(ctx.dataset)
    newest = actions[:_ACTIONS]
    keys = [action["restore_key"] for action in newest]
    first = order.first_to_undo(ctx.dataset, keys)
    return {
        "actions": [
            {
                **{name: action[name] for name in (*names, *numbers)},
                "created_at": action["created"],
                "tag": action["params"].get("tag"),
                "unit": slices.unit(ctx.dataset, action["field"]),
                "undo_first": first.get(action["restore_key"]),
            }
            for action in newest
        ],
        "total": len(actions),
    }


@writing_message
def restore(ctx: Any) -> Answer:
    """Undoes an action of the journal."""
    restore_key, scan_key = text(ctx, "restore_key"), text_or_none(ctx, "scan_key")
    action = journal.load(ctx.dataset, restore_key)
    field = field_of(ctx.dataset, action).name

    def work(run: runs.Run) -> Written:
        return restoring.restore(ctx.dataset, restore_key, run, field)

    done, cancelled = _carried_out(ctx, "restore_deleted", field, work)
    retagged = action["operation"] in ("tag", "untag")
    came_back = not retagged and scan_key is not None
    scan = plan_answers.open_if_there(ctx, scan_key)
    return {
        **plan_answers.written(scan, text(ctx, "tag"), done, cancelled),
        "operation": action["operation"],
        "others": done.others if isinstance(done, restoring.Restored) else 0,
        "action_labels": action["count"],
        "summary": rescans.fresh_summary(ctx, scan_key) if came_back else None,
    }


def _carried_out(
    ctx: Any, operation: str, field: str, work: Callable[[runs.Run], Written]
) -> tuple[Written, bool]:
    """Returns what a change wrote, and whether it was canceled midway.

    The run has the id that the request gives, so that the panel can follow and cancel
    it.
    """
    run_id = text_or_none(ctx, "run_id")
    try:
        with runs.start(ctx.dataset, operation, field, run_id=run_id) as run:
            done, cancelled = work(run), False
    except RunCancelled as error:
        # before the first label, if the error has no changes
        done = error.done if isinstance(error, ChangeCancelled) else Written()
        cancelled = True
    grid.reload(ctx)
    return done, cancelled


def _require_sure(ctx: Any) -> None:
    """Raises an error unless the user confirmed a deletion by IoS twice."""
    if not flag(ctx, "sure"):
        raise Failed(
            "A label inside another one is not always its duplicate: a deletion by "
            "IoS needs a second confirmation.",
            "Review the labels first, or tag them instead.",
        )
