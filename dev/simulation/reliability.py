"""The calibration of the stated likelihoods in drawn data.

``python -m dev.simulation`` prints the table.
"""

from dataclasses import dataclass, field

import numpy as np

from .scenes import draw

_CUT = 0.8  # the IoU above which labels are removed

_SURE = 1.96
"""The width of a 95 % interval, in standard deviations."""


@dataclass
class Found:
    """The pairs of some drawn images.

    Attributes:
        iou: ``(M,)`` their IoU
        likelihood: ``(M,)`` the likelihood that the model states
        true: ``(M,)`` bool, whether both labels mark one object
        pairs: the pairs themselves
        drawn: the labels
    """

    iou: np.ndarray
    likelihood: np.ndarray
    true: np.ndarray
    pairs: object = field(repr=False)
    drawn: object = field(repr=False)


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


def of_scene(
    find_overlaps, tally_of, fit, mix, images, seed, beside=None, clue="annotator"
):
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
        clue ("annotator"): the name of the agreement that it adds, if it adds one
    """
    drawn = draw(mix, images, seed)
    pairs = find_overlaps(drawn.boxes, drawn.image).pairs
    if beside is not None:
        pairs = beside(seed, drawn, pairs)
    tally = tally_of()
    tally.add(pairs, drawn.classes, drawn.boxes)
    clues = () if pairs.agreement is None else (clue,)
    model = fit(tally.evidence(), clues=clues)
    return Found(
        pairs.iou,
        model.likelihood(pairs, drawn.classes, drawn.boxes),
        drawn.marks[pairs.i] == drawn.marks[pairs.j],
        pairs,
        drawn,
    )


def cut_at(found, tally, threshold):
    """Returns what a cut of one dataset costs, and how many removals are right.

    Args:
        found: a :class:`Found`
        tally: the project's tally of costs, of one cut and with draws
        threshold: the later label of each pair above this IoU is removed

    Returns:
        the costs, how many removed labels mark an object that a kept one marks, and how
        many kept labels mark an object that another kept one marks
    """
    marks = found.drawn.marks
    gone = np.zeros(len(marks), bool)
    gone[found.pairs.j[found.iou > threshold]] = True
    tally.add(found.pairs, found.likelihood, found.drawn.image, gone[:, None])
    kept = np.unique(marks[~gone])
    missed = int((~gone).sum()) - len(kept)
    return tally.costs(), int(np.isin(marks[gone], kept).sum()), missed


class Summary:
    """The calibration of the likelihoods in many drawn datasets.

    Attributes:
        datasets: the number of datasets
        count: ``(10,)`` the pairs in each tenth of likelihood
        stated: ``(10,)`` the sum of their likelihoods
        true: ``(10,)`` the number of these pairs that mark one object
        held: ``(10,)`` the number of datasets in which the 95 % interval of the true
            share contains the mean stated likelihood
        of: ``(10,)`` the number of datasets with a pair in the band
        numbers: the number of datasets in which the interval of a cut's right removals
            contains the true number
        precision: the sums of the average precisions, by IoU and by likelihood
    """

    def __init__(self):
        self.datasets = self.numbers = 0
        self.count, self.held, self.of = np.zeros((3, 10), int)
        self.stated, self.true = np.zeros((2, 10))
        self.precision = np.zeros(2)

    def add(self, found, tally):
        """Adds a dataset.

        Args:
            found: a :class:`Found`
            tally: the project's tally of costs, of one cut and with draws
        """
        self.datasets += 1
        for band in bands(found.likelihood, found.true):
            k = min(int(band.stated * 10), 9)
            self.count[k] += band.count
            self.stated[k] += band.count * band.stated
            self.true[k] += round(band.count * band.true)
            self.of[k] += 1
            self.held[k] += band.low <= band.stated <= band.high
        costs, right, _ = cut_at(found, tally, _CUT)
        # the number is a whole one
        self.numbers += costs.low[0] - 0.5 <= right <= costs.high[0] + 0.5
        for k, score in enumerate((found.iou, found.likelihood)):
            self.precision[k] += average_precision(score, found.true)


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
