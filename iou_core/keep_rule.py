"""One keep rule: its name, and the text that names it.

:mod:`.decisions.preference` scores labels by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import ParamsError

RULES: dict[str, str] = {
    "first": "the label that comes first in its list",
    "last": "the label that comes last in its list",
    "highest_confidence": "the label with the highest confidence",
    "largest": "the label with the largest area",
    "smallest": "the label with the smallest area",
    "most_attributes": "the label with the most attributes",
    "newest": "the label that was created last, by its id",
    "tagged": "tagged:<tag>, a label that carries the tag",
    "classes": "classes:<a,b,...>, the label whose class comes first",
    "attribute": "attribute:<name>=<a,b,...>, the label whose value comes first",
}
"""The rules by name, and the label that each prefers."""

_WITH_ARGUMENT = ("tagged", "classes", "attribute")

# names, of one within another after a dot; with a `$`, MongoDB would run them
_ATTRIBUTE = re.compile(r"(?!\$)[^.\0]+(\.(?!\$)[^.\0]+)*")


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

    @property
    def text(self) -> str:
        """The text that :meth:`parse` reads this rule from."""
        if self.name == "tagged":
            return f"tagged:{self.key}"
        values = ",".join(self.values)
        if self.name == "attribute":
            return f"attribute:{self.key}={values}"
        return f"classes:{values}" if self.name == "classes" else self.name

    @classmethod
    def parse(cls, text: str) -> KeepRule:
        """Returns the rule that a text names.

        Args:
            text: a key of :data:`RULES`, with its argument after a colon

        Raises:
            ParamsError: if the text names no rule
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
            if _ATTRIBUTE.fullmatch(key.strip()) and _split(values):
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
    """Returns the rules that a parameter names.

    Args:
        keep: None, a text or a list of texts

    Raises:
        ParamsError: if a text names no rule

    Examples:
        >>> [rule.name for rule in parse_rules(["tagged:reviewed", "largest"])]
        ['tagged', 'largest']
        >>> parse_rules(None)
        ()
    """
    if keep is None:
        return ()
    texts = [keep] if isinstance(keep, str) else keep
    if not isinstance(texts, (list, tuple)) or not all(
        isinstance(text, str) for text in texts
    ):
        raise ParamsError("a keep rule or a list of them", repr(keep), "keep")
    return tuple(KeepRule.parse(text) for text in texts)
