"""A fitted model that verdicts recalibrated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...arrays import Floats, Ints
from ...pairs import Pairs
from .calibration import Calibration, expit
from .cells import N_FREE, pair_cells, split
from .model import Likelihoods
from .parts import Parts


@dataclass(frozen=True)
class CalibratedModel:
    """A fitted model, recalibrated by verdicts.

    Attributes:
        base: the model
        calibration: what the verdicts say
    """

    base: Likelihoods
    calibration: Calibration

    def likelihood(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Floats:
        """Returns the likelihood of each pair; see :class:`.model.Likelihoods`."""
        return expit(self._logit(pairs, classes, boxes))

    def parts(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Parts:
        """Returns the parts of the odds; the last one is what the verdicts change."""
        parts = self.base.parts(pairs, classes, boxes)
        stated = parts.log_odds.sum(axis=1)
        change = self._logit(pairs, classes, boxes) - stated
        log_odds = np.column_stack([parts.log_odds, change])
        return replace(parts, log_odds=log_odds, verdicts=self.calibration.verdicts)

    def share(self, first: Ints, second: Ints) -> Floats:
        """Returns the share of two classes before verdicts."""
        return self.base.share(first, second)

    def to_dict(self) -> dict[str, Any]:
        """Returns the model before verdicts, ready for JSON."""
        return self.base.to_dict()

    def _logit(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Floats:
        likelihood = self.base.likelihood(pairs, classes, boxes)
        ends, sizes = class_pairs(pairs, classes), size_bins(pairs, boxes)
        return self.calibration.logit(likelihood, ends, sizes)


def class_pairs(pairs: Pairs, classes: Ints) -> Ints:
    """Returns ``(M, 2)``: the classes of each pair, the lower number first."""
    ends = np.stack([classes[pairs.i], classes[pairs.j]], axis=1)
    return np.sort(ends.astype(np.int64), axis=1)


def size_bins(pairs: Pairs, boxes: Floats) -> Ints:
    """Returns ``(M,)``: the bin of the larger box's size; 8 for labels without one."""
    bins: Ints = split(pair_cells(pairs, boxes))[0] // N_FREE
    return bins
