"""Decisions in images about which a person decided too.

Where a person decided, their word holds; elsewhere the method and the keep rules do. In
an image with such verdicts

1.  the labels that a person removed are removed, and no pair of theirs counts
2.  the labels that a person kept are kept. An unjudged label is removed if a pair with
    a kept one exceeds the threshold
3.  the method decides the rest, without all of these labels
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..cancellation import check_cancelled
from ..pairs import Pairs
from .decide import Decided, partners
from .levels import THRESHOLDS, level
from .methods import cover
from .removals import Removals


@dataclass(frozen=True)
class Fates:
    """The decisions of people about ``N`` labels.

    Attributes:
        removed: ``(N,)`` bool
        kept: ``(N,)`` bool; no label is in both
        removable: ``(N,)`` bool, the labels of the field whose labels may be removed;
            they include ``removed``
    """

    removed: Bools
    kept: Bools
    removable: Bools

    def take(self, labels: Ints) -> Fates:
        """Returns what they decided about some of the labels."""
        some = (self.removed[labels], self.kept[labels], self.removable[labels])
        return Fates(*some)


def decide_judged(
    pairs: Pairs,
    values: Floats,
    iou_thresh: float,
    method: str,
    fates: Fates,
    rank: Ints | None = None,
) -> Decided:
    """Returns the labels that are removed, and the partner of each.

    Args:
        pairs: the :class:`..pairs.Pairs` of ``N`` labels
        values: ``(M,)`` what is compared with the threshold; see
            :func:`.methods.pair_values`
        iou_thresh: the threshold, which is exceeded, not met
        method: a key of :data:`..params.METHODS`
        fates: what people decided
        rank (None): ``(N,)`` the preference of each label

    Returns:
        the :class:`.decide.Decided`. A label that a person kept is preferred as a
        partner

    Raises:
        ParamsError: if the method is unknown
    """
    edges = values > iou_thresh
    removed = judged_labels(pairs, edges, method, fates, rank)
    return partners(pairs.select(edges), removed, fates.kept)


def judged_labels(
    pairs: Pairs, edges: Bools, method: str, fates: Fates, rank: Ints | None = None
) -> Bools:
    """Returns which labels are removed, given the pairs above a threshold.

    Args:
        pairs: ``M`` pairs of ``N`` labels
        edges: ``(M,)`` bool, the pairs above the threshold
        method: a key of :data:`..params.METHODS`
        fates: what people decided
        rank (None): ``(N,)`` the preference of each label

    Examples:
        >>> chain = Pairs(*np.array([[0, 1], [1, 2]]), *np.ones((2, 2)), np.ones(2) > 0)
        >>> none, kept = np.zeros(3, bool), np.array([0, 1, 0], bool)
        >>> fates = Fates(none, kept, ~none)
        >>> judged_labels(chain, chain.decides, "nms", fates).tolist()
        [True, False, True]
    """
    n, i, j = len(fates.removed), pairs.i, pairs.j
    edges = edges & ~fates.removed[i] & ~fates.removed[j]
    beaten = np.zeros(n, dtype=np.bool_)
    beaten[i[edges & fates.kept[j]]] = True
    beaten[j[edges & fates.kept[i]]] = True
    beaten &= ~fates.kept & fates.removable
    decided = fates.removed | fates.kept | beaten
    rest = edges & ~decided[i] & ~decided[j]
    removed = fates.removed | beaten
    by_method = cover(
        method, i[rest].astype(np.int64), j[rest].astype(np.int64), rank, n
    )
    removed[by_method] = True
    return removed


def judged_removals(
    pairs: Pairs,
    values: Floats,
    image: Ints,
    method: str,
    fates: Fates,
    rank: Ints | None = None,
) -> Removals:
    """Returns the labels that are removed, and at which thresholds.

    The images are decided once for each distinct level of their pairs. What a person
    removed is removed at every threshold, the last one included.

    Args:
        pairs: the pairs of ``N`` labels
        values: ``(M,)`` what is compared with the thresholds
        image: ``(N,)`` the image of each label
        method: a key of :data:`..params.METHODS`
        fates: what people decided
        rank (None): ``(N,)`` the preference of each label
    """
    levels, end = level(values), len(THRESHOLDS)
    n_images = int(image.max(initial=0)) + 1
    parts, lo = [], 0
    for hi in np.unique(np.append(levels[levels > 0], end)).tolist():
        check_cancelled()
        removed = judged_labels(pairs, levels >= hi, method, fates, rank)
        label = np.flatnonzero(removed)
        parts.append((label, np.full_like(label, lo), np.full_like(label, hi)))
        lo = hi
    label, first, last = (np.concatenate(part) for part in zip(*parts))
    return Removals(label, first, last, image[label] + n_images * last)
