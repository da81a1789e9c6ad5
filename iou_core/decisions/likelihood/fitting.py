"""The fit of the likelihood to a dataset's overlaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Floats, Ints
from ...clues import PREDICTIONS, n_attributes
from ...clues import split as split_code
from .agreement import bands, odds_of_agreement, odds_of_predictions
from .cells import (
    LOWEST,
    N_BINS,
    N_FREE,
    N_IOU,
    N_PLACES,
    N_REACH,
    N_SIZES,
    split,
)
from .densities import (
    N_GROUPS,
    allowed_parts,
    duplicates,
    falling_parts,
    group_of_place,
    mask_duplicates,
    odds_of_copies,
    reach_of_duplicates,
)
from .evidence import Evidence
from .model import LikelihoodModel
from .neighbors import Neighbors
from .shares import CONTAINERS, Shares, pools_of, posterior, share

_ROUNDS = 60
_TOLERANCE = 1e-4
_DECIMALS = 5  # of the logarithms that are stored

_FIRST = 7
"""Pairs start as duplicates with the probability IoU ** 7 / 2."""

_PRIOR_PLACES = 500.0
_PRIOR_REACH = 20.0
"""The weights of the priors of the places and of the reaches, in pairs."""

_COUNTED_ONCE = 0.85
"""The weight of the evidence of a place and a reach.

The model multiplies their odds as if they were independent of each other and of the
IoU. They are not quite: what they have in common would be counted twice. Of 0.7, 0.85
and 1, this gave the least log loss in drawn data: 19.71, 19.65 and 19.66 per 1,000
pairs above an IoU of 0.25 (12 seeds of each of the 6 mixes of ``dev/simulation``,
weighed equally). It hardly matters: 0.8 gave 19.67, and 0.9 gave 19.65.
"""

_PRIOR_OWN = 2000.0
_LEAST_OWN = 500
"""The weight, in pairs, of the places of all class pairs of a kind in those of one of
them, and the number of pairs from which a class pair has its own places.

