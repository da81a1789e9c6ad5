"""The odds of a duplicate, given how attributes or predictions agree.

Agreement is counted in the dataset itself, among the likely duplicates and among the
others, as Fellegi and Sunter do: the user need not say what it means that two
annotators differ. Attributes are counted together, as a job often has one annotator;
the odds of a rare combination are drawn to those of its attributes one by one.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...clues import N_AGREEMENTS, UNKNOWN, digits
from .cells import N_BINS

_TINY = 1e-9  # so that no number of pairs is 0

_PRIOR = 20.0
"""The weight of a prior, in pairs: of one attribute, and of a combination."""

_WIDTH = 10  # bins of IoU that predictions are counted in together
_BANDS = -(-N_BINS // _WIDTH)
N_BANDS = 2 * _BANDS
"""The number of bands of the IoU of boxes, then of masks."""


def bands(level: Ints) -> Ints:
    """Returns the band of each level of the IoU, see :mod:`.cells`."""
    of_masks, number = np.divmod(level, N_BINS)
    band: Ints = of_masks * _BANDS + number // _WIDTH
    return band


def odds_of_predictions(
    said: Ints, level: Ints, found: Floats, neighbors: Floats
) -> Floats:
    """Returns how much likelier it is among duplicates what predictions say.

    One prediction can only match both labels if these overlap much. So pairs of about
    equal IoU are compared: otherwise, the IoU would count twice.

    Args:
        said: ``(E,)`` what :func:`...clues.of_predictions` returns
        level: ``(E,)`` the levels of the IoU
        found: ``(E,)`` the expected numbers of duplicates
        neighbors: ``(E,)`` those of neighbors

    Returns:
        an ``(N_BANDS, N_AGREEMENTS)`` array, drawn to 1 by 20 pairs; 1 where
        predictions say nothing
    """
    cell = bands(level) * N_AGREEMENTS + said
    size = N_BANDS * N_AGREEMENTS
    seen = np.array([np.bincount(cell, part, size) for part in (found, neighbors)])
    seen = seen.reshape(2, N_BANDS, N_AGREEMENTS)
    seen[:, :, UNKNOWN] = 0
    both = seen.sum(axis=0)
    usual = (both + _TINY) / (both + _TINY).sum(axis=1, keepdims=True)
    share = (seen + _PRIOR * usual) / (seen.sum(axis=2, keepdims=True) + _PRIOR)
    odds: Floats = share[0] / share[1]
    odds[:, UNKNOWN] = 1
    return odds


def odds_of_agreement(code: Ints, found: Floats, neighbors: Floats, n: int) -> Floats:
    """Returns how much likelier each combination is among duplicates.

    Args:
        code: ``(E,)`` codes of :mod:`...clues`
        found: ``(E,)`` the expected numbers of duplicates
        neighbors: ``(E,)`` those of neighbors
        n: the number of attributes

    Returns:
        an ``(N_AGREEMENTS ** n,)`` array; an attribute that is not known of a pair
        contributes nothing
    """
    size = N_AGREEMENTS**n
    seen = np.array([np.bincount(code, part, size) for part in (found, neighbors)])
    each = digits(np.arange(size), n)
    known = each != UNKNOWN
    alone = np.ones((2, size))
    for k in range(n):
        alone *= _of_one(seen, each[:, k])
    together = known @ 2 ** np.arange(n)
    of_mask = np.array([np.bincount(together, part, 2**n) for part in seen])
    share = (seen + _PRIOR * alone) / (of_mask[:, together] + _PRIOR)
    odds: Floats = share[0] / share[1]
    return odds


def _of_one(seen: Floats, agreement: Ints) -> Floats:
    """Returns the probability of one attribute's agreement in each combination.

    Args:
        seen: ``(2, C)`` the numbers of duplicates and neighbors
        agreement: ``(C,)`` how the attribute agrees

    Returns:
        a ``(2, C)`` array; 1 where it is not known
    """
    counts = np.array([np.bincount(agreement, part, N_AGREEMENTS) for part in seen])
    is_known: Bools = np.arange(N_AGREEMENTS) != UNKNOWN
    counts = counts * is_known
    usual = counts.sum(axis=0) + is_known
    usual = usual / usual.sum()
    share = (counts + _PRIOR * usual) / (counts.sum(axis=1, keepdims=True) + _PRIOR)
    share[:, UNKNOWN] = 1
    result: Floats = share[:, agreement]
    return result
