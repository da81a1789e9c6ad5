"""The likelihood that a pair of labels is one object, estimated from the dataset.

Overlapping pairs are of two sorts. Labels of one object accumulate at high IoU;
neighbors, and objects in front of each other, become rare there. The share of either
sort differs by class pair: overlaps of a car and a truck are mostly near 1 (a
confusion), those of two persons are spread out.

The IoUs of all pairs are modeled as a mixture of two densities on
``y = (IoU - c) / (1 - c)``, with ``c`` the lowest IoU that is kept:

    duplicates  a * y ** (a - 1)                           rising
    neighbors   the sum of w_k * b_k * (1 - y) ** (b_k - 1)   falling, b_k >= 1

``a`` is :data:`TWICE_DRAWN`; the two ``b`` and their weights are fitted to the dataset;
the share of duplicates is estimated for each class pair, with a prior worth
:data:`PRIOR_PAIRS` pairs: the share among all pairs of one class, or of two. At the
same IoU, boxes may be shifted (low IoS) or nested (high IoS); how often either occurs
in the two sorts is counted in the dataset as well. The likelihood is the
posterior probability of the first sort.

Source: expectation maximization for mixtures (Dempster, Laird and Rubin, 1977)
with a conjugate prior on the shares (empirical Bayes); Beta(a, 1) and Beta(1, b)
are the densities with one maximum at an end, and have closed-form estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Floats, Ints
from ..pairs import Pairs
from .evidence import N_CELLS, N_IOU, N_NESTED, Evidence, cells

TWICE_DRAWN = 7.0
"""The exponent of the IoUs of two boxes that two people draw of one object.

