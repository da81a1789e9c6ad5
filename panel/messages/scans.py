"""The panel's messages about scans: what there is to scan, runs, and what is stored."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import ParamsError
from ...iou_core.params import FindParams
from ...labels.fields import require_fields
from ...labels.scans import stored
from .. import background, dataset, recounts, slices
from ..requests import (
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
            "scans": dataset.scan_entries(ctx),
            "dataset": dataset.dataset_entry(ctx),
            "fields": dataset.field_entries(ctx),
            "targets": dataset.target_entries(ctx),
            "run": background.under_way(ctx.dataset),
            "tag": dataset.TAG,
        }

    @answers()
    def refresh(self, ctx: Any) -> Answer:
        """Answers what can be scanned now, and how a scan stands to the dataset."""
        scan_key, name = text_or_none(ctx, "scan_key"), text(ctx, "tag")
        known = scan_key is not None
        return {
            "slice": slices.active(ctx),
            "targets": dataset.target_entries(ctx),
            "standing": dataset.standing_entry(ctx, scan_key, name) if known else None,
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
                **dataset.comparison(text_or_none(ctx, "compare")),
                "rotation_unit": text_or_none(ctx, "rotation_unit"),
            }
        )
        kind = choice(ctx, "target", tuple(dataset.TARGETS))
        known = [entry["kind"] for entry in dataset.target_entries(ctx)]
        if kind not in known:
            raise Failed(
                "There is no such view or selection any more.",
                "Choose what to scan again.",
            )
        samples = dataset.target(ctx, kind, _slices(ctx, params))
        return {"run": background.start(samples, params, None, flag(ctx, "background"))}

    @answers()
    def rescan(self, ctx: Any) -> Answer:
        """Scans the same again as a new scan: what has changed since, and no more."""
        scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
        title = scan.config["title"]
        run = background.start(scan.view(), scan.params, title, False, scan.key)
        return {"run": run}

    @answers()
    def poll_run(self, ctx: Any) -> Answer:
        """Answers how far a run is."""
        return {"run": background.poll(ctx.dataset, text(ctx, "run_id"))}

    @answers()
    def cancel_run(self, ctx: Any) -> Answer:
        """Asks a run to stop."""
        return {"run": background.cancel(ctx.dataset, text(ctx, "run_id"))}

    @answers()
    def open_scan(self, ctx: Any) -> Answer:
        """Answers all that the panel draws of a stored scan."""
        return {"summary": dataset.summary_entry(ctx.dataset, text(ctx, "scan_key"))}

    @answers()
    def recount(self, ctx: Any) -> Answer:
        """Answers what another decision takes at every threshold; null for not yet."""
        return recounts.answer(ctx.dataset, text(ctx, "scan_key"), decision(ctx))

    @answers()
    def rename_scan(self, ctx: Any) -> Answer:
        """Gives a stored scan another title."""
        stored.rename(ctx.dataset, text(ctx, "scan_key"), text(ctx, "title"))
        return {"scans": dataset.scan_entries(ctx)}

    @answers()
    def delete_scan(self, ctx: Any) -> Answer:
        """Forgets a stored scan; no label is changed."""
        stored.delete(ctx.dataset, text(ctx, "scan_key"))
        return {"scans": dataset.scan_entries(ctx)}


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
