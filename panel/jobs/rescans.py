"""Scans that the panel makes by itself, after labels or verdicts have changed."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import DuplicatesError
from ...labels.jobs import runs
from ...labels.scans import freshness, incremental, search, stored
from .. import dataset as overview
from . import interim

RESCAN_LABELS = 200_000
"""The most labels of a scan that is repeated automatically after a change."""

_CANDIDATES = 5  # stored scans to check for being up to date again after an undo


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
    if not is_quick(scan):
        return None
    alike = [
        other["scan_key"]
        for other in stored.list_scans(ctx.dataset)
        if interim.is_alike(scan, other)
        and other.get("calibration") == scan.config.get("calibration")
    ]
    for key in alike[:_CANDIDATES]:
        if freshness.check_freshness(ctx.dataset, key).is_up_to_date:
            # what the panel scanned after a deletion is deleted with its undo
            interim.supersede(ctx.dataset, key)
            return overview.summary_entry(ctx.dataset, key)
    return overview.summary_entry(ctx.dataset, repeat(scan))


def judged_summary(ctx: Any, scan_key: str | None) -> dict[str, Any] | None:
    """Returns the summary of a repeated scan, with the current verdicts and rules.

    An earlier scan that the panel made for itself is deleted, so that twenty verdicts
    add one stored scan.

    Returns:
        the summary; None if a scan would take long, or the scan is deleted
    """
    if scan_key is None:
        return None
    try:
        scan = stored.open_scan(ctx.dataset, scan_key)
        if not is_quick(scan):
            return None
        return overview.summary_entry(ctx.dataset, repeat(scan))
    except DuplicatesError:
        # the verdict is stored; the panel shows that the scan is out of date
        return None


def is_quick(scan: stored.Scan) -> bool:
    """Returns whether a scan can be repeated without asking the user."""
    return scan.config["labels"] <= RESCAN_LABELS and scan.view_stored


def repeat(scan: stored.Scan, calibration: dict[str, Any] | None = None) -> str:
    """Repeats a scan; returns the key of the new one, which is interim.

    Args:
        scan: the scan
        calibration (None): what recalibrates its likelihoods; by default the current
            calibration, so that the numbers do not change during a review
    """
    if calibration is None:
        calibration = scan.config.get("calibration")
    samples, params, name = scan.view(), scan.params, scan.params.label_field
    with runs.start(samples, "find_duplicates", name, writes=False) as run:
        since = scan.key if incremental.is_usable(samples, params, scan.key) else None
        found = search.find_duplicates(
            samples,
            params,
            title=scan.config["title"],
            run=run,
            since=since,
            calibration=calibration,
        )
    interim.make_interim(scan.samples._root_dataset, str(found.scan_key))
    return str(found.scan_key)
