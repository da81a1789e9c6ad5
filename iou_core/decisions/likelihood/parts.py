"""The parts of the odds that two labels mark one object."""

from __future__ import annotations

from dataclasses import dataclass

from ...arrays import Bools, Floats

SHARE, OVERLAP, PLACE, REACH, CLUES = range(5)
N_PARTS = 5


@dataclass(frozen=True)
class Parts:
    """The parts of the odds of ``M`` pairs.

    Attributes:
        log_odds: ``(M, N_PARTS)`` logarithms, which add up to that of a pair's odds.
            They come from the share of duplicates among the other pairs of its
            classes, from its IoU, from its size and the borders that cut it, from how
            one label reaches over the other, and from attributes that are evidence. If
            verdicts recalibrated them, there is one more, for what these change
        counted: ``(M,)`` whether the share was counted for these two classes, and
            not only for classes like them
        verdicts: the number of verdicts that recalibrated them
        clues: the names of the attributes that are evidence
    """

    log_odds: Floats
    counted: Bools
    verdicts: int = 0
    clues: tuple[str, ...] = ()
