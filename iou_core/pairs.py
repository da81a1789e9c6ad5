"""Pairs of labels that overlap, which every decision is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Floats, Ints

Index = npt.NDArray[np.int32]

MIN_IOU = 0.05
"""The IoU above which a pair is stored, whatever its IoS."""

MIN_IOS = 0.5
"""The IoS (intersection over the smaller) above which a pair is stored."""

MAX_PAIRS_PER_IMAGE = 5_000_000
"""The number of pairs stored of an image; of more, those with the largest IoU."""


@dataclass(frozen=True)
class Pairs:
    """``M`` pairs of labels, sorted by ``(i, j)``.

    Attributes:
        i: ``(M,)`` int32, the earlier label, an index into the label columns
        j: ``(M,)`` int32, the later label; of the same image, ``i < j``
        iou: ``(M,)`` float64 in ``[0, 1]``, the plain IoU
        ios: ``(M,)`` float64 in ``[0, 1]``, intersection over the smaller area
        decides: ``(M,)`` bool, False where exactly one label is a crowd. Such a
            pair is shown, but is never a reason to remove a label
        mask_iou (None): ``(M,)`` float64 in ``[0, 1]``, the IoU of the masks beside
            boxes, NaN where it is not known; None if it is known of no pair
        agreement (None): ``(M,)`` how the attributes that are evidence agree, codes of
            :mod:`.clues`; None without such attributes
    """

    i: Index
    j: Index
    iou: Floats
    ios: Floats
    decides: Bools
    mask_iou: Floats | None = None
    agreement: Ints | None = None

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
            None if self.mask_iou is None else self.mask_iou[which],
            None if self.agreement is None else self.agreement[which],
        )

    def mask_ious(self) -> list[float | None]:
        """Returns the IoU of the masks of each pair; None where it is not known."""
        if self.mask_iou is None:
            return [None] * len(self)
        return [None if iou != iou else iou for iou in self.mask_iou.tolist()]

    def sort(self) -> Pairs:
        """Returns the pairs sorted by ``(i, j)``.

        Examples:
            >>> Pairs.empty().sort().i.tolist()
            []
        """
        if len(self) and max(self.i.max(), self.j.max()) < 1 << 16:
            # NumPy sorts 16-bit integers by radix, without comparisons
            keys = self.j.astype(np.uint16), self.i.astype(np.uint16)
            return self.select(np.lexsort(keys))
        key = (self.i.astype(np.int64) << 32) | self.j
        return self.select(np.argsort(key, kind="stable"))

    @classmethod
    def empty(cls) -> Pairs:
        """Returns zero pairs, with the usual dtypes."""
        ints, floats = np.zeros(0, np.int32), np.zeros(0, np.float64)
        return cls(ints, ints, floats, floats, np.zeros(0, np.bool_))

    @classmethod
    def concatenate(cls, parts: Sequence[Pairs]) -> Pairs:
        """Returns the pairs of all parts in order; zero pairs for no parts.

        Examples:
            >>> one = Pairs(*np.array([[0], [1]]), *np.ones((2, 1)), np.ones(1, bool))
            >>> Pairs.concatenate([one, one]).j.tolist()
            [1, 1]
            >>> len(Pairs.concatenate([]))
            0
        """
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
            _joined([part.mask_iou for part in parts], parts, np.nan),
            _joined([part.agreement for part in parts], parts, 0),
        )


def _joined(columns: Sequence[Any], parts: Sequence[Pairs], unknown: float) -> Any:
    """Returns one column of all parts; None if no part has it."""
    if all(column is None for column in columns):
        return None
    return np.concatenate(
        [
            np.full(len(part), unknown) if column is None else column
            for part, column in zip(parts, columns)
        ]
    )
