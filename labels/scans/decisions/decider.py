"""Decides scanned blocks: methods, keep rules, class pairs and verdicts together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.decisions.decide import Decided, decide
from ....iou_core.decisions.judged import Fates, decide_judged, judged_removals
from ....iou_core.decisions.methods import NO_EDGE, pair_values
from ....iou_core.decisions.preference import Preference
from ....iou_core.decisions.reasons import (
    FEWER,
    FIFTYONE_ORDER,
    LIST_ORDER,
    NOT_STORED,
    OTHER_FIELD,
    REMOVED_TOO,
    Reason,
)
from ....iou_core.decisions.removals import Removals
from ....iou_core.keep_rule import parse_rules
from ....iou_core.params import FindParams
from ...fields import require_label_field
from ...reading.raw.ids import to_bytes
from ..blocks.block import StoredBlock
from .block_verdicts import Verdicts
from .class_pair_rules import load_class_pairs, own_thresholds
from .decision import Decision, joined, removals_of, split
from .label_traits import read_traits
from .measure import Fit, measured
from .verdict_kinds import Verdict

DECIDES = ("iou_thresh", "method", "keep", "metric")
"""The parameters that choose which labels are removed; they change no overlap."""


class Decider:
    """Decides the blocks of one scan.

    Args:
        samples: the dataset, or a view of it
        params: the parameters
        names: the class names by number; may grow between two blocks
        verdicts (None): the verdicts; all that are stored by default
        fit (None): the likelihoods of the scan, which the metric "likelihood" needs
    """

    def __init__(
        self,
        samples: foc.SampleCollection,
        params: FindParams,
        names: Sequence[str | None],
        verdicts: Verdicts | None = None,
        fit: Fit | None = None,
    ) -> None:
        self.params = params
        self._fit = fit
        self._samples = samples
        self._names = names
        self._rules = parse_rules(list(params.keep))
        self._field = require_label_field(samples._root_dataset, params.label_field)
        self.class_pairs = load_class_pairs(samples)
        self.verdicts = verdicts if verdicts is not None else Verdicts()
        self.two_fields = params.two_fields

    def by(self, verdicts: Iterable[Verdict]) -> Decider:
        """Returns the decider by other verdicts, of the same rules."""
        other = copy(self)
        other.verdicts = Verdicts(verdicts)
        return other

    @property
    def is_plain(self) -> bool:
        """Whether FiftyOne's order and the IoU alone decide."""
        return self.params.is_plain and not self.class_pairs and not len(self.verdicts)

    def values(
        self, block: StoredBlock, metric: str | None = None, judged: bool = True
    ) -> Floats | None:
        """Returns what is compared with the threshold; None for the plain IoUs.

        Args:
            block: the block
            metric (None): another metric than that of the parameters
            judged (True): whether verdicts take pairs out
        """
        metric = metric or self.params.metric
        own = own_thresholds(self.class_pairs, self._names, block.pairs, block.classes)
        real = self.verdicts.real(block.pairs, block.label_ids) if judged else None
        differ = self._of_two_classes(block)
        if metric == "iou" and own is None and real is None and differ is None:
            return None
        overlap = measured(block, metric, self._fit)
        values = pair_values(block.pairs, overlap, own, real)
        if differ is not None:
            values[differ] = NO_EDGE
        return values

    def overlap(self, block: StoredBlock) -> Floats:
        """Returns what is compared, but for crowds, verdicts and class pairs."""
        return measured(block, self.params.metric, self._fit)

    def _of_two_classes(self, block: StoredBlock) -> Bools | None:
        """Returns which pairs are of two classes, if those do not count; else None."""
        if not self.params.classwise:
            return None
        differ = block.classes[block.pairs.i] != block.classes[block.pairs.j]
        return differ if differ.any() else None

    def edges(self, block: StoredBlock, judged: bool = True) -> Bools:
        """Returns which pairs of a block exceed the threshold.

        Args:
            block: the block
            judged (True): whether verdicts take pairs out
        """
        return self._known_values(block, judged=judged) > self.params.iou_thresh

    def decide(self, block: StoredBlock) -> Decision:
        """Decides which labels of a block are removed."""
        fates = self.verdicts.fates(block, self.two_fields)
        if fates is None:
            return self._decide(block)
        apart, judged = split(block, fates)
        of_judged = self._decide_judged(judged.block, fates.take(judged.labels))
        parts = [(judged.labels, of_judged)]
        if len(apart.labels):
            parts.append((apart.labels, self._decide(apart.block)))
        return joined(parts)

    def _decide_judged(self, block: StoredBlock, fates: Fates) -> Decision:
        """Decides samples whose labels have verdicts that remove or keep some."""
        values = self._known_values(block)
        rank, preference, place = self._rank(block, values > self.params.iou_thresh)
        method, thresh = self.params.method, self.params.iou_thresh
        decided = decide_judged(block.pairs, values, thresh, method, fates, rank)
        by_verdict = self.verdicts.why_removed(block, fates.removed)
        decided = self.verdicts.named(block, decided, by_verdict)

        def explain() -> list[Reason]:
            rows = list(zip(decided.labels.tolist(), decided.partner.tolist()))
            removed, keys = set(decided.labels.tolist()), to_bytes(block.label_ids)
            return [
                by_verdict[label].reason
                if label in by_verdict
                else self.verdicts.keeper(keys[partner])
                if partner >= 0 and fates.kept[partner]
                else self._reason(label, partner, removed, preference, place)
                for label, partner in rows
            ]

        return Decision(decided, explain, by_verdict)

    def _known_values(
        self, block: StoredBlock, metric: str | None = None, judged: bool = True
    ) -> Floats:
        values = self.values(block, metric, judged)
        return pair_values(block.pairs) if values is None else values

    def _decide(self, block: StoredBlock) -> Decision:
        values = self.values(block)
        known = pair_values(block.pairs) if values is None else values
        edges = known > self.params.iou_thresh
        rank, preference, place = self._rank(block, edges)
        decided = decide(
            block.pairs,
            block.earlier_iou,
            block.image.astype(np.int64),
            self.params.iou_thresh,
            self.params.method,
            block.truncated,
            values,
            rank,
        )
        return Decision(decided, lambda: self._reasons(decided, preference, place))

    def _reasons(
        self, decided: Decided, preference: Preference | None, place: Ints | None
    ) -> list[Reason]:
        """Returns why each removed label is removed, by the rules alone."""
        rows = list(zip(decided.labels.tolist(), decided.partner.tolist()))
        removed = {label for label, _ in rows}
        return [self._reason(*row, removed, preference, place) for row in rows]

    def removals(
        self, block: StoredBlock, method: str | None = None, metric: str | None = None
    ) -> Removals:
        """Returns the thresholds at which each label of a block is removed.

        Args:
            block: the block
            method (None): another method, without keep rules
            metric (None): another metric than that of the parameters
        """
        fates = self.verdicts.fates(block, self.two_fields)
        if fates is None:
            return self._removals(block, method, metric)
        apart, judged = split(block, fates)
        of_judged = judged_removals(
            judged.block.pairs,
            self._known_values(judged.block, metric),
            judged.block.image.astype(np.int64),
            method or self.params.method,
            fates.take(judged.labels),
            self._rank_of_all(judged.block) if method is None else None,
        )
        found = self._removals(apart.block, method, metric)
        return found.of(apart.labels).beside(of_judged.of(judged.labels))

    def _removals(
        self, block: StoredBlock, method: str | None, metric: str | None
    ) -> Removals:
        rank = self._rank_of_all(block) if method is None else None
        values = self.values(block, metric)
        return removals_of(block, method or self.params.method, values, rank)

    def _rank_of_all(self, block: StoredBlock) -> Ints | None:
        return self._rank(block, np.ones(len(block.pairs), dtype=np.bool_))[0]

    def _rank(
        self, block: StoredBlock, edges: np.ndarray
    ) -> tuple[Ints | None, Preference | None, Ints | None]:
        """Returns the preference among the labels of some pairs."""
        if not self._rules:
            return None, None, None
        pairs = block.pairs
        rows = np.unique(np.concatenate((pairs.i[edges], pairs.j[edges])))
        area, units = self._sizes(block, rows)
        classes = [self._names[number] for number in block.classes[rows].tolist()]
        traits = read_traits(
            self._samples,
            self._field,
            self._rules,
            block.document_ids,
            block.image[rows],
            block.label_ids[rows],
            area,
            classes,
            units,
        )
        preference = Preference(self._rules, traits)
        n = len(block.label_ids)
        rank = np.full(n, -1, dtype=np.int64)
        rank[rows] = preference.rank
        others = np.flatnonzero(rank < 0)
        rank[others] = len(rows) + np.arange(len(others))
        place = np.full(n, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        return rank, preference, place

    def _sizes(self, block: StoredBlock, rows: Ints) -> tuple[Floats, list[str]]:
        """Returns the sizes of labels that people know, and their units."""
        area = block.area[rows]
        if self._field.document is fol.TemporalDetections:
            # from the first frame to the last one, and both of them
            return area + 1, ["frames"] * len(rows)
        in_space = ~block.boxes[rows].any(axis=1) & (area > 0)
        return area, np.where(in_space, "cubic units", "").tolist()

    def _reason(
        self,
        label: int,
        partner: int,
        removed: set[int],
        preference: Preference | None,
        place: Ints | None,
    ) -> Reason:
        if partner < 0:
            return Reason(NOT_STORED)
        if partner in removed:
            return Reason(REMOVED_TOO)
        other = self.params.other_field
        if other not in (None, self.params.label_field):
            return Reason(OTHER_FIELD, other, self.params.label_field)
        if preference is not None and place is not None:
            return preference.reason(int(place[partner]), int(place[label]))
        if partner < label:
            return Reason(LIST_ORDER)
        return Reason(FIFTYONE_ORDER if self.params.method == "greedy" else FEWER)


def with_params(params: FindParams, **changes: object) -> FindParams:
    """Returns parameters with some of them changed, checked again.

    A scan of any class has the pairs of the same class, but not the other way round:
    ``classwise`` cannot be turned off.

    Raises:
        ParamsError: if one is out of its range
    """
    given = {name: value for name, value in changes.items() if value is not None}
    given["classwise"] = params.classwise or given.get("classwise", False)
    return FindParams.parse({**replace(params).to_dict(), **given})
