"""A stored scan as one JSON object: what the panel draws from."""

from __future__ import annotations

from typing import Any

import fiftyone.core.collections as foc

from ...iou_core.decisions.levels import N_BINS, THRESHOLDS
from . import recount, stored


def summary(samples: foc.SampleCollection, scan_key: str) -> dict[str, Any]:
    """Returns the counts of a scan at every threshold, in all and per class.

    Those of ``greedy`` are None until they were counted once, see :mod:`.recount`.
    Classes without any pair above the lowest threshold have no curves, as theirs would
    be zero. Pairs are read only if verdicts or rules of class pairs were changed since
    the scan: then the counts are made again, with the present ones.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan

    Raises:
        ScanError: if there is no such scan
    """
    scan = stored.open_scan(samples, scan_key)
    curves, of_class = _stored_curves(scan)
    if recount.is_decided_anew(samples, scan):
        plain = {"method": "simple", "keep": [], "metric": "iou"}
        now = recount.recount(samples, scan_key, **plain)
        curves = {"simple": {name: now[name] for name in ("labels", "images")}}
        of_class = {entry.pop("name"): {"simple": entry} for entry in now["classes"]}
    names, labels = scan.counts["names"], scan.counts["labels"].tolist()
    classes = [
        {"name": name, "labels": n, **of_class.get(name, {})}
        for name, n in zip(names, labels)
    ]
    return {
        **brief(scan.config),
        "thresholds": THRESHOLDS.tolist(),
        "histogram": {
            "edges": [k / N_BINS for k in range(N_BINS + 1)],
            **scan.config["histogram"],
        },
        "curves": {"greedy": None, **curves},
        "classes": classes,
    }


_Curves = dict[str, dict[str, list[int]]]


def _stored_curves(
    scan: stored.Scan,
) -> tuple[_Curves, dict[str | None, _Curves]]:
    """Returns the counts that are stored with a scan, in all and by class."""
    counts, curves = scan.counts, _curves_of(scan)
    return curves, {
        name: {
            method: {
                "labels": counts[f"{method}_labels"][k].tolist(),
                "images": counts[f"{method}_images"][k].tolist(),
            }
            for method in curves
        }
        for k, name in enumerate(counts["names"])
        if any(counts[f"{method}_labels"][k].any() for method in curves)
    }


def _curves_of(scan: stored.Scan) -> _Curves:
    """Returns the counts at all thresholds by method: ``greedy`` once it was counted.

    Raises:
        ScanError: if they are gone
    """
    curves, kept = dict(scan.config["curves"]), scan.counts.get("greedy")
    if kept is not None:
        labels, images = kept.tolist()
        curves["greedy"] = {"labels": labels, "images": images}
    return curves


def brief(config: dict[str, Any]) -> dict[str, Any]:
    """Returns what a list of scans says of one.

    Args:
        config: the config of a stored scan
    """
    names = (
        "scan_key",
        "title",
        "created_at",
        "params",
        "renamed",
        "kind",
        "scope",
        "labels",
        "samples",
        "count",
        "images",
        "skipped",
        "n_pairs",
        "truncated",
    )
    # scans of an earlier version did not count unmarked points
    unmarked = config.get("unmarked", [])
    calibration = config.get("calibration") or {"verdicts": 0}
    return {
        "unmarked": unmarked,
        "calibrated": calibration["verdicts"],
        **{n: config[n] for n in names},
    }
