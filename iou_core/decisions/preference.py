"""Keep rules: an order of preference among labels, with the reason as data.

A rule gives every label a score, and the label with the higher score is kept. Where a
rule does not tell two labels apart, the next one decides. If none does, the earlier
label is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Floats, Ints
from ..flags import read_flag
from ..keep_rule import KeepRule
from .reasons import FEWER, LIST_ORDER, Reason, Value


@dataclass(frozen=True)
class Traits:
    """The attributes of ``N`` labels that keep rules compare.

    Attributes:
        area: ``(N,)`` float64, relative to the image
        classes: the class name of each; None for none
        age: ``(N,)`` int64, larger for labels created later
        confidence: ``(N,)`` float64, NaN where there is none
        n_attributes: ``(N,)`` int64
        tags: the tags of each
        attributes: by name, the value of each; None where there is none
        units: of the areas; see :class:`.reasons.Reason`. Empty for shares of images
    """

    area: Floats
    classes: Sequence[str | None]
    age: Ints
    confidence: Floats
    n_attributes: Ints
    tags: Sequence[frozenset[str]] = ()
    attributes: dict[str, Sequence[object]] = field(default_factory=dict)
    units: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.area)


def scores(rule: KeepRule, traits: Traits) -> Floats:
    """Returns the score of each label by one rule.

    Args:
        rule: the rule
        traits: ``N`` labels

    Returns:
        an ``(N,)`` float64 array; a label without the trait scores lowest
    """
    return SCORES[rule.name](rule, traits)


def _by_confidence(rule: KeepRule, traits: Traits) -> Floats:
    return np.where(np.isnan(traits.confidence), -np.inf, traits.confidence)


def _by_age(rule: KeepRule, traits: Traits) -> Floats:
    # ages do not fit into a float64, but their order does
    return np.unique(traits.age, return_inverse=True)[1].astype(np.float64)


def _by_tag(rule: KeepRule, traits: Traits) -> Floats:
    return np.array([rule.key in tags for tags in traits.tags], dtype=np.float64)


def _by_class(rule: KeepRule, traits: Traits) -> Floats:
    places = {name: -float(k) for k, name in reversed([*enumerate(rule.values)])}
    return np.array([places.get(name or "", -np.inf) for name in traits.classes])


def _by_attribute(rule: KeepRule, traits: Traits) -> Floats:
    return _by_place(traits.attributes[rule.key], rule.values)


SCORES: dict[str, Callable[[KeepRule, Traits], Floats]] = {
    "first": lambda rule, traits: -np.arange(len(traits), dtype=np.float64),
    "last": lambda rule, traits: np.arange(len(traits), dtype=np.float64),
    "highest_confidence": _by_confidence,
    "largest": lambda rule, traits: traits.area,
    "smallest": lambda rule, traits: -traits.area,
    "most_attributes": lambda rule, traits: traits.n_attributes.astype(np.float64),
    "newest": _by_age,
    "tagged": _by_tag,
    "classes": _by_class,
    "attribute": _by_attribute,
}
"""The functions that score labels, by the names of :data:`..keep_rule.RULES`."""


def _by_place(found: Sequence[object], values: tuple[str, ...]) -> Floats:
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
        n = len(self._traits)
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
                has_unit = rule.name in ("largest", "smallest") and self._traits.units
                unit = self._traits.units[removed] if has_unit else ""
                return Reason(rule.text, one, other, unit)
            if by_rule[kept] < by_rule[removed]:
                return Reason(FEWER)
        return Reason(LIST_ORDER if kept < removed else FEWER)


def _value(rule: KeepRule, traits: Traits, k: int) -> Value:
    """Returns the value of a label under a rule, as plain data."""
    if rule.name == "highest_confidence":
        confidence = float(traits.confidence[k])
        return None if np.isnan(confidence) else confidence
    if rule.name in ("largest", "smallest"):
        return float(traits.area[k])
    if rule.name == "most_attributes":
        return int(traits.n_attributes[k])
    if rule.name == "classes":
        return traits.classes[k]
    if rule.name == "attribute":
        value = traits.attributes[rule.key][k]
        plain = value is None or isinstance(value, (bool, int, float, str))
        return value if plain else str(value)  # type: ignore[return-value]
    return None
