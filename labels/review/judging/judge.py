"""Verdicts on the labels of one image or frame, and how they change a scan's counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ....iou_core.decisions.curves import Curves
from ....iou_core.params import FindParams
from ...reading.columns import to_object_ids
from ...scans import stored
from ...scans.blocks.block import StoredBlock
from ...scans.decisions import verdict_places, verdicts
from ...scans.decisions.decider import Decider
from ...scans.decisions.judged import Verdicts
from ...scans.decisions.verdict_changes import Change, Changed, change_verdicts
from ...scans.decisions.verdict_kinds import MERGE
from . import held


@dataclass(frozen=True)
class Judged:
    """The outcome of verdicts.

    Attributes:
        changed: what was stored
        delta: how many more labels and images each threshold removes now, in all and
            of each class whose counts changed, and how many more labels verdicts
            remove; some numbers are negative
    """

    changed: Changed
    delta: dict[str, Any]


def judge(
    samples: foc.SampleCollection,
    scan_key: str,
    changes: Sequence[Change],
    who: str | None = None,
    document_id: ObjectId | None = None,
    classes: Sequence[str | None] | None = None,
    **decision: Any,
) -> Judged:
    """Stores verdicts on labels of one sample, or frame, unless another person did.

    The counts are those of this sample alone, before and after: no scan is repeated.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        changes: the verdicts, at most one for a pair; none of them may be of labels of
            another sample
        who (None): the name of the person
        document_id (None): the sample or frame; by default it is looked for, which
            takes long in a large dataset
        classes (None): of the labels that verdicts remove, count only those of these
        **decision: the decision whose counts change

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if these are no labels of one sample, or cannot be merged
    """
    scan = stored.open_scan(samples, scan_key)
    params, dataset = scan.params_with(**decision), samples._root_dataset
    merges = any(change.given.verdict == MERGE for change in changes)
    ids = {label_id for change in changes for label_id in change.given.label_ids}
    given = None if document_id is None else [document_id]
    document_id = verdict_places.require_one_document(dataset, ids, given, merges)
    blocks = held.hold(scan)
    block = next(blocks.of_documents([str(document_id)]), None)
    before = _counts(samples, params, block, classes)
    changed = change_verdicts(samples, document_id, changes, who)
    after = before if changed.conflicts else _counts(samples, params, block, classes)
    return Judged(changed, _difference(before, after, blocks.names))


class _Counts(NamedTuple):
    """What a decision removes of the labels of a sample.

    Attributes:
        curves: at each threshold
        by_verdicts: how many labels verdicts remove, at all of them
    """

    curves: Curves
    by_verdicts: int


def _counts(
    samples: foc.SampleCollection,
    params: FindParams,
    block: StoredBlock | None,
    classes: Sequence[str | None] | None,
) -> _Counts:
    """Returns what is removed of some samples, by today's verdicts."""
    curves = Curves()
    if block is None:
        return _Counts(curves, 0)
    found = verdicts.of_labels(to_object_ids(block.label_ids))
    decider = Decider(samples, params, block.names, Verdicts(found))
    curves.add(decider.removals(block), block.classes, len(block.names))
    fates = decider.verdicts.fates(block, decider.two_fields)
    rows = [] if fates is None else block.classes[fates.removed].tolist()
    names = (block.names[row] for row in rows)
    n = sum(classes is None or name in classes for name in names)
    return _Counts(curves, n)


def _difference(
    earlier: _Counts, later: _Counts, names: Sequence[str | None]
) -> dict[str, Any]:
    """Returns how counts changed, ready for JSON."""
    before, after = earlier.curves, later.curves
    labels = after.class_labels - before.class_labels
    images = after.class_images - before.class_images
    changed = np.flatnonzero(labels.any(axis=1) | images.any(axis=1)).tolist()
    return {
        "labels": (after.labels - before.labels).tolist(),
        "images": (after.images - before.images).tolist(),
        "classes": [
            {
                "name": names[k],
                "labels": labels[k].tolist(),
                "images": images[k].tolist(),
            }
            for k in changed
        ],
        "by_verdicts": later.by_verdicts - earlier.by_verdicts,
    }
