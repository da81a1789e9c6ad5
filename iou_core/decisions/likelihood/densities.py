"""The densities of the likelihood's two sorts of pairs: duplicates and neighbors."""

from __future__ import annotations

from math import comb, lgamma

import numpy as np

from ...arrays import Bools, Floats, Ints
from .cells import LOWEST, N_FREE, N_IOU, N_REACH, N_SIZES, SIZES

_MEASURED = (0.03, 0.075, 0.15, 0.30, 0.55, 0.85)
EXPONENTS = {
    "boxes": (4.2, 8.2, 9.8, 12.8, 18.7, 23.3),
    "masks": (2.2, 5.2, 7.9, 8.4, 12.4, 12.2),
    "other": (7.5,) * 6,
}
"""The exponents of the IoUs of two people's labels, at six sizes.

The IoU of two labels of one object has the density ``a * IoU ** (a - 1)``. The
exponents were measured on double annotations of boxes and of masks; 7.5 is that of the
boxes of all sizes, a mean IoU of 0.88. Papadopoulos et al. report the same agreement
(Extreme clicking for efficient object annotation, ICCV 2017).
"""

_MIDDLES = np.array([0.03, 0.075, 0.15, 0.27, 0.42, 0.60, 0.77, 0.90])
_FREE = np.array([3.95, 3.86, 3.77, 3.66, 3.54, 3.36, 3.00, 1.78])
"""The mean number of free sides of a label at each size, counted in COCO val 2017.

The exponents were measured on labels with that many free sides. Each side differs by
itself, so with ``n`` of them the exponent is ``_FREE / n`` times as large.
"""

_STEEPEST = 200.0

_DEGREE = 10
_RISING = (2, 3, 4, 6)
N_PARTS = _DEGREE + len(_RISING)
"""The number of parts that a density of neighbors is a sum of."""

PRIOR = np.array([0.2] + [1.0] * (_DEGREE - 1) + [0.5] * len(_RISING))
"""The prior weights of the parts, before a pair is seen: little of the uniform."""

_EVEN = 4.0
"""The parameter of the Beta distribution of how tight two people's boxes are.

On each side, chance decides which of the two boxes reaches further. The larger this
number, the closer to one half is the share of the sides where the first one does.
"""

_BROAD = np.array([0.2, 0.5, 0.7, 0.85])
N_BROAD = len(_BROAD) + 1
N_GROUPS = N_BROAD * N_FREE + 1
"""The number of groups of places whose neighbors have one density."""


def exponents(measure: str) -> Floats:
    """Returns the exponent of duplicates at each place, ``(N_PLACES,)``.

    Args:
        measure: a key of :data:`EXPONENTS`
    """
    usual = np.interp(_MIDDLES, _MEASURED, EXPONENTS[measure]) * _FREE
    sides = np.maximum(np.arange(N_FREE), 0.5)
    at = np.minimum(usual[:, None] / sides, _STEEPEST).ravel()
    return np.append(at, EXPONENTS["other"][0])


def duplicates(measure: str) -> Floats:
    """Returns the probability of each bin of IoU, ``(N_PLACES, N_IOU)``."""
    edges = LOWEST + (1 - LOWEST) * np.arange(N_IOU + 1) / N_IOU
    below = edges ** exponents(measure)[:, None]
    density: Floats = np.diff(below, axis=1) / (1 - below[:, :1])
    return density


def mask_duplicates() -> Floats:
    """Returns the probability of each bin of the IoU of masks, ``(N_PLACES, N_IOU)``.

    Where the image's border cuts two objects, their masks agree no better for it.
    """
    by_size = np.interp(_MIDDLES, _MEASURED, EXPONENTS["masks"])
    at = np.append(np.repeat(by_size, N_FREE), EXPONENTS["other"][0])
    edges = np.arange(N_IOU + 1) / N_IOU
    density: Floats = np.diff(edges ** at[:, None], axis=1)
    return density


def odds_of_copies() -> Floats:
    """Returns how much likelier exact copies are among duplicates, ``(N_PLACES,)``.

    Ten times as likely for each free side. That is cautious: one side of two objects
    is equal by chance about once in a hundred times.
    """
    by_free = 10.0 ** np.arange(N_FREE)
    return np.append(np.tile(by_free, N_SIZES), by_free[2])


def neighbor_parts() -> Floats:
    """Returns the probability of each bin of IoU in each part, ``(N_PARTS, N_IOU)``.

    The first parts fall, from uniform to steepest: means of the first Bernstein
    polynomials, whose sums are the smooth falling densities. The others rise slowly.
    """
    y = np.arange(N_IOU + 1) / N_IOU
    exactly = [
        comb(_DEGREE, k) * y**k * (1 - y) ** (_DEGREE - k) for k in range(_DEGREE + 1)
    ]
    at_least = np.cumsum(exactly[::-1], axis=0)[::-1][1:]
    beta = np.diff(at_least, axis=1)
    falling = np.cumsum(beta, axis=0) / np.arange(1, _DEGREE + 1)[:, None]
    rising = [np.diff(y**k) for k in _RISING]
    return np.concatenate([falling[::-1], rising])


def allowed_parts() -> Bools:
    """Returns which parts each group may have, ``(2, N_GROUPS, N_PARTS)``.

    Objects that fill the image, or that two borders cut, overlap the more for it; so
    do contents and their container (the second half). There the density may rise.
    """
    size, free = np.divmod(np.arange(N_GROUPS - 1), N_FREE)
    rises = np.append((free <= 2) | (size >= 3), False)
    both = np.stack([rises, np.ones(N_GROUPS, np.bool_)])
    allowed = np.ones((2, N_GROUPS, N_PARTS), np.bool_)
    allowed[:, :, _DEGREE:] = both[:, :, None]
    return allowed


def falling_parts() -> Bools:
    """Returns the parts that fall, for each group, ``(2, N_GROUPS, N_PARTS)``.

    Those are allowed for masks: few pixels belong to two objects, however these lie.
    """
    allowed = np.ones((2, N_GROUPS, N_PARTS), np.bool_)
    allowed[:, :, _DEGREE:] = False
    return allowed


def group_of_place() -> Ints:
    """Returns the group of each place, ``(N_PLACES,)`` int64."""
    begins = np.concatenate([[0.0], SIZES])
    broad = np.searchsorted(_BROAD, begins, side="right")
    groups = broad[:, None] * N_FREE + np.arange(N_FREE)
    return np.append(groups.ravel(), N_GROUPS - 1)


def reach_of_duplicates() -> Floats:
    """Returns the probability of each reach, ``(N_PLACES, N_REACH)``."""
    by_free = np.zeros((N_FREE, N_REACH))
    for n in range(N_FREE):
        for k in range(n + 1):
            by_free[n, max(k, n - k)] += _beta_binomial(n, k)
    none = np.eye(N_REACH)[:1]
    return np.concatenate([np.tile(by_free, (N_SIZES, 1)), none])


def _beta_binomial(n: int, k: int) -> float:
    def log_beta(a: float, b: float) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    odds = log_beta(k + _EVEN, n - k + _EVEN) - log_beta(_EVEN, _EVEN)
    return comb(n, k) * float(np.exp(odds))
