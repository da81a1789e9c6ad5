"""The agreement of people with a plan, and the threshold that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.decisions.review_agreement import (
    FEWEST,
    Agreement,
    bands,
    suggest_threshold,
)
from ....iou_core.params import LIKELIHOOD
from ...scans.blocks.block import StoredBlock
from ...scans.decisions import verdicts
from ...scans.decisions.measure import Fit, measured
from ...scans.decisions.verdict_kinds import ACCEPTED
from .group_verdicts import GroupVerdicts
from .order import BY_LIKELIHOOD
from .session import Session

_MOST_CLASS_PAIRS = 20


@dataclass(frozen=True)
class _Answers:
    """``M`` judged pairs: what is known of them, and what the person did.

    Attributes:
        iou: ``(M,)``
        overlap: ``(M,)`` by the metric of the decision
        likelihood: ``(M,)``
        classes: ``(M, 2)`` class numbers, the lower one first
        agreed: ``(M,)`` bool, whether the person removed what the plan removes
        removed: ``(M,)`` bool, whether the person removed a label
        picked: ``(M,)`` bool, whether the pair was shown because of its likelihood
    """

    iou: Floats
    overlap: Floats
    likelihood: Floats
    classes: Ints
    agreed: Bools
    removed: Bools
    picked: Bools


def review_advice(session: Session) -> dict[str, Any]:
    """Returns how often people agreed with a plan that knows no verdicts.

    Args:
        session: the scan

    Pairs that were accepted at once are left out, as no person reviewed them.

    Returns:
        ``{"judged": ..., "picked": ..., "bands": [...], "class_pairs": [...],
        "suggestion": ...}``, ready for JSON. ``picked`` is the number of the judged
        pairs that were shown in an order by likelihood: they do not stand for others,
        and the intervals hold for the judged pairs only. With fewer than
        :data:`FEWEST` judged pairs among those that the scan stores, only the numbers
        are given
    """
    found = _answers(session)
    judged, picked = len(found.iou), int(found.picked.sum())
    counts = {"judged": judged, "picked": picked}
    nothing = {**counts, "bands": [], "class_pairs": [], "suggestion": None}
    if judged < FEWEST:
        return nothing
    suggestion = suggest_threshold(
        found.overlap, found.removed, session.scan.params.min_iou
    )
    return {
        **counts,
        "bands": _by_band(found),
        "class_pairs": _by_class_pair(found, session.cached.names),
        "suggestion": None
        if suggestion is None
        else {"iou_thresh": suggestion.threshold, **_counts(suggestion.above)},
    }


def _answers(session: Session) -> _Answers:
    """Returns the judged pairs of the scan; those with a crowd are left out."""
    cached = session.cached
    every = list(verdicts.of_dataset(session.scan.samples))
    judged = GroupVerdicts(every)
    asked = GroupVerdicts(one for one in every if one.order != ACCEPTED)
    picked = GroupVerdicts(one for one in every if one.order in BY_LIKELIHOOD)
    decider, fit = session.decider([]), Fit(cached.model, cached.names)
    parts = [
        _Answers(*np.zeros((3, 0)), np.zeros((0, 2), int), *np.zeros((3, 0), bool))
    ]
    for whole in cached.blocks() if len(asked) else ():
        images = np.unique(whole.image[whole.pairs.i[_judged(asked, whole)]])
        if not len(images):
            continue
        block = whole.take(images)
        pairs = block.pairs.select(_judged(asked, block))
        by_plan = np.zeros(len(block.label_ids), dtype=np.bool_)
        by_plan[decider.decide(block).decided.labels] = True
        by_person = judged.removed(block)
        same = by_plan == by_person
        ends = np.stack([block.classes[pairs.i], block.classes[pairs.j]], axis=1)
        parts.append(
            _Answers(
                pairs.iou,
                measured(block, session.params.metric, fit, pairs),
                measured(block, LIKELIHOOD, fit, pairs),
                np.sort(ends, axis=1),
                same[pairs.i] & same[pairs.j],
                by_person[pairs.i] | by_person[pairs.j],
                picked.judged(block, pairs),
            )
        )
    names = vars(parts[0])
    return _Answers(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


def _judged(judged: GroupVerdicts, block: StoredBlock) -> Bools:
    return judged.judged(block, block.pairs) & block.pairs.decides


def _by_band(found: _Answers, of: Bools | slice = slice(None)) -> list[dict[str, Any]]:
    """Returns the counts of each band of IoU and of likelihood, of some pairs."""
    return [
        {"measure": measure, "lo": lo, "hi": hi, **_counts(agreement)}
        for measure in ("iou", "likelihood")
        for lo, hi, agreement in bands(getattr(found, measure)[of], found.agreed[of])
    ]


def _by_class_pair(found: _Answers, names: list[str | None]) -> list[dict[str, Any]]:
    """Returns the counts of the class pairs that were judged most often."""
    pairs, row = np.unique(found.classes, axis=0, return_inverse=True)
    row = row.ravel()
    judged = np.bincount(row)
    agreed = np.bincount(row[found.agreed], minlength=len(pairs))
    most = np.argsort(-judged, kind="stable")[:_MOST_CLASS_PAIRS]
    return [
        {
            "classes": [names[number] for number in pairs[k].tolist()],
            **_counts(Agreement(int(judged[k]), int(agreed[k]))),
            "bands": _by_band(found, row == k),
        }
        for k in most.tolist()
    ]


def _counts(agreement: Agreement) -> dict[str, float]:
    low, high = agreement.interval
    counts = {"judged": agreement.judged, "agreed": agreement.agreed}
    return {**counts, "low": low, "high": high}
