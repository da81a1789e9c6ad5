"""Scans that the panel made for itself, which the next one replaces."""

from __future__ import annotations

from typing import Any

from ..iou_core.errors import DuplicatesError, ScanError
from ..labels.scans import freshness, stored
from ..labels.scans.decisions.decider import DECIDES

_CANDIDATES = 5  # scans to check for being up to date


def supersede(dataset: Any, scan_key: str) -> None:
    """Deletes the interim scans of the same labels as a scan, apart from itself.

    Scans that a person made, or renamed, are kept.
    """
    scan = stored.open_scan(dataset, scan_key)
    for other in stored.list_scans(dataset):
        is_other = other.get("interim") and other["scan_key"] != scan_key
        if is_other and is_alike(scan, other):
            stored.delete(dataset, other["scan_key"])


def make_interim(dataset: Any, scan_key: str) -> None:
    """Marks a scan as one that the next one replaces, and replaces those before it."""
    stored.set_interim(dataset, scan_key)
    supersede(dataset, scan_key)


def newest_true(dataset: Any, preferred: str | None) -> str | None:
    """Returns the key of the scan to open.

    Args:
        dataset: the dataset
        preferred: the scan that was open last; None if there was none

    Returns:
        the preferred scan, if it is up to date; else the newest one that is, of the
        newest few; else the preferred one, or the newest; None if there is none
    """
    keys = [scan["scan_key"] for scan in stored.list_scans(dataset)]
    known = [preferred] if preferred in keys else []
    for key in dict.fromkeys([*known, *keys[:_CANDIDATES]]):
        try:
            if freshness.check_freshness(dataset, key).is_up_to_date:
                return key
        except DuplicatesError:
            continue  # its pairs are gone, or a field that it compared is
    return next(iter([*known, *keys]), None)


def is_alike(scan: stored.Scan, other: dict[str, Any]) -> bool:
    """Returns whether a scan compares the same labels as one with another config."""
    if not (scan.view_stored and other["view_stored"]):
        return False
    compared = [
        {k: v for k, v in c["params"].items() if k not in DECIDES and v is not None}
        for c in (scan.config, other)
    ]
    kinds = [c["scope"]["kind"] for c in (scan.config, other)]
    if compared[0] != compared[1] or kinds[0] != kinds[1]:
        return False
    try:
        view = stored.open_scan(scan.samples, other["scan_key"]).view()
        return bool(scan.view() == view)
    except ScanError:
        return False  # one was deleted meanwhile, or its view can no longer be made
