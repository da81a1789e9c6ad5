"""Detections without masks: boxes, upright or turned, and cuboids."""

from __future__ import annotations

import math
from collections.abc import Sequence

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.geometry.mixed import Parted
from ....iou_core.geometry.oriented import OrientedBoxes
from ....iou_core.geometry.protocol import Boxes, Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, values
from . import cuboids
from .kind import Kind
from .numbers import is_real
from .shapes import (
    Document,
    Elements,
    Objects,
    Shape,
    ShapeColumns,
    ShapeError,
    bounds_in,
)


def read_box(label: Document) -> list[float]:
    """Returns the bounding box of a label, relative ``[x, y, w, h]``.

    Raises:
        ShapeError: if it has none, or one that is not four numbers
    """
    box = label.get("bounding_box")
    if box is None or box == []:
        raise ShapeError("has no bounding_box")
    if (
        not isinstance(box, (list, tuple))
        or len(box) != 4
        or not all(map(is_real, box))
    ):
        raise ShapeError("has a bounding_box that is not four numbers")
    return [float(value) for value in box]


def rotation_of(label: Document) -> float:
    """Returns how far a box is turned, in the unit of its field; 0 for upright boxes.

    Raises:
        ShapeError: if that is no finite number
    """
    rotation = label.get("rotation")
    if rotation is None or rotation == []:
        return 0.0
    if not is_real(rotation):
        raise ShapeError("has a rotation that is not a number")
    if not math.isfinite(rotation):
        raise ShapeError("has a rotation that is not finite")
    return float(rotation)


def shape_of(label: Document, in_space: bool | None = None) -> Shape:
    """Returns the shape of a box, whose data are None, or of a cuboid.

    Args:
        label: the label
        in_space (None): whether it is a cuboid; by default, the label itself decides
    """
    if in_space is None:
        in_space = cuboids.is_in_space(label)
    if in_space:
        return cuboids.shape_of(label)
    return Shape(read_box(label), None, 0, rotation_of(label))


def columns_of(
    raw: buffer.Raw, found: Elements, regular: Bools, in_space: Bools | None = None
) -> ShapeColumns:
    """Returns the shapes of many boxes and cuboids; see :class:`.kind.Kind`.

    Args:
        raw: the bytes
        found: the elements of ``M`` labels
        regular: ``(M,)`` bool, which labels have no other elements
        in_space (None): ``(M,)`` bool, which labels are cuboids; None if no label is
    """
    bounds, known = values.boxes(raw, found["bounding_box"])
    known &= regular
    rotation = None
    if found["rotation"].type.any():
        rotation, are_numbers = values.rotations(raw, found["rotation"])
        known &= are_numbers
    if in_space is None:
        return ShapeColumns(known, bounds, rotation=rotation)
    solid = cuboids.columns_of(raw, found, regular & in_space)
    return solid._replace(
        known=np.where(in_space, solid.known, known),
        bounds=np.where(in_space[:, None], 0.0, bounds),
        rotation=None if rotation is None else np.where(in_space, 0.0, rotation),
    )


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns boxes, oriented boxes and cuboids, which only overlap their own kind.

    All boxes of an image are oriented boxes if one of them is turned.
    """
    boxes = bounds_in(fields)
    n = len(boxes)
    in_space, is_turned = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    shapes = np.empty(n, np.object_)
    turns = np.zeros((n, 2))
    begin = 0
    for columns in fields:
        rows = slice(begin, begin + len(columns))
        if columns.shapes is not None:
            shapes[rows] = columns.shapes
            in_space[rows] = [shape is not None for shape in columns.shapes.tolist()]
        if columns.turns is not None:
            turns[rows] = columns.turns
            is_turned[rows] = turns[rows, 1] > 0
        begin += len(columns)
    if not in_space.any() and not is_turned.any():
        return Boxes(boxes)

    aspect = np.zeros(int(image.max(initial=-1)) + 1)
    aspect[image[is_turned]] = turns[is_turned, 1]
    return _parted(boxes, turns[:, 0], aspect[image], shapes, in_space)


def _parted(
    boxes: Floats, angle: Floats, aspect: Floats, shapes: Objects, in_space: Bools
) -> Geometry:
    """Returns the geometry of boxes, oriented where there is an aspect, and cuboids."""
    oriented = (aspect > 0) & ~in_space
    rows = [np.flatnonzero(w) for w in (~in_space & ~oriented, oriented, in_space)]
    upright, turned, solid = rows
    parts = [
        Boxes(boxes[upright]),
        OrientedBoxes(boxes[turned], angle[turned], aspect[turned]),
        cuboids.cuboids_of(shapes[solid].tolist()),
    ]
    some = [(which, part) for which, part in zip(rows, parts) if len(which)]
    return some[0][1] if len(some) == 1 else Parted(some)


BOXES = Kind(
    name="boxes",
    words="boxes",
    document=fol.Detections,
    keys=("bounding_box", *cuboids.CUBOID_KEYS),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
    options=frozenset({"rotation_unit", "with_masks"}),
    earlier_names=("cuboids", "boxes and cuboids"),
    may_be_in_space=True,
)
