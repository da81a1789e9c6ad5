"""Temporal segments: ranges of the frames of a video."""

from __future__ import annotations

from collections.abc import Sequence

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Ints
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.geometry.segments import Segments
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, values
from .kind import Kind
from .numbers import are_finite, columns_of_numbers
from .shapes import (
    NO_BOX,
    Document,
    Elements,
    Shape,
    ShapeColumns,
    ShapeError,
    digest_of,
    shapes_in,
)


def shape_of(label: Document) -> Shape:
    """Returns the shape of a segment: its two frame numbers."""
    support = label.get("support")
    if not are_finite(support, 2):
        raise ShapeError("has no support of two frame numbers")
    data = np.array([int(value) for value in support])
    if data[1] < data[0]:
        raise ShapeError("has a support that ends before it begins")
    return Shape(NO_BOX, data, digest_of(data.tobytes()))


def columns_of(raw: buffer.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns the shapes of many segments; see :class:`.kind.Kind`."""
    support, known = values.numbers(raw, found["support"], 2, whole=True)
    known &= regular & (support[:, 1] >= support[:, 0])
    return columns_of_numbers(known, support)


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns the segments of labels."""
    shapes = shapes_in(fields)
    numbers = np.stack(shapes) if shapes else np.zeros((0, 2), np.int64)
    return Segments(numbers[:, 0], numbers[:, 1])


SEGMENTS = Kind(
    name="segments",
    words="temporal segments",
    document=fol.TemporalDetections,
    keys=("support",),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
)
