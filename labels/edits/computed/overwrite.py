"""Stores computed attributes over values of other origin, with the journal.

One update for each sample, as for all that can be undone; see :mod:`..apply`. Values
that the plugin made itself are replaced without the journal; see :mod:`..max_iou`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bson
import fiftyone.core.collections as foc
import numpy as np
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from ....iou_core.arrays import Floats
from ...fields import LabelField
from ...jobs.runs import Run
from ...reading.columns import BadLabel, Block, LabelColumns
from ...reading.decoder import LabelDecoder
from ...reading.raw.ids import to_object_ids
from ...reading.read import read_blocks
from ..apply import carry_out
from ..confirm import Confirmed
from ..journal.entries import DocumentEntries, Replaced
from ..journal.lists import ListNow
from ..tagged import ALIKE
from ..writing import read_labels
from ..writing.raw_labels import RawLabels
from .counts import MaxIous

NAME = "overwrite"
"""The name of the operation in the journal."""

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)


@dataclass(frozen=True)
class Computed:
    """The values for the ``N`` labels of one field in the samples of a block.

    Attributes:
        block: the samples
        columns: the labels
        values: ``N`` dicts of values by attribute
        iou: ``(N,)`` the largest IoU of each; NaN where there is no other label
        names: ``N`` classes
        bad: the labels that get no values
    """

    block: Block
    columns: LabelColumns
    values: list[dict[str, Any]]
    iou: Floats
    names: list[str | None]
    bad: list[BadLabel]


Compute = Callable[[Sequence[ObjectId]], Iterable[Computed]]
"""Returns the values of some samples as they are now."""


def overwrite_values(
    samples: foc.SampleCollection,
    field: LabelField,
    params: dict[str, Any],
    compute: Compute,
    done: MaxIous,
    run: Run | None = None,
) -> None:
    """Stores values in attributes of labels, so that it can be undone.

    Labels that change in between are computed again.

    Args:
        samples: a dataset or a view
        field: the label field
        params: what is stored, for the journal
        compute: returns the values of some samples
        done: counts what is stored, and takes the key that undoes it
        run (None): receives the progress, and can cancel
    """
    decoder = LabelDecoder([], on_frames=field.on_frames)
    ids: dict[ObjectId, None] = {}
    for block in read_blocks(samples, decoder):
        ids.update(dict.fromkeys(to_object_ids(block.document_ids)))
    work = _Overwriting(samples, field, compute, done)
    written = carry_out(
        samples, work, field, params, [*ids], work.confirm, run, watch=work
    )
    done.samples += written.samples
    if written.restore_key is not None:
        done.restore_keys.append(written.restore_key)
    done.skipped.merge(written.skipped)
    for bad in work.bad.values():
        done.skipped.add(bad)


@dataclass
class _Sample:
    stamp: int
    values: dict[ObjectId, dict[str, Any]] = field(default_factory=dict)


class _Overwriting(RawLabels):
    name = NAME

    def __init__(
        self,
        samples: foc.SampleCollection,
        field: LabelField,
        compute: Compute,
        done: MaxIous,
    ) -> None:
        super().__init__(samples, field)
        self._compute = compute
        self._done = done
        self._values: dict[ObjectId, _Sample] = {}
        self._counted: dict[ObjectId, tuple[float, str | None]] = {}
        self.bad: dict[ObjectId, list[BadLabel]] = {}

    def confirm(self, document_ids: Sequence[ObjectId]) -> Confirmed:
        """Returns the labels of some samples, for which values are computed."""
        self._values, self._counted = {}, {}
        for part in self._compute(document_ids):
            self._see(part)
        found = [_id for _id, one in self._values.items() if one.values]
        dropped = {_id: Counter[str]() for _id in document_ids}
        labels: dict[ObjectId, list[ObjectId]] = {}
        for now in read_labels.read(self._samples, self._field, found):
            ids = Counter(_id for _id in now.ids if isinstance(_id, ObjectId))
            values = self._values[now.document_id].values
            alike = [label_id for label_id in values if ids[label_id] > 1]
            dropped[now.document_id][ALIKE] += len(alike)
            for label_id in alike:
                del values[label_id]
            if values:
                labels[now.document_id] = list(values)
        stamps = {_id: self._values[_id].stamp for _id in labels}
        return Confirmed(labels, stamps, dropped)

    def _see(self, part: Computed) -> None:
        owners = to_object_ids(part.block.document_ids)
        stamps = part.block.stamps.tolist()
        for owner, stamp in zip(owners, stamps):
            self._values.setdefault(owner, _Sample(stamp))
            self.bad[owner] = [b for b in part.bad if b.document_id == str(owner)]
        label_ids = to_object_ids(part.columns.ids)
        for row, image in enumerate(part.columns.image.tolist()):
            label_id = label_ids[row]
            self._values[owners[image]].values[label_id] = part.values[row]
            self._counted[label_id] = float(part.iou[row]), part.names[row]

    def begun(self, restore_key: str) -> None:
        """Does nothing: an action that changes nothing has no key in the end."""

    def wrote(
        self, restore_key: str, written: Mapping[ObjectId, Sequence[ObjectId]]
    ) -> None:
        """Counts values that are stored."""
        found = [self._counted[_id] for ids in written.values() for _id in ids]
        compared = [(iou, name) for iou, name in found if not math.isnan(iou)]
        self._done.see(np.array([iou for iou, _ in compared], dtype=np.float64))
        self._done.by_class.update(name for _, name in compared)

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        def entries_of(now: ListNow) -> list[Replaced] | None:
            values = self._values[now.document_id].values
            if not now.places.keys() >= values.keys():
                return None
            entries = []
            for label_id, attributes in values.items():
                before = now.labels[now.places[label_id]]
                after = _with(before, attributes)
                if after.raw != before.raw:
                    entries.append(Replaced(label_id, before, after))
            return entries

        return self.prepared(list(confirmed.labels), confirmed.stamps, entries_of)

    def happened(self, samples: Sequence[DocumentEntries]) -> set[ObjectId]:
        """Returns the samples whose labels are as they were to become."""
        parts = {part.document_id: part for part in samples}
        return {
            now.document_id
            for now in self.read(list(parts))
            if all(
                isinstance(entry, Replaced)
                and entry.label_id in now.places
                and now.labels[now.places[entry.label_id]].raw == entry.after.raw
                for entry in parts[now.document_id].entries
            )
        }


def _with(label: RawBSONDocument, attributes: dict[str, Any]) -> RawBSONDocument:
    """Returns a label with some attributes; all others are the same bytes."""
    whole = dict(RawBSONDocument(label.raw, _RAW))
    return RawBSONDocument(bson.encode({**whole, **attributes}, codec_options=_RAW))
