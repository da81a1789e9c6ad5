"""``python -m dev.simulation.verdicts [SEEDS]``: what 50 verdicts do to likelihoods.

Prints, for people who agree as assumed, less, and more, the log loss of the pairs that
were not judged, and their expected number of duplicates, before and after.
"""

import sys

import numpy as np

import duplicates_loader

from . import noise
from .reliability import of_scene
from .scenes import MIXES

_IMAGES, _FIRST, _VERDICTS = 1500, 2000, 50
_EXPONENTS = noise.EXPONENT.copy()


def main(seeds):
    """Prints the table: means over the mixes and datasets."""
    duplicates_loader.load()
    from duplicates.iou_core.decisions import likelihood
    from duplicates.iou_core.overlaps import find_overlaps

    tally = likelihood.EvidenceTally
    print("exponents  judged      loss           expected       true")
    for factor in (1.0, 0.7, 1.4):
        noise.EXPONENT[:] = _EXPONENTS * factor
        rows = {}
        for mix in MIXES:
            for seed in range(_FIRST, _FIRST + seeds):
                scene = (mix, _IMAGES, seed)
                found = of_scene(find_overlaps, tally, likelihood.fit, *scene)
                for name, judged in _judged(found, seed).items():
                    after = _recalibrated(likelihood, found, judged)
                    rest = np.delete(np.arange(len(after)), judged)
                    rows.setdefault(name, []).append(_row(found, after, rest))
        for name, each in rows.items():
            loss, lower, expected, now, true = np.mean(each, axis=0)
            changes = f"{loss:5.1f} to {lower:5.1f}  {expected:5.1f} to {now:5.1f}"
            print(f"x {factor:.1f}      {name:10}  {changes}  {true:5.1f}")


def _judged(found, seed):
    """Returns the pairs that a person judges, by how they were chosen."""
    rng = np.random.default_rng(seed)
    likely = rng.permutation(np.flatnonzero(found.likelihood > 0.3))
    cut = rng.permutation(np.flatnonzero(found.iou > 0.75))
    orders = {
        "uncertain": np.argsort(np.abs(found.likelihood - 0.5)),
        "above 0.3": likely,
        "IoU > 0.75": cut,
    }
    return {name: order[:_VERDICTS] for name, order in orders.items()}


def _recalibrated(likelihood, found, judged):
    drawn, pairs = found.drawn, found.pairs
    classes = likelihood.class_pairs(pairs, drawn.classes)
    sizes = likelihood.size_bins(pairs, drawn.boxes)
    given = (found.likelihood, classes, sizes)
    calibration = likelihood.calibrate(
        *(column[judged] for column in given), found.true[judged]
    )
    return 1 / (1 + np.exp(-calibration.logit(*given)))


def _row(found, after, rest):
    true = found.true[rest]
    before, after = found.likelihood[rest], after[rest]
    losses = _loss(before, true), _loss(after, true)
    return *losses, before.sum(), after.sum(), true.sum()


def _loss(likelihood, true):
    p = np.clip(np.where(true, likelihood, 1 - likelihood), 1e-12, 1)
    return -np.log(p).sum()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
