"""The share of duplicates among the pairs of two classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Floats, Ints

PRIOR_PAIRS = 2.0
"""The weight of the share of a pool in that of one of its class pairs, in pairs.

It is small, as shares differ widely: near 0 for most class pairs, a half for classes
that annotators confuse.
"""

_MOST = 10.0
"""The approximate limit to the pairs of one class pair that count in its pool.

Without it, crowds of persons would decide the pool of pairs of one class.
"""

_TILTS = (0.15, 0.35)
N_POOLS = 2 + len(_TILTS)
CONTAINERS = N_POOLS - 1
"""The pool of class pairs of which one class is the larger.

Its mean logarithm of the ratio of areas is above 0.35: one is 1.4 times as large.
"""

_EXPECTED, _EXPECTED_PAIRS = 0.1, 2.0  # the share of a dataset without pairs


def pools_of(classes: Ints, tilt: Floats) -> Ints:
    """Returns the pool of each class pair.

    Args:
        classes: ``(K, 2)`` its classes
        tilt: ``(K,)`` the mean logarithm of the ratio of its areas

    Returns:
        a ``(K,)`` array: 0 for labels of one class, otherwise 1 to :data:`CONTAINERS`,
        rising with the tilt
    """
    apart = 1 + np.searchsorted(_TILTS, np.abs(tilt), side="right")
    return np.where(classes[:, 0] == classes[:, 1], 0, apart)


@dataclass(frozen=True)
class Shares:
    """The expected numbers of duplicates of class pairs.

    Attributes:
        duplicates: ``(K,)`` with those that the pool adds
        pairs: ``(K,)`` of how many pairs, with those that the pool adds
        pools: ``(N_POOLS,)`` the share of each pool
    """

    duplicates: Floats
    pairs: Floats
    pools: Floats


def share(duplicates: Floats, pairs: Floats, pool: Ints) -> Shares:
    """Returns the shares, from the expected number of duplicates of each class pair.

    Args:
        duplicates: ``(K,)``
        pairs: ``(K,)`` the number of pairs
        pool: ``(K,)`` as of :func:`pools_of`
    """
    counted = 1 / (1 + pairs / _MOST)
    pool_duplicates = np.bincount(pool, duplicates * counted, N_POOLS)
    pool_pairs = np.bincount(pool, pairs * counted, N_POOLS)
    overall = (pool_duplicates.sum() + _EXPECTED * _EXPECTED_PAIRS) / (
        pool_pairs.sum() + _EXPECTED_PAIRS
    )
    pools = (pool_duplicates + PRIOR_PAIRS * overall) / (pool_pairs + PRIOR_PAIRS)
    return Shares(duplicates + PRIOR_PAIRS * pools[pool], pairs + PRIOR_PAIRS, pools)


def posterior(odds: Floats, duplicates: Floats, pairs: Floats) -> Floats:
    """Returns the likelihood of pairs that the shares were counted with.

    A pair is no witness for itself: its share is that of the other pairs of its
    classes. So the likelihood ``z`` solves a quadratic equation,
    ``z / (1 - z) = odds * (duplicates - z) / (pairs - 1 - duplicates + z)``.

    Args:
        odds: ``(M,)`` how much more often duplicates are like this pair
        duplicates: ``(M,)`` those of its class pair, as in :class:`Shares`
        pairs: ``(M,)`` of how many pairs

    Returns:
        an ``(M,)`` array in ``[0, 1]``, rising with the odds
    """
    b = (pairs - 1 - duplicates) + odds * (duplicates + 1)
    c = odds * duplicates
    root = np.sqrt(np.maximum(b * b - 4 * (odds - 1) * c, 0))
    result: Floats = np.clip(2 * c / np.maximum(b + root, 1e-300), 0, 1)
    return result
