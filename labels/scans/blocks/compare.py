"""The overlaps of the labels of a collection, block by block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.decisions.decide import Decided, decide
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.overlaps import Overlaps, find_overlaps
from ....iou_core.pairs import MIN_IOU
from ....iou_core.params import ComputeParams, FindParams
from ...fields import LIST_OF, require_fields
from ...jobs.runs import Run
from ...reading import read
from ...reading.columns import BadLabel, Block
from ...reading.decoder import LabelDecoder
from ...reading.kinds.registry import kind_named, kind_of
from ...reading.kinds.turned import Turning, turning_of
from ...reading.raw.ids import Bytes, to_strings
from .evidence import with_evidence, with_predictions

LISTED_BAD_LABELS = 100
"""The largest number of bad labels that a result names; all are counted."""


@dataclass
class Skipped:
    """The labels that were skipped, counted by reason."""

    reasons: Counter[str] = field(default_factory=Counter)
    labels: list[dict[str, Any]] = field(default_factory=list)

    def add(self, bad: Sequence[BadLabel]) -> None:
        """Counts labels that cannot be compared, and names the first of them."""
        for label in bad:
            self.reasons[label.reason] += 1
            if len(self.labels) < LISTED_BAD_LABELS:
                self.labels.append(label.to_dict())

    def count(self, reason: str, n: int) -> None:
        """Counts ``n`` labels that were left alone for another reason."""
        if n:
            self.reasons[reason] += n

    def merge(self, other: Skipped) -> None:
        """Adds what was skipped in the samples behind these."""
        self.reasons.update(other.reasons)
        self.labels += other.labels[: LISTED_BAD_LABELS - len(self.labels)]

    @classmethod
    def from_dict(cls, skipped: dict[str, Any]) -> Skipped:
        """Returns the object that :meth:`to_dict` described."""
        return cls(Counter(skipped["reasons"]), list(skipped["labels"]))

    def to_dict(self) -> dict[str, Any]:
        """Returns the counts, and the labels named, ready for JSON."""
        return {
            "count": sum(self.reasons.values()),
            "reasons": dict(self.reasons),
            "labels": self.labels,
        }


@dataclass(frozen=True)
class ComparedBlock:
    """One block, with the overlaps of its labels.

    ``N`` counts the labels of all its fields, those of ``other_field`` first: so
    of a pair across two fields, the label of ``label_field`` is the later one.

    Attributes:
        block: the :class:`...reading.columns.Block`
        overlaps: the overlaps
        compared: ``(N,)`` bool, whether a label has any other to compare with
        geometry: their shapes
        bad: the labels that could not be read, and those whose shape turned out to be
            none: sample after sample, in the order of their lists
    """

    block: Block
    overlaps: Overlaps
    compared: Bools
    geometry: Geometry
    bad: Sequence[BadLabel] = ()

    @cached_property
    def ids(self) -> Bytes:
        """``(N, 12)`` uint8, the label ids."""
        return np.concatenate([columns.ids for columns in reversed(self.block.fields)])

    @cached_property
    def boxes(self) -> Floats:
        """``(N, 4)`` the boxes."""
        parts = [columns.boxes for columns in reversed(self.block.fields)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    @cached_property
    def image(self) -> Ints:
        """``(N,)`` the sample of each label, an index into the block's."""
        return _joined([columns.image for columns in reversed(self.block.fields)])

    @cached_property
    def classes(self) -> Ints:
        """``(N,)`` the class of each label."""
        return _joined([columns.classes for columns in reversed(self.block.fields)])

    def rows(self, field: int) -> slice:
        """Returns which of the ``N`` labels are those of a field of the block."""
        begin = sum(len(columns) for columns in self.block.fields[field + 1 :])
        return slice(begin, begin + len(self.block.fields[field]))


def compare_collection(
    samples: foc.SampleCollection,
    params: ComputeParams,
    decoder: LabelDecoder,
    run: Run | None = None,
    skipped: Skipped | None = None,
    document_ids: Sequence[ObjectId] | None = None,
    min_iou: float = MIN_IOU,
    blocks: Iterable[Block] | None = None,
) -> Iterator[ComparedBlock]:
    """Yields the overlaps of a collection's labels.

    Args:
        samples: a dataset or a view
        params: what is compared with what
        decoder: the :class:`...reading.decoder.LabelDecoder` of the fields
        run (None): gets the progress, and stops the work if it is canceled
        skipped (None): takes the labels that cannot be compared
        document_ids (None): only these samples
        min_iou (0.05): keep the pairs with a larger IoU than this
        blocks (None): part of the collection, read by the caller

    Yields:
        :class:`ComparedBlock` blocks, in the order of the collection

    Raises:
        FieldError: if a field cannot be compared
        RunCancelled: if the run was asked to stop
    """
    require_fields(samples, decoder.fields)
    total = (
        len(document_ids)
        if document_ids is not None
        else read.count_samples(samples, decoder.on_frames)
        if run is not None
        else 0
    )
    done = 0
    if blocks is None:
        blocks = read.read_blocks(samples, decoder, document_ids)
    for block in blocks:
        if run is not None:
            run.progress(done, total)
        part = compare_block(block, params, decoder, min_iou)
        if skipped is not None:
            skipped.add(part.bad)
        yield part
        done += len(block)


