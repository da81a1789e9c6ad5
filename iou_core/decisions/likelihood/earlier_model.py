"""The likelihood model of scans that version 0.1.0 and earlier ones stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...pairs import MIN_IOU, Pairs
from .parts import N_PARTS, OVERLAP, SHARE, Parts

_N_IOU, _N_NESTED = 95, 4


def cells(pairs: Pairs) -> Ints:
    """Returns the bin of each pair by its IoU and nestedness.

    Args:
        pairs: ``M`` pairs

    Returns:
        an ``(M,)`` array; pairs with an IoU below the lowest bin are in the lowest
    """
    y = (pairs.iou - MIN_IOU) / (1 - MIN_IOU)
    iou_bin = np.clip((y * _N_IOU).astype(np.int64), 0, _N_IOU - 1)
    # 0: the smaller box is as little inside the larger as the IoU allows; 1: wholly
    room = np.maximum(1 - pairs.iou, 1e-9)
    nested = np.clip((pairs.ios - pairs.iou) / room, 0, 1)
    nested_bin = np.minimum((nested * _N_NESTED).astype(np.int64), _N_NESTED - 1)
    cell: Ints = iou_bin * _N_NESTED + nested_bin
    return cell


@dataclass(frozen=True)
class EarlierModel:
    """A stored model, which sees only the IoU, the IoS and the classes of a pair.

    Attributes:
        classes: ``(K, 2)`` the class pairs that were seen
        shares: ``(K,)`` the share of duplicates among the pairs of each
        pools: the share among all pairs of two classes, and of one
        odds: ``(380,)`` the probability of each bin among duplicates, divided by
            that among neighbors
        stored: the whole model as it was stored
    """

    classes: Ints
    shares: Floats
    pools: tuple[float, float]
    odds: Floats
    stored: dict[str, Any]

    def likelihood(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Floats:
        """Returns the likelihood that each pair is one object; boxes have no effect."""
        share = self.share(classes[pairs.i], classes[pairs.j])
        odds = share / (1 - share) * self.odds[cells(pairs)]
        result: Floats = odds / (1 + odds)
        return result

    def parts(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Parts:
        """Returns the parts of the odds: the share, and what the overlap shows."""
        share, known = self._share(classes[pairs.i], classes[pairs.j])
        log_odds = np.zeros((len(pairs), N_PARTS))
        log_odds[:, SHARE] = np.log(share / (1 - share))
        log_odds[:, OVERLAP] = np.log(self.odds[cells(pairs)])
        return Parts(log_odds, known)

    def share(self, first: Ints, second: Ints) -> Floats:
        """Returns the share of duplicates among the pairs of two classes."""
        return self._share(first, second)[0]

    def _share(self, first: Ints, second: Ints) -> tuple[Floats, Bools]:
        """Returns the share of each class pair, and whether it was seen."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        pool = np.where(low == high, self.pools[1], self.pools[0])
        if not len(self.classes):
            return pool, np.zeros(len(pool), np.bool_)
        own = self.classes[:, 0] << 32 | self.classes[:, 1]
        key = low.astype(np.int64) << 32 | high
        at = np.minimum(np.searchsorted(own, key), len(own) - 1)
        known: Bools = own[at] == key
        return np.where(known, self.shares[at], pool), known

    def to_dict(self) -> dict[str, Any]:
        """Returns the model as it was stored."""
        return self.stored

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> EarlierModel:
        """Returns the model that a scan stored."""
        different, same = stored["pools"]
        return cls(
            np.array(stored["classes"], dtype=np.int64).reshape(-1, 2),
            np.array(stored["shares"], dtype=np.float64),
            (different, same),
            np.array(stored["odds"], dtype=np.float64),
            stored,
        )
