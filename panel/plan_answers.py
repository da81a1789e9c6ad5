"""Plans for the panel: counts, rows and deletions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from ..iou_core.errors import DuplicatesError, ParamsError
from ..iou_core.params import require_fraction
from ..labels.edits import delete, tagged
from ..labels.edits.change import Written
from ..labels.edits.confirm import remainder
from ..labels.edits.tag import require_tag
from ..labels.jobs import runs
from ..labels.reading.fingerprint import ids_digest
from ..labels.review import emptied
from ..labels.review.emptied import Emptied
from ..labels.scans import plans, recount, stored
from ..labels.scans.blocks.compare import Skipped
from ..labels.tables import AT_ONCE, Page
from . import dataset as overview
from .requests import choice, classes, decision, text
from .stored_labels import scan_documents

COLUMNS = (
    "sample_id",
    "filepath",
    "label_id",
    "label",
    "iou",
    "mask_iou",
    "kept_label_id",
    "kept_label",
    "reason",
)
"""The columns of a plan's table.

An IoU of masks is only known of pairs that a scan compared by it as well.
"""

NOT_JUDGED = {"by_verdicts": 0, "merged": 0, "consented": 0}
"""The numbers of verdicts in a change that was canceled before its first label."""


def plan_of(
    ctx: Any,
    only_judged: bool = False,
    scan: stored.Scan | None = None,
    every_class: bool = False,
) -> plans.Plan:
    """Returns the plan that a request names.

    Args:
        ctx: the execution context
        only_judged (False): whether to take only labels that a verdict removes
        scan (None): the scan, if it is open already
        every_class (False): whether the request's classes do not restrict it
    """
    return plans.plan(
        ctx.dataset,
        text(ctx, "scan_key"),
        ctx.params.get("iou_thresh"),
        classes=None if every_class else classes(ctx),
        only_judged=only_judged,
        scan=scan,
        **decision(ctx),
    )


def threshold_of(ctx: Any) -> float:
    """Returns the threshold of a request."""
    value = ctx.params.get("iou_thresh")
    require_fraction("iou_thresh", value)
    return float(value)


def class_counts(names: Iterable[str | None]) -> list[dict[str, Any]]:
    """Returns how many labels there are of each class, most first."""
    counts = Counter(names)
    return [{"name": name, "labels": n} for name, n in counts.most_common()]


def count(ctx: Any) -> dict[str, Any]:
    """Returns how many labels a plan removes of the request's and of all classes."""
    return recount.count_at(
        ctx.dataset,
        text(ctx, "scan_key"),
        classes(ctx),
        iou_thresh=ctx.params.get("iou_thresh"),
        **decision(ctx),
    )


def tag_state(ctx: Any, plan: plans.Plan, tag: str) -> dict[str, Any]:
    """Returns how the labels with a tag differ from a plan."""
    scan = plan.scan(ctx.dataset)
    samples = scan.view() if scan.view_stored else scan.samples
    return asdict(tagged.compare(samples, scan.field, tag, plan))


class Deletion:
    """The labels that a deletion removes: counted first, then deleted.

    The labels that are counted are those that are deleted, apart from any that change
    in between.

    Args:
        ctx: the execution context
        scan: the scan that the request names

    Attributes:
        field: the label field
        tag: the tag that a request names
        emptied: the objects that would lose every label
        state: how the labels with the tag differ from the plan of every class; None
            if the plan is deleted
    """

    def __init__(self, ctx: Any, scan: stored.Scan) -> None:
        self._dataset = ctx.dataset
        self.tag = require_tag(ctx.params.get("tag"))
        self._plan: plans.Plan | None = None
        self._dropped: Counter[str] = Counter()
        self.state: dict[str, int] | None = None
        self._not_merged = 0
        source = choice(ctx, "source", ("plan", "tag", "reviewed"))
        if source != "tag":
            plan = plan_of(ctx, only_judged=source == "reviewed", scan=scan)
            self._plan, self._dropped, edited = remainder(ctx.dataset, plan)
            self.field = self._plan.params.label_field
            self.emptied = emptied.by_plan(ctx.dataset, self._plan, edited)
            return
        self.field, self._view = scan.params.label_field, scan.view()
        self._found = tagged.find_tagged(self._view, scan.field, self.tag)
        # tagged labels of every class are deleted
        plan = plan_of(ctx, scan=scan, every_class=True)
        compared = (self._view, scan.field, self.tag, plan, self._found)
        self.state = asdict(tagged.compare(*compared, classes=classes(ctx)))
        ids = {str(label) for held in self._found.labels.values() for label in held}
        self._not_merged = sum(r.merges and r.label_id in ids for r in plan.removals)
        at = scan.params_with(iou_thresh=threshold_of(ctx), **decision(ctx))
        # by both cuts, so that moving the slider up takes no consent away
        of, cuts = (self.field, self._found.labels), dict.fromkeys((at, scan.params))
        found = (emptied.by_newest_scan(ctx.dataset, *of, c, scan.key) for c in cuts)
        self.emptied = max(found, key=lambda one: one.count)

    def preview(self) -> dict[str, Any]:
        """Returns which labels would be removed now: a digest, and their counts."""
        plan = self._plan
        if plan is None:
            found = self._found
            counts = [{"name": k, "labels": n} for k, n in found.by_class.items()]
            reasons = +Counter({tagged.NO_ID: found.without_id})
            ids = (str(label) for held in found.labels.values() for label in held)
            return self._preview(ids, len(found.labels), counts, reasons)
        counts = class_counts(removal.class_name for removal in plan.removals)
        ids = (removal.label_id for removal in plan.removals)
        return self._preview(ids, len(plan.seen), counts, self._dropped)

    def _preview(
        self, ids: Iterable[str], images: int, counts: list[Any], reasons: Counter[str]
    ) -> dict[str, Any]:
        label_ids = list(ids)
        return {
            "labels": len(label_ids),
            "digest": ids_digest(label_ids),
            "images": images,
            "classes": counts,
            "skipped": {"count": reasons.total(), "reasons": dict(reasons)},
            "emptied": emptied_counts(self.emptied),
            "state": self.state,
            **judged_counts(self._plan.removals if self._plan is not None else ()),
            "consented": self.emptied.consented,
            # of a deletion by tag: the labels that verdicts merge
            "not_merged": self._not_merged,
        }

    def judged(self, done: Written) -> dict[str, int]:
        """Returns how many of the labels that were deleted verdicts removed."""
        deleted = set(done.label_ids)
        removals = self._plan.removals if self._plan is not None else ()
        counts = judged_counts(r for r in removals if r.label_id in deleted)
        return {**counts, "consented": self.emptied.consented}

    def carry_out(self, run: runs.Run) -> Written:
        """Deletes the labels; those that no longer hold are skipped."""
        if self._plan is None:
            return delete.delete_tagged(
                self._view, self.field, self.tag, run, self._found
            )
        done = delete.delete_plan(self._dataset, self._plan, run)
        done.skipped.reasons += self._dropped
        return done


