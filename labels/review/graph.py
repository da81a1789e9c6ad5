"""The groups of one block: their members, pairs, reasons and likelihoods."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ...iou_core.arrays import Floats, Ints
from ...iou_core.decisions.groups import Groups, find_groups
from ...iou_core.decisions.likelihood import Likelihoods, explain
from ...iou_core.decisions.reasons import Reason
from ...iou_core.pairs import Pairs
from ..reading.raw.ids import to_strings
from ..scans.blocks.block import StoredBlock
from ..scans.decisions.decider import Decider, Decision

MEMBERS = 50
"""The largest number of members, and of pairs, that are listed of a group."""


class Graph:
    """The groups of one block.

    Args:
        block: the block
        decider: decides the block, and which of its pairs are above the cut
        model: the likelihood model of the scan
        names: the class names by number
        judged (True): whether verdicts take pairs out. If not, they take part in the
            decision only

    Attributes:
        pairs: the ``M`` pairs above the cut
        likelihood: ``(M,)`` how likely each is one object
        group: ``(M,)`` the group of each
        groups: the ``G`` groups
        best: ``(G,)`` the largest likelihood of each
    """

    def __init__(
        self,
        block: StoredBlock,
        decider: Decider,
        model: Likelihoods,
        names: list[str | None],
        judged: bool = True,
    ) -> None:
        self._block = block
        self._decider = decider
        self._names = names
        self._model = model
        self.pairs: Pairs = block.pairs.select(decider.edges(block, judged))
        self.likelihood = model.likelihood(self.pairs, block.classes, block.boxes)
        n = len(block.label_ids)
        self.groups: Groups = find_groups(self.pairs.i, self.pairs.j, n)
        self.group: Ints = self.groups.label[self.pairs.i]
        self.best = np.zeros(len(self.groups.size))
        np.maximum.at(self.best, self.group, self.likelihood)

    @cached_property
    def decision(self) -> Decision:
        """The decision about the block."""
        return self._decider.decide(self._block)

    @cached_property
    def _removed(self) -> dict[int, tuple[int, Reason]]:
        """By removed label, its partner and the reason."""
        decided = self.decision.decided
        rows = zip(decided.labels.tolist(), decided.partner.tolist())
        return {
            label: (partner, reason)
            for (label, partner), reason in zip(rows, self.decision.reasons)
        }

    @cached_property
    def _later(self) -> frozenset[int]:
        """The later label of each pair: of two fields, that of label_field."""
        return frozenset(self.pairs.j.tolist())

    def shown(
        self,
        classes: Sequence[str | None] | None,
        class_pair: Sequence[str | None] | None,
    ) -> Ints:
        """Returns the groups with labels of these classes, and such a pair."""
        shown = np.ones(len(self.groups.size), dtype=np.bool_)
        of = self._block.classes
        if classes is not None:
            held = np.isin(of, self._numbers(classes)) & (self.groups.label >= 0)
            shown &= np.isin(np.arange(len(shown)), self.groups.label[held])
        if class_pair is not None:
            a, b = (self._numbers([name]) for name in class_pair)
            i, j = of[self.pairs.i], of[self.pairs.j]
            such = (np.isin(i, a) & np.isin(j, b)) | (np.isin(i, b) & np.isin(j, a))
            shown &= np.isin(np.arange(len(shown)), self.group[such])
        return np.flatnonzero(shown)

    def _numbers(self, classes: Sequence[str | None]) -> list[int]:
        return [k for k, name in enumerate(self._names) if name in classes]

    def as_data(self, group: int) -> dict[str, Any]:
        """Returns a group, ready for JSON."""
        block = self._block
        members = np.flatnonzero(self.groups.label == group)
        pairs = np.flatnonzero(self.group == group)
        pairs = pairs[np.argsort(-self.likelihood[pairs], kind="stable")]
        listed = pairs[:MEMBERS]
        sample = int(block.image[members[0]])
        ids = to_strings(block.label_ids[members])
        return {
            "sample_id": block.document_ids[sample].tobytes().hex(),
            "kind": "clique" if self.groups.is_clique[group] else "chain",
            "size": len(members),
            "likelihood": float(self.best[group]),
            "members": [
                self._member(row, label_id)
                for row, label_id in zip(members[:MEMBERS].tolist(), ids)
            ],
            "n_pairs": len(pairs),
            "pairs": [
                self._pair(row, why)
                for row, why in zip(listed.tolist(), self._why(listed))
            ],
        }

    def _member(self, row: int, label_id: str) -> dict[str, Any]:
        block = self._block
        partner, why = self._removed.get(row, (-1, None))
        return {
            "label_id": label_id,
            "field": self._field_of(row),
            "class": self._names[int(block.classes[row])],
            "bounding_box": block.boxes[row].tolist(),
            "area": float(block.area[row]),
            "is_kept": row not in self._removed,
            "partner_id": block.label_ids[partner].tobytes().hex()
            if partner >= 0
            else None,
            "reason": None if why is None else why.in_words(),
        }

    def _field_of(self, row: int) -> str:
        """Returns the field of a label; of two, later labels are of the first."""
        params = self._decider.params
        other = params.other_field
        if other is None or row in self._later:
            return params.label_field
        return other

    @cached_property
    def _share(self) -> Floats:
        classes = self._block.classes
        return self._model.share(classes[self.pairs.i], classes[self.pairs.j])

    @cached_property
    def _mask_ious(self) -> list[float | None]:
        return self.pairs.mask_ious()

    def _why(self, rows: Ints) -> list[str]:
        """Returns what the likelihoods of some pairs come from, in words."""
        block, pairs = self._block, self.pairs.select(rows)
        return explain(self._model, pairs, block.classes, block.boxes, self._names)

    def _pair(self, row: int, why: str) -> dict[str, Any]:
        pairs, ids = self.pairs, self._block.label_ids
        i, j = int(pairs.i[row]), int(pairs.j[row])
        return {
            "label_ids": [ids[i].tobytes().hex(), ids[j].tobytes().hex()],
            "iou": float(pairs.iou[row]),
            "ios": float(pairs.ios[row]),
            "mask_iou": self._mask_ious[row],
            "likelihood": float(self.likelihood[row]),
            "share": float(self._share[row]),
            "why": why,
        }
