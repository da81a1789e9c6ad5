"""Decisions as data: the labels to remove, and the label that each overlaps most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import Bools, Floats, Ints
from ..cancellation import check_cancelled
from ..pairs import Pairs
from .methods import find_duplicates, pair_values


@dataclass(frozen=True)
class Decided:
    """The labels of a block that a method removes.

    Attributes:
        labels: ``(M,)`` sorted indices of the labels
        partner: ``(M,)`` the label that each overlaps most, a kept one where there
            is one; -1 where no pair of it is stored
        iou: ``(M,)`` float64, its IoU with that label
    """

    labels: Ints
    partner: Ints
    iou: Floats


def decide(
    pairs: Pairs,
    earlier_iou: Floats,
    image: Ints,
    iou_thresh: float,
    method: str,
    truncated: Ints,
    values: Floats | None = None,
    rank: Ints | None = None,
) -> Decided:
    """Returns the labels that a method removes, and the partner of each.

    Args:
        pairs: the :class:`..pairs.Pairs` of ``N`` labels
        earlier_iou: ``(N,)``; see :class:`..overlaps.Overlaps`
        image: ``(N,)`` the image of each label
        iou_thresh: the threshold, which is exceeded, not met
        method: a key of :data:`..params.METHODS`
        truncated: the images of which not all pairs are stored
        values (None): ``(M,)`` values to compare with the threshold in place of
            the IoUs; see :func:`.methods.pair_values`
        rank (None): ``(N,)`` the preference of each label

    Returns:
        the :class:`Decided`; empty where nothing overlaps

    Raises:
        ParamsError: if the method is unknown
    """
    labels = find_duplicates(
        pairs, earlier_iou, iou_thresh, method, image, truncated, values, rank
    )
    is_removed = np.zeros(len(image), dtype=np.bool_)
    is_removed[labels] = True
    check_cancelled()
    value = pair_values(pairs) if values is None else values
    found = partners(pairs.select(value > iou_thresh), is_removed)
    # where no pair is stored, the overlap alone is known
    iou = np.where(found.partner < 0, earlier_iou[labels], found.iou)
    return replace(found, iou=iou)


def partners(used: Pairs, removed: Bools, preferred: Bools | None = None) -> Decided:
    """Returns the labels that are removed, and the label that each overlaps most.

    Args:
        used: the pairs of ``N`` labels that exceed the threshold
        removed: ``(N,)`` bool, whether each label is removed
        preferred (None): ``(N,)`` bool, the kept labels to name before others
    """
    label = np.concatenate((used.i, used.j))
    other = np.concatenate((used.j, used.i))
    iou = np.concatenate((used.iou, used.iou))
    check_cancelled()
    # kept before removed, then larger IoU, then earlier label
    grade = 2 * (~removed).astype(np.int64)
    if preferred is not None:
        grade += preferred
    label, other, iou = _where(removed[label], label, other, iou)
    highest = np.zeros(len(removed), dtype=np.int64)
    of_other = grade[other]
    np.maximum.at(highest, label, of_other)
    label, other, iou = _where(of_other == highest[label], label, other, iou)
    best: Floats = np.zeros(len(removed))
    np.maximum.at(best, label, iou)
    label, other = _where(iou == best[label], label, other)
    partner = np.full(len(removed), len(removed), dtype=np.int64)
    np.minimum.at(partner, label, other.astype(np.int64))
    partner[partner == len(removed)] = -1
    labels = np.flatnonzero(removed)
    return Decided(labels, partner[labels], best[labels])


def _where(which: Bools, *arrays: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    rows = np.flatnonzero(which)
    return [array[rows] for array in arrays]
