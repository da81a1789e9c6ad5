"""Attributes on the round trip: which may go, as what text, and what text means.

CVAT knows values as text: it trims them, and does not tell one that is empty from one
that was never set. So only types go whose values are told apart by their text, and what
comes back is held against the text that the server was given.
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
from ...fields import LabelField, is_own_name

MAX_TEXT = 4096
"""CVAT refuses longer values."""

MAX_NAME = 64
"""CVAT refuses longer names of attributes."""

RESERVED = "label_id"
"""The attribute by which FiftyOne knows a label again."""

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
    """An attribute that makes the trip.

    Attributes:
        name: its name, of labels and in CVAT
        type: ``"str"``, ``"bool"``, ``"int"`` or ``"float"``, as it is declared
    """

    name: str
    type: str

    @property
    def words(self) -> str:
        """What its values are, for people."""
        return _WORDS.get(self.type, "a number")

    @property
    def schema(self) -> dict[str, Any]:
        """How FiftyOne's backend is told of it.

        A bool is a choice with an empty one: CVAT's check box cannot be unset, and its
        editor refuses every edit of a shape with a check box that is. Numbers are text:
        CVAT's have bounds, a step, and no empty value.
        """
        if self.type == "bool":
            return {"type": "select", "values": ["", "true", "false"]}
        return {"type": "text", "values": []}

    def lacks(self, found: Mapping[str, Any] | None) -> str | None:
        """Returns why an attribute of CVAT's cannot hold every value.

        CVAT refuses values that its numbers, check boxes and choices do not have.

        Args:
            found: the attribute, as the server tells it; None where there is none
        """
        if found is None:
            return f"without {self.name!r}"
        kind, own = found["input_type"], self.schema
        is_own = kind == own["type"] and list(found["values"]) == own["values"]
        if kind == "text" or is_own:
            return None
        return f"with {self.name!r} of type {kind}"

    def to_text(self, value: Any) -> str | None:
        """Returns a value as CVAT holds it.

        Returns:
            trimmed text; ``""`` for None; None where CVAT cannot hold it
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
        """Returns the value that a text means; None for an empty one.

        Raises:
            ValueError: if it means none of the type's values
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
        """Returns one text for all that stand for one value: ``"0.50"``, ``"0.5"``."""
        try:
            return self.to_text(self.read(text)) or ""
        except ValueError:
            return text.strip()

    def stored(self, value: Any, before: Any) -> Any:
        """Returns a value as the database takes it, as wide as the one before."""
        is_wide = isinstance(before, Int64) and isinstance(value, int)
        return Int64(value) if is_wide else value

    def to_document(self) -> dict[str, str]:
        """Returns it as it is stored with a trip."""
        return {"name": self.name, "type": self.type}


def offered(samples: foc.SampleCollection, field: LabelField) -> list[Attribute]:
    """Returns the attributes of a field that can make the trip, in schema order.

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
    """Returns the attributes that are to make the trip.

    Args:
        samples: a dataset or a view
        field: the label field
        wanted: names; True for all that can; False for none

    Returns:
        the attributes, and of True those that stay here: why, by their names

    Raises:
        FieldError: if one that is named cannot make the trip
    """
    if wanted is False:
        return [], {}
    found = _declared(samples, field)
    if wanted is True:
        left = {
            name: fault
            for name, declared in found.items()
            if (fault := _fault(samples, field, name, declared)) is not None
            and not is_own_name(name)
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
    """Returns the attributes that a stored trip took along."""
    return [Attribute(**document) for document in documents]


def require_as_sent(
    samples: foc.SampleCollection, field: LabelField, sent: Sequence[Attribute]
) -> None:
    """Refuses attributes that hold something else by now.

    Raises:
        CvatError: if one is declared with another type than when it was sent
    """
    now = _declared(samples, field)
    for attribute in sent:
        kind = _TYPES.get(type(now.get(attribute.name)))
        if kind != attribute.type:
            raise CvatError(
                f"{attribute.words}, as when it was sent",
                kind or "an attribute that is gone or of another type",
                f"{field.full_path}.{attribute.name}",
            )


def texts(
    attributes: Sequence[Attribute], label: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yields what of a label's attributes is sent, by name; nothing that is empty."""
    for attribute in attributes:
        text = attribute.to_text(label.get(attribute.name))
        if text:
            yield attribute.name, text


def kept_back(
    attributes: Sequence[Attribute], label: Mapping[str, Any]
) -> Iterator[str]:
    """Yields the attributes of a label whose value CVAT cannot hold."""
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
    """Returns why an attribute stays here; None if it can go."""
    if is_own_name(name) or name in ("id", "_id", "_cls"):
        return "is FiftyOne's own"
    if declared is None:
        return "the labels do not declare"
    if type(declared) not in _TYPES:
        return f"is a {type(declared).__name__}"
    if name == RESERVED:
        return "is a name that the round trip needs itself"
    if name != name.strip() or len(name) > MAX_NAME:
        return (
            f"has a name that CVAT does not take as it is (at most {MAX_NAME} letters)"
        )
    if samples._root_dataset._is_read_only_field(f"{field.full_path}.{name}"):
        return "is read-only"
    return None
