"""Objects that a removal of labels would empty.

An *object* is a group of labels of one image, or frame, that pairs above the threshold
connect. Pairs with the verdict that both are real, and pairs of classes that may
overlap, connect nothing. An object is *emptied* when none of its stored labels
remains, those included that the scanned view filters out. In a scan against another
field no object is, as the label of the other field remains. Where a person removed both
labels of a pair, and verdicts all labels of the object, they *consented*: such objects
are counted apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ...iou_core.decisions.groups import emptied_groups, find_groups
from ...iou_core.errors import DuplicatesError
from ...iou_core.params import FindParams
from ..plurals import counted
from ..reading.decoder import LabelDecoder
from ..reading.raw.ids import IDS_AT_ONCE, IdSet, to_object_ids
from ..scans import freshness, stored
from ..scans.blocks.block import StoredBlock
from ..scans.blocks.compare import decoder_for
from ..scans.decisions.as_stored import stored_blocks
from ..scans.decisions.decider import Decider
from ..scans.plans import Plan
from ..scans.scan_words import measure_of

THRESH = 0.75
"""The threshold of objects where no scan of the field holds."""

Removed = Mapping[ObjectId, Sequence[ObjectId]]
"""The labels to remove, by the id of their sample or frame."""

_CANDIDATES = 5  # scans to check for still being true


@dataclass(frozen=True)
class Emptied:
    """The number of objects that would lose every label, and the basis of the count.

    Attributes:
        count: the number of objects, without those of a verdict to remove both labels
        scan_key: the scan; None for one that was made for this and is not stored
        iou_thresh: the threshold that connects the labels of an object
        metric: what is compared with it
        consented: the number of objects of verdicts to remove both labels
    """

    count: int
    scan_key: str | None
    iou_thresh: float
    metric: str = "iou"
    consented: int = 0

    def __str__(self) -> str:
        by = "a new scan" if self.scan_key is None else f"the scan {self.scan_key}"
        return (
            f"{counted(self.count, 'object')} would lose every label (judged by {by}, "
            f"{measure_of('', self.metric)} above {self.iou_thresh!r})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns it, ready for JSON."""
        return dict(vars(self))


class Counts(NamedTuple):
    """The numbers of objects that lose every label: unasked, or by a verdict."""

    count: int = 0
    consented: int = 0


def by_plan(
    samples: foc.SampleCollection, plan: Plan, edited: Container[ObjectId] | None = None
) -> Emptied:
    """Returns the objects that a plan would empty, at its own threshold.

    Args:
        samples: the dataset, or a view of it
        plan: the plan
        edited (None): the samples, or frames, that may have been edited since the scan,
            as :func:`..edits.confirm.remainder` returns them; they are looked up if
            they are not given

    Raises:
        ScanError: if its scan is gone
    """
    scan, params, found = plan.scan(samples), plan.params, Counts()
    if not params.two_fields:
        if edited is None:
            seen = {ObjectId(_id): stamp for _id, (stamp, _) in plan.seen.items()}
            edited = freshness.restamped(samples, seen, plan.on_frames)
        found = _count(scan, params, plan.label_ids, edited)
    return Emptied(
        found.count, scan.key, params.iou_thresh, params.metric, found.consented
    )


def by_newest_scan(
    samples: foc.SampleCollection,
    label_field: str,
    removed: Removed,
    at: FindParams | None = None,
    scan_key: str | None = None,
) -> Emptied:
    """Returns the objects that a removal of any labels would empty.

    They are judged by the newest scan of the field that has covered all of these
    samples and that still holds, else by a scan at :data:`THRESH` that is made of
    these samples and not stored.

    Args:
        samples: the dataset, or a view of it
        label_field: the label field
        removed: the labels
        at (None): the parameters to judge by, with those of ``scan_key``
        scan_key (None): a scan to prefer, if it holds
    """
    removed = {document_id: ids for document_id, ids in removed.items() if ids}
    for scan in _holding(samples, label_field, removed, scan_key):
        params = at if at is not None and scan.key == scan_key else scan.params
        if params.two_fields:
            removed = _uncovered(scan, params, removed)
            continue
        found = _count(scan, params, removed)
        return Emptied(
            found.count, scan.key, params.iou_thresh, params.metric, found.consented
        )
    params, found = FindParams(label_field, iou_thresh=THRESH), Counts()
    if removed:
        decoder = decoder_for(samples, params)
        decider = Decider(samples, params, decoder.classes.names)
        found = _count_stored(samples, None, decider, decoder, removed)
    return Emptied(found.count, None, THRESH, consented=found.consented)


def count_in(
    blocks: Iterable[StoredBlock], decider: Decider, removed: Removed
) -> Counts:
    """Returns how many objects of some blocks lose every label.

    Args:
        blocks: the blocks
        decider: what knows the threshold, the verdicts and the class pairs
        removed: the labels
    """
    wanted = _ids_of(removed)
    consents = [
        is_consented
        for block in blocks
        for _, is_consented in _emptied(block, decider, wanted)
    ]
    return Counts(len(consents) - sum(consents), sum(consents))


