"""Scans that the panel made for itself, which the next one replaces."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import DuplicatesError, ScanError
from ...iou_core.params import FindParams
from ...labels.scans import freshness, stored
from ...labels.scans.blocks.compare import decoder_for
from ...labels.scans.config import difference, with_masks_decided
from ...labels.scans.decisions.decider import DECIDES


def supersede(dataset: Any, scan_key: str) -> None:
    """Deletes the interim scans of the same labels as a scan, apart from itself.

    Their keys open this scan from now on: another page may show one of them, and a
    request about it may be on its way. Scans that a person made, or renamed, are kept.
    """
    scan = stored.open_scan(dataset, scan_key)
    replaced = [
        other
        for other in stored.list_scans(dataset)
        if other.get("interim")
        and other["scan_key"] != scan.key
        and is_alike(scan, other)
    ]
    if not replaced:
        return
    keys = {other["scan_key"] for other in replaced}
    earlier = (config.get("replaces", ()) for config in (scan.config, *replaced))
    stored.update(dataset, scan.key, replaces=sorted(keys.union(*earlier)))
    for key in keys:
        stored.delete(dataset, key)


def make_interim(dataset: Any, scan_key: str) -> None:
    """Marks a scan as one that the next one replaces, and replaces those before it."""
    stored.update(dataset, scan_key, interim=True)
    supersede(dataset, scan_key)


def unchanged(samples: Any, params: FindParams) -> str | None:
    """Returns the newest stored scan that a scan of some samples would equal.

    Args:
        samples: the dataset or view to scan
        params: the parameters of the scan; what only decides which labels are removed
            does not count

    Returns:
        its key; None if there is none, or labels or verdicts have changed since
    """
    params = with_masks_decided(samples, params)
    for config in stored.list_scans(samples):
        if not (config["view_stored"] and config["pairs_stored"]):
            continue
        try:
            scan = stored.open_scan(samples, config["scan_key"])
            decoder = decoder_for(samples, params)
            if difference(scan.params, params, decoder) is not None:
                continue
            if scan.view() != samples:
                continue
            if freshness.check_freshness(samples, scan.key).is_up_to_date:
                return scan.key
        except DuplicatesError:
            continue  # it was deleted in between, or its view can no longer be made
    return None


def is_alike(scan: stored.Scan, other: dict[str, Any]) -> bool:
    """Returns whether a scan compares the same labels as one with another config."""
    if not (scan.view_stored and other["view_stored"]):
        return False
    one, another = scan.config["params"], other["params"]
    names = set(one | another).difference(DECIDES)
    if one.get("rotation_unit") is None or another.get("rotation_unit") is None:
        names.discard("rotation_unit")  # one of them has met no turned box
    # scans of earlier versions have no value where it would be False
    if any((one.get(name) or None) != (another.get(name) or None) for name in names):
        return False
    if scan.config["scope"]["kind"] != other["scope"]["kind"]:
        return False
    try:
        view = stored.open_scan(scan.samples, other["scan_key"]).view()
        return bool(scan.view() == view)
    except ScanError:
        return False  # one was deleted in between, or its view can no longer be made