Its mean is an IoU of 0.88, the agreement of annotators that Papadopoulos et al.
measure (Extreme clicking for efficient object annotation, ICCV 2017). It is not
fitted, because a flatter density would absorb the tail of the neighbors.
"""

PRIOR_PAIRS = 10.0
"""The number of pairs that the prior on the share of a class pair is worth."""

_COARSE = 5  # bins of IoU that share one count of nestedness
_SMOOTHING = 20.0
_ROUNDS = 200
_TOLERANCE = 1e-5
_MIDDLES = (np.arange(N_IOU) + 0.5) / N_IOU


@dataclass(frozen=True)
class LikelihoodModel:
    """A model of the likelihood, given an IoU, an IoS and two classes.

    Attributes:
        b: the exponents of the neighbors' two densities
        weight: the weight of the first of them
        classes: ``(K, 2)`` the class pairs that were seen
        shares: ``(K,)`` the share of duplicates among the pairs of each
        pools: the share among all pairs of two classes, and of one
        odds: ``(N_CELLS,)`` the probability of each bin among duplicates, divided by
            that among neighbors
    """

    b: list[float]
    weight: float
    classes: Ints
    shares: Floats
    pools: tuple[float, float]
    odds: Floats

    def likelihood(self, pairs: Pairs, classes: Ints) -> Floats:
        """Returns the likelihood that each pair is one object.

        Args:
            pairs: ``M`` pairs of ``N`` labels
            classes: ``(N,)`` the class number of each label

        Returns:
            an ``(M,)`` array in ``[0, 1]``; it rises with the IoU, for the same classes
            and nestedness
        """
        share = self.share(classes[pairs.i], classes[pairs.j])
        odds = share / (1 - share) * self.odds[cells(pairs)]
        result: Floats = odds / (1 + odds)
        return result

    def share(self, first: Ints, second: Ints) -> Floats:
        """Returns the share of duplicates among the pairs of two classes.

        Args:
            first: ``(M,)`` class numbers
            second: ``(M,)`` class numbers

        Returns:
            an ``(M,)`` array in ``(0, 1)``; the pool's share where no pair of
            these classes was seen
        """
        low, high = np.minimum(first, second), np.maximum(first, second)
        share = np.where(low == high, self.pools[1], self.pools[0])
        if len(self.classes):
            known = self.classes[:, 0] << 32 | self.classes[:, 1]
            key = low.astype(np.int64) << 32 | high
            at = np.minimum(np.searchsorted(known, key), len(known) - 1)
            share = np.where(known[at] == key, self.shares[at], share)
        return share

    def to_dict(self) -> dict[str, Any]:
        """Returns the model, ready for JSON."""
        return {
            "b": self.b,
            "weight": self.weight,
            "classes": self.classes.tolist(),
            "shares": self.shares.tolist(),
            "pools": list(self.pools),
            "odds": self.odds.tolist(),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> LikelihoodModel:
        """Returns the model that :meth:`to_dict` was called on."""
        different, same = stored["pools"]
        return cls(
            list(stored["b"]),
            stored["weight"],
            np.array(stored["classes"], dtype=np.int64).reshape(-1, 2),
            np.array(stored["shares"], dtype=np.float64),
            (different, same),
            np.array(stored["odds"], dtype=np.float64),
        )


def fit(evidence: Evidence) -> LikelihoodModel:
    """Fits the model to a dataset's overlaps.

    Args:
        evidence: the :class:`Evidence`

    Returns:
        the :class:`LikelihoodModel`, which does not depend on the order of the
        evidence
    """
    row, cell, count = evidence.row, evidence.cell, evidence.count.astype(np.float64)
    n_pairs = len(evidence.classes)
    n = np.bincount(row, count, n_pairs)
    in_cell = np.bincount(cell, count, N_CELLS)
    same = evidence.classes[:, 0] == evidence.classes[:, 1]
    bins, nested_bin = np.divmod(np.arange(N_CELLS), N_NESTED)
    y = _MIDDLES[bins]
    rising = TWICE_DRAWN * y ** (TWICE_DRAWN - 1)
    b, weight = np.array([20.0, 4.0]), 0.5
    shares = np.full(n_pairs, 0.1)
    pools = np.array([0.1, 0.1])
    nested: Floats = np.ones(N_CELLS)
    odds: Floats = np.ones(N_CELLS)
    for _ in range(_ROUNDS):
        far, near = (k * (1 - y) ** (k - 1) for k in b)
        neighbors = weight * far + (1 - weight) * near
        new = rising / neighbors * nested
        change = np.abs(np.log(new / odds)).max()
        odds = new
        mixed = (shares / (1 - shares))[row] * odds[cell]
        dup = count * (mixed / (1 + mixed))
        cell_dup: Floats = np.bincount(cell, dup, N_CELLS).astype(np.float64)
        cell_nb: Floats = in_cell - cell_dup
        cell_far = cell_nb * weight * far / neighbors
        b = np.array(
            [_exponent(c, np.log1p(-y)) for c in (cell_far, cell_nb - cell_far)]
        )
        weight = float((cell_far.sum() + 1) / (cell_nb.sum() + 2))
        pair_dup = np.bincount(row, dup, n_pairs)
        for k, pool in enumerate((~same, same)):
            pools[k] = (pair_dup[pool].sum() + 1) / (n[pool].sum() + 2)
        shares = pair_dup + PRIOR_PAIRS * pools[same.astype(int)]
        shares /= n + PRIOR_PAIRS
        nested = _nested_odds(cell_dup, cell_nb, bins, nested_bin)
        if change < _TOLERANCE:
            break
    different, alike = pools.tolist()
    return LikelihoodModel(
        b.tolist(), weight, evidence.classes, shares, (different, alike), odds
    )


def _exponent(weights: Floats, logs: Floats) -> float:
    """Returns the exponent of a Beta density with a maximum at one end, at least 1."""
    return max(1.0, float((weights.sum() + 1) / (1 - (weights * logs).sum())))


def _nested_odds(dup: Floats, nb: Floats, iou_bin: Ints, nested_bin: Ints) -> Floats:
    """Returns the ratio of each nestedness among duplicates to that among neighbors.

    It is counted among pairs of about the same IoU, with a prior of no difference.
    """
    coarse = iou_bin // _COARSE
    group = coarse * N_NESTED + nested_bin
    size = (coarse.max() + 1) * N_NESTED
    by_dup = np.bincount(group, weights=dup, minlength=size).reshape(-1, N_NESTED)
    by_nb = np.bincount(group, weights=nb, minlength=size).reshape(-1, N_NESTED)
    both = by_dup + by_nb + 1.0
    usual = both / both.sum(axis=1, keepdims=True) * _SMOOTHING
    p_dup = (by_dup + usual) / (by_dup.sum(axis=1, keepdims=True) + _SMOOTHING)
    p_nb = (by_nb + usual) / (by_nb.sum(axis=1, keepdims=True) + _SMOOTHING)
    ratio: Floats = (p_dup / p_nb).ravel()[group]
    return ratio
