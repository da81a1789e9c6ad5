"""The overlaps of labels as they are stored, for scans of views that change labels.

A view may move boxes or rename classes, but a write changes the stored labels. Users
want to compare by the classes of the view; its shapes are stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ....iou_core.params import FindParams
from ...reading.columns import LabelColumns
from ...reading.decoder import LabelDecoder
from ...reading.raw.ids import to_bytes
from ...reading.read import read_blocks, read_stored
from ..blocks.block import StoredBlock, to_stored
from ..blocks.compare import compare_block
from .decider import Decider


@dataclass
class StoredPairs:
    """The pairs of labels that overlap enough where they are stored."""

    _partners: dict[bytes, set[bytes]] = field(default_factory=dict)

    def add(self, one: bytes, other: bytes) -> None:
        """Adds a pair."""
        self._partners.setdefault(one, set()).add(other)
        self._partners.setdefault(other, set()).add(one)

    def overlap(self, label: bytes, partner: bytes | None) -> bool:
        """Returns whether a label overlaps another one, by default any."""
        partners = self._partners.get(label, set())
        return bool(partners) if partner is None else partner in partners


def find_pairs(
    samples: foc.SampleCollection,
    view: foc.SampleCollection | None,
    decider: Decider,
    decoder: LabelDecoder,
    document_ids: Sequence[ObjectId],
) -> StoredPairs:
    """Returns the pairs of stored labels above the threshold.

    Args:
        samples: the dataset, or a view of it
        view: the view whose classes hold; None if it is not known. Then labels of
            different classes may be pairs
        decider: what knows what is compared, and the threshold
        decoder: the decoder that the view was scanned with
        document_ids: the samples, or frames
    """
    found, params = StoredPairs(), decider.params
    compared = replace(params, classwise=params.classwise and view is not None)
    for stored in stored_blocks(samples, view, compared, decoder, document_ids):
        pairs = stored.pairs.select(decider.edges(stored))
        ids = to_bytes(stored.label_ids)
        for i, j in zip(pairs.i.tolist(), pairs.j.tolist()):
            found.add(ids[i], ids[j])
    return found


def stored_blocks(
    samples: foc.SampleCollection,
    view: foc.SampleCollection | None,
    params: FindParams,
    decoder: LabelDecoder,
    document_ids: Sequence[ObjectId],
) -> Iterator[StoredBlock]:
    """Yields samples as they are stored, compared.

    Args:
        samples: the dataset, or a view of it
        view: the view whose classes hold; None for the stored ones
        params: what is compared
        decoder: the decoder of the labels
        document_ids: the samples, or frames
    """
    if not document_ids:
        return
    classes: dict[bytes, int] = {}
    for block in read_blocks(view, decoder, document_ids) if view is not None else ():
        for columns in block.fields:
            classes.update(zip(to_bytes(columns.ids), columns.classes.tolist()))
    for batch in read_stored(samples._root_dataset, decoder, document_ids):
        for block in batch.split():
            fields = tuple(_of_classes(columns, classes) for columns in block.fields)
            part = compare_block(
                replace(block, fields=fields), params, decoder, params.min_iou
            )
            yield to_stored(part, decoder.classes.names)


def _of_classes(columns: LabelColumns, classes: dict[bytes, int]) -> LabelColumns:
    """Returns columns with other classes, of the labels whose class is known."""
    if not classes:
        return columns
    own = zip(to_bytes(columns.ids), columns.classes.tolist())
    numbers = np.array([classes.get(_id, number) for _id, number in own], np.int64)
    return replace(columns, classes=numbers)