Both are large. Otherwise, in a class with few neighbors, the places of duplicates
would be taken for those of neighbors. Crowds of persons have enough pairs.
"""


def fit(
    evidence: Evidence, measure: str = "boxes", clues: Sequence[str] = ()
) -> LikelihoodModel:
    """Fits the model.

    Args:
        evidence: the :class:`.evidence.Evidence`
        measure ("boxes"): what is compared, a key of :data:`.densities.EXPONENTS`
        clues (()): the names of what agrees in the evidence; see :mod:`...clues`

    Returns:
        the :class:`.model.LikelihoodModel`, which does not depend on the order of the
        evidence; of no pairs, what is expected of any dataset
    """
    return _Fit(evidence, measure, tuple(clues)).model()


_FEW_LABELS = 5.0
_USUAL_FREE = (0.02, 0.05, 0.1, 0.3, 1.0)  # how common 0 to 4 free sides are


def _spread(places: Ints) -> Floats:
    """Returns the share of labels at each place, some at those without any."""
    usual = np.append(np.tile(_USUAL_FREE, N_SIZES), 1.0)
    labels = places + _FEW_LABELS * usual / usual.sum()
    result: Floats = labels / labels.sum()
    return result


def _with_copies(odds: Floats) -> Floats:
    """Returns odds that rise with the IoU, ``(2, N_PLACES, N_IOU)``, and of copies."""
    rising = np.maximum.accumulate(odds, axis=2)
    copies = np.maximum(rising[:, :, -1], odds_of_copies())
    return np.concatenate([rising, copies[:, :, None]], axis=2)


class _Fit:
    """The state of one fit. ``E`` is the number of filled cells, ``K`` of class pairs.

    A class pair is of kind 1 if it is one of a container and its contents, otherwise
    of kind 0; neighbors are described for each kind.
    """

    def __init__(
        self, evidence: Evidence, measure: str, clues: tuple[str, ...]
    ) -> None:
        self._evidence = evidence
        self._measure = measure
        self._clues = clues
        self._count: Floats = evidence.count.astype(np.float64)
        self._pool = pools_of(evidence.classes, evidence.mean_tilt())
        n = len(evidence.classes)
        self._pairs: Floats = np.bincount(evidence.row, self._count, n).astype(float)
        self._kind: Ints = (self._pool == CONTAINERS).astype(np.int64)
        self._own = np.flatnonzero(self._pairs >= _LEAST_OWN)
        self._setting: Ints = self._kind.copy()
        self._setting[self._own] = 2 + np.arange(len(self._own))
        place, reach, level = split(evidence.cell)
        self._n_attributes = n_attributes(clues)
        code = evidence.agreement
        self._agreement, self._said = split_code(code, self._n_attributes)
        self._boxes = Neighbors(allowed_parts())
        self._masks = Neighbors(falling_parts())
        self._duplicates, self._mask_duplicates = duplicates(measure), mask_duplicates()
        self._has_masks = bool((level >= N_BINS).any())
        self._sides = np.append(np.tile(np.arange(N_FREE), N_SIZES), N_FREE)
        # the places of each filled cell in the odds, and in what is counted for them
        kind = self._kind[evidence.row]
        by_kind = kind * N_PLACES + place
        n_levels = N_BINS * (1 + self._has_masks)
        of_masks, number = np.divmod(level, N_BINS)
        group = (of_masks * 2 + kind) * N_GROUPS + group_of_place()[place]
        self._level, self._by_kind = level, by_kind
        self._at_level = by_kind * n_levels + level
        self._at_place = self._setting[evidence.row] * N_PLACES + place
        self._at_reach = by_kind * N_REACH + reach
        self._in_group = group * N_IOU + np.minimum(number, N_IOU - 1)
        self._in_sides = (kind * (N_FREE + 1) + self._sides[place]) * N_REACH + reach
        self._expected = reach_of_duplicates()
        self._labels = _spread(evidence.places)

    def model(self) -> LikelihoodModel:
        of_masks, number = np.divmod(self._level, N_BINS)
        lowest = np.where(of_masks, 0, LOWEST)
        middle = lowest + (1 - lowest) * (number + 0.5) / N_IOU
        likelihood, row = middle**_FIRST / 2, self._evidence.row
        for _ in range(_ROUNDS):
            shares = self._shares(likelihood)
            iou, places, reaches = self._odds(likelihood)
            odds = iou.take(self._at_level)
            odds *= places.take(self._at_place)
            odds *= reaches.take(self._at_reach)
            agreement, predictions = self._odds_of_clues(likelihood)
            if self._n_attributes:
                odds *= agreement[self._agreement]
            if predictions is not None:
                odds *= predictions[bands(self._level), self._said]
            before = likelihood
            likelihood = posterior(
                odds, shares.duplicates.take(row), shares.pairs.take(row)
            )
            if np.abs(likelihood - before).max(initial=0) < _TOLERANCE:
                break
        logs: list[Floats] = [np.log(part) for part in (iou, places, reaches)]
        logs[1:] = [_COUNTED_ONCE * part for part in logs[1:]]
        of_iou, of_places, of_reaches = (part.round(_DECIMALS) for part in logs)
        return LikelihoodModel(
            self._measure,
            self._evidence.classes,
            self._kind,
            self._setting,
            shares,
            of_iou[:, :, :N_BINS],
            of_places,
            of_reaches,
            of_iou[:, :, N_BINS:] if self._has_masks else None,
            self._clues,
            np.log(agreement).round(_DECIMALS),
            None if predictions is None else np.log(predictions).round(_DECIMALS),
        )

    def _odds_of_clues(self, likelihood: Floats) -> tuple[Floats, Floats | None]:
        """Returns the factors of the odds by attributes and by predictions."""
        found = self._count * likelihood
        both = found, self._count - found
        agreement = np.ones(1)
        if self._n_attributes:
            agreement = odds_of_agreement(self._agreement, *both, self._n_attributes)
        if PREDICTIONS not in self._clues:
            return agreement, None
        return agreement, odds_of_predictions(self._said, self._level, *both)

    def _shares(self, likelihood: Floats) -> Shares:
        row, weights = self._evidence.row, self._count * likelihood
        found: Floats = np.bincount(row, weights, len(self._pairs)).astype(np.float64)
        return share(found, self._pairs, self._pool)

    def _odds(self, likelihood: Floats) -> tuple[Floats, Floats, Floats]:
        """Returns how much likelier each level, place and reach is among duplicates."""
        neighbors = self._count * (1 - likelihood)
        return (
            self._odds_of_overlaps(neighbors),
            self._odds_of_places(neighbors),
            self._odds_of_reaches(neighbors),
        )

    def _odds_of_overlaps(self, neighbors: Floats) -> Floats:
        """Returns ``(2, N_PLACES, N_LEVELS)``; without masks, half of the levels.

        At a place without free sides, the IoU of boxes shows nothing.
        """
        counts = np.bincount(self._in_group, neighbors, 4 * N_GROUPS * N_IOU)
        seen: Floats = counts.reshape(2, 2, N_GROUPS, N_IOU).astype(np.float64)
        self._boxes.fit(seen[0])
        of_boxes = self._duplicates / self._boxes.density()
        of_boxes[:, : N_PLACES - 1 : N_FREE] = 1
        if not self._has_masks:
            return _with_copies(of_boxes)
        self._masks.fit(seen[1])
        both = of_boxes, self._mask_duplicates / self._masks.density()
        return np.concatenate([_with_copies(odds) for odds in both], axis=2)

    def _odds_of_places(self, neighbors: Floats) -> Floats:
        """Returns ``(2 + R, N_PLACES)``; duplicates are distributed like all labels.

        The first two are of the kinds, the others of class pairs with many pairs.
        """
        seen = np.bincount(self._by_kind, neighbors, 2 * N_PLACES)
        seen = seen.reshape(2, N_PLACES)
        every = seen.sum(axis=0) + _FEW_LABELS * self._labels
        every = every / every.sum()
        usual = seen + _PRIOR_PLACES * every
        usual = usual / usual.sum(axis=1, keepdims=True)
        n = (2 + len(self._own)) * N_PLACES
        own = np.bincount(self._at_place, neighbors, n).reshape(-1, N_PLACES)[2:]
        own = own + _PRIOR_OWN * usual[self._kind[self._own]]
        own = own / own.sum(axis=1, keepdims=True)
        result: Floats = self._labels / np.concatenate([usual, own])
        return result

    def _odds_of_reaches(self, neighbors: Floats) -> Floats:
        """Returns ``(2, N_PLACES, N_REACH)``, by the number of free sides."""
        seen = np.bincount(self._in_sides, neighbors, 2 * (N_FREE + 1) * N_REACH)
        seen = seen.reshape(2, N_FREE + 1, N_REACH)
        by_sides = np.concatenate([self._expected[:N_FREE], self._expected[-1:]])
        every = seen.sum(axis=0) + _PRIOR_REACH * (by_sides + 0.01)
        every = every / every.sum(axis=1, keepdims=True)
        usual = seen + _PRIOR_REACH * every
        usual = usual / usual.sum(axis=2, keepdims=True)
        # some reaches are impossible
        odds = np.where(by_sides > 0, by_sides / usual, 1.0)
        result: Floats = odds[:, self._sides]
        return result
