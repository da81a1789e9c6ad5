"""The counts of a scan at one threshold or at every one, for any method or rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ...iou_core.decisions.curves import Curves
from ...iou_core.pairs import MIN_IOS
from ...iou_core.params import FindParams
from ..reading.raw.ids import as_keys
from . import stored
from .blocks import block_store
from .decisions.class_pair_rules import load_class_pairs
from .decisions.decider import with_params
from .decisions.presence import require_present
from .decisions.verdicts import digest_of_verdicts


def recount(
    samples: foc.SampleCollection,
    scan_key: str,
    method: str | None = None,
    keep: Sequence[str] | str | None = None,
    metric: str | None = None,
    classwise: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Returns how many labels and images a threshold would touch, for all of them.

    The present verdicts and rules of class pairs apply. The counts of ``greedy``
    without keep rules are kept with the scan, if nothing was decided since.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        method (None): another method than the scan's
        keep (None): other keep rules than the scan's
        metric (None): another metric than the scan's
        classwise (None): True to count only pairs of labels of the same class
        progress (None): called with the number of counted blocks and of all blocks;
            an error that it raises stops the counting

    Returns:
        ``{"labels": [...], "images": [...], "classes": [{"name", "labels",
        "images"}]}``, one count for each of
        :data:`...iou_core.decisions.levels.THRESHOLDS`; only classes with
        duplicates. With the metric "ios", counts below 0.5 are those of 0.5 at
        least, as lower overlaps are not kept

    Raises:
        ScanError: if there is no such scan
        ParamsError: if one of the parameters cannot be used
    """
    scan = stored.open_scan(samples, scan_key)
    # a scan by IoU may have a lower threshold than an IoS can have
    at_least = max(scan.params.iou_thresh, MIN_IOS)
    params = with_params(
        scan.params,
        method=method,
        keep=keep,
        metric=metric,
        classwise=classwise,
        iou_thresh=at_least,
    )
    names = scan.class_names
    require_present(samples, params, names)
    digest = digest_of_verdicts(samples)
    decider = scan.decider_by(params, names)
    curves = Curves(len(names))
    total = block_store.count(scan.uuid) if progress is not None else 0
    for k, block in enumerate(scan.blocks()):
        if progress is not None:
            progress(k, total)
        curves.add(decider.removals(block), block.classes, len(names))
    decided = digest, decider.class_pairs
    if _is_missing(scan, params) and decided == _decided(scan):
        block_store.keep_curves(scan.uuid, params.method, curves)
    return _plain(curves, names)


def count_at(
    samples: foc.SampleCollection,
    scan_key: str,
    classes: Sequence[str | None] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Returns how many labels and images the plan of a threshold would touch.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        classes (None): the classes whose labels are removed; by default all
        **changes: other parameters of the plan than the scan's, see
            :func:`.plans.plan`

    Returns:
        ``{"labels", "images", "classes": [{"name", "labels"}]}``: the labels of all
        classes are listed, most first

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as the
            threshold
        ParamsError: if one of the parameters cannot be used
    """
    scan = stored.open_scan(samples, scan_key)
    decider, names = scan.decider(**changes), scan.class_names
    require_present(samples, decider.params, names)
    among = np.array([classes is None or name in classes for name in names], np.bool_)
    counts = np.zeros(len(names), np.int64)
    touched = [np.zeros((0, 12), np.uint8)]
    for block in scan.blocks():
        removed = decider.decide(block).decided.labels
        numbers = block.classes[removed]
        counts += np.bincount(numbers, minlength=len(names))
        rows = np.unique(block.image[removed[among[numbers]]])
        touched.append(block.document_ids[rows])
    by_class = Counter(dict(zip(names, counts.tolist())))
    return {
        "labels": int(counts[among].sum()),
        # a view may hold a sample twice
        "images": len(np.unique(as_keys(np.concatenate(touched)))),
        "classes": [{"name": k, "labels": n} for k, n in by_class.most_common() if n],
    }


def is_decided_anew(samples: foc.SampleCollection, scan: stored.Scan) -> bool:
    """Returns whether verdicts or class-pair rules were changed since a scan."""
    now = digest_of_verdicts(samples), load_class_pairs(samples)
    return now != _decided(scan)


def _plain(curves: Curves, names: Sequence[str | None]) -> dict[str, Any]:
    """Returns curves as plain data, without the classes that have no duplicates."""
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


def _is_missing(scan: stored.Scan, params: FindParams) -> bool:
    """Returns whether a scan would hold these counts, had its search made them."""
    plain = params.method == "greedy" and params.metric == "iou" and not params.keep
    same = params.classwise == scan.params.classwise
    known = {**scan.config["curves"], **scan.counts}
    return plain and same and "greedy" not in known


def _decided(scan: stored.Scan) -> tuple[Any, Any]:
    """Returns the verdicts and class-pair rules that a scan was made with."""
    return scan.config.get("verdicts_digest"), scan.config["class_pairs"]
