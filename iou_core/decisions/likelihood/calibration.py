"""Likelihoods that the verdicts of people recalibrate.

People judge the uncertain pairs first, and what they look at is no random sample. What
is fitted is how often pairs are one object *given* their stated likelihood, classes and
size, so it does not matter that some of these are judged more often than others. It
would matter if people chose pairs by what the pictures show.

    logit p = intercept + slope * z + (of the class pair) + (of the size)

``z`` is the logit of the likelihood that the model states. Below the range that was
judged, what the verdicts add fades away: people see few of the pairs that are almost
certainly two objects, of which there are very many, and a slope that fits the likely
pairs would make hundreds of them one object. The priors are independent
normal distributions: the intercept and both offsets have mean 0 and standard deviation
1, the slope has mean 1 and 0.3. So a few verdicts change little, and class pairs
without a verdict share what all others have in common. The most probable values are
found by Newton's method, whose steps are halved while they lead uphill.

Sources: Platt, Probabilistic outputs for support vector machines (1999); Gelman et al.,
Bayesian data analysis (2013), for partial pooling. ``dev/simulation/verdicts.py``
measures what 50 verdicts change in drawn data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...arrays import Bools, Floats, Ints
from .cells import N_SIZES

_SLOPE_WIDTH = 0.3
_LEAST_SLOPE = 0.1  # three widths below 1; below 0, verdicts would turn the order round

_SURE = 7.0
_BEYOND = 1e-3
"""Logits above 7, a likelihood of 0.999, count for little more than 7.

