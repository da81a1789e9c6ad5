"""Who stays: keep rules, as an order of preference, and the reason in words.

A rule gives every label a score; the label with the higher score stays. Where a
rule does not part two labels the next one does, and at last their place in the
list: the earlier one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .boxes import Floats, Ints
from .errors import ParamsError

RULES: dict[str, str] = {
    "first": "the label that comes first in its list",
    "last": "the label that comes last in its list",
    "highest_confidence": "the label with the highest confidence",
    "largest": "the label with the largest area",
    "smallest": "the label with the smallest area",
    "most_attributes": "the label with the most attributes",
    "newest": "the label made last, by its id",
    "tagged": "tagged:<tag>, a label that carries the tag",
    "classes": "classes:<a,b,...>, the label whose class comes first",
    "attribute": "attribute:<name>=<a,b,...>, the label whose value comes first",
}
"""The rules by name, with which label each prefers."""

_WITH_ARGUMENT = ("tagged", "classes", "attribute")


@dataclass(frozen=True)
class KeepRule:
    """One rule.

    Attributes:
        name: a key of :data:`RULES`
        key: the tag, or the name of the attribute; empty otherwise
        values: the classes or values in order of preference
    """

    name: str
    key: str = ""
    values: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> KeepRule:
        """Returns the rule that a text names.

        Raises:
            ParamsError: if it names none
        """
        name, _, argument = text.partition(":")
        argument = argument.strip()
        if name not in RULES or (name in _WITH_ARGUMENT) != bool(argument):
            raise ParamsError("one of " + ", ".join(_usage()), repr(text), "keep")
        if name == "tagged":
            return cls(name, argument)
        if name == "classes" and _split(argument):
            return cls(name, "", _split(argument))
        if name == "attribute":
            key, _, values = argument.partition("=")
            if key.strip() and _split(values):
                return cls(name, key.strip(), _split(values))
        if argument:
            raise ParamsError(RULES[name], repr(text), "keep")
        return cls(name)


def _usage() -> list[str]:
    return [
        words.split(", ")[0] if name in _WITH_ARGUMENT else name
        for name, words in RULES.items()
    ]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_rules(keep: object) -> tuple[KeepRule, ...]:
    """Returns the rules that a parameter names: None, a text, or a list of texts.

    Raises:
        ParamsError: if one is no rule
    """
    if keep is None:
        return ()
    texts = [keep] if isinstance(keep, str) else keep
    if not isinstance(texts, (list, tuple)) or not all(
        isinstance(text, str) for text in texts
    ):
        raise ParamsError("a keep rule or a list of them", repr(keep), "keep")
    return tuple(KeepRule.parse(text) for text in texts)


@dataclass(frozen=True)
class Traits:
    """What keep rules look at, for ``N`` labels.

    Attributes:
        area: ``(N,)`` float64, relative to the image
        classes: the class name of each; None for none
        age: ``(N,)`` int64, larger for labels made later
        confidence: ``(N,)`` float64, NaN where there is none
        n_attributes: ``(N,)`` int64
        tags: the tags of each
        attributes: by name, the value of each, as text; None where there is none
    """

    area: Floats
    classes: Sequence[str | None]
    age: Ints
    confidence: Floats
    n_attributes: Ints
    tags: Sequence[frozenset[str]] = ()
    attributes: dict[str, Sequence[str | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.area)


def scores(rule: KeepRule, traits: Traits) -> Floats:
    """Returns the score of each label by one rule.

    Returns:
        an ``(N,)`` float64 array; a label without the trait scores lowest
    """
    n = len(traits)
    if rule.name == "first":
        return -np.arange(n, dtype=np.float64)
    if rule.name == "last":
        return np.arange(n, dtype=np.float64)
    if rule.name == "highest_confidence":
        return np.where(np.isnan(traits.confidence), -np.inf, traits.confidence)
    if rule.name in ("largest", "smallest"):
        return traits.area if rule.name == "largest" else -traits.area
    if rule.name == "most_attributes":
        return traits.n_attributes.astype(np.float64)
    if rule.name == "newest":
        # ages do not fit into a float: their order does
        return np.unique(traits.age, return_inverse=True)[1].astype(np.float64)
    if rule.name == "tagged":
        return np.array([rule.key in tags for tags in traits.tags], dtype=np.float64)
    found = traits.classes if rule.name == "classes" else traits.attributes[rule.key]
    places = {value: -float(k) for k, value in enumerate(rule.values)}
    return np.array([places.get(v, -np.inf) if v else -np.inf for v in found])


class Preference:
    """An order of preference among labels, that can say why.

    Args:
        rules: the rules, the first counts most; none for the order of the list
        traits: ``N`` labels
    """

    def __init__(self, rules: Sequence[KeepRule], traits: Traits) -> None:
        self._rules = rules
        self._traits = traits
        self._scores = [scores(rule, traits) for rule in rules]

    @property
    def rank(self) -> Ints:
        """``(N,)``, a permutation: 0 is the label one would keep first."""
        n = len(self._traits)
        order = np.lexsort([np.arange(n), *(-by for by in reversed(self._scores))])
        rank = np.empty(n, dtype=np.int64)
        rank[order] = np.arange(n)
        return rank

    def reason(self, kept: int, other: int) -> str:
        """Returns in words why one label is preferred to another, if it is."""
        for rule, by_rule in zip(self._rules, self._scores):
            if by_rule[kept] != by_rule[other]:
                kept_first = by_rule[kept] > by_rule[other]
                text = _words(rule, self._traits, kept, other)
                return text if kept_first else "kept all the same: fewer labels go so"
        if kept < other:
            return "comes first in the list"
        return "kept all the same: fewer labels go so"


def _words(rule: KeepRule, traits: Traits, kept: int, other: int) -> str:
    if rule.name == "highest_confidence":
        values = [_number(traits.confidence[k]) for k in (kept, other)]
        return f"confidence {values[0]} > {values[1]}"
    if rule.name in ("largest", "smallest"):
        sign = ">" if rule.name == "largest" else "<"
        values = [f"{100 * traits.area[k]:.3g} %" for k in (kept, other)]
        return f"area {values[0]} {sign} {values[1]} of the image"
    if rule.name == "most_attributes":
        return f"{traits.n_attributes[kept]} > {traits.n_attributes[other]} attributes"
    if rule.name == "newest":
        return "made later"
    if rule.name == "tagged":
        return f"has the tag '{rule.key}'"
    if rule.name == "classes":
        return f"class {traits.classes[kept]} comes before {traits.classes[other]}"
    if rule.name == "attribute":
        values = [str(traits.attributes[rule.key][k]) for k in (kept, other)]
        return f"{rule.key} {values[0]} comes before {values[1]}"
    return f"comes {rule.name} in the list"


def _number(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:.3g}"
