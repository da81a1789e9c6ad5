"""The part of a block of labels that a scan stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....iou_core.arrays import Floats, Ints
from ....iou_core.decisions.levels import N_BINS, bins
from ....iou_core.pairs import Pairs
from ...reading.columns import BadLabel, Hashes
from ...reading.fingerprint import document_hashes
from ...reading.raw.ids import Bytes, to_strings
from .compare import ComparedBlock

ZERO, NO_OTHER = N_BINS, N_BINS + 1
"""Stand for a max IoU of exactly 0, and for a label with no other to compare with."""


@dataclass(frozen=True)
class StoredBlock:
    """The part of a block that a scan stores.

    Attributes:
        document_ids: ``(S, 12)`` uint8
        stamps: ``(S,)`` int64, ``last_modified_at`` in milliseconds
        hashes: ``(S,)`` uint64; see :mod:`...reading.fingerprint`
        label_ids: ``(L, 12)`` uint8, the labels that are in a pair
        boxes: ``(L, 4)`` float64, the boxes around them
        area: ``(L,)`` float64, their areas
        image: ``(L,)`` the sample of each, an index into ``document_ids``
        classes: ``(L,)`` the class of each, an index into ``names``
        earlier_iou: ``(L,)``; see :class:`....iou_core.overlaps.Overlaps`
        pairs: the pairs, whose ``i, j`` index the labels above
        truncated: the samples with more pairs than are kept
        names: the class names by number; of a stored scan, all that it has
        n_labels: ``(S,)`` the number of labels of ``label_field`` in each sample
        label_classes: ``(N,)`` the class of each of these
        label_bins: ``(N,)`` uint8, the bin of its max IoU; :data:`ZERO` where that
            is exactly 0, :data:`NO_OTHER` where there is none
        unmarked: ``(N,)`` int64, the unmarked points of each keypoint label, see
            :func:`....iou_core.geometry.unmarked.pack`; 0 for other labels
        bad: the labels that took no part
    """

    document_ids: Bytes
    stamps: Ints
    hashes: Hashes
    label_ids: Bytes
    boxes: Floats
    area: Floats
    image: Ints
    classes: Ints
    earlier_iou: Floats
    pairs: Pairs
    truncated: Ints
    names: Sequence[str | None]
    n_labels: Ints
    label_classes: Ints
    label_bins: Bytes
    unmarked: Ints
    bad: Sequence[BadLabel]

    def take(self, rows: Ints) -> StoredBlock:
        """Returns the block of some of its samples, in the order of their numbers.

        Its labels are in the order of their samples; see :meth:`labels_of`.
        """
        number = self._numbers(rows)
        if number is None:
            return self
        image = number[self.image]
        labels, own = _taken(image), _taken(np.repeat(number, self.n_labels))
        place = np.full(len(self.image), -1, dtype=np.int32)
        place[labels] = np.arange(len(labels))
        pairs = self.pairs.select(_taken(image[self.pairs.i]))
        truncated = number[self.truncated]
        return StoredBlock(
            self.document_ids[rows],
            self.stamps[rows],
            self.hashes[rows],
            self.label_ids[labels],
            self.boxes[labels],
            self.area[labels],
            image[labels],
            self.classes[labels],
            self.earlier_iou[labels],
            replace(pairs, i=place[pairs.i], j=place[pairs.j]),
            np.sort(truncated[truncated >= 0]),
            self.names,
            self.n_labels[rows],
            self.label_classes[own],
            self.label_bins[own],
            self.unmarked[own],
            self._bad_of(rows),
        )

    def labels_of(self, rows: Ints) -> Ints:
        """Returns which labels :meth:`take` takes, in its order."""
        number = self._numbers(rows)
        return (
            np.arange(len(self.image)) if number is None else _taken(number[self.image])
        )

    def _numbers(self, rows: Ints) -> Ints | None:
        """Returns the new number of each sample, -1 for none; None if all stay."""
        n = len(self.document_ids)
        if len(rows) == n and (rows == np.arange(n)).all():
            return None
        number = np.full(n, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        return number

    def _bad_of(self, rows: Ints) -> list[BadLabel]:
        if not self.bad:
            return []
        place = {text: k for k, text in enumerate(to_strings(self.document_ids[rows]))}
        found = [label for label in self.bad if label.document_id in place]
        return sorted(found, key=lambda label: place[label.document_id])

    @classmethod
    def concatenate(cls, parts: Sequence[StoredBlock]) -> StoredBlock:
        """Returns one block of the samples of all, which number classes alike."""
        if len(parts) == 1:
            return parts[0]
        samples = np.cumsum([0, *(len(part.document_ids) for part in parts)])
        labels = np.cumsum([0, *(len(part.label_ids) for part in parts)])
        pairs = [
            replace(
                part.pairs,
                i=(part.pairs.i + before).astype(np.int32),
                j=(part.pairs.j + before).astype(np.int32),
            )
            for part, before in zip(parts, labels)
        ]
        joined = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in _JOINED
        }
        for name in ("image", "truncated"):
            shifted = [getattr(p, name) + before for p, before in zip(parts, samples)]
            joined[name] = np.concatenate(shifted)
        return cls(
            **joined,
            pairs=Pairs.concatenate(pairs),
            names=parts[0].names,
            bad=[label for part in parts for label in part.bad],
        )


def _taken(number: Ints) -> Ints:
    """Returns the positions of the numbers that are not negative, in their order."""
    taken = np.flatnonzero(number >= 0)
    found = number[taken]
    if (found[1:] < found[:-1]).any():
        taken = taken[np.argsort(found, kind="stable")]
    return taken


_JOINED = (
    "document_ids",
    "stamps",
    "hashes",
    "label_ids",
    "boxes",
    "area",
    "classes",
    "earlier_iou",
    "n_labels",
    "label_classes",
    "label_bins",
    "unmarked",
)


def to_stored(part: ComparedBlock, names: Sequence[str | None]) -> StoredBlock:
    """Returns what is to be kept of a scanned block.

    Args:
        part: the block
        names: the class names by number; may grow later
    """
    overlaps, pairs = part.overlaps, part.overlaps.pairs
    own = part.rows(0)
    max_iou = overlaps.max_iou[own]
    label_bins = bins(max_iou).astype(np.uint8)
    label_bins[max_iou == 0] = ZERO
    label_bins[~part.compared[own]] = NO_OTHER
    in_pair = np.zeros(len(part.image), dtype=np.bool_)
    in_pair[pairs.i] = in_pair[pairs.j] = True
    # a truncated image may have labels whose pairs are all dropped
    in_pair |= np.isin(part.image, overlaps.truncated)
    rows = np.flatnonzero(in_pair)
    place = np.cumsum(in_pair, dtype=np.int32) - 1
    codes = part.block.fields[0].unmarked
    return StoredBlock(
        part.block.document_ids,
        part.block.stamps,
        document_hashes(part.block),
        part.ids[rows],
        part.boxes[rows],
        part.geometry.areas(rows),
        part.image[rows],
        part.classes[rows],
        overlaps.earlier_iou[rows],
        replace(pairs, i=place[pairs.i], j=place[pairs.j]),
        overlaps.truncated,
        names,
        np.diff(part.block.fields[0].offsets),
        part.classes[own],
        label_bins,
        np.zeros(len(label_bins), np.int64) if codes is None else codes,
        part.bad,
    )
