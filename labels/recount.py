"""The counts of a scan at every threshold, for another method or other rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.collections as foc

from ..iou_core.curve import Curves
from ..iou_core.params import FindParams
from . import scan_blocks, scans
from .decide import Decider, with_params


def recount(
    samples: foc.SampleCollection,
    scan_key: str,
    method: str | None = None,
    keep: Sequence[str] | str | None = None,
    metric: str | None = None,
) -> dict[str, Any]:
    """Returns how many labels and images a threshold would touch, for all of them.

    Verdicts, and what holds for pairs of classes, are those of now.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        method (None): another method than the scan's
        keep (None): other keep rules than the scan's
        metric (None): another metric than the scan's

    Returns:
        ``{"labels": [...], "images": [...], "classes": [{"name", "labels",
        "images"}]}``, one count for each of :data:`..iou_core.curve.THRESHOLDS`;
        only classes with any duplicate. With the metric "ios", counts below 0.5
        are those of 0.5 at least, as lower overlaps are not kept

    Raises:
        ScanError: if there is no such scan
        ParamsError: if one of the parameters cannot be used
    """
    config = scans.load(samples, scan_key)
    scanned = FindParams.parse(config["params"])
    params = with_params(scanned, method=method, keep=keep, metric=metric)
    names = scan_blocks.classes(config["scan_uuid"])["names"]
    decider = Decider(samples, params, names)
    curves = Curves(len(names))
    for block in scan_blocks.blocks(config["scan_uuid"]):
        curves.add(decider.removals(block), block.classes, len(names))
    return {
        "labels": curves.labels.tolist(),
        "images": curves.images.tolist(),
        "classes": [
            {
                "name": name,
                "labels": curves.class_labels[k].tolist(),
                "images": curves.class_images[k].tolist(),
            }
            for k, name in enumerate(names)
            if curves.class_labels[k].any()
        ],
    }
