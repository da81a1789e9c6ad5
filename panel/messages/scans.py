"""The panel's messages about scans: what there is to scan, runs, and what is stored."""

from __future__ import annotations

from typing import Any

from ..iou_core.errors import ParamsError
from ..iou_core.params import FindParams
from ..labels import scans
from ..labels.fields import require_fields
from . import overview, recounts, scan_runs, slices
from .messages import (
    Answer,
    Failed,
    answers,
    choice,
    decision,
    flag,
    text,
    text_or_none,
)

MESSAGES = (
    "open_panel",
    "refresh",
    "start_scan",
    "rescan",
    "poll_run",
    "cancel_run",
    "open_scan",
    "recount",
    "rename_scan",
    "delete_scan",
)
"""The messages; each reaches the method of its name."""


class ScanMessages:
    """What is scanned, and what was found; no label is changed."""

    @answers()
    def open_panel(self, ctx: Any) -> Answer:
        """Answers what there is: fields, targets, stored scans, a run under way."""
        return {
            "slice": slices.active(ctx),
            "scans": overview.scan_entries(ctx),
            "dataset": overview.dataset_entry(ctx),
            "fields": overview.field_entries(ctx),
            "targets": overview.target_entries(ctx),
            "run": scan_runs.under_way(ctx.dataset),
            "tag": overview.TAG,
        }

    @answers()
    def refresh(self, ctx: Any) -> Answer:
        """Answers what can be scanned now, and how a scan stands to the dataset."""
        scan_key, name = text_or_none(ctx, "scan_key"), text(ctx, "tag")
        known = scan_key is not None
        return {
            "slice": slices.active(ctx),
            "targets": overview.target_entries(ctx),
            "standing": overview.standing_entry(ctx, scan_key, name) if known else None,
        }

    @answers()
    def start_scan(self, ctx: Any) -> Answer:
        """Starts a scan, here or in the background."""
        params = FindParams.parse(
            {
                "label_field": text(ctx, "label_field"),
                "other_field": text_or_none(ctx, "other_field"),
                "classwise": flag(ctx, "classwise"),
                "keypoint_sigmas": ctx.params.get("keypoint_sigmas"),
                **overview.comparison(text_or_none(ctx, "compare")),
                "rotation_unit": text_or_none(ctx, "rotation_unit"),
            }
        )
        kind = choice(ctx, "target", tuple(overview.TARGETS))
        known = [entry["kind"] for entry in overview.target_entries(ctx)]
        if kind not in known:
            raise Failed(
                "There is no such view or selection any more.",
                "Choose what to scan again.",
            )
        samples = overview.target(ctx, kind, _slices(ctx, params))
        return {"run": scan_runs.start(samples, params, None, flag(ctx, "background"))}

    @answers()
    def rescan(self, ctx: Any) -> Answer:
        """Scans the same again as a new scan: what has changed since, and no more."""
        config = scans.load(ctx.dataset, text(ctx, "scan_key"))
        samples = scans.view_of(ctx.dataset, config["scan_key"])
        params = FindParams.parse(config["params"])
        since = config["scan_key"]
        return {"run": scan_runs.start(samples, params, config["title"], False, since)}

    @answers()
    def poll_run(self, ctx: Any) -> Answer:
        """Answers how far a run is."""
        return {"run": scan_runs.poll(ctx.dataset, text(ctx, "run_id"))}

    @answers()
    def cancel_run(self, ctx: Any) -> Answer:
        """Asks a run to stop."""
        return {"run": scan_runs.cancel(ctx.dataset, text(ctx, "run_id"))}

    @answers()
    def open_scan(self, ctx: Any) -> Answer:
        """Answers all that the panel draws of a stored scan."""
        return {"summary": overview.summary_entry(ctx.dataset, text(ctx, "scan_key"))}

    @answers()
    def recount(self, ctx: Any) -> Answer:
        """Answers what another decision takes at every threshold; null for not yet."""
        return recounts.answer(ctx.dataset, text(ctx, "scan_key"), decision(ctx))

    @answers()
    def rename_scan(self, ctx: Any) -> Answer:
        """Gives a stored scan another title."""
        scans.rename(ctx.dataset, text(ctx, "scan_key"), text(ctx, "title"))
        return {"scans": overview.scan_entries(ctx)}

    @answers()
    def delete_scan(self, ctx: Any) -> Answer:
        """Forgets a stored scan; no label is changed."""
        scans.delete(ctx.dataset, text(ctx, "scan_key"))
        return {"scans": overview.scan_entries(ctx)}


def _slices(ctx: Any, params: FindParams) -> list[str] | None:
    """Returns the slices that a request names; None for the active one.

    Raises:
        ParamsError: if labels of the fields cannot be compared in one of them
    """
    names = ctx.params.get("slices")
    for field in require_fields(ctx.dataset, (params.label_field, params.other_field)):
        known = slices.of_field(ctx.dataset, field)
        if names is not None and not set(names) <= set(known):
            expected = f"slices that {field.name} can be compared in"
            words = ", ".join(known) or "none"
            raise ParamsError(f"{expected} ({words})", repr(names), "slices")
    return names
