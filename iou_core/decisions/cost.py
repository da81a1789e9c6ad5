"""The cost of a cut: the number of its removals that are expected to be right.

A removed label is right if it marks an object that a kept label marks as well. How
likely that is comes from :mod:`.likelihood`: all numbers here are sums of likelihoods,
and as true as these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..pairs import Pairs
from .likelihood.cells import LOWEST
from .review_agreement import share_interval

DRAWS = 200
"""The number of times that images are drawn for an interval."""

_RANGE = (2.5, 97.5)  # percent: a 95 % interval
_CHAIN = 8  # how many labels after each other a removed label may be from a kept one


@dataclass(frozen=True)
class Costs:
    """The costs of ``T`` cuts.

    Attributes:
        removed: ``(T,)`` how many labels are removed
        right: ``(T,)`` how many of them are expected to mark an object that a kept
            label marks
        below: ``(T,)`` how many kept labels are expected to do so. Only pairs above
            an IoU of 0.25 count
        low: ``(T,)`` the lower end of the 95 % interval of the number that is right;
            None if it was not asked for
        high: ``(T,)`` the upper end
    """

    removed: Ints
    right: Floats
    below: Floats
    low: Floats | None = None
    high: Floats | None = None

    def first_precise(self, precision: float) -> int | None:
        """Returns the first cut whose removals are right that often; None if none is.

        Args:
            precision: the least expected share, in ``[0, 1]``
        """
        enough = (self.removed > 0) & (self.right >= precision * self.removed)
        return int(np.argmax(enough)) if enough.any() else None


class CostTally:
    """The sum of the costs of blocks of images.

    The interval is a bootstrap over images (Efron, 1979): each draw weighs each image
    by a Poisson number, which adds up over blocks, and draws how many of the
    removals are right. Where few are expected, the likelihoods themselves rest on few
    pairs: the upper end is at least that of a share counted among as many removals
    (Wilson, 1927).

    Args:
        n: the number of cuts
        draws (0): how often images are drawn; without draws there is no interval
    """

    def __init__(self, n: int, draws: int = 0) -> None:
        self._blocks = 0
        self._sums = np.zeros((3, n))
        self._drawn = np.zeros((3, draws, n))

    def add(
        self,
        pairs: Pairs,
        likelihood: Floats,
        image: Ints,
        removed: Bools,
        sure: Bools | None = None,
        missable: Bools | None = None,
    ) -> None:
        """Adds a block.

        Args:
            pairs: the ``M`` pairs of ``N`` labels that count
            likelihood: ``(M,)`` how likely each is one object
            image: ``(N,)`` the image of each label
            removed: ``(N, T)`` which labels each cut removes
            sure (None): ``(N,)`` labels whose removal a person decided
            missable (None): ``(N,)`` labels that count as missed; by default all
        """
        above = pairs.iou > LOWEST
        if missable is not None:
            above &= missable[pairs.i] | missable[pairs.j]
        near = pairs.select(above)
        right = np.zeros(removed.shape)
        for k in range(removed.shape[1]):
            gone = removed[:, k]
            if gone.any():
                right[:, k] = _right(pairs, likelihood, gone)
            self._sums[2, k] += _best(near, likelihood[above], gone).sum()
        if sure is not None:
            right[sure] = removed[sure]
        self._sums[:2] += removed.sum(axis=0), right.sum(axis=0)
        self._draw(image, removed, right)

    def _draw(self, image: Ints, removed: Bools, right: Floats) -> None:
        self._blocks += 1
        rows = np.flatnonzero(removed.any(axis=1))
        if not (self._drawn.shape[1] and len(rows)):
            return
        _, number = np.unique(image[rows], return_inverse=True)
        parts = removed[rows], right[rows], right[rows] * (1 - right[rows])
        rng = np.random.default_rng(self._blocks)
        weight = rng.poisson(1.0, (self._drawn.shape[1], int(number.max()) + 1))
        for total, part in zip(self._drawn, parts):
            total += weight[:, number] @ part.astype(np.float64)

    def costs(self) -> Costs:
        """Returns the sum; zeros where nothing was added."""
        removed, right, below = self._sums
        count = np.rint(removed).astype(np.int64)
        if not self._drawn.shape[1]:
            return Costs(count, right, below)
        n, of_them, varies = self._drawn
        noise = np.random.default_rng(0).normal(size=n.shape) * np.sqrt(varies)
        share = (of_them + noise) / np.maximum(n, 1)
        low, high = np.percentile(share, _RANGE, axis=0).clip(0, 1) * removed
        counted = zip(right.tolist(), count.tolist())
        high = np.maximum(high, [n * share_interval(r, n)[1] for r, n in counted])
        return Costs(
            count, right, below, np.minimum(low, right), np.maximum(high, right)
        )


def _right(pairs: Pairs, likelihood: Floats, gone: Bools) -> Floats:
    """Returns how likely each removed label marks an object that a kept one marks.

    That is its largest likelihood with a kept label. A label that overlaps removed
    labels only is right if it is one object with one of them, and that one is right.

    Args:
        pairs: ``M`` pairs of ``N`` labels
        likelihood: ``(M,)``
        gone: ``(N,)`` which labels are removed

    Returns:
        an ``(N,)`` array in ``[0, 1]``; 0 for kept labels
    """
    touched = gone[pairs.i] | gone[pairs.j]
    ends = np.concatenate((pairs.i[touched], pairs.j[touched]))
    others = np.concatenate((pairs.j[touched], pairs.i[touched]))
    likely = np.tile(likelihood[touched], 2)
    of_gone = gone[ends]
    ends, others, likely = ends[of_gone], others[of_gone], likely[of_gone]
    marks = (~gone).astype(np.float64)
    for _ in range(_CHAIN):
        found = np.zeros(len(gone))
        np.maximum.at(found, ends, likely * marks[others])
        found = np.where(gone, found, 1.0)
        if (found == marks).all():
            break
        marks = found
    return np.where(gone, marks, 0.0)


def _best(pairs: Pairs, likelihood: Floats, gone: Bools) -> Floats:
    """Returns the largest likelihood of each kept label with an earlier kept one."""
    left = ~(gone[pairs.i] | gone[pairs.j])
    best = np.zeros(len(gone))
    np.maximum.at(best, pairs.j[left], likelihood[left])
    return best
