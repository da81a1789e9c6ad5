"""Detections that are compared by their instance masks."""

from __future__ import annotations

from collections.abc import Sequence

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.geometry.masks.masks import Masks
from ....iou_core.geometry.masks.outlines import Outlines
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, values
from .boxes import read_box
from .kind import Kind
from .mask_arrays import read_mask
from .shapes import (
    Document,
    Elements,
    Shape,
    ShapeColumns,
    ShapeError,
    bounds_in,
    digest_of,
    digests_of,
    shapes_in,
)


def shape_of(label: Document) -> Shape:
    """Returns the shape of a mask: its bytes in the database, or its path."""
    box = read_box(label)
    mask, path = label.get("mask"), label.get("mask_path")
    if mask is None:
        if not path:
            raise ShapeError("has no mask")
        return Shape(box, str(path), digest_of(str(path).encode()))
    if not isinstance(mask, bytes):
        raise ShapeError("has a mask that is not binary data")
    return Shape(box, bytes(mask), digest_of(mask))


def columns_of(raw: buffer.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns the shapes of many masks; see :class:`.kind.Kind`."""
    bounds, known = values.boxes(raw, found["bounding_box"])
    known &= regular
    begin, end, stored = values.binaries(raw, found["mask"])
    in_file = np.isin(found["mask"].type, (buffer.NULL, buffer.ABSENT))
    path_at, path_end, is_path = values.strings(raw, found["mask_path"])
    in_file &= is_path & (path_end > path_at)
    known &= stored | in_file
    rows = np.flatnonzero(known)
    begin = np.where(in_file, path_at, begin)[rows]
    end = np.where(in_file, path_end, end)[rows]
    parts = [raw.data[a:b] for a, b in zip(begin.tolist(), end.tolist())]
    data = [
        part.decode() if in_a_file else part
        for part, in_a_file in zip(parts, in_file[rows].tolist())
    ]
    return ShapeColumns.of_known(known, bounds[rows], data, digests_of(parts))


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns masks, or with a tolerance their outlines."""
    boxes, shapes = bounds_in(fields), shapes_in(fields)
    if params.tolerance is not None:
        return _outlines(boxes, shapes, params.tolerance)
    return Masks(boxes, lambda k: read_mask(shapes[k]))


def _outlines(boxes: Floats, shapes: list[bytes | str], tolerance: float) -> Outlines:
    """Returns the outlines that FiftyOne draws of masks."""

    def trace(k: int) -> list[list[list[float]]]:
        mask = read_mask(shapes[k])
        label = fol.Detection(bounding_box=boxes[k].tolist(), mask=mask)
        return list(label.to_polyline(tolerance).points)

    return Outlines(boxes, trace)


MASKS = Kind(
    name="masks",
    words="instance masks",
    document=fol.Detections,
    keys=("bounding_box", "mask", "mask_path"),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
    options=frozenset({"use_masks", "tolerance"}),
    chosen_by="use_masks",
)
