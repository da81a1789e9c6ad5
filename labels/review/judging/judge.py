"""Verdicts on the labels of one image or frame, and how they change a scan's counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import numpy as np
from bson import ObjectId

from ....iou_core.decisions.curves import Curves
from ....iou_core.errors import ParamsError
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
            of each class whose counts changed; some numbers are negative
        by_verdicts: how many labels the verdicts given on the dataset remove
    """

    changed: Changed
    delta: dict[str, Any]
    by_verdicts: int


def judge(
    samples: foc.SampleCollection,
    scan_key: str,
    changes: Sequence[Change],
    who: str | None = None,
    document_id: ObjectId | None = None,
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
        **decision: the decision whose counts change

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if these are no labels of one sample, or cannot be merged
    """
    scan = stored.open_scan(samples, scan_key)
    params, dataset = scan.params_with(**decision), samples._root_dataset
    _require_mergeable(scan, changes)
    ids = {label_id for change in changes for label_id in change.given.label_ids}
    given = None if document_id is None else [document_id]
    document_id = verdict_places.require_one_document(dataset, ids, given)
    blocks = held.hold(scan)
    block = next(blocks.of_documents([str(document_id)]), None)
    before = _curves(samples, params, block)
    changed = change_verdicts(samples, document_id, changes, who)
    after = before if changed.conflicts else _curves(samples, params, block)
    delta = _difference(before, after, blocks.names)
    return Judged(changed, delta, verdicts.count_removed(samples))


def _require_mergeable(scan: stored.Scan, changes: Sequence[Change]) -> None:
    if any(change.given.verdict == MERGE for change in changes):
        if scan.params.other_field not in (None, scan.params.label_field):
            raise ParamsError("a scan of one field to merge labels", "two", "verdict")
        if scan.field.document not in (fol.Detections, fol.Polylines):
            got = scan.field.document.__name__
            raise ParamsError(
                "boxes, instance masks or polygons to merge", got, "verdict"
            )


def _curves(
    samples: foc.SampleCollection, params: FindParams, block: StoredBlock | None
) -> Curves:
    """Returns what each threshold removes of some samples, by today's verdicts."""
    if block is None:
        return Curves()
    found = verdicts.of_labels(to_object_ids(block.label_ids))
    decider = Decider(samples, params, block.names, Verdicts(found))
    curves = Curves()
    curves.add(decider.removals(block), block.classes, len(block.names))
    return curves


def _difference(
    before: Curves, after: Curves, names: Sequence[str | None]
) -> dict[str, Any]:
    """Returns how counts changed, ready for JSON."""
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
    }
