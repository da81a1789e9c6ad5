"""The densities of the IoUs of neighbors, which are fitted."""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, Floats
from .cells import N_FREE
from .densities import (
    N_BROAD,
    N_PARTS,
    PRIOR,
    group_of_place,
    neighbor_parts,
)

_STEPS = 3  # in a round

_PRIOR_DENSITY = 5.0
"""The weight of the prior of a density, in pairs."""


class Neighbors:
    """The densities of one measure: the IoU of boxes, or of masks.

    Args:
        allowed: ``(2, N_GROUPS, N_PARTS)`` the parts that each kind and group may have
    """

    def __init__(self, allowed: Bools) -> None:
        self._parts = neighbor_parts()
        self._allowed = allowed
        self._weights = self._normal(np.broadcast_to(PRIOR, allowed.shape))
        self._group = group_of_place()

    def density(self) -> Floats:
        """Returns the probability of each bin of IoU, ``(2, N_PLACES, N_IOU)``."""
        density: Floats = (self._weights @ self._parts)[:, self._group]
        return density

    def fit(self, seen: Floats) -> None:
        """Improves the weights of the parts of the densities.

        Each is drawn to the density of both kinds, that to the one of all sizes, and
        that to the one of all numbers of free sides.

        Args:
            seen: ``(2, N_GROUPS, N_IOU)`` the expected numbers of neighbors
        """
        of_part = self._parts_of(seen)
        both = of_part.sum(axis=0)
        every = both.sum(axis=0) + _PRIOR_DENSITY * PRIOR / PRIOR.sum()
        sides = both[:-1].reshape(N_BROAD, N_FREE, N_PARTS).sum(axis=0)
        sides = np.concatenate([np.tile(sides, (N_BROAD, 1)), both[-1:]])
        prior = self._normal(sides + _PRIOR_DENSITY * every / every.sum())
        prior = self._normal(both + _PRIOR_DENSITY * prior)
        for step in range(_STEPS):
            of_part = self._parts_of(seen) if step else of_part
            self._weights = self._normal(of_part + 2 * _PRIOR_DENSITY * prior)

    def _parts_of(self, seen: Floats) -> Floats:
        """Returns how many neighbors each part explains, ``(2, N_GROUPS, N_PARTS)``."""
        mixed = np.maximum(self._weights @ self._parts, 1e-12)
        of_part: Floats = seen / mixed @ self._parts.T * self._weights
        return of_part

    def _normal(self, weights: Floats) -> Floats:
        """Returns the weights of allowed parts, with a sum of 1 in each group."""
        weights = weights * self._allowed
        result: Floats = weights / weights.sum(axis=2, keepdims=True)
        return result
