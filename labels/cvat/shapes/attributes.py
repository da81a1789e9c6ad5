"""Attributes on the round trip: which are sent, and how values become text and back.

CVAT stores values as text: it trims them, and does not distinguish an empty value from
one that was never set. Therefore only types whose values differ as text are sent, and
the returned text is compared with the text that was sent to the server.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import Int64

from ....iou_core.errors import CvatError, FieldError
from ...fields import BUILTIN_NAMES, LabelField

MAX_TEXT = 4096
"""The longest value that CVAT accepts, in characters."""

MAX_NAME = 64
"""The longest attribute name that CVAT accepts, in characters."""

SWITCH = "occluded"
"""The attribute for which CVAT shows its own switch at every shape."""

RESERVED = "label_id"
"""The attribute by which FiftyOne recognizes a label that it sent."""

_TYPES: dict[type, str] = {
    fo.StringField: "str",
    fo.BooleanField: "bool",
    fo.IntField: "int",
    fo.FloatField: "float",
}
_WORDS = {"str": "text", "bool": "true or false", "int": "a whole number"}
_PYTHON: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}
_NUMBER = {
    "int": re.compile(r"[+-]?\d+", re.ASCII),
    "float": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII),
}


@dataclass(frozen=True)
class Attribute:
    """An attribute that is sent to CVAT and back.

    Attributes:
        name: its name, both of the labels' attribute and of CVAT's
        type: its declared type, ``"str"``, ``"bool"``, ``"int"`` or ``"float"``
    """

    name: str
    type: str

    @property
    def is_switch(self) -> bool:
        """Whether CVAT has its own switch for it; unset and false are the same."""
        return self.name == SWITCH and self.type == "bool"

    @property
    def words(self) -> str:
        """A description of its values for users."""
        return _WORDS.get(self.type, "a number")

    @property
    def schema(self) -> dict[str, Any]:
        """The attribute in the label schema of FiftyOne's backend.

        A bool is sent as a choice that includes an empty value: CVAT's check box
        cannot be unset, and its editor rejects every edit of a shape whose check box
        is. Numbers are sent as text: CVAT's numbers have bounds and a step, but no
        empty value.
        """
        if self.type == "bool":
            return {"type": "select", "values": ["", "true", "false"]}
        return {"type": "text", "values": []}

    def lacks(self, found: Mapping[str, Any] | None) -> str | None:
        """Returns why an attribute in CVAT cannot hold every value; None if it can.

        CVAT rejects values that its numbers, check boxes and choices do not allow.

        Args:
            found: the attribute, as the server describes it; None if there is none
        """
        if found is None and self.is_switch:
            return None
        if found is None:
            return f"without {self.name!r}"
        kind, own = found["input_type"], self.schema
        is_own = kind == own["type"] and list(found["values"]) == own["values"]
        if kind == "text" or is_own:
            return None
        return f"with {self.name!r} of type {kind}"

    def to_text(self, value: Any) -> str | None:
        """Returns a value as CVAT stores it.

        Returns:
            trimmed text; ``""`` for None; None if CVAT cannot hold the value
        """
        if value is None:
            return ""
        if not isinstance(value, _PYTHON[self.type]):
            return None
        if isinstance(value, bool):
            return str(value).lower() if self.type == "bool" else None
        text = str(value).strip()
        fits = len(text) <= MAX_TEXT and not re.search("[\0\ud800-\udfff]", text)
        return text if fits else None

    def read(self, text: str) -> Any:
        """Returns the value that a text represents; None for an empty text.

        Raises:
            ValueError: if the text represents no value of the type
        """
        text = text.strip()
        if text == "" or self.type == "str":
            return text or None
        if self.type == "bool":
            if text.lower() not in ("true", "false"):
                raise ValueError(text)
            return text.lower() == "true"
        if not _NUMBER[self.type].fullmatch(text):
            raise ValueError(text)
        value = int(text) if self.type == "int" else float(text)
        if self.type == "int" and not -(2**63) <= value < 2**63:
            raise ValueError(text)
        if not math.isfinite(value):
            raise ValueError(text)
        return value

    def canonical(self, text: str) -> str:
        """Returns one text for all texts of a value: ``"0.50"`` becomes ``"0.5"``."""
        try:
            return self.to_text(self.read(text)) or ""
        except ValueError:
            return text.strip()

    def stored(self, value: Any, before: Any) -> Any:
        """Returns a value as the database stores it, as wide as the previous one."""
        is_wide = isinstance(before, Int64) and isinstance(value, int)
        return Int64(value) if is_wide else value

    def to_document(self) -> dict[str, str]:
        """Returns the attribute as it is stored with a trip."""
        return {"name": self.name, "type": self.type}


def offered(samples: foc.SampleCollection, field: LabelField) -> list[Attribute]:
    """Returns the attributes of a field that can be sent, in schema order.

    Args:
        samples: a dataset or a view
        field: the label field
    """
    found = _declared(samples, field)
    return [
        Attribute(name, _TYPES[type(declared)])
        for name, declared in found.items()
        if _fault(samples, field, name, declared) is None
    ]


def choose(
    samples: foc.SampleCollection, field: LabelField, wanted: Sequence[str] | bool
) -> tuple[list[Attribute], dict[str, str]]:
    """Returns the attributes to send.

    Args:
        samples: a dataset or a view
        field: the label field
        wanted: names; True for all that can be sent; False for none

    Returns:
        the attributes, and, if ``wanted`` is True, the reasons why other attributes
        are not sent, by name

    Raises:
        FieldError: if a named attribute cannot be sent
    """
    if wanted is False:
        return [], {}
    found = _declared(samples, field)
    if wanted is True:
        left = {
            name: fault
            for name, declared in found.items()
            if (fault := _fault(samples, field, name, declared)) is not None
            and name not in BUILTIN_NAMES
        }
        return offered(samples, field), left
    for name in wanted:
        fault = _fault(samples, field, name, found.get(name))
        if fault is not None:
            expected = "attributes of " + ", ".join(_PYTHON) + " to send to CVAT"
            raise FieldError(expected, f"{name!r}, which {fault}", "attributes")
    return [
        Attribute(name, _TYPES[type(found[name])]) for name in dict.fromkeys(wanted)
    ], {}


def of_trip(documents: Sequence[Mapping[str, str]]) -> list[Attribute]:
    """Returns the attributes that were sent with a stored trip."""
    return [Attribute(**document) for document in documents]


def require_as_sent(
    samples: foc.SampleCollection, field: LabelField, sent: Sequence[Attribute]
) -> None:
    """Raises an error if the type of a sent attribute has changed.

    Raises:
        CvatError: if an attribute's declared type is not the one it was sent with
    """
    now = _declared(samples, field)
    for attribute in sent:
        kind = _TYPES.get(type(now.get(attribute.name)))
        if kind != attribute.type:
            raise CvatError(
                f"{attribute.words}, as when it was sent",
                kind or "a deleted attribute, or one of another type",
                f"{field.full_path}.{attribute.name}",
            )


def texts(
    attributes: Sequence[Attribute], label: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yields the name and text of each attribute to send, except empty ones."""
    for attribute in attributes:
        text = attribute.to_text(label.get(attribute.name))
        if text:
            yield attribute.name, text


