"""The numbers of labels and images that each threshold would remove.

A label is removed at a threshold ``t`` when an IoU exceeds ``t``. The *level* of an IoU
is the number of thresholds that it exceeds, so a label (or a pair) with level ``k``
counts at the first ``k`` thresholds and at no other. The counts of disjoint sets of
images add up.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Ints, numbered
from .levels import THRESHOLDS
from .removals import Removals


class Curves:
    """Counts per threshold of labels and of images, in total and per class.

    Args:
        n_classes (0): the number of classes known in advance
    """

    def __init__(self, n_classes: int = 0) -> None:
        self.labels = np.zeros(len(THRESHOLDS), dtype=np.int64)
        self.images = np.zeros(len(THRESHOLDS), dtype=np.int64)
        self.class_labels: Ints = np.zeros((n_classes, len(THRESHOLDS)), dtype=np.int64)
        self.class_images: Ints = np.zeros((n_classes, len(THRESHOLDS)), dtype=np.int64)

    def add(self, removals: Removals, classes: Ints, n_classes: int) -> None:
        """Adds the removals of images that were not added before.

        Args:
            removals: the :class:`Removals`
            classes: an ``(N,)`` array, the class number of each label
            n_classes: the number of classes known so far
        """
        self._grow(n_classes)
        of_class = classes[removals.label]
        self.labels += _count(removals.lo, removals.hi)
        self.class_labels += _count(removals.lo, removals.hi, of_class, n_classes)
        self.images += _count(*_united(removals.graph, removals)[:2])
        lo, hi, key = _united(removals.graph * n_classes + of_class, removals)
        self.class_images += _count(lo, hi, key % n_classes, n_classes)

    def merge(self, other: Curves, numbers: Ints, n_classes: int) -> None:
        """Adds the counts of images that were not added before.

        Args:
            other: the counts
            numbers: ``(C,)`` the number here of each class of ``other``
            n_classes: the number of classes known so far
        """
        self._grow(n_classes)
        self.labels += other.labels
        self.images += other.images
        known = len(other.class_labels)
        self.class_labels[numbers[:known]] += other.class_labels
        self.class_images[numbers[:known]] += other.class_images

    def _grow(self, n_classes: int) -> None:
        more = n_classes - len(self.class_labels)
        if more > 0:
            room = np.zeros((more, len(THRESHOLDS)), dtype=np.int64)
            self.class_labels = np.concatenate((self.class_labels, room))
            self.class_images = np.concatenate((self.class_images, room))


def _united(key: Ints, removals: Removals) -> tuple[Ints, Ints, Ints]:
    """Returns ``(lo, hi, key)`` of each distinct key: the union of its removals.

    The removals of one key begin together, so their union is one interval.
    """
    least = int(key.min(initial=0))
    keys, member = numbered(key - least, int(key.max(initial=0)) - least + 1)
    keys = keys + least
    hi = np.zeros(len(keys), dtype=np.int64)
    lo = np.zeros(len(keys), dtype=np.int64)
    np.maximum.at(hi, member, removals.hi)
    lo[member] = removals.lo
    return lo, hi, keys


def _count(
    lo: Ints, hi: Ints, row: Ints | None = None, n_rows: int | None = None
) -> Ints:
    """Returns how many intervals ``[lo, hi)`` contain each threshold, by row."""
    width = len(THRESHOLDS) + 1
    rows = n_rows if n_rows is not None else 1
    base = row * width if row is not None else 0
    size = rows * width
    delta = np.bincount(base + lo, minlength=size)
    delta -= np.bincount(base + hi, minlength=size)
    counts = np.cumsum(delta.reshape(rows, width), axis=1)[:, :-1]
    return counts if row is not None else counts[0]
