"""Plans for the panel: counts, rows, deletions, and scans that follow them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..iou_core.errors import DuplicatesError, ParamsError
from ..iou_core.params import require_fraction
from ..labels.edits import delete, tagged
from ..labels.edits.apply import Written
from ..labels.edits.confirm import remainder
from ..labels.edits.tag import require_tag
from ..labels.jobs import runs
from ..labels.scans import freshness, incremental, plans, search, stored
from ..labels.scans.blocks.compare import Skipped
from ..labels.scans.decisions.decider import DECIDES
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
    "kept_label_id",
    "kept_label",
    "reason",
)
"""The columns of a plan's table."""

RESCAN_LABELS = 200_000
"""The most labels of a scan that is repeated automatically after a change."""

_CANDIDATES = 5  # stored scans to check for being up to date again after an undo


def plan_of(ctx: Any, restricted: bool = True) -> plans.Plan:
    """Returns the plan that a request names.

    Args:
        ctx: the execution context
        restricted (True): whether to restrict the plan to the request's classes
    """
    return plans.plan(
        ctx.dataset,
        text(ctx, "scan_key"),
        ctx.params.get("iou_thresh"),
        classes=classes(ctx) if restricted else None,
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
    removals = plan_of(ctx, restricted=False).removals
    by_class = class_counts(removal.class_name for removal in removals)
    wanted = classes(ctx)
    if wanted is not None:
        removals = [r for r in removals if r.class_name in wanted]
    images = len({removal.document_id for removal in removals})
    return {"labels": len(removals), "images": images, "classes": by_class}


class Deletion:
    """The labels that a deletion removes: counted first, then deleted.

    The labels that are counted are those that are deleted, apart from any that change
    in between.

    Args:
        ctx: the execution context

    Attributes:
        field: the label field
        tag: the tag that a request names
    """

    def __init__(self, ctx: Any) -> None:
        self._dataset = ctx.dataset
        self.tag = require_tag(ctx.params.get("tag"))
        self._plan: plans.Plan | None = None
        self._dropped: Counter[str] = Counter()
        if choice(ctx, "source", ("plan", "tag")) == "plan":
            self._plan, self._dropped = remainder(ctx.dataset, plan_of(ctx))
            self.field = self._plan.params.label_field
            return
        scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
        self.field, self._view = scan.params.label_field, scan.view()
        self._found = tagged.find_tagged(self._view, scan.field, self.tag)

    def preview(self) -> dict[str, Any]:
        """Returns how many labels would be removed now, and of which classes."""
        plan = self._plan
        if plan is None:
            found = self._found
            by_class = found.by_class.items()
            counts = [{"name": name, "labels": n} for name, n in by_class]
            n_bare = found.without_id
            reasons = Counter({"has no id": n_bare} if n_bare else {})
            return _preview(len(found), len(found.labels), counts, reasons)
        counts = class_counts(removal.class_name for removal in plan.removals)
        return _preview(len(plan), len(plan.seen), counts, self._dropped)

    def carry_out(self, run: runs.Run) -> Written:
        """Deletes the labels; those that no longer hold are skipped."""
        if self._plan is None:
            return delete.delete_tagged(
                self._view, self.field, self.tag, run, self._found
            )
        done = delete.delete_plan(self._dataset, self._plan, run)
        done.skipped.reasons += self._dropped
        return done


def _preview(
    labels: int, images: int, counts: list[dict[str, Any]], reasons: Counter[str]
) -> dict[str, Any]:
    skipped = {"count": reasons.total(), "reasons": dict(reasons)}
    return {"labels": labels, "images": images, "classes": counts, "skipped": skipped}


def written(ctx: Any, scan_key: str | None, tag: str, done: Written) -> dict[str, Any]:
    """Returns what was written, and how many labels of the scan are tagged now."""
    return {
        "labels": done.count,
        "images": done.samples,
        "skipped": skipped_counts(done.skipped),
        "tagged": 0 if scan_key is None else _tagged_now(ctx, scan_key, tag),
        "restore_key": done.restore_key,
    }


def _tagged_now(ctx: Any, scan_key: str, tag: str) -> int:
    try:
        return overview.tagged_labels(stored.open_scan(ctx.dataset, scan_key), tag)
    except DuplicatesError:
        # the labels are written; a scan deleted meanwhile must not hide that
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
    facts = samples.get(removal.document_id, {})
    kept = facts.get("labels", {}).get(removal.kept_id, {})
    return {
        "sample_id": removal.sample_id,
        "filepath": facts.get("filepath", ""),
        "label_id": removal.label_id,
        "label": removal.class_name,
        "iou": removal.iou,
        "kept_label_id": removal.kept_id,
        "kept_label": kept.get("label"),
        "reason": str(removal.reason),
    }


def fresh_summary(ctx: Any, scan_key: str) -> dict[str, Any] | None:
    """Returns the summary of an up-to-date scan, after labels have changed.

    A stored scan of the same labels that is up to date again, as after an undo, is
    reused. Otherwise the scan is repeated, unless that would take long.

    Returns:
        the summary; None if the user should decide to scan, or the scan is deleted
    """
    try:
        return _fresh_summary(ctx, scan_key)
    except DuplicatesError:
        return None


def _fresh_summary(ctx: Any, scan_key: str) -> dict[str, Any] | None:
    scan = stored.open_scan(ctx.dataset, scan_key)
    if not _is_quick(scan):
        return None
    alike = [
        other["scan_key"]
        for other in stored.list_scans(ctx.dataset)
        if other["view_stored"] and _is_alike(scan, other)
    ]
    for key in alike[:_CANDIDATES]:
        if freshness.check_freshness(ctx.dataset, key).is_up_to_date:
            return overview.summary_entry(ctx.dataset, key)
    return overview.summary_entry(ctx.dataset, _rescan(scan))


def judged_summary(ctx: Any, scan_key: str | None) -> dict[str, Any] | None:
    """Returns the summary of a repeated scan, with the current verdicts and rules.

    An earlier scan of this function is deleted, so that twenty verdicts add one
    stored scan.

    Returns:
        the summary; None if a scan would take long, or the scan is deleted
    """
    if scan_key is None:
        return None
    try:
        scan = stored.open_scan(ctx.dataset, scan_key)
        if not _is_quick(scan):
            return None
        fresh = _rescan(scan)
        stored.set_interim(ctx.dataset, fresh)
        if scan.config.get("interim"):
            stored.delete(ctx.dataset, scan_key)
        return overview.summary_entry(ctx.dataset, fresh)
    except DuplicatesError:
        # the verdict is stored; the panel shows that the scan is out of date
        return None


def _is_quick(scan: stored.Scan) -> bool:
    """Returns whether a scan can be repeated without asking the user."""
    return scan.config["labels"] <= RESCAN_LABELS and scan.view_stored


def _rescan(scan: stored.Scan) -> str:
    """Repeats a scan; returns the key of the new one."""
    samples, params, name = scan.view(), scan.params, scan.params.label_field
    with runs.start(samples, "find_duplicates", name, writes=False) as run:
        since = scan.key if incremental.is_usable(samples, params, scan.key) else None
        found = search.find_duplicates(
            samples, params, title=scan.config["title"], run=run, since=since
        )
    return str(found.scan_key)


def _is_alike(scan: stored.Scan, other: dict[str, Any]) -> bool:
    """Returns whether a scan compares the same labels as one with another config."""
    compared = [
        {k: v for k, v in c["params"].items() if k not in DECIDES and v is not None}
        for c in (scan.config, other)
    ]
    kinds = [c["scope"]["kind"] for c in (scan.config, other)]
    if compared[0] != compared[1] or kinds[0] != kinds[1]:
        return False
    view = stored.open_scan(scan.samples, other["scan_key"]).view()
    return bool(scan.view() == view)
