"""Keep rules: an order of preference among labels, with the reason as data.

A rule gives every label a score, and the label with the higher score is kept. Where a
rule does not tell two labels apart, the next one decides. If none does, the earlier
label is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Floats, Ints
from ..flags import read_flag
from ..keep_rule import AREA, KeepRule
from .reasons import FEWER, LIST_ORDER, Reason, Value

_PLAIN = (bool, int, float, str)


@dataclass(frozen=True)
class Traits:
    """The values of ``N`` labels that keep rules compare.

    Attributes:
        n: the number of labels
        values: by trait, the value of each label; see
            :class:`..keep_rule.Definition`. Where a number is compared, a label with
            any other value has none
        units: of the areas; see :class:`.reasons.Reason`. Empty for shares of images
    """

    n: int
    values: Mapping[str, Sequence[Any] | Floats | Ints]
    units: Sequence[str] = ()


def scores(rule: KeepRule, traits: Traits) -> Floats:
    """Returns the score of each label by one rule.

    Args:
        rule: the rule
        traits: ``N`` labels

    Returns:
        an ``(N,)`` float64 array; a label without the trait scores lowest
    """
    values = traits.values[rule.trait]
    if rule.values:
        return _by_place(values, rule.values)
    if rule.key:
        lists = (held if isinstance(held, list) else () for held in values)
        return np.array([rule.key in held for held in lists], dtype=np.float64)
    numbers = _numbers(values)
    score = -numbers if rule.definition.smallest else numbers
    return np.where(np.isnan(score), -np.inf, score)


def _numbers(values: Sequence[Any] | Floats | Ints) -> Floats:
    """Returns numbers in the order of some values; NaN for any other value."""
    if not isinstance(values, np.ndarray):
        numbers = (v if isinstance(v, (int, float)) else np.nan for v in values)
        return np.fromiter(numbers, np.float64, len(values))
    if values.dtype.kind == "i":
        # ages do not fit into a float64, but their order does
        values = np.unique(values, return_inverse=True)[1]
    return values.astype(np.float64)


def _by_place(found: Sequence[Any] | Floats | Ints, values: Sequence[str]) -> Floats:
    known: dict[tuple[type, object], float] = {}
    score = np.full(len(found), -np.inf)
    for k, value in enumerate(found):
        # True and 1 are one key of a dict, and two values of an attribute
        key = type(value), value if value.__hash__ is not None else str(value)
        if key not in known:
            place = place_of(value, values)
            known[key] = -np.inf if place is None else -float(place)
        score[k] = known[key]
    return score


def place_of(value: object, texts: Sequence[str]) -> int | None:
    """Returns which of the texts of a rule a stored value is, the first if several.

    A text is compared by the type of the value: with a bool as a flag ("true", "1",
    "yes"), with a number as a number, so that "2" equals 2.0, and with text as it is.

    Args:
        value: the value of an attribute
        texts: the values of a rule

    Returns:
        an index; None where no text matches, or there is no value

    Examples:
        >>> place_of(2.0, ["1", "2"])
        1
        >>> place_of(None, ["1", "2"]) is None
        True
    """
    if value is None:
        return None
    for k, text in enumerate(texts):
        if isinstance(value, bool):
            same = read_flag(text) is value
        elif isinstance(value, (int, float)):
            same = number_of(text) == value
        else:
            same = str(value) == text
        if same:
            return k
    return None


def number_of(text: str) -> float | None:
    """Returns the number that a text is; None for any other text."""
    try:
        return float(text)
    except ValueError:
        return None


class Preference:
    """An order of preference among labels, with the reasons for it.

    Args:
        rules: the rules, the most important first; none for list order
        traits: ``N`` labels
    """

    def __init__(self, rules: Sequence[KeepRule], traits: Traits) -> None:
        self._rules = rules
        self._traits = traits
        self._scores = [scores(rule, traits) for rule in rules]

    @property
    def rank(self) -> Ints:
        """``(N,)`` int64, a permutation: 0 for the most preferred label."""
        n = self._traits.n
        order = np.lexsort([np.arange(n), *(-by for by in reversed(self._scores))])
        rank = np.empty(n, dtype=np.int64)
        rank[order] = np.arange(n)
        return rank

    def reason(self, kept: int, removed: int) -> Reason:
        """Returns why one label is kept rather than another.

        Args:
            kept: the label that is kept, of the ``N``
            removed: the label that is removed
        """
        for rule, by_rule in zip(self._rules, self._scores):
            if by_rule[kept] > by_rule[removed]:
                one, other = (_value(rule, self._traits, k) for k in (kept, removed))
                has_unit = rule.trait == AREA and self._traits.units
                unit = self._traits.units[removed] if has_unit else ""
                return Reason(rule.text, one, other, unit)
            if by_rule[kept] < by_rule[removed]:
                return Reason(FEWER)
        return Reason(LIST_ORDER if kept < removed else FEWER)


def _value(rule: KeepRule, traits: Traits, k: int) -> Value:
    """Returns the value of a label under a rule, as plain data."""
    sentence = rule.definition.sentence
    if "{kept}" not in sentence and "{compared}" not in sentence:
        return None
    value = traits.values[rule.trait][k]
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or value != value:
        return None
    if rule.values:
        return value if isinstance(value, _PLAIN) else str(value)
    return value if isinstance(value, (int, float)) else None
