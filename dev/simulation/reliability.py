"""How true the stated likelihoods are in drawn data.

``python -m dev.simulation`` prints the table.
"""

from dataclasses import dataclass

import numpy as np

from .scenes import draw

_SURE = 1.96
"""The width of a 95 % interval, in standard deviations."""


@dataclass
class Found:
    """The pairs of some drawn images.

    Attributes:
        iou: ``(M,)`` their IoU
        likelihood: ``(M,)`` the likelihood that the model states
        true: ``(M,)`` bool, whether both labels mark one object
    """

    iou: np.ndarray
    likelihood: np.ndarray
    true: np.ndarray


@dataclass(frozen=True)
class Band:
    """The pairs whose stated likelihood is in a range.

    Attributes:
        count: how many there are
        stated: their mean likelihood
        true: the share of them that mark one object
        low: the lower end of the 95 % interval of that share (Wilson's)
        high: the upper end
    """

    count: int
    stated: float
    true: float
    low: float
    high: float


def of_scene(find_overlaps, tally_of, fit, mix, images, seed, beside=None):
    """Draws images, fits the model to them, and returns the pairs.

    Args:
        find_overlaps: the project's function
        tally_of: the class that adds up the evidence
        fit: the project's function
        mix: a :class:`.scenes.Mix`
        images: the number of images
        seed: a number; equal seeds give equal images
        beside (None): adds what is known of pairs beside their boxes, from the seed,
            the labels and the pairs; see :mod:`.beside`
    """
    drawn = draw(mix, images, seed)
    pairs = find_overlaps(drawn.boxes, drawn.image).pairs
    if beside is not None:
        pairs = beside(seed, drawn, pairs)
    tally = tally_of()
    tally.add(pairs, drawn.classes, drawn.boxes)
    clues = () if pairs.agreement is None else ("annotator",)
    model = fit(tally.evidence(), clues=clues)
    return Found(
        pairs.iou,
        model.likelihood(pairs, drawn.classes, drawn.boxes),
        drawn.marks[pairs.i] == drawn.marks[pairs.j],
    )


def bands(likelihood, true):
    """Returns a :class:`Band` for each tenth of likelihood that has pairs."""
    number = np.minimum((likelihood * 10).astype(int), 9)
    found = []
    for k in range(10):
        of = number == k
        n = int(of.sum())
        if n:
            low, high = wilson(int(true[of].sum()), n)
            share = float(true[of].mean())
            found.append(Band(n, float(likelihood[of].mean()), share, low, high))
    return found


def wilson(k, n):
    """Returns Wilson's 95 % interval of a share of ``k`` in ``n``."""
    square = _SURE**2
    middle = (k + square / 2) / (n + square)
    half = _SURE / (n + square) * (k * (n - k) / n + square / 4) ** 0.5
    return middle - half, middle + half


def average_precision(score, true):
    """Returns the average precision of an order, highest score first."""
    ranked = true[np.argsort(-score, kind="stable")]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].mean())
