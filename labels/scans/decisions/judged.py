"""The verdicts about the labels and pairs of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
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
from ...jobs.shards import as_keys, places
from ...reading.columns import Bytes, to_bytes
from ..blocks.block import StoredBlock
from . import verdicts
from .verdict_kinds import MERGE, REAL, REMOVE_BOTH, Verdict


@dataclass(frozen=True)
class Fate:
    """The verdict that removes a label, and the label that is kept instead.

    Attributes:
        verdict: the verdict that removes it
        survivor: the label that is kept in the end, where the one that the verdict
            keeps is removed by another one; None if all of them are removed
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


class Part(NamedTuple):
    """Some samples of a block.

    Attributes:
        block: these samples
        labels: ``(L,)`` their labels, of those of the whole block
    """

    block: StoredBlock
    labels: Ints


class Verdicts:
    """Verdicts, to be asked about the pairs of block after block.

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
        self._in_real = _sorted_keys(in_real)
        self._in_removing = _sorted_keys(label.binary for label in self._removing)
        both = (
            label.binary
            for label, found in self._removing.items()
            if any(verdict.verdict == REMOVE_BOTH for verdict in found)
        )
        self._in_both = _sorted_keys(both)
        kept = self._keeping.keys() - self._removing.keys()
        self._in_keeping = _sorted_keys(label.binary for label in kept)

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
        known = places(self._in_real, as_keys(label_ids))[1]
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
        keys = as_keys(block.label_ids)
        removable = np.ones(len(keys), np.bool_)
        if two_fields:
            removable[:] = False
            removable[block.pairs.j] = True
        removed = places(self._in_removing, keys)[1] & removable
        kept = places(self._in_keeping, keys)[1]
        if not removed.any() and not kept.any():
            return None
        return Fates(removed, kept, removable)

    def consented(self, block: StoredBlock) -> tuple[Bools, Bools]:
        """Returns which labels verdicts remove, and which together with their pair.

        Args:
            block: ``N`` labels

        Returns:
            two ``(N,)`` bool arrays
        """
        keys = as_keys(block.label_ids)
        found = (self._in_removing, self._in_both)
        by_verdict, with_both = (places(known, keys)[1] for known in found)
        return by_verdict, with_both

    def split(self, block: StoredBlock, two_fields: bool) -> tuple[Part, Part]:
        """Returns the samples without such verdicts, and those with some.

        Args:
            block: the block
            two_fields: whether only the later label of each pair can be removed
        """
        fates = self.fates(block, two_fields)
        touched = np.zeros(len(block.document_ids), np.bool_)
        if fates is not None:
            touched[block.image[fates.removed | fates.kept]] = True
        apart, judged = (
            Part(block.take(np.flatnonzero(which)), np.flatnonzero(which[block.image]))
            for which in (~touched, touched)
        )
        return apart, judged

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

    def fate(self, label_id: bytes) -> Fate:
        """Returns why a label is removed that a verdict removes.

        Of several verdicts, the newest that leads to a kept label counts.
        """
        fallback, waiting, seen = None, [], {ObjectId(label_id)}
        for verdict in self._newest(ObjectId(label_id)):
            fallback = fallback or verdict
            waiting.append((verdict, verdict.kept))
        while waiting:
            verdict, kept = waiting.pop(0)
            if kept is None or kept in seen:
                continue
            if kept not in self._removing:
                return Fate(verdict, kept)
            seen.add(kept)
            waiting[:0] = [(verdict, other.kept) for other in self._newest(kept)]
        assert fallback is not None, "fate() is asked about labels that are removed"
        return Fate(fallback, None)

    def _newest(self, label_id: ObjectId) -> Sequence[Verdict]:
        found = self._removing[label_id]
        return sorted(found, key=lambda one: (one.at, one.key), reverse=True)

    def keeper(self, label_id: bytes) -> Reason:
        """Returns the reason for which a label that a person kept is kept."""
        return Reason(KEPT_BY_VERDICT, self._keeping[ObjectId(label_id)].who)


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


def _sorted_keys(ids: Iterable[bytes]) -> npt.NDArray[np.bytes_]:
    return np.frombuffer(b"".join(sorted(ids)), "S12")
