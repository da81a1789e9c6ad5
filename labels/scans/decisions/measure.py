"""The measure that the threshold cuts: the IoU, IoS or likelihood of a pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....iou_core.arrays import Floats, Ints
from ....iou_core.decisions.likelihood import Likelihoods
from ....iou_core.errors import ScanError
from ....iou_core.pairs import Pairs
from ....iou_core.params import LIKELIHOOD
from ..blocks.block import StoredBlock


class Fit:
    """The likelihoods of a scan, also for labels that are read again.

    Args:
        model: the likelihood model of the scan
        names: the class names by number, as the model counts them
    """

    def __init__(self, model: Likelihoods, names: Sequence[str | None]) -> None:
        self._model = model
        self._names = names
        self._numbers: dict[str | None, int] = {}

    def likelihood(self, block: StoredBlock, pairs: Pairs) -> Floats:
        """Returns how likely each of the ``M`` pairs of a block is one object.

        Classes that the scan has not seen are unlike all that it has.
        """
        return self._model.likelihood(pairs, self._classes_of(block), block.boxes)

    def _classes_of(self, block: StoredBlock) -> Ints:
        if block.names is self._names or not len(block.classes):
            return block.classes
        if not self._numbers:
            self._numbers = {name: number for number, name in enumerate(self._names)}
        known, numbers = self._numbers, []
        used, at = np.unique(block.classes, return_inverse=True)
        for number in used.tolist():
            numbers.append(known.setdefault(block.names[number], len(known)))
        return np.array(numbers, np.int64)[at]


def measured(
    block: StoredBlock, metric: str, fit: Fit | None, pairs: Pairs | None = None
) -> Floats:
    """Returns what is compared with the threshold, but for verdicts and rules.

    Args:
        block: the block
        metric: one of :data:`....iou_core.params.METRICS`
        fit: the likelihoods of its scan; needed for the metric "likelihood" only
        pairs (None): some of its pairs; by default all

    Returns:
        an ``(M,)`` array in ``[0, 1]``

    Raises:
        ScanError: if the metric is the likelihood and there is no scan
    """
    pairs = block.pairs if pairs is None else pairs
    if metric == LIKELIHOOD:
        if fit is None:
            expected = "a stored scan, to which likelihoods are fitted"
            raise ScanError(expected, "none", metric)
        return fit.likelihood(block, pairs)
    return pairs.ios if metric == "ios" else pairs.iou
