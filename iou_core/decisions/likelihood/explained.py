"""The largest parts of a likelihood in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...clues import (
    APART,
    DIFFERENT,
    EQUAL,
    ONE_EACH,
    ONE_FOR_BOTH,
    PREDICTIONS,
    UNKNOWN,
    WITHIN_A_MINUTE,
    digits,
)
from ...pairs import Pairs
from ..reasons import class_name
from .cells import COPY, N_BINS, N_FREE, free_sides, has_sides, pair_cells, split
from .parts import N_PARTS, OVERLAP, PLACE, SHARE

if TYPE_CHECKING:
    from .model import Likelihoods

MOST = 3
"""The largest number of parts of the odds that are named."""

_LEAST = 0.3
"""The logarithm of odds below which a part is not named: about a third."""

_SAME = 0.02
"""The largest difference of sides that are called the same, relative to the label.

The sides of two people's boxes of one object differ by 0.03 on average.
"""

_SIDES = ("left", "right", "top", "bottom")
_COLUMNS = (0, 2, 1, 3)  # of these sides
_NUMBERS = ("no", "one", "two", "three", "four")

_SIZES = (
    (0.1, "small labels"),
    (0.35, "medium-sized labels"),
    (0.85, "large labels"),
)
_FILLING = "labels that fill the image"

_AGREEMENTS = {
    EQUAL: "same {}",
    DIFFERENT: "different {}",
    WITHIN_A_MINUTE: "{} within a minute",
    APART: "{} more than a minute apart",
}
_OF_PREDICTIONS = {
    ONE_FOR_BOTH: "one prediction matches both",
    ONE_EACH: "a prediction each",
}


class _Seen(NamedTuple):
    """The numbers of a pair that its words are made from."""

    mask_iou: float | None
    agreement: str
    log_odds: list[float]
    counted: bool
    first: str
    second: str
    iou: float
    is_copy: bool
    same: list[bool]
    size: float
    n_free: int
    reach: int
    has_sides: bool


def explain(
    model: Likelihoods,
    pairs: Pairs,
    classes: Ints,
    boxes: Floats,
    names: Sequence[str | None],
) -> list[str]:
    """Returns the three largest parts of the odds of each pair, in words.

    Args:
        model: the model
        pairs: ``M`` pairs of ``N`` labels
        classes: ``(N,)`` the class number of each label
        boxes: ``(N, 4)`` relative ``[x, y, w, h]``; zeros where there is no box
        names: the class names by number; None for labels without a class

    Returns:
        ``M`` texts, as ``"same left and top edge · car and truck are confused here
        25 % of the time · large labels often overlap here"``: the largest part first.
        Parts that hardly matter are left out; a text is empty if all of them are. A
        model that verdicts recalibrated says so at the end, and in which direction
    """
    parts = model.parts(pairs, classes, boxes)
    first, second = boxes[pairs.i], boxes[pairs.j]
    _, reach, level = split(pair_cells(pairs, boxes))
    area = np.maximum(first[:, 2] * first[:, 3], second[:, 2] * second[:, 3])
    free = free_sides(first, second)
    columns = (
        parts.log_odds[:, :N_PARTS],
        parts.counted,
        classes[pairs.i],
        classes[pairs.j],
        pairs.iou,
        level % N_BINS == COPY,
        (free & _same_sides(first, second))[:, _COLUMNS],
        np.sqrt(area),
        free.sum(axis=1),
        reach,
        has_sides(first) & has_sides(second),
    )
    agree = _agreement_words(pairs, parts.clues)
    rows = zip(pairs.mask_ious(), agree, *(column.tolist() for column in columns))
    shown = [class_name(name) for name in names]
    texts = [
        _text(_Seen(mask_iou, agreement, odds, counted, shown[a], shown[b], *others))
        for mask_iou, agreement, odds, counted, a, b, *others in rows
    ]
    if not parts.verdicts:
        return texts
    changes = parts.log_odds[:, N_PARTS].tolist()
    ends = [_verdict_words(change, parts.verdicts) for change in changes]
    return [" · ".join(filter(None, both)) for both in zip(texts, ends)]


def _same_sides(first: Floats, second: Floats) -> Bools:
    """Returns ``(M, 4)``: whether left, top, right and bottom are the same."""
    starts = np.abs(first[:, :2] - second[:, :2])
    ends = np.abs(first[:, :2] + first[:, 2:] - second[:, :2] - second[:, 2:])
    most = _SAME * np.sqrt(first[:, 2:] * second[:, 2:])
    same: Bools = np.concatenate([starts <= most, ends <= most], axis=1)
    return same & (np.tile(most, 2) > 0)


def _text(seen: _Seen) -> str:
    words = (
        *(_share_words, _overlap_words, _place_words, _reach_words),
        lambda seen: seen.agreement,
    )
    sizes = [abs(value) for value in seen.log_odds]
    largest = sorted(range(len(sizes)), key=lambda part: -sizes[part])[:MOST]
    return " · ".join(words[part](seen) for part in largest if sizes[part] >= _LEAST)


def _share_words(seen: _Seen) -> str:
    share = 100 / (1 + np.exp(-seen.log_odds[SHARE]))
    often = f"{share:.0f} %" if share >= 10 else f"{share:.1f} %"
    often = "less than 0.1 %" if share < 0.05 else often
    if seen.first == seen.second:
        whose = seen.first if seen.counted else "one class"
        return f"two labels of {whose} are one object here {often} of the time"
    both = f"{seen.first} and {seen.second}" if seen.counted else "classes like these"
    return f"{both} are confused here {often} of the time"


def _overlap_words(seen: _Seen) -> str:
    if seen.mask_iou is not None:
        only = "only " if seen.log_odds[OVERLAP] < 0 else ""
        same = "the same mask"
        return same if seen.is_copy else f"masks overlap {only}{seen.mask_iou:.2f}"
    if seen.log_odds[OVERLAP] < 0:
        return f"an overlap of {seen.iou:.2f} is more usual for two objects"
    sides = [side for side, same in zip(_SIDES, seen.same) if same]
    if seen.is_copy:
        return "exact copies"
    if not sides:
        return f"an overlap of {seen.iou:.2f} is more usual for one object"
    *others, last = sides
    named = f"{', '.join(others)} and {last}" if others else last
    return f"same {named} edge"


def _place_words(seen: _Seen) -> str:
    often = "often" if seen.log_odds[PLACE] < 0 else "seldom"
    if not seen.has_sides:
        return f"labels without a box {often} overlap here"
    what = next((words for least, words in _SIZES if seen.size < least), _FILLING)
    n = N_FREE - 1 - seen.n_free
    if n and what != _FILLING:
        what += f" at {_NUMBERS[n]} border{'s' * (n > 1)} of the image"
    return f"{what} {often} overlap here"


def _reach_words(seen: _Seen) -> str:
    if seen.reach == seen.n_free:
        return "one is inside the other"
    if seen.reach > (seen.n_free + 1) // 2:
        return "one reaches further on most sides"
    return "neither is inside the other"


def _verdict_words(change: float, verdicts: int) -> str:
    moved = "raised by" if change > 0 else "lowered by"
    how = "from" if abs(change) < _LEAST else moved
    return f"{how} {from_verdicts(verdicts)}"


def from_verdicts(verdicts: int) -> str:
    """Returns how many verdicts recalibrated likelihoods, in words."""
    if verdicts == 1:
        return "one of your verdicts"
    return f"{verdicts:,} of your verdicts"


def _agreement_words(pairs: Pairs, names: Sequence[str]) -> list[str]:
    """Returns what is known beside the overlap of pairs; "" where nothing is."""
    if pairs.agreement is None or not names:
        return [""] * len(pairs)
    codes, which = np.unique(pairs.agreement, return_inverse=True)
    words = [
        ", ".join(
            (_OF_PREDICTIONS if name == PREDICTIONS else _AGREEMENTS)[agreement].format(
                name
            )
            for name, agreement in zip(names, row)
            if agreement != UNKNOWN
        )
        for row in digits(codes, len(names)).tolist()
    ]
    return [words[k] for k in which.tolist()]
