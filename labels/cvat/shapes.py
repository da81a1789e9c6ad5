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

KINDS: dict[type, tuple[str, ...]] = {
    fol.Detections: ("rectangle", "mask"),
    fol.Polylines: ("polygon", "polyline"),
}
"""The types of shapes that become labels, by the type of the field."""

_FEWEST = {"polygon": 3, "polyline": 2}
"""How many points CVAT asks of an outline."""

_LEAST = {"rectangle": 4, "mask": 4, "polygon": 2, "polyline": 2}
"""How many numbers a shape has that can be read."""

SEVERAL_RINGS = "has several rings, which CVAT would hold as several shapes"
NO_POINTS = "has no points"
TOO_FEW = "has fewer points than CVAT takes"
NOT_FINITE = "has points that are not pairs of finite numbers"
TOO_FAR = "has points far outside of its image"

_FAR = 1e6  # widths of an image


@dataclass(frozen=True)
class Shape:
    """What a shape says of an object.

    Attributes:
        kind: CVAT's type, of :data:`KINDS` or another
        class_name: its class
        points: what CVAT keeps of its outline: for a rectangle the sides left, top,
            right and bottom in pixels, for a mask runs and then the sides, for a
            polygon or polyline x and y of each point
        rotation: in degrees
    """

    kind: str
    class_name: str
    points: tuple[float, ...]
    rotation: float = 0.0

    @property
    def is_outline(self) -> bool:
        """Whether it is a polygon or a polyline."""
        return self.kind in _FEWEST

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """The points of a polygon or polyline."""
        return list(zip(self.points[::2], self.points[1::2]))

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
    n_odd = len(points) % 2 if found["type"] in _FEWEST else 0
    if len(points) < _LEAST.get(found["type"], 0) or n_odd:
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
    if now.is_outline and not was.is_at(now):
        document["points"] = [_moved(document.get("points"), was, now, size)]
    elif not was.is_at(now):
        document["bounding_box"] = _box(now, size)
        if now.kind == "mask":
            document["mask"] = _mask(now)
            document.pop("mask_path", None)
    return RawBSONDocument(bson.encode(document), _RAW)


def made(
    label_id: ObjectId, shape: Shape, size: tuple[float, float]
) -> RawBSONDocument:
    """Returns the label that a shape becomes which somebody drew."""
    if shape.is_outline:
        is_polygon = shape.kind == "polygon"
        outline = fol.Polyline(
            label=shape.class_name,
            points=[[_part(point, size) for point in shape.pairs]],
            closed=is_polygon,
            filled=is_polygon,
        ).to_dict()
        return RawBSONDocument(bson.encode({**outline, "_id": label_id}), _RAW)
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


def refusal(shape: Shape, document: type) -> str | None:
    """Returns why a shape cannot become a label; None if it can.

    Args:
        shape: the shape
        document: the type of the label field
    """
    if shape.kind not in KINDS[document]:
        return f"is a {shape.kind} in CVAT, which the field does not hold"
    if abs(shape.rotation % 360) >= SAME:
        return "is rotated in CVAT, which a box cannot be"
    if shape.is_outline and len(shape.pairs) < _FEWEST[shape.kind]:
        return TOO_FEW
    if shape.kind == "polyline":
        return None if np.isfinite(shape.points).all() else NOT_FINITE
    left, top, right, bottom = shape.box
    if not np.isfinite(shape.points).all() or right <= left or bottom <= top:
        return "has no area in CVAT"
    if shape.kind == "mask" and sum(shape.points[:-4]) != (right - left) * (
        bottom - top
    ):
        return "is a mask in CVAT that does not fill its box"
    return None


def kept_back(points: Any, filled: Any) -> str | None:
    """Returns why a polyline is no shape in CVAT; None if it is one.

    Args:
        points: its rings
        filled: whether it is filled
    """
    if not isinstance(points, (list, tuple)) or not any(points):
        return NO_POINTS
    if len(points) > 1:
        return SEVERAL_RINGS
    try:
        ring = np.array(points[0], dtype=np.float64)
    except (TypeError, ValueError):
        return NOT_FINITE
    if ring.ndim != 2 or ring.shape[1] != 2 or not np.isfinite(ring).all():
        return NOT_FINITE
    if len(ring) < _FEWEST["polygon" if filled else "polyline"]:
        return TOO_FEW
    return TOO_FAR if np.abs(ring).max() > _FAR else None


def _moved(
    points: Any, was: Shape, now: Shape, size: tuple[float, float]
) -> list[list[Any]]:
    """Returns a ring whose points are exactly as they were where nobody moved them.

    Where points were added or removed, those before and behind them are kept.
    """
    parts = [_part(point, size) for point in now.pairs]
    ring = points[0] if points else ()
    before, after = was.pairs, now.pairs
    if len(ring) != len(before):
        return parts
    if len(before) == len(after):
        return [
            list(ring[k]) if _is_near(a, b) else part
            for k, (a, b, part) in enumerate(zip(before, after, parts))
        ]
    most = min(len(before), len(after))
    head = _n_near(before, after, most)
    tail = _n_near(before[::-1], after[::-1], most - head)
    kept = [list(point) for point in ring]
    end = len(parts) - tail
    return [*kept[:head], *parts[head:end], *kept[len(kept) - tail :]]


def _n_near(
    before: Sequence[tuple[float, float]],
    after: Sequence[tuple[float, float]],
    most: int,
) -> int:
    """Returns how many points at the beginning are the same."""
    k = 0
    while k < most and _is_near(before[k], after[k]):
        k += 1
    return k


def _is_near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < SAME and abs(a[1] - b[1]) < SAME


def _part(point: tuple[float, float], size: Sequence[float]) -> list[float]:
    return [point[0] / size[0], point[1] / size[1]]


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
