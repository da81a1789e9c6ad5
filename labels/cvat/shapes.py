"""A CVAT shape as a label, and a label as the shape that stands for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bson
import fiftyone.core.labels as fol
import numpy as np
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument
from fiftyone.utils.cvat import HasCVATBinaryMask

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)

SAME = 1e-3
"""Coordinates that differ by less than this, in pixels, are the same."""

KINDS = ("rectangle", "mask")
"""The types of shapes that become labels."""


@dataclass(frozen=True)
class Shape:
    """What a shape says of an object.

    Attributes:
        kind: CVAT's type, of :data:`KINDS` or another
        class_name: its class
        points: what CVAT keeps of its outline: for a rectangle the sides left, top,
            right and bottom in pixels, for a mask runs and then the sides
        rotation: in degrees
    """

    kind: str
    class_name: str
    points: tuple[float, ...]
    rotation: float = 0.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its sides left, top, right and bottom, in pixels."""
        left, top, right, bottom = self.points[-4:]
        if self.kind == "mask":
            return left, top, right + 1, bottom + 1
        return left, top, right, bottom

    def is_at(self, other: Shape) -> bool:
        """Tells whether another shape has the same outline."""
        return (
            self.kind == other.kind
            and len(self.points) == len(other.points)
            and abs((self.rotation - other.rotation) % 360) < SAME
            and all(abs(a - b) < SAME for a, b in zip(self.points, other.points))
        )

    def is_same(self, other: Shape) -> bool:
        """Tells whether nothing of it was edited."""
        return self.class_name == other.class_name and self.is_at(other)

    def iou(self, other: Shape) -> float:
        """Returns the IoU of the boxes of two shapes, 0 where they do not meet."""
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
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Shape:
        """Returns a stored shape."""
        return cls(**{**document, "points": tuple(document["points"])})


@dataclass(frozen=True)
class Returned:
    """A shape that the server holds.

    Attributes:
        shape: the shape
        task_id: its task
        frame: its image, counted from 0 in the task
        server_id: its id on the server
        label_id: the text of its attribute ``label_id``; empty where it has none
    """

    shape: Shape
    task_id: int
    frame: int
    server_id: int
    label_id: str


def parse(
    found: dict[str, Any], task_id: int, classes: dict[int, dict[str, Any]]
) -> Returned:
    """Returns a shape of the server's.

    Args:
        found: the shape, as the server tells it
        task_id: its task
        classes: by id, the ``name`` of a class and the id of its ``label_id``
    """
    own = classes[found["label_id"]]
    ids = [a["value"] for a in found["attributes"] if a["spec_id"] == own["label_id"]]
    points = tuple(float(value) for value in found["points"])
    if found["type"] in KINDS and len(points) < 4:
        raise ValueError(f"a {found['type']} of {len(points)} numbers")
    return Returned(
        Shape(
            str(found["type"]),
            own["name"],
            points,
            float(found.get("rotation") or 0),
        ),
        task_id,
        int(found["frame"]),
        int(found["id"]),
        str(ids[0]).strip() if ids else "",
    )


def raw_bytes(label: bytes) -> RawBSONDocument:
    """Returns a label's bytes as what the database takes unchanged."""
    return RawBSONDocument(label, _RAW)


def edited(
    label: bytes, was: Shape, now: Shape, size: tuple[float, float]
) -> RawBSONDocument:
    """Returns a label with what was edited of its shape, and nothing else changed.

    Args:
        label: the label
        was: its shape then
        now: its shape now, of the same kind
        size: width and height of its image
    """
    document: dict[str, Any] = dict(RawBSONDocument(label, _RAW))
    if was.class_name != now.class_name:
        document["label"] = now.class_name
    if not was.is_at(now):
        document["bounding_box"] = _box(now, size)
        if now.kind == "mask":
            document["mask"] = _mask(now)
            document.pop("mask_path", None)
    return RawBSONDocument(bson.encode(document), _RAW)


def made(
    label_id: ObjectId, shape: Shape, size: tuple[float, float]
) -> RawBSONDocument:
    """Returns the label that a shape becomes which somebody drew."""
    label = fol.Detection(
        label=shape.class_name, bounding_box=_box(shape, size)
    ).to_dict()
    label["_id"] = label_id
    if shape.kind == "mask":
        label["mask"] = _mask(shape)
    return RawBSONDocument(bson.encode(label), _RAW)


def new_id(trip: ObjectId, task_id: int, server_id: int) -> ObjectId:
    """Returns the id of the label that a shape becomes, the same at every load."""
    digest = hashlib.sha256(f"{trip}:{task_id}:{server_id}".encode()).digest()
    return ObjectId(trip.binary[:4] + digest[:8])


def refusal(shape: Shape) -> str | None:
    """Returns why a shape cannot become a label; None if it can."""
    if shape.kind not in KINDS:
        return f"is a {shape.kind} in CVAT, which the field does not hold"
    if abs(shape.rotation % 360) >= SAME:
        return "is rotated in CVAT, which a box cannot be"
    left, top, right, bottom = shape.box
    if not np.isfinite(shape.points).all() or right <= left or bottom <= top:
        return "has no area in CVAT"
    if shape.kind == "mask" and sum(shape.points[:-4]) != (right - left) * (
        bottom - top
    ):
        return "is a mask in CVAT that does not fill its box"
    return None


def _box(shape: Shape, size: Sequence[float]) -> list[float]:
    left, top, right, bottom = shape.box
    width, height = size
    return [
        left / width,
        top / height,
        (right - left) / width,
        (bottom - top) / height,
    ]


def _mask(shape: Shape) -> Any:
    left, top, right, bottom = shape.box
    runs = np.array(shape.points[:-4], dtype=int)
    mask = HasCVATBinaryMask._rle_to_binary_image_mask(
        runs, round(right - left), round(bottom - top)
    )
    return fol.Detection(mask=mask.astype(bool)).to_dict()["mask"]
