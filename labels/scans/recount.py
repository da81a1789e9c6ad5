"""The counts of a scan at every threshold, for another method or other rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ...iou_core.arrays import Ints
from ...iou_core.decisions.curves import Curves
from ...iou_core.decisions.levels import N_BINS, histogram
from ...iou_core.pairs import MIN_IOS
from . import stored
from .blocks import block_store
from .blocks.block import StoredBlock
from .decisions.decider import Decider, with_params
from .decisions.presence import require_present


def recount(
    samples: foc.SampleCollection,
    scan_key: str,
    method: str | None = None,
    keep: Sequence[str] | str | None = None,
    metric: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Returns how many labels and images a threshold would touch, for all of them.

    Verdicts, and the rules of class pairs, are those of now.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        method (None): another method than the scan's
        keep (None): other keep rules than the scan's
        metric (None): another metric than the scan's
        progress (None): told how many of how many blocks are counted; what it
            raises ends the counting

    Returns:
        ``{"labels": [...], "images": [...], "classes": [{"name", "labels",
        "images"}], "histogram": [...]}``, one count for each of
        :data:`...iou_core.decisions.levels.THRESHOLDS`; only classes with
        duplicates. With the metric "ios", counts below 0.5 are those of 0.5 at
        least, as lower overlaps are not kept; the histogram is of each label's
        largest IoS from there on. With "iou" it is None, as the scan's own holds

    Raises:
        ScanError: if there is no such scan
        ParamsError: if one of the parameters cannot be used
    """
    scan = stored.open_scan(samples, scan_key)
    # a scan by IoU may have a lower threshold than an IoS can have
    at_least = max(scan.params.iou_thresh, MIN_IOS)
    params = with_params(
        scan.params, method=method, keep=keep, metric=metric, iou_thresh=at_least
    )
    names = scan.class_names
    require_present(samples, params, names)
    decider = Decider(samples, params, names)
    curves = Curves(len(names))
    one_field = params.other_field in (None, params.label_field)
    bins = np.zeros(N_BINS, np.int64) if params.metric == "ios" else None
    total = block_store.count(scan.uuid) if progress is not None else 0
    for k, block in enumerate(scan.blocks()):
        if progress is not None:
            progress(k, total)
        curves.add(decider.removals(block), block.classes, len(names))
        if bins is not None:
            bins += _largest_ios(block, one_field)
    return {
        "histogram": None if bins is None else bins.tolist(),
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


def _largest_ios(block: StoredBlock, one_field: bool) -> Ints:
    """Returns the histogram of each label's largest IoS, from 0.5 on.

    Of a pair across two fields only the later label is one of the field.
    """
    largest = np.zeros(len(block.label_ids))
    np.maximum.at(largest, block.pairs.j, block.pairs.ios)
    if one_field:
        np.maximum.at(largest, block.pairs.i, block.pairs.ios)
    bins = histogram(largest)
    bins[: int(MIN_IOS * N_BINS)] = 0
    return bins
