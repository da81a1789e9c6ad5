"""The reason that a label is removed and another one is kept, as data and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..keep_rule import AREA, CLASS, KeepRule

Value = str | float | bool | None

LIST_ORDER = "list_order"
FIFTYONE_ORDER = "fiftyone_order"
FEWER = "fewer"
OTHER_FIELD = "other_field"
NOT_SELECTED = "not_selected"
REMOVED_TOO = "removed_too"
NOT_STORED = "not_stored"
VERDICT = "verdict"
MERGED = "merged"
REMOVED_BOTH = "removed_both"
KEPT_BY_VERDICT = "kept_by_verdict"

_MOST_DIGITS = 17  # tell any two float64 apart

_SENTENCES = {
    LIST_ORDER: "comes first in the list",
    FIFTYONE_ORDER: "kept by the greedy order of FiftyOne",
    FEWER: "kept so that fewer labels are removed",
    OTHER_FIELD: "only labels of {removed} are removed, not those of {kept}",
    NOT_SELECTED: "its class is not among those to be removed",
    REMOVED_TOO: "overlaps a label that is removed too",
    NOT_STORED: "overlaps an earlier label (not stored, as there are too many pairs)",
    VERDICT: "kept by {kept}",
    MERGED: "kept by {kept}, and the other is merged into it",
    REMOVED_BOTH: "removed by {kept}",
    KEPT_BY_VERDICT: "kept by {kept} in another pair",
}

_SOMEONE = "a person"

_KINDS = {
    LIST_ORDER: "the kept label comes first in the list",
    FIFTYONE_ORDER: "FiftyOne's greedy order keeps the other label",
    FEWER: "fewer labels are removed if the other label is kept",
    OTHER_FIELD: "the kept label is in the other field",
    NOT_SELECTED: "the class of the other label is not among those to be removed",
    REMOVED_TOO: "the label that it overlaps is removed too",
    NOT_STORED: "it overlaps an earlier label; too many pairs to store which one",
    VERDICT: "a person kept the other label",
    MERGED: "a person merged it into the kept label",
    REMOVED_BOTH: "a person removed both labels",
    KEPT_BY_VERDICT: "a person kept the other label in another pair",
}


@dataclass(frozen=True)
class Reason:
    """The reason why one label is removed, not the label that it overlaps most.

    Attributes:
        rule: the text of the keep rule that told the two labels apart
            ("highest_confidence", "tagged:reviewed"), or what decided without one:
            :data:`LIST_ORDER`, :data:`FIFTYONE_ORDER`, :data:`FEWER` or
            :data:`OTHER_FIELD`. :data:`NOT_SELECTED`: the other label would be
            removed too, but its class is not among those of the plan.
            :data:`VERDICT`, :data:`MERGED` and :data:`KEPT_BY_VERDICT`: a person kept
            the other label of this pair, merged this one into it, or kept it in a
            verdict on another pair. Three rules name no kept label:
            :data:`REMOVED_BOTH`, where a person removed both, :data:`REMOVED_TOO`,
            where every label that it overlaps is removed as well, and
            :data:`NOT_STORED`, where its pairs were not kept
        kept: the value of the kept label under the rule: a confidence, size, count,
            class or attribute value; a label field for :data:`OTHER_FIELD`; the name
            of the person for verdicts; None where
            the rule needs no value, or there is none
        removed: the value of the removed label
        unit: the unit of a size: "" for a share of the image, else "frames" or
            "cubic units"
    """

    rule: str
    kept: Value = None
    removed: Value = None
    unit: str = ""

    @property
    def names_kept(self) -> bool:
        """Whether the other label is kept."""
        return self.rule not in (REMOVED_TOO, NOT_STORED, REMOVED_BOTH)

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain data, for a journal or a worker."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, reason: Mapping[str, Any]) -> Reason:
        """Returns the reason that :meth:`to_dict` was called on."""
        return cls(**reason)

    def in_words(self) -> dict[str, Any]:
        """Returns it as the panel shows it, ready for JSON.

        Returns:
            ``{"rule", "text", "names_kept"}``
        """
        names_kept = self.names_kept
        return {"rule": self.rule, "text": sentence(self), "names_kept": names_kept}

    def __str__(self) -> str:
        return sentence(self)


def sentence(reason: Reason) -> str:
    """Returns a reason in words, as ``"confidence 0.93 > 0.71"``.

    Where :attr:`Reason.names_kept` is true, the text is about the kept label.
    """
    kept, removed, unit = reason.kept, reason.removed, reason.unit
    rule = KeepRule.find(reason.rule)
    if rule is None:
        words = _SENTENCES.get(reason.rule)
        known = {"kept": kept or _SOMEONE, "removed": removed}
        return reason.rule if words is None else words.format(**known)
    words = f"size {{compared}} {unit}" if unit else rule.definition.sentence
    shown = class_name if rule.trait == CLASS else _text
    return words.format(
        key=rule.key,
        values=",".join(rule.values),
        kept=shown(kept),
        removed=shown(removed),
        compared=_compared(rule, kept, removed, unit) if "{compared}" in words else "",
    )


def kind_of_reason(rule: str) -> str:
    """Returns the text for all reasons with one rule: "the kept label is larger"."""
    found = KeepRule.find(rule)
    if found is None:
        return _KINDS.get(rule, rule)
    words = found.definition.common or found.definition.sentence
    text = words.format(key=found.key, values=", ".join(found.values))
    return f"the kept label {text}"


def _compared(rule: KeepRule, kept: Any, removed: Any, unit: str) -> str:
    """Returns two numbers with enough digits to tell them apart."""
    sign = "<" if rule.definition.smallest else ">"
    times, end = (100, " %") if rule.trait == AREA and not unit else (1, "")

    def texts(digits: int) -> list[str]:
        pair = (kept, removed)
        return ["none" if v is None else _digits(v * times, digits) + end for v in pair]

    for digits in range(3, _MOST_DIGITS + 1):
        one, other = texts(digits)
        if one != other:
            return f"{one} {sign} {other}"
    return " = ".join(texts(3))


def _digits(value: float, digits: int) -> str:
    """Returns a number in decimals: never ``3e+01``, and whole numbers whole."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def class_name(name: Value) -> str:
    """Returns the name of a class in a sentence; that of None says there is none."""
    return "(no class)" if name is None else str(name)


def _text(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
