"""Messages about scans; they change no label."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import ParamsError
from ...iou_core.keep_rule import PLACE, RULES
from ...iou_core.params import METRICS, FindParams
from ...labels.fields import require_fields
from ...labels.review import panel_settings, views
from ...labels.scans import freshness, largest_overlaps, search, stored
from .. import dataset, slices
from ..jobs import background, interim, recounts, rescans
from ..requests import (
    Answer,
    Failed,
    choice,
    classes,
    decision,
    flag,
    same_class,
    text,
    text_or_none,
)
from .table import message


@message
def open_panel(ctx: Any) -> Answer:
    """Returns the fields, targets and stored scans, and the run in progress."""
    return {
        "slice": slices.active(ctx),
        "scans": dataset.scan_entries(ctx),
        "dataset": dataset.dataset_entry(ctx),
        "fields": dataset.field_entries(ctx),
        "targets": dataset.target_entries(ctx),
        "keep_rules": _keep_rules(),
        "view_refused": dataset.refused_view(ctx),
        "run": background.under_way(ctx.dataset),
        "tag": dataset.TAG,
        "settings": panel_settings.load(ctx.dataset),
    }


def _keep_rules() -> list[dict[str, str]]:
    """Returns the keep rules as the panel lists them, those by the list's order last.

    Returns:
        dicts of ``name``, ``label``, ``short``, ``key`` and ``values``; see
        :class:`...iou_core.keep_rule.Definition`
    """
    rows = sorted(RULES.items(), key=lambda item: item[1].trait == PLACE)
    return [
        {
            "name": name,
            "label": row.label,
            "short": row.short or row.label.lower(),
            "key": row.key,
            "values": row.values,
        }
        for name, row in rows
    ]


@message
def save_settings(ctx: Any) -> Answer:
    """Stores what the panel of the dataset was set to."""
    panel_settings.save(ctx.dataset, ctx.params.get("settings"))
    return {}


@message
def refresh(ctx: Any) -> Answer:
    """Returns what can be scanned now, and whether a scan is up to date."""
    scan_key, name = text_or_none(ctx, "scan_key"), text(ctx, "tag")
    known = scan_key is not None
    # before the answer, so that what changes meanwhile is noticed
    seen = dataset.seen_entry(ctx.dataset)
    return {
        "slice": slices.active(ctx),
        "targets": dataset.target_entries(ctx),
        "view_refused": dataset.refused_view(ctx),
        "plan_view": ctx.has_custom_view and views.is_plan_view(ctx.view),
        "freshness": dataset.freshness_entry(ctx, scan_key, name) if known else None,
        # another browser may have replaced the scan
        "opened": dataset.present_key(ctx.dataset, scan_key) if known else None,
        "seen": seen,
    }


@message
def list_scans(ctx: Any) -> Answer:
    """Returns the stored scans, including those made outside the panel."""
    seen = dataset.seen_entry(ctx.dataset)
    return {"scans": dataset.scan_entries(ctx), "seen": seen}


@message
def start_scan(ctx: Any) -> Answer:
    """Starts a scan, in this process or in FiftyOne's queue.

    If a stored scan holds the same already, none is started, and its key is returned.
    """
    params = FindParams.parse(
        {
            "label_field": text(ctx, "label_field"),
            "other_field": text_or_none(ctx, "other_field"),
            "classwise": flag(ctx, "classwise"),
            "unmarked_as_missing": flag(ctx, "unmarked_as_missing"),
            "keypoint_sigmas": ctx.params.get("keypoint_sigmas"),
            **dataset.comparison(text_or_none(ctx, "compare")),
            "rotation_unit": text_or_none(ctx, "rotation_unit"),
        }
    )
    kind = choice(ctx, "target", tuple(dataset.TARGETS))
    known = [entry["kind"] for entry in dataset.target_entries(ctx)]
    if kind not in known:
        raise Failed(
            "The view or the selection no longer exists.",
            "Choose what to scan again.",
        )
    samples = dataset.target(ctx, kind, _slices(ctx, params))
    same = interim.unchanged(samples, params)
    if same is not None:
        return {"run": None, "unchanged": same}
    run = background.start(samples, params, None, flag(ctx, "background"))
    return {"run": run, "unchanged": None}


@message
def rescan(ctx: Any) -> Answer:
    """Starts a scan like a stored one, of only the samples that have changed.

    Verdicts recalibrate its likelihoods if they recalibrated those of the stored one.
    """
    scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
    return {"run": _again(scan, search.ANEW if "calibration" in scan.config else None)}


@message
def recalibrate(ctx: Any) -> Answer:
    """Repeats a scan with likelihoods that the present verdicts recalibrate.

    Returns its summary, or the run of one that takes long.
    """
    scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
    if not rescans.is_quick(scan):
        return {"summary": None, "run": _again(scan, search.ANEW)}
    key = rescans.repeat(scan, search.ANEW)
    return {"summary": dataset.summary_entry(ctx.dataset, key), "run": None}


def _again(scan: stored.Scan, calibration: dict[str, Any] | None) -> dict[str, Any]:
    """Starts a scan like a stored one, and returns the run."""
    title = scan.config["title"]
    return background.start(
        scan.view(), scan.params, title, False, scan.key, calibration
    )


@message
def poll_run(ctx: Any) -> Answer:
    """Returns the progress of a run."""
    return {"run": background.poll(ctx.dataset, text(ctx, "run_id"))}


@message
def cancel_run(ctx: Any) -> Answer:
    """Cancels a run."""
    return {"run": background.cancel(ctx.dataset, text(ctx, "run_id"))}


@message
def choose_scan(ctx: Any) -> Answer:
    """Returns the scan to open first: the newest one that is up to date."""
    preferred = text_or_none(ctx, "scan_key")
    return {"opens": freshness.newest_true(ctx.dataset, preferred)}


@message
def open_scan(ctx: Any) -> Answer:
    """Returns the summary of a stored scan."""
    return {"summary": dataset.summary_entry(ctx.dataset, text(ctx, "scan_key"))}


@message
def recount(ctx: Any) -> Answer:
    """Returns the counts of a decision at every threshold; None if not yet known."""
    return recounts.answer(ctx.dataset, text(ctx, "scan_key"), decision(ctx))


@message
def count_bars(ctx: Any) -> Answer:
    """Returns how many labels of some classes have which largest overlap."""
    counts = largest_overlaps.count_largest(
        ctx.dataset,
        text(ctx, "scan_key"),
        choice(ctx, "metric", METRICS),
        same_class(ctx),
        classes(ctx),
    )
    return {"counts": counts}


@message
def rename_scan(ctx: Any) -> Answer:
    """Changes the title of a stored scan."""
    stored.rename(ctx.dataset, text(ctx, "scan_key"), text(ctx, "title"))
    return {"scans": dataset.scan_entries(ctx)}


@message
def delete_scan(ctx: Any) -> Answer:
    """Deletes a stored scan."""
    stored.delete(ctx.dataset, text(ctx, "scan_key"))
    return {"scans": dataset.scan_entries(ctx)}


def _slices(ctx: Any, params: FindParams) -> list[str] | None:
    """Returns the slices of a request; None for the active slice.

    Raises:
        ParamsError: if the labels of a field cannot be compared in one of them
    """
    names = ctx.params.get("slices")
    for field in require_fields(ctx.dataset, (params.label_field, params.other_field)):
        known = slices.of_field(ctx.dataset, field)
        if names is not None and not set(names) <= set(known):
            expected = f"slices that {field.name} can be compared in"
            words = ", ".join(known) or "none"
            raise ParamsError(f"{expected} ({words})", repr(names), "slices")
    return names
