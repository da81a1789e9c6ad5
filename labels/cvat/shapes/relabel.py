"""Conversion of CVAT shapes to labels, and of edited shapes to edits of labels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import bson
import fiftyone.core.labels as fol
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from . import boxes, masks
from .attributes import Attribute
from .rotations import from_degrees
from .shapes import SAME, CvatShape, is_turned_alike

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)

Values = dict[str, tuple[Attribute, Any]]
"""The attributes that were edited, with their values, by name."""


def raw_bytes(label: bytes) -> RawBSONDocument:
    """Returns a label's bytes in a form that the database stores unchanged."""
    return RawBSONDocument(label, _RAW)


def edited(
    label: bytes,
    was: CvatShape,
    now: CvatShape,
    size: tuple[float, float],
    values: Values,
    rotation_unit: str | None = None,
) -> RawBSONDocument:
    """Returns a label with the edits of its shape, and with nothing else changed.

    Args:
        label: the label
        was: its shape before the edit
        now: its shape now, of the same kind
        size: the width and height of its image
        values: its attributes that were edited
        rotation_unit (None): the unit of rotations, if boxes may be rotated
    """
    document: dict[str, Any] = dict(raw_bytes(label))
    if was.class_name != now.class_name:
        document["label"] = now.class_name
    if now.is_outline and not was.is_at(now):
        document["points"] = _rings(document.get("points"), was, now, size)
    elif not was.is_at(now):
        if now.kind == "mask":
            document |= masks.edited(document, was, now, size)
        elif not was.has_points_of(now):
            box = document["bounding_box"]
            document["bounding_box"] = boxes.edited(box, was, now, size)
        if rotation_unit and not is_turned_alike(was.rotation, now.rotation):
            before = document.get("rotation")
            turned = from_degrees(now.rotation, rotation_unit, before)
            document["rotation"] = turned
    for name, (attribute, value) in values.items():
        document[name] = attribute.stored(value, document.get(name))
    return raw_bytes(bson.encode(document))


def made(
    label_id: ObjectId,
    shape: CvatShape,
    size: tuple[float, float],
    values: Values,
    rotation_unit: str | None = None,
    is_closed: bool = False,
) -> RawBSONDocument:
    """Returns a new label for a shape that an annotator drew.

    Args:
        label_id: the id of the new label
        shape: the shape
        size: the width and height of its image
        values: the attributes that the annotator set
        rotation_unit (None): the unit of rotations, if boxes may be rotated
        is_closed (False): whether it is closed if it is a line
    """
    if shape.is_outline:
        is_polygon = shape.kind == "polygon"
        label = fol.Polyline(
            label=shape.class_name,
            points=[
                [_part(point, size) for point in ring.pairs]
                for ring in shape.by_ring.values()
            ],
            closed=is_polygon or is_closed,
            filled=is_polygon,
        ).to_dict()
    else:
        label = fol.Detection(
            label=shape.class_name, bounding_box=boxes.box_of(shape, size)
        ).to_dict()
        if shape.kind == "mask":
            label["mask"] = masks.array_of(shape)
        elif rotation_unit and not is_turned_alike(shape.rotation, 0.0):
            label["rotation"] = from_degrees(shape.rotation, rotation_unit)
    label["_id"] = label_id
    label |= {name: value for name, (_, value) in values.items() if value is not None}
    return raw_bytes(bson.encode(label))


def new_id(trip: ObjectId, task_id: int, server_id: int) -> ObjectId:
    """Returns the id of the label made from a shape, the same for every load."""
    digest = hashlib.sha256(f"{trip}:{task_id}:{server_id}".encode()).digest()
    return ObjectId(trip.binary[:4] + digest[:8])


def _rings(
    points: Any, was: CvatShape, now: CvatShape, size: tuple[float, float]
) -> list[list[Any]]:
    """Returns the rings of ``now``; rings that were not moved are kept exactly."""
    shapes = was.by_ring
    exact = dict(zip(shapes, points or ()))
    return [
        _moved(exact[ring], shapes[ring], shape, size)
        if ring in exact
        else [_part(point, size) for point in shape.pairs]
        for ring, shape in now.by_ring.items()
    ]


def _moved(
    ring: Sequence[Any], was: CvatShape, now: CvatShape, size: tuple[float, float]
) -> list[Any]:
    """Returns a ring whose unmoved points are kept exactly.

    If points were added or removed, the points before and after them are kept.
    """
    parts = [_part(point, size) for point in now.pairs]
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
    """Returns how many points at the start are the same in both."""
    k = 0
    while k < most and _is_near(before[k], after[k]):
        k += 1
    return k


def _is_near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < SAME and abs(a[1] - b[1]) < SAME


def _part(point: tuple[float, float], size: Sequence[float]) -> list[float]:
    return [point[0] / size[0], point[1] / size[1]]