def unsendable_values(
    attributes: Sequence[Attribute], label: Mapping[str, Any]
) -> Iterator[str]:
    """Yields the names of a label's attributes whose values CVAT cannot hold."""
    for attribute in attributes:
        if attribute.to_text(label.get(attribute.name)) is None:
            yield attribute.name


def _declared(samples: foc.SampleCollection, field: LabelField) -> dict[str, fo.Field]:
    held = samples._root_dataset.get_field(field.full_path)
    return dict(held.field.get_field_schema())


def _fault(
    samples: foc.SampleCollection,
    field: LabelField,
    name: str,
    declared: fo.Field | None,
) -> str | None:
    """Returns why an attribute cannot be sent; None if it can."""
    if name in BUILTIN_NAMES or name in ("id", "_id", "_cls"):
        return "is one of FiftyOne's own"
    if declared is None:
        return "is not declared"
    if type(declared) not in _TYPES:
        return f"is a {type(declared).__name__}"
    if name == RESERVED:
        return "has a name that the round trip reserves"
    if name != name.strip() or len(name) > MAX_NAME:
        return f"has a name that CVAT does not store (at most {MAX_NAME} characters)"
    if samples._root_dataset._is_read_only_field(f"{field.full_path}.{name}"):
        return "is read-only"
    return None
