"""The largest overlap of each label of a scan, counted for each class."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import fiftyone.core.collections as foc
import numpy as np

from ...iou_core.arrays import Ints
from ...iou_core.decisions.levels import N_BINS, bins
from ...iou_core.pairs import MIN_IOS
from ...iou_core.params import LIKELIHOOD
from ..scans import stored
from ..scans.blocks.block import NO_OTHER, ZERO, StoredBlock
from ..scans.decisions.block_verdicts import Verdicts
from ..scans.decisions.decider import Decider, with_params

_REMEMBERED = 4  # scans; a thousand classes take 0.8 MB


def count_largest(
    samples: foc.SampleCollection,
    scan_key: str,
    metric: str | None = None,
    classwise: bool | None = None,
    classes: Sequence[str | None] | None = None,
) -> list[int]:
    """Returns the histogram of each label's largest overlap with another label.

    Verdicts and the rules for class pairs do not change it.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        metric (None): another metric than the scan's. A label without a stored pair
            has no likelihood, and does not count
        classwise (None): True to count only overlaps with labels of the same class
        classes (None): only labels of these classes; None among them stands for
            labels without a class

    Returns:
        100 counts. The first ones are of the stored pairs only where the scan itself
        did not count: below the lowest IoU that it stores, and below an IoS of 0.5

    Raises:
        ScanError: if there is no such scan
        ParamsError: if there is no such metric
    """
    scan = stored.open_scan(samples, scan_key)
    params = with_params(
        scan.params, metric=metric, classwise=classwise, iou_thresh=1.0
    )
    names = scan.class_names
    key = (scan.uuid, params.metric, params.classwise)
    with _lock:
        known = _memory.get(key)
    if known is None:
        known = np.zeros((len(names), N_BINS), np.int64)
        restricted = params.classwise and not scan.params.classwise
        decider = scan.decider_by(params, names, Verdicts(()))
        for block in scan.blocks():
            if params.metric == "iou" and not restricted:
                _add_stored(known, block)
            else:
                _add_pairs(known, block, decider, restricted)
        with _lock:
            _memory[key] = known
            while len(_memory) > _REMEMBERED:
                _memory.popitem(last=False)
    rows = [k for k, name in enumerate(names) if classes is None or name in classes]
    counts: list[int] = known[rows].sum(axis=0).tolist()
    return counts


def _add_stored(counts: Ints, block: StoredBlock) -> None:
    """Adds the largest IoUs that the scan recorded for every label."""
    bin_of = block.label_bins.astype(np.int64)
    known = bin_of != NO_OTHER
    bin_of[bin_of == ZERO] = 0
    np.add.at(counts, (block.label_classes[known], bin_of[known]), 1)


def _add_pairs(
    counts: Ints, block: StoredBlock, decider: Decider, restricted: bool
) -> None:
    """Adds the largest overlaps among the stored pairs.

    Of a pair across two fields only the later label is one of the field. A crowd and
    a label of it are not one object, so their likelihood does not count.
    """
    pairs, values = block.pairs, decider.overlap(block)
    metric = decider.params.metric
    used = pairs.decides | (metric != LIKELIHOOD)
    if restricted:
        used &= block.classes[pairs.i] == block.classes[pairs.j]
    largest = np.full(len(block.label_ids), -1.0)
    np.maximum.at(largest, pairs.j[used], values[used])
    if not decider.two_fields:
        np.maximum.at(largest, pairs.i[used], values[used])
    seen = largest >= (MIN_IOS if metric == "ios" else 0)
    np.add.at(counts, (block.classes[seen], bins(largest[seen])), 1)


_memory: OrderedDict[tuple[str, str, bool], Ints] = OrderedDict()
_lock = Lock()
