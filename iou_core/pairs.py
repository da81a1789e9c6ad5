"""Pairs of labels that overlap: the one result that decisions are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Floats

Index = npt.NDArray[np.int32]

MIN_IOU = 0.05
"""Pairs with at most this IoU are not kept, unless their IoS is large."""

MIN_IOS = 0.5
"""Pairs with more than this IoS (intersection over the smaller) are kept."""

MAX_PAIRS_PER_IMAGE = 5_000_000
"""An image with more pairs than this keeps its strongest."""


@dataclass(frozen=True)
class Pairs:
    """``M`` pairs of labels, sorted by ``(i, j)``.

    Attributes:
        i: ``(M,)`` int32, the earlier label, an index into the label columns
        j: ``(M,)`` int32, the later label; of the same image, ``i < j``
        iou: ``(M,)`` float64 in ``[0, 1]``, the plain IoU
        ios: ``(M,)`` float64 in ``[0, 1]``, intersection over the smaller area
        decides: ``(M,)`` bool, False where exactly one label is a crowd: such a
            pair is kept to be seen, and is never a reason to remove a label
    """

    i: Index
    j: Index
    iou: Floats
    ios: Floats
    decides: Bools

    def __len__(self) -> int:
        return len(self.i)

    def select(self, which: npt.NDArray[np.generic]) -> Pairs:
        """Returns the pairs at a bool mask or an array of positions."""
        return Pairs(
            self.i[which],
            self.j[which],
            self.iou[which],
            self.ios[which],
            self.decides[which],
        )

    def sort(self) -> Pairs:
        """Returns the pairs sorted by ``(i, j)``."""
        if len(self) and max(self.i.max(), self.j.max()) < 1 << 16:
            # numbers of 16 bits are sorted without comparing them
            keys = self.j.astype(np.uint16), self.i.astype(np.uint16)
            return self.select(np.lexsort(keys))
        key = (self.i.astype(np.int64) << 32) | self.j
        return self.select(np.argsort(key, kind="stable"))

    @classmethod
    def empty(cls) -> Pairs:
        """Returns no pairs, with the dtypes of any pairs."""
        ints, floats = np.zeros(0, np.int32), np.zeros(0, np.float64)
        return cls(ints, ints, floats, floats, np.zeros(0, np.bool_))

    @classmethod
    def concatenate(cls, parts: Sequence[Pairs]) -> Pairs:
        """Returns the pairs of all parts, one part after the other."""
        if not parts:
            return cls.empty()
        if len(parts) == 1:
            return parts[0]

        return cls(
            np.concatenate([part.i for part in parts]),
            np.concatenate([part.j for part in parts]),
            np.concatenate([part.iou for part in parts]),
            np.concatenate([part.ios for part in parts]),
            np.concatenate([part.decides for part in parts]),
        )