def _emptied(
    block: StoredBlock, decider: Decider, wanted: IdSet
) -> list[tuple[int, bool]]:
    """Returns the sample, by number, of each object of a block that is emptied.

    With each, whether it is emptied by a verdict to remove both labels.
    """
    removed = wanted.among(block.label_ids)
    if np.count_nonzero(removed) < 2:
        return []
    edges, pairs = decider.edges(block), block.pairs
    groups = find_groups(pairs.i[edges], pairs.j[edges], len(removed))
    emptied = emptied_groups(groups, removed)
    if not len(emptied):
        return []
    _, first = np.unique(groups.label, return_index=True)
    first = first[-len(groups.size) :][emptied]
    # where not all pairs are stored, a group without its object's first label is a part
    whole = ~np.isin(block.image[first], block.truncated)
    whole |= ~(block.earlier_iou[first] > decider.params.iou_thresh)
    by_verdict, with_both = decider.verdicts.consented(block)
    unasked = np.unique(groups.label[~by_verdict])
    asked = np.isin(emptied, np.unique(groups.label[with_both]))
    asked &= ~np.isin(emptied, unasked)
    return list(zip(block.image[first[whole]].tolist(), asked[whole].tolist()))


def _count(
    scan: stored.Scan,
    params: FindParams,
    removed: Removed,
    edited: Container[ObjectId] | None = None,
) -> Counts:
    """Returns how many objects are emptied, as the labels are stored now.

    Args:
        scan: a scan of one field
        params: its parameters, with the threshold
        removed: the labels
        edited (None): the samples that may have been edited since; None if the scan
            may not have seen all of these labels
    """
    is_whole = edited is not None or scan.config["scope"]["kind"] == "dataset"
    if is_whole and not scan.label_changes:
        removed = _suspects(scan, params, removed, edited or ())
    view = scan.view() if scan.label_changes and scan.view_stored else None
    decoder = scan.decoder()
    decider = scan.decider_by(params, decoder.classes.names)
    return _count_stored(scan.samples, view, decider, decoder, removed)


def _suspects(
    scan: stored.Scan, params: FindParams, removed: Removed, edited: Container[ObjectId]
) -> Removed:
    """Returns samples in which an object of the scan is emptied, and edited ones."""
    decider = scan.decider_by(params, scan.class_names)
    wanted, found = _ids_of(removed), {_id for _id in removed if _id in edited}
    for block in scan.blocks():
        rows = sorted({sample for sample, _ in _emptied(block, decider, wanted)})
        found.update(to_object_ids(block.document_ids[rows]))
    return {key: ids for key, ids in removed.items() if key in found}


def _count_stored(
    samples: foc.SampleCollection,
    view: foc.SampleCollection | None,
    decider: Decider,
    decoder: LabelDecoder,
    removed: Removed,
) -> Counts:
    """Returns how many objects of some samples are emptied, as they are stored."""
    dataset, params = samples._root_dataset, decider.params
    ids, count, consented = list(removed), 0, 0
    for k in range(0, len(ids), IDS_AT_ONCE):
        some = ids[k : k + IDS_AT_ONCE]
        blocks = stored_blocks(dataset, view, params, decoder, some)
        found = count_in(blocks, decider, removed)
        count, consented = count + found.count, consented + found.consented
    return Counts(count, consented)


def _uncovered(scan: stored.Scan, params: FindParams, removed: Removed) -> Removed:
    """Returns the labels whose object has no label in the other field of a scan."""
    decider = scan.decider_by(params, scan.class_names)
    covered: set[ObjectId] = set()
    for block in scan.blocks():
        # of two fields, the label of label_field is the later one of each pair
        rows = np.unique(block.pairs.j[decider.edges(block)])
        covered.update(to_object_ids(block.label_ids[rows]))
    left = {
        document_id: [label_id for label_id in ids if label_id not in covered]
        for document_id, ids in removed.items()
    }
    return {document_id: ids for document_id, ids in left.items() if ids}


def _holding(
    samples: foc.SampleCollection,
    label_field: str,
    removed: Removed,
    scan_key: str | None,
) -> Iterator[stored.Scan]:
    """Yields the scans of a field that are true of some samples, the newest first."""
    known = [
        config
        for config in stored.list_scans(samples)
        if config["params"]["label_field"] == label_field and config["pairs_stored"]
    ]
    known.sort(key=lambda config: config["scan_key"] != scan_key)
    for config in known[:_CANDIDATES]:
        try:
            found = freshness.check_freshness(samples, config["scan_key"])
        except DuplicatesError:
            continue  # it was deleted, or a field that it compared is gone
        if found.added or found.removed or found.edited:
            continue
        scan = stored.open_scan(samples, config["scan_key"])
        if freshness.are_scanned(scan, removed).all():
            yield scan


def _ids_of(removed: Removed) -> IdSet:
    return IdSet(label_id.binary for ids in removed.values() for label_id in ids)
