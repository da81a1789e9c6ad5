"""The keep rules: one table of what each compares, and of its words.

:mod:`.decisions.preference` scores labels by them, :mod:`.decisions.reasons` writes
their reasons, and forms and the panel list them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .errors import ParamsError

PLACE, AREA, AGE, N_ATTRIBUTES = "$place", "$area", "$age", "$n_attributes"
"""The computed traits. The name of no attribute starts with a ``$``."""

CLASS = "label"
"""The trait that holds the class."""


@dataclass(frozen=True)
class Definition:
    """One row of the table. In its texts, ``{key}`` and ``{values}`` are the rule's.

    Attributes:
        label: its name in the panel
        prefers: the label that it prefers, in words
        trait: what it compares: a computed trait, such as :data:`AREA`, or a path in
            a stored label; empty for the path that the rule's key names. A rule with
            values prefers labels by the first of them that the trait equals; one with
            only a key, those whose list at the trait contains it; any other, those
            with the largest number
        sentence: the reason for keeping a label, in words. ``{kept}`` and
            ``{removed}`` are the traits of the two labels, ``{compared}`` both numbers
        common: the words for all its reasons, after "the kept label"; empty for a
            sentence that names no traits
        smallest (False): whether the smallest number is preferred
        key: the words for its key in the panel; empty if it has none
        values: the words for its values in the panel; empty if it has none
        usage: how its text is written, if it has a key or values
        example: such a text, for forms
        short: the words for it in a list of rules; empty for its name in lower case
    """

    label: str
    prefers: str
    trait: str
    sentence: str
    common: str = ""
    smallest: bool = False
    key: str = ""
    values: str = ""
    usage: str = ""
    example: str = ""
    short: str = ""


RULES: dict[str, Definition] = {
    "first": Definition(
        "First in the list",
        "the label that comes first in its list",
        PLACE,
        "comes first in the list",
        smallest=True,
    ),
    "last": Definition(
        "Last in the list",
        "the label that comes last in its list",
        PLACE,
        "comes last in the list",
    ),
    "highest_confidence": Definition(
        "Highest confidence",
        "the label with the highest confidence",
        "confidence",
        "confidence {compared}",
        "has the higher confidence",
    ),
    "largest": Definition(
        "Largest",
        "the label with the largest area",
        AREA,
        "area {compared} of the image",
        "is larger",
    ),
    "smallest": Definition(
        "Smallest",
        "the label with the smallest area",
        AREA,
        "area {compared} of the image",
        "is smaller",
        smallest=True,
    ),
    "most_attributes": Definition(
        "Most attributes",
        "the label with the most attributes",
        N_ATTRIBUTES,
        "{compared} attributes",
        "has more attributes",
    ),
    "newest": Definition(
        "Newest",
        "the label that was created last, by its id",
        AGE,
        "was created later",
    ),
    "tagged": Definition(
        "Has a tag",
        "a label that carries the tag",
        "tags",
        "has the tag '{key}'",
        key="tag",
        usage="tagged:<tag>",
        example="tagged:reviewed",
        short="tag {key}",
    ),
    "classes": Definition(
        "Class order",
        "the label whose class comes first",
        CLASS,
        "class {kept} comes before {removed}",
        "has the class that comes first among {values}",
        values="classes, best first",
        usage="classes:<a,b,...>",
        example="classes:car,truck",
        short="class {values}",
    ),
    "attribute": Definition(
        "Attribute value",
        "the label whose value comes first",
        "",
        "{key} {kept} comes before {removed}",
        "has the {key} that comes first among {values}",
        key="attribute",
        values="values, best first",
        usage="attribute:<name>=<a,b,...>",
        example="attribute:annotator=alice",
        short="{key} {values}",
    ),
}
"""The rules by name."""

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
    def definition(self) -> Definition:
        """Its row of the table."""
        return RULES[self.name]

    @property
    def trait(self) -> str:
        """The trait that it compares; see :class:`Definition`."""
        return self.definition.trait or self.key

    @property
    def path(self) -> str | None:
        """The path in a stored label that it compares; None for a computed trait."""
        return None if self.trait.startswith("$") else self.trait

    @property
    def text(self) -> str:
        """The text that :meth:`parse` reads this rule from."""
        argument = "=".join(filter(None, (self.key, ",".join(self.values))))
        return f"{self.name}:{argument}" if argument else self.name

    @classmethod
    def parse(cls, text: str) -> KeepRule:
        """Returns the rule that a text names.

        Args:
            text: a key of :data:`RULES`, with its argument after a colon

        Raises:
            ParamsError: if the text names no rule
        """
        name, _, argument = text.partition(":")
        row, argument = RULES.get(name), argument.strip()
        if row is None or bool(row.usage) != bool(argument):
            usages = (row.usage or name for name, row in RULES.items())
            raise ParamsError("one of " + ", ".join(usages), repr(text), "keep")
        key, _, values = argument.partition("=") if row.key else ("", "", argument)
        if not row.values:
            return cls(name, argument)
        rule = cls(name, key.strip(), _split(values))
        if not rule.values or not (row.trait or _ATTRIBUTE.fullmatch(rule.key)):
            raise ParamsError(f"{row.usage}, {row.prefers}", repr(text), "keep")
        return rule

    @staticmethod
    def find(text: str) -> KeepRule | None:
        """Returns the rule that a text names; None if it names none."""
        return _found(text) if text.partition(":")[0] in RULES else None


@lru_cache(256)
def _found(text: str) -> KeepRule | None:
    try:
        return KeepRule.parse(text)
    except ParamsError:
        return None


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
