"""The reason that a label is removed and another one is kept, as data and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    NOT_SELECTED: "its class is not among those to be removed",
    REMOVED_TOO: "overlaps a label that is removed too",
    NOT_STORED: "overlaps an earlier label (not stored, as there are too many pairs)",
    "first": "comes first in the list",
    "last": "comes last in the list",
    "newest": "was created later",
}

_VERDICTS = {
    VERDICT: "kept by {}",
    MERGED: "kept by {}, and the other is merged into it",
    REMOVED_BOTH: "removed by {}",
    KEPT_BY_VERDICT: "kept by {} in another pair",
}

_KINDS = {
    "highest_confidence": "the higher confidence",
    "largest": "the larger label",
    "smallest": "the smaller label",
    "most_attributes": "more attributes",
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
        """Returns it as plain data, for a journal, a worker or the panel."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, reason: Mapping[str, Any]) -> Reason:
        """Returns the reason that :meth:`to_dict` was called on."""
        return cls(**reason)

    def __str__(self) -> str:
        return sentence(self)


def sentence(reason: Reason) -> str:
    """Returns a reason in words, as ``"confidence 0.93 > 0.71"``.

    Where :attr:`Reason.names_kept` is true, the text is about the kept label.
    """
    rule, kept, removed = reason.rule, reason.kept, reason.removed
    name, _, argument = rule.partition(":")
    if name == "highest_confidence":
        return "confidence " + _compared(kept, removed, ">")
    if name in ("largest", "smallest"):
        sign = ">" if name == "largest" else "<"
        if reason.unit:
            return f"size {_compared(kept, removed, sign)} {reason.unit}"
        return f"area {_compared(kept, removed, sign, 100, ' %')} of the image"
    if name == "most_attributes":
        return f"{_compared(kept, removed, '>')} attributes"
    if name == "tagged":
        return f"has the tag '{argument}'"
    if name == "classes":
        return f"class {class_name(kept)} comes before {class_name(removed)}"
    if name == "attribute":
        key = argument.partition("=")[0].strip()
        return f"{key} {_text(kept)} comes before {_text(removed)}"
    if name == OTHER_FIELD:
        return f"only labels of {removed} are removed, not those of {kept}"
    if name in _VERDICTS:
        return _VERDICTS[name].format(kept or "a verdict")
    return _SENTENCES.get(rule, rule)


def kind_of_reason(rule: str) -> str:
    """Returns the text for all reasons with one rule, as ``"the larger label"``."""
    if rule in _KINDS:
        return _KINDS[rule]
    name, _, argument = rule.partition(":")
    if name == "tagged":
        return f"has the tag '{argument}'"
    if name == "classes":
        return f"its class comes first among {argument}"
    if name == "attribute":
        key, _, values = argument.partition("=")
        return f"its {key.strip()} comes first among {values.strip()}"
    if name == OTHER_FIELD:
        return "is in the other field"
    if name in _VERDICTS:
        return _VERDICTS[name].format("a verdict")
    return _SENTENCES.get(rule, rule)


def _compared(a: Any, b: Any, sign: str, times: int = 1, unit: str = "") -> str:
    """Returns two numbers with enough digits to tell them apart."""
    if a is None or b is None:
        texts = ["none" if v is None else _digits(v * times, 3) + unit for v in (a, b)]
        return f"{texts[0]} {sign} {texts[1]}"
    for digits in range(3, _MOST_DIGITS + 1):
        one, other = (_digits(value * times, digits) for value in (a, b))
        if one != other:
            return f"{one}{unit} {sign} {other}{unit}"
    equal = _digits(a * times, 3) + unit
    return f"{equal} = {equal}"


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
    return f"{value:g}" if isinstance(value, float) else str(value)