def emptied_counts(found: Emptied) -> dict[str, Any]:
    """Returns the objects that would lose every label unasked, for a message."""
    return {name: v for name, v in found.to_dict().items() if name != "consented"}


def judged_counts(removals: Iterable[plans.Removal]) -> dict[str, int]:
    """Returns how many labels verdicts remove, and how many of these are merged."""
    found = [removal.merges for removal in removals if removal.by_verdict]
    return {"by_verdicts": len(found), "merged": sum(found)}


def open_if_there(ctx: Any, scan_key: str | None) -> stored.Scan | None:
    """Returns a scan, to describe it after labels were written.

    Args:
        ctx: the execution context
        scan_key: the open scan; None if there is none

    Returns:
        the scan; None if there is none, or it was deleted in between
    """
    try:
        return None if scan_key is None else stored.open_scan(ctx.dataset, scan_key)
    except DuplicatesError:
        return None


def written(
    scan: stored.Scan | None, tag: str, done: Written, cancelled: bool = False
) -> dict[str, Any]:
    """Returns what was written, and how many labels of the scan are tagged now.

    Args:
        scan: the open scan; None if there is none
        tag: the tag to count
        done: what was written
        cancelled (False): whether the rest was not, as the user canceled
    """
    return {
        "cancelled": cancelled,
        "labels": done.count,
        "images": done.samples,
        "skipped": skipped_counts(done.skipped),
        "tagged": 0 if scan is None else _tagged_now(scan, tag),
        "restore_key": done.restore_key,
    }


def _tagged_now(scan: stored.Scan, tag: str) -> int:
    try:
        return overview.tagged_labels(scan, tag)
    except DuplicatesError:
        # the labels are written; a field renamed in between must not hide that
        return 0


def skipped_counts(skipped: Skipped) -> dict[str, Any]:
    """Returns how many labels were skipped, and why."""
    counts = skipped.to_dict()
    return {"count": counts["count"], "reasons": counts["reasons"]}


def rows(
    dataset: Any, plan: plans.Plan, cursor: str | None = None, limit: int = AT_ONCE
) -> Page:
    """Returns a page of a plan, one row for each label that would be removed.

    Args:
        dataset: the dataset
        plan: the plan
        cursor (None): where the page before ended; None for the first page
        limit (20000): the largest number of rows to return

    Returns:
        a page of rows with :data:`COLUMNS`

    Raises:
        ParamsError: if the cursor is not one of this table
    """
    if cursor is not None and not cursor.isdecimal():
        raise ParamsError("the cursor of a page", repr(cursor), "cursor")
    first = int(cursor or 0)
    page = plan.removals[first : first + limit]
    samples = scan_documents(dataset, plan.params, (r.document_id for r in page))
    last = first + len(page)
    following = str(last) if page and last < len(plan) else None
    return [_row(r, samples) for r in page], following


def _row(removal: plans.Removal, samples: dict[str, dict[str, Any]]) -> dict[str, Any]:
    document = samples.get(removal.document_id, {})
    kept = document.get("labels", {}).get(removal.kept_id, {})
    return {
        "sample_id": removal.sample_id,
        "filepath": document.get("filepath", ""),
        "label_id": removal.label_id,
        "label": removal.class_name,
        "iou": removal.iou,
        "mask_iou": removal.mask_iou,
        "kept_label_id": removal.kept_id,
        "kept_label": kept.get("label"),
        "reason": str(removal.reason),
    }