So one verdict that contradicts a likelihood of 1 - 1e-12 does not outweigh all others.
"""

_ENOUGH = 10
"""The number of pairs judged below a logit that lets the slope hold down to it."""

_FADES = 7.0  # over so many logits: down to a thousandth of the odds
_TINY = 1e-15
_NO_KEY = np.iinfo(np.int64).max
_N_SIZES = N_SIZES + 1  # and labels without a box
_ROUNDS, _HALVINGS = 100, 40
_DIGITS = 6


@dataclass(frozen=True)
class Calibration:
    """A correction of stated likelihoods, fitted to verdicts.

    Attributes:
        verdicts: the number of judged pairs; 0 changes nothing
        intercept: added to all logits
        slope: the factor of the logit; at least 0.1
        lowest: the logit below which the correction fades away; at most 0
        classes: ``(K, 2)`` the class pairs with a verdict, the lower number first,
            sorted
        of_classes: ``(K,)`` added to the logits of each class pair
        of_sizes: ``(9,)`` added to the logits of each bin of size of
            :data:`.cells.SIZES`, and of labels without a box
    """

    verdicts: int
    intercept: float
    slope: float
    lowest: float
    classes: Ints
    of_classes: Floats
    of_sizes: Floats

    def logit(self, likelihood: Floats, classes: Ints, size: Ints) -> Floats:
        """Returns recalibrated logits.

        Args:
            likelihood: ``(M,)`` as the model states them
            classes: ``(M, 2)`` the classes of each pair, the lower number first
            size: ``(M,)`` the bin of size of each, as of :func:`.calibrated.size_bins`

        Returns:
            an ``(M,)`` array, rising with the likelihood for equal classes and sizes
        """
        if not self.verdicts:
            return logit_of(likelihood)
        own, key = np.append(_keys(self.classes), _NO_KEY), _keys(classes)
        at = np.searchsorted(own, key)
        of_classes = np.where(own[at] == key, np.append(self.of_classes, 0)[at], 0.0)
        z = _trusted(logit_of(likelihood))
        inside, below = _split(z, self.lowest)
        added = self.intercept + (self.slope - 1) * inside + of_classes
        added += self.of_sizes[size]
        # logits still rise where a negative number fades away
        length = np.maximum(_FADES, 1.5 * np.abs(added))
        return z + added * np.maximum(1 + below / length, 0)


class _Rows(NamedTuple):
    """``M`` judged pairs, for the fit."""

    columns: Floats  # (M, D)
    offset: Floats  # (M,)
    number: Ints  # (M,) of the class pair
    same: Floats  # (M,) 0 or 1
    mean: Floats  # (D,) of the priors of the columns
    precision: Floats  # (D,)


def calibrate(
    likelihood: Floats, classes: Ints, size: Ints, same: Bools
) -> Calibration:
    """Returns what verdicts say about the stated likelihoods.

    Args:
        likelihood: ``(M,)`` of the judged pairs, as the model states them
        classes: ``(M, 2)`` the classes of each, the lower number first
        size: ``(M,)`` the bin of size of each, as of :func:`.calibrated.size_bins`
        same: ``(M,)`` whether the person said that both labels mark one object

    Returns:
        the :class:`Calibration`, whatever the order of the pairs; without a pair, one
        that changes nothing
    """
    z = _trusted(logit_of(likelihood))
    # sums depend on the order of their terms, in the last digit
    order = np.lexsort((same, z, size, classes[:, 1], classes[:, 0]))
    z, classes, size, same = z[order], classes[order], size[order], same[order]
    known, number = np.unique(classes, axis=0, return_inverse=True)
    sizes = np.eye(_N_SIZES)[size]
    lowest = _lowest(z)
    inside, below = _split(z, lowest)
    columns = np.column_stack([np.ones(len(z)), sizes, inside])
    mean = np.append(np.zeros(1 + _N_SIZES), 1.0)
    precision = np.append(np.ones(1 + _N_SIZES), _SLOPE_WIDTH**-2)
    said = same.astype(np.float64)
    rows = _Rows(columns, below, number.ravel(), said, mean, precision)
    shared, own = _most_probable(rows, len(known))
    slope = shared[-1]
    if slope < _LEAST_SLOPE:
        slope = _LEAST_SLOPE
        rows = rows._replace(
            columns=columns[:, :-1],
            offset=slope * inside + below,
            mean=mean[:-1],
            precision=precision[:-1],
        )
        shared, own = _most_probable(rows, len(known))
    of_sizes = shared[1 : 1 + _N_SIZES]
    return Calibration(
        len(z),
        round(float(shared[0]), _DIGITS),
        round(float(slope), _DIGITS),
        lowest,
        known.reshape(-1, 2),
        np.round(own, _DIGITS),
        np.round(of_sizes, _DIGITS),
    )


def _most_probable(rows: _Rows, n: int) -> tuple[Floats, Floats]:
    """Returns the coefficients of the columns, and those of ``n`` class pairs."""
    shared: Floats = rows.mean.copy()
    own: Floats = np.zeros(n)
    loss = _loss(rows, shared, own)
    for _ in range(_ROUNDS):
        logit = rows.columns @ shared + own[rows.number] + rows.offset
        p = expit(logit)
        error, weight = p - rows.same, p * (1 - p)
        uphill = rows.columns.T @ error + rows.precision * (shared - rows.mean)
        uphill_own = np.bincount(rows.number, error, n) + own
        weighted = rows.columns * weight[:, None]
        # class pairs are independent of each other, given the columns
        bend = rows.columns.T @ weighted + np.diag(rows.precision)
        bend_own = 1 + np.bincount(rows.number, weight, n)
        both = np.stack([np.bincount(rows.number, w, n) for w in weighted.T])
        without = bend - both / bend_own @ both.T
        toward = uphill - both @ (uphill_own / bend_own)
        step = np.asarray(np.linalg.solve(without, toward), np.float64)
        step_own = (uphill_own - step @ both) / bend_own
        found = _lower(rows, (shared, own), (step, step_own), loss)
        if found is None:
            break
        shared, own, loss = found
    return shared, own


def _lower(
    rows: _Rows,
    at: tuple[Floats, Floats],
    step: tuple[Floats, Floats],
    loss: float,
) -> tuple[Floats, Floats, float] | None:
    """Returns the point after a step, halved until the loss falls; None at the end."""
    share = 1.0
    for _ in range(_HALVINGS):
        shared, own = at[0] - share * step[0], at[1] - share * step[1]
        now = _loss(rows, shared, own)
        if now < loss:
            return shared, own, now
        share /= 2
    return None


def _loss(rows: _Rows, shared: Floats, own: Floats) -> float:
    """Returns the negative logarithm of the posterior, up to a constant."""
    logit = rows.columns @ shared + own[rows.number] + rows.offset
    errors = np.logaddexp(0, logit) - rows.same * logit
    apart = rows.precision @ (shared - rows.mean) ** 2 + own @ own
    return float(errors.sum() + apart / 2)


def calibration_from(
    stored: dict[str, Any], names: Sequence[str | None]
) -> Calibration:
    """Returns the calibration that :func:`to_names` was called on.

    Args:
        stored: what it returned
        names: the class names by number, of the scan that it is used for; classes
            that this scan does not have are left out
    """
    number = {name: k for k, name in enumerate(names)}
    rows = sorted(
        (*sorted((number[a], number[b])), value)
        for a, b, value in stored["class_pairs"]
        if a in number and b in number
    )
    return Calibration(
        stored["verdicts"],
        stored["intercept"],
        stored["slope"],
        stored["lowest"],
        np.array([row[:2] for row in rows], np.int64).reshape(-1, 2),
        np.array([row[2] for row in rows], np.float64),
        np.array(stored["sizes"], np.float64),
    )


def to_names(calibration: Calibration, names: Sequence[str | None]) -> dict[str, Any]:
    """Returns a calibration that holds for any numbers of classes, ready for JSON.

    Args:
        calibration: the calibration
        names: the class names by number
    """
    rows = zip(calibration.classes.tolist(), calibration.of_classes.tolist())
    return {
        "verdicts": calibration.verdicts,
        "intercept": calibration.intercept,
        "slope": calibration.slope,
        "lowest": calibration.lowest,
        "class_pairs": [[names[a], names[b], value] for (a, b), value in rows],
        "sizes": calibration.of_sizes.tolist(),
    }


def _keys(classes: Ints) -> Ints:
    """Returns one number for each of ``(K, 2)`` class pairs."""
    keys: Ints = classes[:, 0].astype(np.int64) << 32 | classes[:, 1]
    return keys


def logit_of(likelihood: Floats) -> Floats:
    """Returns finite logits, also of 0 and 1."""
    p = np.clip(likelihood, _TINY, 1 - _TINY)
    result: Floats = np.log(p / (1 - p))
    return result


def _trusted(logit: Floats) -> Floats:
    inner = np.minimum(logit, _SURE)
    result: Floats = inner + _BEYOND * (logit - inner)
    return result


def _lowest(z: Floats) -> float:
    """Returns the logit down to which enough pairs were judged, in ``[-7, 0]``."""
    if len(z) < _ENOUGH:
        return 0.0
    low = float(np.partition(z, _ENOUGH - 1)[_ENOUGH - 1])
    return round(min(max(low, -_SURE), 0.0), _DIGITS)


def _split(z: Floats, lowest: float) -> tuple[Floats, Floats]:
    """Returns the part of logits above the lowest, and the one below it."""
    inside = np.maximum(z, lowest)
    return inside, z - inside


def expit(logit: Floats) -> Floats:
    """Returns the likelihoods of logits."""
    result: Floats = 1 / (1 + np.exp(-np.clip(logit, -700, 700)))
    return result
