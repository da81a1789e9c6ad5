"""A stored scan as one JSON object: what the panel draws from."""

from __future__ import annotations

from typing import Any

import fiftyone.core.collections as foc

from ...iou_core.decisions.levels import N_BINS, THRESHOLDS
from . import stored as scans
from .blocks import block_store


def summary(samples: foc.SampleCollection, scan_key: str) -> dict[str, Any]:
    """Returns the counts of a scan at every threshold, in all and per class.

    No pair is read. Classes without any pair above the lowest threshold have
    no curves, as theirs would be zero.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan

    Raises:
        ScanError: if there is no such scan
    """
    config = scans.load(samples, scan_key)
    stored = block_store.classes(config["scan_uuid"])
    classes = []
    for k, name in enumerate(stored["names"]):
        entry: dict[str, Any] = {
            "name": name,
            "labels": int(stored["labels"][k]),
        }
        if stored["simple_labels"][k].any() or stored["greedy_labels"][k].any():
            for method in ("simple", "greedy"):
                entry[method] = {
                    "labels": stored[f"{method}_labels"][k].tolist(),
                    "images": stored[f"{method}_images"][k].tolist(),
                }
        classes.append(entry)
    return {
        **brief(config),
        "thresholds": THRESHOLDS.tolist(),
        "histogram": {
            "edges": [k / N_BINS for k in range(N_BINS + 1)],
            **config["histogram"],
        },
        "curves": config["curves"],
        "classes": classes,
    }


def brief(config: dict[str, Any]) -> dict[str, Any]:
    """Returns what a list of scans says of one.

    Args:
        config: what :func:`.stored.load` returned
    """
    names = (
        "scan_key",
        "title",
        "created_at",
        "params",
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
    return {name: config[name] for name in names}
