"""Verdicts on the labels of one image or frame, and how they change a scan's counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ....iou_core.decisions.curves import Curves
from ....iou_core.errors import NoLabelError, ParamsError, ScanError
from ....iou_core.params import FindParams
from ...reading.raw.ids import to_object_ids
from ...scans import stored
from ...scans.blocks.block import StoredBlock
from ...scans.decisions import verdict_places, verdicts
from ...scans.decisions.block_verdicts import Verdicts
from ...scans.decisions.decider import Decider
from ...scans.decisions.verdict_changes import Changed, VerdictChange, change_verdicts
from ...scans.decisions.verdict_kinds import MERGE, Given
from . import cached_scan


@dataclass(frozen=True)
class Judged:
    """The outcome of verdicts.

    Attributes:
        changed: what was stored
        delta: how many more labels and images each threshold removes now, in all and
            of each class whose counts changed, and how many more labels verdicts
            remove; some numbers are negative
        gone: whether one of the labels was deleted; then nothing is stored
    """

    changed: Changed
    delta: dict[str, Any]
    gone: bool = False


def judge(
    samples: foc.SampleCollection,
    scan_key: str,
    changes: Sequence[VerdictChange],
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
        ParamsError: if these are labels of several samples, they cannot be merged, or
            the scan could not remove what a verdict removes
    """
    scan = stored.open_scan(samples, scan_key)
    params, dataset = scan.params_with(**decision), samples._root_dataset
    merges = any(change.given.verdict == MERGE for change in changes)
    ids = {label_id for change in changes for label_id in change.given.label_ids}
    given = None if document_id is None else [document_id]
    fields = [*filter(None, dict.fromkeys((params.label_field, params.other_field)))]
    try:
        document_id = verdict_places.require_one_document(
            dataset, ids, given, merges, fields
        )
    except NoLabelError:
        return Judged(Changed({}, {}, {}), _difference(_NONE, _NONE, ()), gone=True)
    blocks = cached_scan.read(scan)
    block = next(blocks.of_documents([str(document_id)]), None)
    _require_removable(params, block, changes)
    if block is None:
        changed = change_verdicts(samples, document_id, changes, who)
        return Judged(changed, _difference(_NONE, _NONE, blocks.names))
    found = verdicts.of_labels(to_object_ids(block.label_ids))
    decider = scan.decider_by(params, block.names, Verdicts(found))
    before = after = _counts(decider, block, classes)
    changed = change_verdicts(samples, document_id, changes, who)
    if not changed.conflicts:
        known = {one.label_ids: one for one in found}
        for change in changes:
            known.pop(change.given.label_ids, None)
        now = decider.by([*known.values(), *changed.verdicts.values()])
        after = _counts(now, block, classes)
    return Judged(changed, _difference(before, after, blocks.names))


def _require_removable(
    params: FindParams, block: StoredBlock | None, changes: Sequence[VerdictChange]
) -> None:
    """Raises an error unless the scan can remove what verdicts remove."""
    given = [change.given for change in changes if change.given.removed]
    removed = {label_id for one in given for label_id in one.removed}
    kept = {one.kept for one in given} - {None}
    paired = set() if block is None else {*to_object_ids(block.label_ids)}
    known = set() if block is None else _removable(params, block)
    in_pair = f"another one in the scan by an IoU of at least {params.min_iou}"
    if missing := sorted(removed - known):
        expected = (
            f"labels of {params.label_field} that overlap {in_pair}, to be removed"
        )
        raise ParamsError(expected, f"{missing[0]}, which does not", "label_ids")
    if missing := sorted(kept - paired):
        expected = f"a label to keep that overlaps {in_pair}"
        raise ParamsError(expected, f"{missing[0]}, which does not", "kept")


def _removable(params: FindParams, block: StoredBlock) -> set[ObjectId]:
    """Returns the labels of a block that a scan can remove: those in a pair."""
    ids = block.label_ids
    return {*to_object_ids(ids[np.unique(block.pairs.j)] if params.two_fields else ids)}


def unpaired(samples: foc.SampleCollection, given: Iterable[Given]) -> set[ObjectId]:
    """Returns the labels that verdicts remove, but no stored scan of a dataset.

    A plan has only labels that are in a pair of its scan, as must be the label that is
    kept: nothing removes these labels until a scan pairs them.
    """
    left = {(label_id, one.kept) for one in given for label_id in one.removed}
    removed, found = {label_id for label_id, _ in left}, set()
    for config in stored.list_scans(samples) if left else ():
        if not config["pairs_stored"]:
            continue
        with suppress(ScanError):  # it was deleted in between
            scan = stored.open_scan(samples, config["scan_key"])
            for block in scan.blocks():
                known = _removable(scan.params, block)
                paired = {None, *to_object_ids(block.label_ids)}
                found |= {one for one, kept in left if one in known and kept in paired}
    return removed - found


class _Counts(NamedTuple):
    """The numbers of labels of a sample that a decision removes.

    Attributes:
        curves: the numbers at each threshold
        by_verdicts: the number that verdicts remove, at every threshold
    """

    curves: Curves
    by_verdicts: int


_NONE = _Counts(Curves(), 0)


def _counts(
    decider: Decider, block: StoredBlock, classes: Sequence[str | None] | None
) -> _Counts:
    """Returns what is removed of some samples."""
    curves = Curves()
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
