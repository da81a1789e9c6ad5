"""Labels as flat arrays: one row for each label, in list order, image by image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from bson.datetime_ms import DatetimeMS

from ...iou_core.arrays import Bools, Floats, Ints
from .raw.ids import Bytes, to_strings

Hashes = npt.NDArray[np.uint64]

BLOCK_LABELS = 40_000
"""The largest number of labels in a block, unless one image has more."""

BLOCK_SQUARES = 20_000_000
"""The largest sum of the squared label counts of a block's images."""


@dataclass(frozen=True)
class BadLabel:
    """A label that cannot be compared, and the reason.

    Attributes:
        document_id: the sample, or frame, that holds it
        field: the name of its field
        position: its place in its list
        label_id: its id; None if it has none
        reason: what is wrong with it, as "has no points"
    """

    document_id: str
    field: str
    position: int
    label_id: str | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Returns the label, ready for JSON; ``sample_id`` may be that of a frame."""
        values = vars(self).copy()
        return {"sample_id": values.pop("document_id"), **values}


@dataclass(frozen=True)
class LabelColumns:
    """The ``N`` labels of one field in the ``S`` samples of a block.

    Attributes:
        offsets: ``(S + 1,)``; the labels of sample ``k`` are the rows
            ``offsets[k]:offsets[k + 1]``
        ids: ``(N, 12)`` uint8, the ObjectIds
        boxes: ``(N, 4)`` float64, relative ``[x, y, w, h]``
        classes: ``(N,)`` numbers of :class:`.raw.class_names.ClassNames`
        class_hashes: ``(N,)`` uint64, hashes of the class names
        iscrowd: ``(N,)`` bool; all False without a crowd attribute
        position: ``(N,)`` the place of the label in the list that was read
        lengths: ``(S,)`` how many labels the list has, bad ones included; -1
            where the sample has no list
        shapes: ``(N,)`` objects, the data of their :class:`.kinds.shapes.Shape`; their
            ``boxes`` are its bounds. None if all labels are boxes
        digests: ``(N,)`` uint64, hashes of the shapes; 0 for upright boxes
        turns: ``(N, 2)`` float64, how far each box is turned, in radians, and the
            width of its image over the height, which is 0 for upright boxes; None if
            all boxes are upright
        unmarked: ``(N,)`` int64, the unmarked points of each keypoint label, see
            :func:`...iou_core.geometry.unmarked.pack`; None if all points are marked
        masks: ``(N,)`` objects, the stored masks beside boxes: bytes or a path, None
            where there is none; None if no label has one
        clues: ``(N, K)`` uint64, the numbers of the attributes whose agreement is
            evidence, see :mod:`.raw.clues`; None if none is
    """

    offsets: Ints
    ids: Bytes
    boxes: Floats
    classes: Ints
    class_hashes: Hashes
    iscrowd: Bools
    position: Ints
    lengths: Ints
    shapes: npt.NDArray[np.object_] | None = None
    digests: Hashes | None = None
    turns: Floats | None = None
    unmarked: Ints | None = None
    masks: npt.NDArray[np.object_] | None = None
    clues: npt.NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def image(self) -> Ints:
        """``(N,)`` the number of each label's sample in its block."""
        return np.repeat(np.arange(len(self.lengths)), np.diff(self.offsets))

    def slice(self, lo: int, hi: int) -> LabelColumns:
        """Returns the columns of the documents ``lo:hi``."""
        a, b = int(self.offsets[lo]), int(self.offsets[hi])
        offsets = self.offsets[lo : hi + 1] - a
        return self._taken(slice(a, b), offsets, self.lengths[lo:hi])

    def take(self, rows: Bools, documents: Bools) -> LabelColumns:
        """Returns some labels of some documents.

        Args:
            rows: ``(N,)`` bool, the labels
            documents: ``(S,)`` bool, the documents; all that hold these labels
        """
        counts = np.bincount(self.image[rows], minlength=len(documents))[documents]
        offsets = np.concatenate(([0], np.cumsum(counts)))
        return self._taken(rows, offsets, self.lengths[documents])

    def _taken(self, rows: Any, offsets: Ints, lengths: Ints) -> LabelColumns:
        columns = {
            name: None if column is None else column[rows]
            for name, column in vars(self).items()
            if name not in ("offsets", "lengths")
        }
        return LabelColumns(offsets=offsets, lengths=lengths, **columns)


@dataclass(frozen=True)
class Block:
    """Some samples of a collection, with the labels of one field or of two.

    Attributes:
        document_ids: ``(S, 12)`` uint8, the ObjectIds
        stamps: ``(S,)`` int64, ``last_modified_at`` in milliseconds since 1970;
            :data:`NO_STAMP` where a sample has none
        fields: the :class:`LabelColumns` of each field that was read
        bad: the labels that cannot be compared
        predictions (None): the columns of the predictions that are evidence
    """

    document_ids: Bytes
    stamps: Ints
    fields: tuple[LabelColumns, ...]
    bad: list[BadLabel] = field(default_factory=list)
    predictions: LabelColumns | None = None

    def __len__(self) -> int:
        return len(self.document_ids)

    @property
    def columns(self) -> tuple[LabelColumns, ...]:
        """The columns of the fields, then those of the predictions if there are any."""
        more = () if self.predictions is None else (self.predictions,)
        return (*self.fields, *more)

    def like(
        self,
        document_ids: Bytes,
        stamps: Ints,
        columns: Sequence[LabelColumns],
        bad: list[BadLabel],
    ) -> Block:
        """Returns a block of other documents, with :attr:`columns` as this one has."""
        n = len(self.fields)
        fields, more = tuple(columns[:n]), columns[n:]
        return Block(document_ids, stamps, fields, bad, more[0] if more else None)

    def split(self) -> Iterator[Block]:
        """Yields the block in pieces that are small enough to compute."""
        if not self.fields:
            yield self
            return
        counts = sum(np.diff(columns.offsets) for columns in self.columns)
        labels = np.concatenate(([0], np.cumsum(counts)))
        squares = np.concatenate(([0], np.cumsum(counts.astype(np.float64) ** 2)))
        place = {}
        if self.bad:
            place = {text: k for k, text in enumerate(to_strings(self.document_ids))}
        lo = 0
        while lo < len(self):
            hi = min(
                np.searchsorted(labels, labels[lo] + BLOCK_LABELS, "right") - 1,
                np.searchsorted(squares, squares[lo] + BLOCK_SQUARES, "right") - 1,
            )
            hi = min(max(int(hi), lo + 1), len(self))
            columns = [each.slice(lo, hi) for each in self.columns]
            bad = [label for label in self.bad if lo <= place[label.document_id] < hi]
            ids, stamps = self.document_ids[lo:hi], self.stamps[lo:hi]
            yield self.like(ids, stamps, columns, bad)
            lo = hi


NO_STAMP: int = np.iinfo(np.int64).min
"""The stamp of a sample whose ``last_modified_at`` is missing, or is no date."""


def to_stamp(last_modified_at: Any) -> int:
    """Returns a sample's ``last_modified_at`` in milliseconds, or :data:`NO_STAMP`.

    Args:
        last_modified_at: a date as ``DatetimeMS``, or a value of any other type
    """
    is_date = isinstance(last_modified_at, DatetimeMS)
    return int(last_modified_at) if is_date else NO_STAMP
