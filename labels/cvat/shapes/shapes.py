"""The content of CVAT's shapes: positions, classes and attributes of objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import fiftyone.core.labels as fol

from .attributes import RESERVED, Attribute

SAME = 1e-3
"""Coordinates that differ by less than this, in pixels, count as equal."""

CVAT_TYPES: dict[type, tuple[str, ...]] = {
    fol.Detections: ("rectangle", "mask"),
    fol.Polylines: ("polygon", "polyline"),
}
"""The types of shapes that become labels, by field type."""

FEWEST = {"polygon": 3, "polyline": 2}
"""The fewest points that CVAT accepts for an outline."""

_LEAST = {"rectangle": 4, "mask": 4, "polygon": 2, "polyline": 2}
"""The fewest numbers that make a shape readable."""

EXTRAS = {
    "occluded": "was marked as occluded, or as not occluded, in CVAT",
    "z_order": "was moved to another layer in CVAT",
    "group": "was grouped in CVAT",
}
"""The properties of CVAT's shapes that labels lack, with the words for an edit."""

Texts = tuple[tuple[str, str], ...]
"""The texts of attributes with their names, sorted by name."""


@dataclass(frozen=True)
class CvatShape:
    """The content of one shape, or of the shapes of all rings of one label.

    Attributes:
        kind: CVAT's type, of :data:`CVAT_TYPES` or another
        class_name: its class
        points: the outline as CVAT stores it: for a rectangle, the sides left, top,
            right and bottom in pixels; for a mask, its RLE and then the sides; for a
            polygon or polyline, x and y of each point, ring after ring
        rotation: in degrees
        rings: for a label of several rings, the rings that are present: the number of
            each, counted from 0, and how many of the ``points`` belong to it
        texts: its attributes on the round trip, as CVAT stores them
        extras: the values of :data:`EXTRAS`, in their order; empty for older records
    """

    kind: str
    class_name: str
    points: tuple[float, ...]
    rotation: float = 0.0
    rings: tuple[tuple[int, int], ...] = ()
    texts: Texts = ()
    extras: tuple[int, ...] = ()

    @property
    def is_outline(self) -> bool:
        """Whether it is a polygon or a polyline."""
        return self.kind in FEWEST

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """The points of a polygon or polyline."""
        return list(zip(self.points[::2], self.points[1::2]))

    @property
    def by_ring(self) -> dict[int, CvatShape]:
        """The rings as separate shapes, by number; 0 for a shape of one ring."""
        found: dict[int, CvatShape] = {}
        begin = 0
        for ring, n in self.rings or ((0, len(self.points)),):
            points = self.points[begin : begin + n]
            found[ring] = replace(self, points=points, rings=())
            begin += n
        return found

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its sides left, top, right and bottom, in pixels."""
        if self.is_outline:
            xs, ys = self.points[::2], self.points[1::2]
            return min(xs), min(ys), max(xs), max(ys)
        left, top, right, bottom = self.points[-4:]
        if self.kind == "mask":
            return left, top, right + 1, bottom + 1
        return left, top, right, bottom

    def is_at(self, other: CvatShape) -> bool:
        """Returns whether another shape has the same outline."""
        return (
            self.kind == other.kind
            and self.rings == other.rings
            and is_turned_alike(self.rotation, other.rotation)
            and self.has_points_of(other)
        )

    def has_points_of(self, other: CvatShape) -> bool:
        """Returns whether another shape has the same points, at any rotation."""
        return len(self.points) == len(other.points) and all(
            abs(a - b) < SAME for a, b in zip(self.points, other.points)
        )

    def other_texts(self, other: CvatShape) -> dict[str, tuple[str, str]]:
        """Returns the attributes whose texts differ, each with both texts."""
        theirs = dict(other.texts)
        return {
            name: (text, theirs[name])
            for name, text in self.texts
            if theirs.get(name, text) != text
        }

    def other_extras(self, before: CvatShape | None) -> list[str]:
        """Returns which of :data:`EXTRAS` were edited; before a shape, none was set."""
        was = () if before is None else before.extras
        pairs = zip(EXTRAS, self.extras, was or (0,) * len(EXTRAS))
        return [
            name
            for name, mine, theirs in pairs
            # the rings of a label are a group from the start
            if mine != theirs and not (name == "group" and self.rings)
        ]

    def is_same(self, other: CvatShape) -> bool:
        """Returns whether another shape is the same, so that nothing was edited."""
        return (
            self.class_name == other.class_name
            and self.is_at(other)
            and not self.other_texts(other)
        )

    def iou(self, other: CvatShape) -> float:
        """Returns the IoU of the boxes of two shapes; 0 if they do not overlap.

        Also 0 if one has no box, as a single point.
        """
        if min(len(self.points), len(other.points)) < 4:
            return 0.0
        a, b = self.box, other.box
        width = min(a[2], b[2]) - max(a[0], b[0])
        height = min(a[3], b[3]) - max(a[1], b[1])
        if width <= 0 or height <= 0:
            return 0.0
        areas = [(s[2] - s[0]) * (s[3] - s[1]) for s in (a, b)]
        return width * height / (sum(areas) - width * height)

    def to_document(self) -> dict[str, Any]:
        """Returns the shape as it is stored."""
        return {
            "kind": self.kind,
            "class_name": self.class_name,
            "points": list(self.points),
            "rotation": self.rotation,
            "rings": [list(ring) for ring in self.rings],
            "texts": [list(text) for text in self.texts],
            "extras": list(self.extras),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> CvatShape:
        """Returns a stored shape; older ones lack rings and attributes."""
        return cls(
            document["kind"],
            document["class_name"],
            tuple(document["points"]),
            document["rotation"],
            tuple((ring, n) for ring, n in document.get("rings", ())),
            tuple((name, text) for name, text in document.get("texts", ())),
            tuple(document.get("extras", ())),
        )


@dataclass(frozen=True)
class Returned:
    """A shape on the server, or the shapes of all rings of one label.

    Attributes:
        shape: the shape
        task_id: its task
        frame: its image, counted from 0 in the task
        server_id: its id on the server
        label_id: the text of its attribute ``label_id``; empty if it has none
        fault: why it cannot become one label; None if it can
    """

    shape: CvatShape
    task_id: int
    frame: int
    server_id: int
    label_id: str
    fault: str | None = None


@dataclass(frozen=True)
class ClassSpec:
    """A class of a task.

    Attributes:
        name: its name
        label_id: the server's id of its attribute ``label_id``; None if it has none
        attributes: the attributes of the trip that the class has, with their ids on
            the server and the texts that stand for unset values
        switch: the attribute that CVAT's own switch stands for, if there is one
    """

    name: str
    label_id: int | None = None
    attributes: tuple[tuple[Attribute, int, str], ...] = field(default=())
    switch: Attribute | None = None

    @classmethod
    def parse(
        cls, found: Mapping[str, Any], attributes: Sequence[Attribute]
    ) -> ClassSpec:
        """Returns a class as the server describes it.

        Args:
            found: the class
            attributes: the attributes of the trip
        """
        specs = {spec["name"]: spec for spec in found["attributes"]}
        own = specs.get(RESERVED)
        found["name"].encode()  # as the database can store it
        return cls(
            found["name"],
            None if own is None else own["id"],
            tuple(
                (each, spec["id"], str(spec.get("default_value") or ""))
                for each in attributes
                if (spec := specs.get(each.name)) is not None
            ),
            next((a for a in attributes if a.is_switch and a.name not in specs), None),
        )


def parse(
    found: dict[str, Any], task_id: int, classes: Mapping[int, ClassSpec]
) -> Returned:
    """Returns a shape of the server, parsed.

    Args:
        found: the shape, as the server describes it
        task_id: its task
        classes: the classes of the task, by id
    """
    own = classes[found["label_id"]]
    values = {a["spec_id"]: str(a["value"]) for a in found["attributes"]}
    points = tuple(float(value) for value in found.get("points") or ())
    n_odd = len(points) % 2 if found["type"] in FEWEST else 0
    if len(points) < _LEAST.get(found["type"], 0) or n_odd:
        raise ValueError(f"a {found['type']} of {len(points)} numbers")
    texts = {
        attribute.name: attribute.canonical(values.get(spec_id, default))
        for attribute, spec_id, default in own.attributes
    }
    extras = {name: int(found.get(name) or 0) for name in EXTRAS}
    if own.switch is not None:
        texts[own.switch.name] = str(bool(extras.pop(own.switch.name))).lower()
    label_id = "" if own.label_id is None else values.get(own.label_id, "")
    server_id = int(found["id"])
    # what the database could not store
    for text in texts.values():
        text.encode()
    if abs(server_id) >= 2**63:
        raise ValueError("an id of more than 64 bits")
    return Returned(
        CvatShape(
            str(found["type"]),
            own.name,
            points,
            float(found.get("rotation") or 0),
            texts=tuple(sorted(texts.items())),
            extras=tuple(extras.get(name, 0) for name in EXTRAS),
        ),
        task_id,
        int(found["frame"]),
        server_id,
        label_id.strip(),
    )


def is_turned_alike(one: float, other: float) -> bool:
    """Returns whether two rotations, in degrees, are the same."""
    apart = (one - other) % 360
    return min(apart, 360 - apart) < SAME
