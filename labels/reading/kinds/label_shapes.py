"""The shape of one label: from its stored document, or the reason why it has none.

What is read of many labels at once, by :mod:`.shape_columns`, is what stands here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from ....iou_core.arrays import Floats
from ....iou_core.geometry.cuboids.cuboids import is_cuboid

NO_BOX = (0.0, 0.0, 0.0, 0.0)

DIGEST_BYTES = 8
"""How long the hash of a shape is; it is stored, so it depends on the data alone."""

CUBOID_KEYS = ("location", "dimensions", "rotation")


class Shape(NamedTuple):
    """The shape of one label.

    Attributes:
        bounds: relative ``[x, y, w, h]``, zeros where it has no place in an image
        data: what its kind makes a geometry of
        digest: a hash of the data
        rotation: of a box in an image, how far it is turned, as it is stored
    """

    bounds: Sequence[float]
    data: Any
    digest: int
    rotation: float = 0.0


class ShapeError(Exception):
    """A label has no shape of its kind; the message says why."""


def is_in_space(label: dict[str, Any]) -> bool:
    """Tells whether a detection is a cuboid rather than a box."""
    return all(label.get(key) for key in CUBOID_KEYS)


def _box(label: dict[str, Any]) -> list[float]:
    box = label.get("bounding_box")
    if box is None or box == []:
        raise ShapeError("has no bounding_box")
    if (
        not isinstance(box, (list, tuple))
        or len(box) != 4
        or not all(map(_is_real, box))
    ):
        raise ShapeError("has a bounding_box that is not four numbers")
    return [float(value) for value in box]


def box_shape(label: dict[str, Any]) -> Shape:
    """Returns the shape of a box."""
    return Shape(_box(label), None, 0, rotation_of(label))


def rotation_of(label: Mapping[str, Any]) -> float:
    """Returns how far a box is turned, in the unit of its field; 0 for upright ones.

    Raises:
        ShapeError: if that is no finite number
    """
    rotation = label.get("rotation")
    if rotation is None or rotation == []:
        return 0.0
    if not _is_real(rotation):
        raise ShapeError("has a rotation that is not a number")
    if not math.isfinite(rotation):
        raise ShapeError("has a rotation that is not finite")
    return float(rotation)


def detection_shape(label: dict[str, Any], in_space: bool | None = None) -> Shape:
    """Returns the shape of a cuboid, or of a box, whose data are None.

    Args:
        label: the label
        in_space (None): which of the two; by default, what the label says itself
    """
    if in_space is None:
        in_space = is_in_space(label)
    return cuboid_shape(label) if in_space else box_shape(label)


def mask_shape(label: dict[str, Any]) -> Shape:
    """Returns the shape of a mask: its bytes in the database, or its path."""
    box = _box(label)
    mask, path = label.get("mask"), label.get("mask_path")
    if mask is None and not path:
        raise ShapeError("has no mask")
    if not isinstance(mask, (bytes, type(None))):
        raise ShapeError("has a mask that is not binary data")
    data = bytes(mask) if mask is not None else str(path)
    return Shape(box, data, _digest(data if mask is not None else data.encode()))  # type: ignore[union-attr]


def polyline_shape(label: dict[str, Any]) -> Shape:
    """Returns the shape of a polyline: ``(rings, filled, closed)``."""
    lists = label.get("points") or ()
    if not isinstance(lists, (list, tuple)):
        raise ShapeError("has points that are not pairs of numbers")
    rings = [_points(ring) for ring in lists if ring]
    points = np.concatenate([np.zeros((0, 2)), *rings])
    if not len(points):
        raise ShapeError("has no points")
    if not np.isfinite(points).all():
        raise ShapeError("has points that are not finite")
    data = (rings, bool(label.get("filled")), bool(label.get("closed")))
    form = np.array([*data[1:], *map(len, rings)], dtype=np.int64)
    return Shape(_around(points), data, _digest(points.tobytes() + form.tobytes()))


def keypoint_shape(label: dict[str, Any]) -> Shape:
    """Returns the shape of a keypoint: its ``(P, 2)`` points."""
    points = _points(label.get("points") or ())
    if not len(points):
        raise ShapeError("has no points")
    finite = points[np.isfinite(points).all(axis=1)]
    bounds = _around(finite) if len(finite) else list(NO_BOX)
    return Shape(bounds, points, _digest(points.tobytes()))


def cuboid_shape(label: dict[str, Any]) -> Shape:
    """Returns the shape of a cuboid: its nine numbers."""
    values = []
    for key in CUBOID_KEYS:
        given = label.get(key)
        if not given:
            raise ShapeError(f"has no {key}")
        if (
            not isinstance(given, (list, tuple))
            or len(given) != 3
            or not all(map(_is_number, given))
        ):
            raise ShapeError(f"has a {key} that is not three numbers")
        values += [float(value) for value in given]
    data = np.array(values)
    if (data[3:6] < 0).any():
        raise ShapeError("has dimensions with a negative side")
    if not is_cuboid(*data.reshape(3, 1, 3)).all():
        raise ShapeError("has a location, dimensions or rotation that are too large")
    return Shape(NO_BOX, data, _digest(data.tobytes()))


def segment_shape(label: dict[str, Any]) -> Shape:
    """Returns the shape of a segment: its two numbers."""
    support = label.get("support")
    if (
        not isinstance(support, (list, tuple))
        or len(support) != 2
        or not all(map(_is_number, support))
    ):
        raise ShapeError("has no support of two frame numbers")
    data = np.array([int(value) for value in support])
    if data[1] < data[0]:
        raise ShapeError("has a support that ends before it begins")
    return Shape(NO_BOX, data, _digest(data.tobytes()))


def _points(values: Any) -> Floats:
    try:
        points = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ShapeError("has points that are not pairs of numbers") from None
    if not points.size:
        return np.zeros((0, 2))
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError("has points that are not pairs of numbers")
    return points


def _around(points: Floats) -> list[float]:
    low, high = points.min(axis=0), points.max(axis=0)
    return [*low.tolist(), *(high - low).tolist()]


def _is_real(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_real(value) and math.isfinite(value)


def _digest(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=DIGEST_BYTES).digest(), "little")
