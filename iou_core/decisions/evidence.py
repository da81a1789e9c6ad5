"""Counts of overlapping pairs, by class pair, IoU and nestedness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Ints
from ..pairs import MIN_IOU, Pairs

N_IOU, N_NESTED = 95, 4
"""The numbers of bins of IoU in ``(0.05, 1]`` and of nestedness in ``[0, 1]``."""

N_CELLS = N_IOU * N_NESTED

_PARTS = 64  # of a tally, before they are added up


def cells(pairs: Pairs) -> Ints:
    """Returns the bin of each pair, in ``[0, N_CELLS)``.

    Args:
        pairs: ``M`` pairs

    Returns:
        an ``(M,)`` array; pairs with an IoU below the lowest bin are in the lowest
    """
    y = (pairs.iou - MIN_IOU) / (1 - MIN_IOU)
    iou_bin = np.clip((y * N_IOU).astype(np.int64), 0, N_IOU - 1)
    # 0: the smaller box is as little inside the larger as the IoU allows; 1: wholly
    room = np.maximum(1 - pairs.iou, 1e-9)
    nested = np.clip((pairs.ios - pairs.iou) / room, 0, 1)
    nested_bin = np.minimum((nested * N_NESTED).astype(np.int64), N_NESTED - 1)
    cell: Ints = iou_bin * N_NESTED + nested_bin
    return cell


@dataclass(frozen=True)
class Evidence:
    """Counts of pairs for each class pair and bin; empty bins are left out.

    Attributes:
        classes: ``(K, 2)`` the classes of each class pair, the lower number first,
            sorted
        row: ``(E,)`` the class pair of each filled bin
        cell: ``(E,)`` the bin
        count: ``(E,)`` the number of pairs in it
    """

    classes: Ints
    row: Ints
    cell: Ints
    count: Ints


class EvidenceTally:
    """The sum of the evidence of several blocks."""

    def __init__(self) -> None:
        self._keys: list[Ints] = []
        self._counts: list[Ints] = []

    def add(self, pairs: Pairs, classes: Ints) -> None:
        """Adds pairs, except those with a crowd.

        Args:
            pairs: pairs of ``N`` labels
            classes: ``(N,)`` the class number of each label, below 2 ** 24
        """
        pairs = pairs.select(pairs.decides)
        first = classes[pairs.i].astype(np.int64)
        second = classes[pairs.j].astype(np.int64)
        both = np.minimum(first, second) << 24 | np.maximum(first, second)
        keys, counts = np.unique(both * N_CELLS + cells(pairs), return_counts=True)
        self._keys.append(keys)
        self._counts.append(counts)
        if len(self._keys) >= _PARTS:
            self._merge()

    def merge(self, other: Evidence, numbers: Ints) -> None:
        """Adds evidence of other blocks.

        Args:
            other: the evidence
            numbers: ``(C,)`` the number here of each class of ``other``
        """
        classes = numbers[other.classes].astype(np.int64)
        both = classes.min(axis=1) << 24 | classes.max(axis=1)
        self._keys.append(both[other.row] * N_CELLS + other.cell)
        self._counts.append(other.count)
        if len(self._keys) >= _PARTS:
            self._merge()

    def evidence(self) -> Evidence:
        """Returns the sum; empty where nothing was added."""
        if not self._keys:
            nothing = np.zeros(0, dtype=np.int64)
            return Evidence(nothing.reshape(0, 2), nothing, nothing, nothing)
        self._merge()
        both, cell = np.divmod(self._keys[0], N_CELLS)
        known, row = np.unique(both, return_inverse=True)
        classes = np.stack([known >> 24, known & (2**24 - 1)], axis=1)
        return Evidence(classes, row, cell, self._counts[0])

    def _merge(self) -> None:
        keys, member = np.unique(np.concatenate(self._keys), return_inverse=True)
        counts = np.bincount(member, np.concatenate(self._counts), len(keys))
        self._keys, self._counts = [keys], [counts.astype(np.int64)]
