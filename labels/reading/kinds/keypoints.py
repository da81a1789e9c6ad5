"""Keypoints, which are compared point by point."""

from __future__ import annotations

from collections.abc import Sequence

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Ints
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, point_lists
from .kind import Kind
from .points import box_around, boxes_around, points_geometry, read_points
from .shapes import (
    NO_BOX,
    Document,
    Elements,
    Shape,
    ShapeColumns,
    ShapeError,
    digest_of,
    digests_of_rows,
    offsets_of,
    pieces_of,
    shapes_in,
)


def shape_of(label: Document) -> Shape:
    """Returns the shape of a keypoint: its ``(P, 2)`` points."""
    points = read_points(label.get("points") or ())
    if not len(points):
        raise ShapeError("has no points")
    finite = points[np.isfinite(points).all(axis=1)]
    bounds = box_around(finite) if len(finite) else NO_BOX
    return Shape(bounds, points, digest_of(points.tobytes()))


def columns_of(raw: buffer.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns the shapes of many keypoints; see :class:`.kind.Kind`."""
    known = regular & (found["points"].type == buffer.ARRAY)
    rows = np.flatnonzero(known)
    points, counts, good = point_lists.points_at(raw, found["points"].at[rows])
    good &= counts > 0
    known[rows[~good]] = False
    offsets = offsets_of(counts[good])
    data = pieces_of(points, offsets)
    digests = digests_of_rows((points, offsets))
    return ShapeColumns.of_known(known, boxes_around(points, offsets), data, digests)


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns the points of keypoints."""
    return points_geometry(shapes_in(fields), params.keypoint_sigmas)


KEYPOINTS = Kind(
    name="keypoints",
    words="keypoints",
    document=fol.Keypoints,
    keys=("points",),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
    options=frozenset({"keypoint_sigmas"}),
)