def decoder_for(
    samples: foc.SampleCollection, params: ComputeParams, kind: str | None = None
) -> LabelDecoder:
    """Returns the decoder of the fields that are compared.

    Args:
        samples: a dataset or a view
        params: the parameters, which name the fields
        kind (None): the name of the kind that the labels are taken for; by default
            the one that the samples hold

    Raises:
        FieldError: if a field cannot be compared
        ParamsError: if an option is for another kind of labels
        ScanError: if there is no such kind
    """
    names = dict.fromkeys(filter(None, (params.label_field, params.other_field)))
    fields = require_fields(samples, list(names))
    return LabelDecoder(
        list(names),
        params.iscrowd,
        kind=kind_of(fields[0], params) if kind is None else kind_named(kind, params),
        list_name=LIST_OF[fields[0].document],
        turning=turning_of(samples, fields, params),
        clues=getattr(params, "evidence", ()),
        predictions=_decoder_of_predictions(samples, params),
    )


def _decoder_of_predictions(
    samples: foc.SampleCollection, params: ComputeParams
) -> LabelDecoder | None:
    """Returns the decoder of the predictions that are evidence, if a field has them.

    Their rotations have a unit of their own, which is detected.
    """
    name = getattr(params, "predictions", None)
    if name is None:
        return None
    field = require_fields(samples, (params.label_field, name), "predictions")[1]
    return LabelDecoder(
        [name],
        kind=kind_of(field, replace(params, with_masks=None)),
        list_name=LIST_OF[field.document],
        turning=Turning(samples, [field], {}),
    )


def decide_part(part: ComparedBlock, params: FindParams) -> Decided:
    """Returns which labels of a scanned block are removed."""
    overlaps = part.overlaps
    return decide(
        overlaps.pairs,
        overlaps.earlier_iou,
        part.image,
        params.iou_thresh,
        params.method,
        overlaps.truncated,
    )


def compare_block(
    block: Block, params: ComputeParams, decoder: LabelDecoder, min_iou: float
) -> ComparedBlock:
    """Returns a block that a decoder read, with the overlaps of its labels."""
    fields = block.fields[::-1]
    image = _joined([columns.image for columns in fields])
    side = None
    if len(fields) > 1:
        side = np.repeat([0, 1], [len(columns) for columns in fields])
    geometry = decoder.kind.geometry_of(fields, image, params)
    overlaps = find_overlaps(
        geometry,
        image,
        _joined([columns.classes for columns in fields]) if params.classwise else None,
        np.concatenate([columns.iscrowd for columns in fields])
        if params.iscrowd
        else None,
        side,
        min_iou=min_iou,
    )
    predicted = None
    if block.predictions is not None and decoder.predictions is not None:
        kind = decoder.predictions.kind
        predicted = with_predictions(fields[0], block.predictions, kind, params)
    pairs = with_evidence(overlaps.pairs, fields, predicted)
    overlaps = replace(overlaps, pairs=pairs)
    counts = [np.diff(columns.offsets) for columns in fields]
    if side is None:
        compared = counts[0][image] > 1
    else:
        compared = np.where(side == 0, counts[1][image], counts[0][image]) > 0
    broken = getattr(geometry, "broken", ())
    compared[[row for row, _ in broken]] = False
    bad = [_bad_label(block, row, f"has {reason}", decoder) for row, reason in broken]
    bad += block.bad
    if bad:
        # as they stand in the lists, however the samples came in batches
        place = {text: k for k, text in enumerate(to_strings(block.document_ids))}
        bad.sort(key=lambda b: (place[b.document_id], b.field, b.position))
    return ComparedBlock(block, overlaps, compared, geometry, bad)


def _bad_label(block: Block, row: int, reason: str, decoder: LabelDecoder) -> BadLabel:
    """Returns a label of a block whose shape is invalid."""
    k = len(block.fields) - 1
    while row >= len(block.fields[k]):
        row -= len(block.fields[k])
        k -= 1
    columns = block.fields[k]
    return BadLabel(
        block.document_ids[columns.image[row]].tobytes().hex(),
        decoder.fields[k],
        int(columns.position[row]),
        columns.ids[row].tobytes().hex(),
        reason,
    )


def _joined(parts: Sequence[Ints]) -> Ints:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
