"""The expected cost of a plan, or of each threshold of a decision.

The numbers are sums of the scan's likelihoods, so they are estimates. Verdicts count as
true: it is right to remove a label that a verdict removes, and two labels that are both
real are not one object.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ....iou_core.arrays import Bools, Ints
from ....iou_core.decisions.cost import DRAWS, Costs, CostTally
from ....iou_core.decisions.levels import THRESHOLDS, level
from ....iou_core.decisions.removals import Removals
from ....iou_core.pairs import MIN_IOS, Pairs
from ....iou_core.params import LIKELIHOOD, FindParams
from ...plurals import counted
from ...reading.raw.ids import IdSet
from ...scans import stored
from ...scans.blocks.block import StoredBlock
from ...scans.decisions.decider import with_params
from ...scans.decisions.measure import Fit, measured
from ...scans.decisions.presence import require_present
from ...scans.plans import Plan
from .cost_counts import add, of_classes

MOST_CLASS_PAIRS = 1000
"""The largest number of listed class pairs, as labels may all differ in class."""


def of_plan(
    samples: foc.SampleCollection,
    plan: Plan,
    classes: Sequence[str | None] | None = None,
    intervals: bool = True,
) -> dict[str, Any]:
    """Returns what the removals of a plan cost; see :func:`of_labels`.

    Args:
        samples: the dataset, or a view of it
        plan: the plan
        classes (None): the classes that it is restricted to
        intervals (True): whether to return the 95 % interval
    """
    ids = [removal.label_id for removal in plan.removals]
    return of_labels(samples, plan.scan_key, plan.params, ids, classes, intervals)


def of_labels(
    samples: foc.SampleCollection,
    scan_key: str,
    params: FindParams,
    label_ids: Sequence[str],
    classes: Sequence[str | None] | None = None,
    intervals: bool = False,
) -> dict[str, Any]:
    """Returns what it costs to remove exactly these labels.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan that found them
        params: its parameters, with those of the cut
        label_ids: the labels
        classes (None): labels of these classes only count as missed
        intervals (False): whether to return the 95 % interval

    Returns:
        ``{"removed", "right", "below", "low", "high"}``; see
        :class:`....iou_core.decisions.cost.Costs`

    Raises:
        ScanError: if there is no such scan
    """
    scan = stored.open_scan(samples, scan_key)
    decider = scan.decider_by(params, scan.class_names)
    planned = IdSet(map(bytes.fromhex, label_ids))
    tally, model = CostTally(1, DRAWS if intervals else 0), scan.likelihood_model
    for block in scan.blocks():
        removed = planned.among(block.label_ids)
        add(tally, block, decider, model, removed[:, None], classes)
    return at(tally.costs(), 0)


def of_thresholds(
    samples: foc.SampleCollection,
    scan_key: str,
    classes: Sequence[str | None] | None = None,
    intervals: bool = False,
    **changes: Any,
) -> Costs:
    """Returns what each of the thresholds of the curves costs.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        classes (None): only labels of these classes are removed
        intervals (False): whether to return 95 % intervals
        **changes: other parameters of the decision than the scan's: ``method``,
            ``keep``, ``metric``, ``classwise``

    Raises:
        ScanError: if there is no such scan
        ParamsError: if one of the parameters cannot be used
    """
    scan = stored.open_scan(samples, scan_key)
    at_least = max(scan.params.iou_thresh, MIN_IOS)
    params = with_params(scan.params, iou_thresh=at_least, **changes)
    names = scan.class_names
    require_present(samples, params, names)
    decider, model = scan.decider_by(params, names), scan.likelihood_model
    tally = CostTally(len(THRESHOLDS), DRAWS if intervals else 0)
    for block in scan.blocks():
        removed = _matrix(decider.removals(block), len(block.label_ids))
        if classes is not None:
            removed &= of_classes(block, classes)[:, None]
        add(tally, block, decider, model, removed, classes)
    return tally.costs()


def at(costs: Costs, k: int) -> dict[str, Any]:
    """Returns the costs of one cut, ready for JSON."""
    low, high = costs.low, costs.high
    return {
        "removed": int(costs.removed[k]),
        "right": float(costs.right[k]),
        "below": float(costs.below[k]),
        "low": None if low is None else float(low[k]),
        "high": None if high is None else float(high[k]),
    }


def in_words(cost: dict[str, Any]) -> str:
    """Returns the end of a sentence about the labels that a plan removes.

    The panel has the same words.
    """
    words = []
    if cost["removed"]:
        right = cost["right"]
        low, high = (
            _rounded(right if cost[name] is None else cost[name])
            for name in ("low", "high")
        )
        about = f"{_rounded(right):,}" if low == high else f"{low:,} to {high:,}"
        are = "is a duplicate" if about == "1" else "are duplicates"
        words.append(f"about {about} of them {are} of a kept label")
    below = _rounded(cost["below"])
    if below:
        remain = "remains" if below == 1 else "remain"
        words.append(f"about {counted(below, 'duplicate')} {remain}")
    return "".join(f"; {part}" for part in words)


def _rounded(value: float) -> int:
    """Returns the nearest whole number; of two, the larger one, as a browser does."""
    return math.floor(value + 0.5)


def _matrix(removals: Removals, n: int) -> Bools:
    """Returns ``(n, T)``: which labels each threshold removes."""
    change = np.zeros((n, len(THRESHOLDS) + 1), np.int32)
    np.add.at(change, (removals.label, removals.lo), 1)
    np.add.at(change, (removals.label, removals.hi), -1)
    removed: Bools = np.cumsum(change, axis=1)[:, :-1] > 0
    return removed


def class_pair_thresholds(
    samples: foc.SampleCollection,
    scan_key: str,
    precision: float,
    metric: str | None = None,
) -> list[dict[str, Any]]:
    """Returns for each class pair the lowest threshold that is precise enough.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        precision: the least expected share of pairs that are one object
        metric (None): another metric than the scan's

    Returns:
        one dict ``{"classes", "iou_thresh", "pairs", "right"}`` for each class pair
        that has such a threshold: how many pairs are above it, and how many of them
        are expected to be one object; most pairs first. Of many class pairs, only the
        :data:`MOST_CLASS_PAIRS` with the most pairs are considered

    Raises:
        ScanError: if there is no such scan
    """
    scan = stored.open_scan(samples, scan_key)
    names, width = scan.class_names, len(THRESHOLDS) + 1
    fit, metric = Fit(scan.likelihood_model, names), metric or scan.params.metric
    common = _common_class_pairs(scan)
    sums = np.zeros((2, len(common) * width))
    for block in scan.blocks():
        pairs, key = _class_pairs(block, len(names))
        is_common = np.isin(key, common)
        pairs, row = pairs.select(is_common), np.searchsorted(common, key[is_common])
        levels = level(measured(block, metric, fit, pairs))
        at_level = row * width + levels
        likelihood = measured(block, LIKELIHOOD, fit, pairs)
        sums[0] += np.bincount(at_level, minlength=sums.shape[1])
        sums[1] += np.bincount(at_level, likelihood, sums.shape[1])
    # a pair of level k is above the first k thresholds
    by_level = sums.reshape(2, len(common), width)[:, :, ::-1]
    above, right = np.cumsum(by_level, axis=2)[:, :, ::-1][:, :, 1:]
    enough = (above > 0) & (right >= precision * above)
    rows = []
    for row in np.flatnonzero(enough.any(axis=1)).tolist():
        k = int(np.argmax(enough[row]))
        rows.append(
            {
                "classes": [names[n] for n in divmod(int(common[row]), len(names))],
                "iou_thresh": float(THRESHOLDS[k]),
                "pairs": int(above[row, k]),
                "right": float(right[row, k]),
            }
        )
    return sorted(rows, key=lambda row: -row["pairs"])


def _common_class_pairs(scan: stored.Scan) -> Ints:
    """Returns the :data:`MOST_CLASS_PAIRS` with most pairs, as :func:`_class_pairs`."""
    keys, counts = np.zeros(0, np.int64), np.zeros(0)
    for block in scan.blocks():
        known, n = np.unique(
            _class_pairs(block, len(scan.class_names))[1], return_counts=True
        )
        keys, at = np.unique(np.concatenate((keys, known)), return_inverse=True)
        counts = np.bincount(at, np.concatenate((counts, n)), len(keys))
    common: Ints = np.sort(keys[np.argsort(-counts, kind="stable")[:MOST_CLASS_PAIRS]])
    return common


def _class_pairs(block: StoredBlock, n_classes: int) -> tuple[Pairs, Ints]:
    """Returns the pairs that count, and the classes of each as one number."""
    pairs = block.pairs.select(block.pairs.decides)
    a, b = (block.classes[one].astype(np.int64) for one in (pairs.i, pairs.j))
    return pairs, np.minimum(a, b) * n_classes + np.maximum(a, b)
