"""The evidence that a likelihood is fitted to: sums over pairs and labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Floats, Ints
from ...cancellation import check_cancelled
from ...clues import MOST, N_AGREEMENTS
from ...pairs import Pairs
from .cells import LOWEST, N_CELLS, N_PLACES, label_places, pair_cells

N_CODES = N_AGREEMENTS ** (MOST + 1)  # attributes, and predictions

_WIDTH = N_CELLS * N_CODES
_HELD = 2**20  # counts of a tally, before they are added up
_PAIRS_AT_ONCE = 2**17  # so that a cancellation is seen within a crowded image
_STEPS = 1024  # of a ratio of areas: whole numbers add up alike in any order


@dataclass(frozen=True)
class Evidence:
    """Counts of pairs for each class pair, cell and agreement, where there are any.

    Attributes:
        classes: ``(K, 2)`` the classes of each class pair, the lower number first,
            sorted
        row: ``(E,)`` the class pair of each filled cell
        cell: ``(E,)`` the cell; see :mod:`.cells`
        count: ``(E,)`` the number of pairs
        tilt: ``(E,)`` the sum of their logarithms of the ratio of areas, the higher
            class number divided by the lower, in steps of 1/1024
        agreement: ``(E,)`` how the attributes of these pairs agree, a code of
            :mod:`...clues`; 0 without attributes
        places: ``(N_PLACES,)`` the number of labels at each place
    """

    classes: Ints
    row: Ints
    cell: Ints
    count: Ints
    tilt: Ints
    agreement: Ints
    places: Ints

    def mean_tilt(self) -> Floats:
        """Returns ``(K,)``: the mean logarithm of the ratio of areas, drawn to 0."""
        k = len(self.classes)
        total = np.bincount(self.row, self.tilt, k) / _STEPS
        return total / (np.bincount(self.row, self.count, k) + 1)


class EvidenceTally:
    """The sum of the evidence of several blocks."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._held, self._most = 0, _HELD
        self._places: Ints = np.zeros(N_PLACES, np.int64)

    def add(self, pairs: Pairs, classes: Ints, boxes: Floats) -> None:
        """Adds labels, and the pairs above :data:`LOWEST` but for those with a crowd.

        Args:
            pairs: pairs of ``N`` labels
            classes: ``(N,)`` the class number of each label, below 2 ** 24
            boxes: ``(N, 4)`` relative ``[x, y, w, h]``; zeros where there is no box
        """
        self._places += np.bincount(label_places(boxes), minlength=N_PLACES)
        used = np.flatnonzero(pairs.decides & (pairs.iou > LOWEST))
        for begin in range(0, len(used), _PAIRS_AT_ONCE):
            check_cancelled()
            some = pairs.select(used[begin : begin + _PAIRS_AT_ONCE])
            self._add_pairs(some, classes, boxes)

    def _add_pairs(self, pairs: Pairs, classes: Ints, boxes: Floats) -> None:
        first = classes[pairs.i].astype(np.int64)
        second = classes[pairs.j].astype(np.int64)
        both = np.minimum(first, second) << 24 | np.maximum(first, second)
        areas = np.maximum(boxes[:, 2] * boxes[:, 3], 1e-12)
        ratio = np.log(areas[pairs.j] / areas[pairs.i]) * np.sign(second - first)
        agreement = 0 if pairs.agreement is None else pairs.agreement
        self._append(
            both,
            pair_cells(pairs, boxes) * N_CODES + agreement,
            np.ones(len(pairs), np.int64),
            np.rint(ratio * _STEPS).astype(np.int64),
        )

    def merge(self, other: Evidence, numbers: Ints) -> None:
        """Adds evidence of other blocks.

        Args:
            other: the evidence
            numbers: ``(C,)`` the number here of each class of ``other``
        """
        self._places += other.places
        classes = numbers[other.classes].astype(np.int64)
        both = classes.min(axis=1) << 24 | classes.max(axis=1)
        swapped = np.where(classes[:, 0] > classes[:, 1], -1, 1)
        self._append(
            both[other.row],
            other.cell * N_CODES + other.agreement,
            other.count,
            other.tilt * swapped[other.row],
        )

    def evidence(self) -> Evidence:
        """Returns the sum; empty where nothing was added."""
        both, rest, count, tilt = self._merged()
        known, row = np.unique(both, return_inverse=True)
        cell, agreement = np.divmod(rest, N_CODES)
        return Evidence(
            np.stack([known >> 24, known & (2**24 - 1)], axis=1),
            row,
            cell,
            count,
            tilt,
            agreement,
            self._places,
        )

    def _append(self, both: Ints, rest: Ints, count: Ints, tilt: Ints) -> None:
        """Adds counts of class pairs.

        Args:
            both: ``(E,)`` the class pairs
            rest: ``(E,)`` their cells and agreements
            count: ``(E,)`` the numbers of pairs
            tilt: ``(E,)`` see :class:`Evidence`
        """
        self._parts.append((both, rest, count, tilt))
        self._held += len(both)
        if self._held > self._most:
            merged = self._merged()
            self._parts, self._held = [merged], len(merged[0])
            self._most = 2 * self._held + _HELD

    def _merged(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Returns the sums of what was appended, by class pair, cell and agreement."""
        if not self._parts:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing, nothing, nothing
        both, rest, counts, tilts = map(np.concatenate, zip(*self._parts))
        known, which = np.unique(both, return_inverse=True)
        keys, member = np.unique(which * _WIDTH + rest, return_inverse=True)
        count, tilt = (
            np.bincount(member, part, len(keys)).astype(np.int64)
            for part in (counts, tilts)
        )
        number, rest = np.divmod(keys, _WIDTH)
        return known[number], rest, count, tilt
