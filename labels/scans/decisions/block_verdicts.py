"""The verdicts about the labels and pairs of blocks."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from bson import ObjectId

from ....iou_core.arrays import Bools, Ints
from ....iou_core.decisions.decide import Decided
from ....iou_core.decisions.judged import Fates
from ....iou_core.decisions.reasons import (
    KEPT_BY_VERDICT,
    MERGED,
    REMOVED_BOTH,
    REMOVED_TOO,
    VERDICT,
    Reason,
)
from ....iou_core.pairs import Pairs
from ...reading.raw.ids import Bytes, IdSet, to_bytes, to_object_ids
from ..blocks.block import StoredBlock
from . import verdicts
from .verdict_kinds import MERGE, REAL, REMOVE_BOTH, Verdict


@dataclass(frozen=True)
class Fate:
    """The verdict that removes a label, and the label that is kept instead.

    Attributes:
        verdict: the verdict that removes it
        survivor: the label of the same sample that is kept in the end, where the one
            that the verdict keeps is gone, or removed by another verdict; None if all
            of them are removed
    """

    verdict: Verdict
    survivor: ObjectId | None

    @property
    def merges(self) -> bool:
        """Whether the label is merged into the survivor."""
        return self.verdict.verdict == MERGE and self.survivor is not None

    @property
    def reason(self) -> Reason:
        """The reason for its removal."""
        if self.verdict.verdict == REMOVE_BOTH:
            return Reason(REMOVED_BOTH, self.verdict.who)
        if self.survivor is None:
            return Reason(REMOVED_TOO)
        return Reason(MERGED if self.merges else VERDICT, self.verdict.who)


class Verdicts:
    """Verdicts, to be asked about the pairs of block after block.

    A verdict removes a label only if the scan has the label that it keeps, in the same
    sample. If it has not, the verdicts on that label say which one is kept instead. So
    no label is removed for another one that was deleted since.

    Args:
        found (None): the verdicts; all that are stored by default
    """

    def __init__(self, found: Iterable[Verdict] | None = None) -> None:
        self._real: set[bytes] = set()
        self._removing: dict[ObjectId, list[Verdict]] = {}
        self._keeping: dict[ObjectId, Verdict] = {}
        in_real: set[bytes] = set()
        self._count = 0
        for verdict in verdicts.everywhere() if found is None else found:
            self._count += 1
            if verdict.verdict == REAL:
                self._real.add(verdict.key)
                in_real.update(label_id.binary for label_id in verdict.label_ids)
            for label_id in verdict.removed:
                self._removing.setdefault(label_id, []).append(verdict)
            if verdict.kept is not None:
                self._keeping[verdict.kept] = verdict
        self._in_real = IdSet(in_real)
        self._in_removing = IdSet(label.binary for label in self._removing)
        self._both = {
            label
            for label, found in self._removing.items()
            if any(verdict.verdict == REMOVE_BOTH for verdict in found)
        }
        self._in_both = IdSet(label.binary for label in self._both)
        self._in_keeping = IdSet(label.binary for label in self._keeping)

    def __len__(self) -> int:
        return self._count

    def real(self, pairs: Pairs, label_ids: Bytes) -> Bools | None:
        """Returns which pairs are both real; None for none at all.

        Args:
            pairs: ``M`` pairs of ``N`` labels
            label_ids: ``(N, 12)`` the labels
        """
        if not self._real or not len(pairs):
            return None
        known = self._in_real.among(label_ids)
        asked = np.flatnonzero(known[pairs.i] & known[pairs.j])
        ids = to_bytes(label_ids)
        i, j = pairs.i[asked].tolist(), pairs.j[asked].tolist()
        keys = (b"".join(sorted((ids[a], ids[b]))) for a, b in zip(i, j))
        real = np.zeros(len(pairs), np.bool_)
        real[asked] = [key in self._real for key in keys]
        return real if real.any() else None

    def fates(self, block: StoredBlock, two_fields: bool) -> Fates | None:
        """Returns which labels people removed and kept; None for none at all.

        Args:
            block: the block
            two_fields: whether only the later label of each pair can be removed
        """
        if not self._removing or not len(block.label_ids):
            return None
        removable = np.ones(len(block.label_ids), np.bool_)
        if two_fields:
            removable[:] = False
            removable[block.pairs.j] = True
        holds = self._holds(block)
        kept = self._in_keeping.among(block.label_ids) & ~holds
        removed = holds & removable
        if not removed.any() and not kept.any():
            return None
        return Fates(removed, kept, removable)

    def _holds(self, block: StoredBlock) -> Bools:
        """Returns ``(N,)`` which labels of a block the verdicts that hold remove."""
        holds = self._in_removing.among(block.label_ids)
        rows = np.flatnonzero(holds)
        there = _there(block, rows)
        for row, (label_id, held) in zip(rows.tolist(), there):
            holds[row] = self._is_removed(label_id, held)
        return holds

    def _is_removed(self, label_id: ObjectId, there: Container[ObjectId]) -> bool:
        """Returns whether a verdict that holds removes a label.

        Args:
            label_id: the label
            there: the labels of its sample
        """
        if label_id in self._both:
            return True
        seen, waiting = {label_id}, [label_id]
        while waiting:
            for verdict in self._removing.get(waiting.pop(), ()):
                kept = verdict.kept
                if kept is None or kept in seen:
                    continue
                if kept in there:
                    return True
                seen.add(kept)
                waiting.append(kept)
        return False

    def consented(self, block: StoredBlock) -> tuple[Bools, Bools]:
        """Returns which labels verdicts remove, and which together with their pair.

        Args:
            block: ``N`` labels

        Returns:
            two ``(N,)`` bool arrays
        """
        with_both = self._in_both.among(block.label_ids)
        return self._holds(block), with_both

    def why_removed(self, block: StoredBlock, removed: Bools) -> dict[int, Fate]:
        """Returns why the labels are removed that verdicts remove, by their rows.

        Args:
            block: ``N`` labels
            removed: ``(N,)`` which labels :meth:`fates` says that verdicts remove
        """
        rows = np.flatnonzero(removed)
        there = _there(block, rows)
        return {row: self._fate(*one) for row, one in zip(rows.tolist(), there)}

    def named(
        self, block: StoredBlock, decided: Decided, fates: dict[int, Fate]
    ) -> Decided:
        """Returns a decision whose partners are the survivors that verdicts name.

        Args:
            block: the block
            decided: the decision
            fates: the fates of the labels that a verdict removes
        """
        rows = {key: row for row, key in enumerate(to_bytes(block.label_ids))}
        iou = _IousOf(block.pairs)
        partner, best = decided.partner.copy(), decided.iou.copy()
        for k, label in enumerate(decided.labels.tolist()):
            if label in fates:
                survivor = fates[label].survivor
                other = -1 if survivor is None else rows.get(survivor.binary, -1)
                partner[k] = other
                best[k] = iou.of(label, other)
        return Decided(decided.labels, partner, best)

    def _fate(self, label_id: ObjectId, there: Container[ObjectId]) -> Fate:
        """Returns why a label is removed that a verdict removes.

        Of several verdicts, the newest that leads to a kept label counts.

        Args:
            label_id: the label
            there: the labels of its sample
        """
        newest = self._newest(label_id)
        waiting, seen = [(verdict, verdict.kept) for verdict in newest], {label_id}
        while waiting:
            verdict, kept = waiting.pop(0)
            if kept is None or kept in seen:
                continue
            if kept in there and not self._is_removed(kept, there):
                return Fate(verdict, kept)
            seen.add(kept)
            waiting[:0] = [(verdict, other.kept) for other in self._newest(kept)]
        both = (verdict for verdict in newest if verdict.verdict == REMOVE_BOTH)
        return Fate(next(both, newest[0]), None)

    def _newest(self, label_id: ObjectId) -> Sequence[Verdict]:
        found = self._removing.get(label_id, ())
        return sorted(found, key=lambda one: (one.at, one.key), reverse=True)

    def keeper(self, label_id: bytes) -> Reason:
        """Returns the reason why a label that a person kept is kept."""
        return Reason(KEPT_BY_VERDICT, self._keeping[ObjectId(label_id)].who)


def _there(
    block: StoredBlock, rows: Ints
) -> Iterator[tuple[ObjectId, Container[ObjectId]]]:
    """Yields some labels of a block, each with all labels of its sample."""
    of_sample: dict[int, set[ObjectId]] = {}
    near = np.flatnonzero(np.isin(block.image, block.image[rows]))
    labels = to_object_ids(block.label_ids[near])
    for sample, label_id in zip(block.image[near].tolist(), labels):
        of_sample.setdefault(sample, set()).add(label_id)
    some = to_object_ids(block.label_ids[rows])
    for sample, label_id in zip(block.image[rows].tolist(), some):
        yield label_id, of_sample[sample]


class _IousOf:
    """The IoUs of stored pairs by their labels; there may be millions in one image."""

    def __init__(self, pairs: Pairs) -> None:
        self._iou = pairs.iou
        self._keys = (pairs.i.astype(np.int64) << 32) | pairs.j

    def of(self, label: int, other: int) -> float:
        """Returns the IoU of two labels; 0 if they are no stored pair."""
        key = (min(label, other) << 32) | max(label, other)
        k = int(np.searchsorted(self._keys, key))
        is_there = k < len(self._keys) and self._keys[k] == key
        return float(self._iou[k]) if is_there else 0.0
