"""Polylines: filled ones are compared by area, others point by point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.geometry.mixed import Parted
from ....iou_core.geometry.polygons.polygons import Polygons
from ....iou_core.geometry.protocol import Boxes, Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, point_lists, values, walk
from .kind import Kind
from .points import NOT_PAIRS, box_around, boxes_around, points_geometry, read_points
from .shapes import (
    Document,
    Elements,
    Shape,
    ShapeColumns,
    ShapeError,
    bounds_in,
    digest_of,
    digests_of_rows,
    offsets_of,
    pieces_of,
    shapes_in,
)


def shape_of(label: Document) -> Shape:
    """Returns the shape of a polyline: ``(rings, filled, closed)``."""
    lists = label.get("points") or ()
    if not isinstance(lists, (list, tuple)):
        raise ShapeError(NOT_PAIRS)
    rings = [read_points(ring) for ring in lists if ring]
    points = np.concatenate([np.zeros((0, 2)), *rings])
    if not len(points):
        raise ShapeError("has no points")
    if not np.isfinite(points).all():
        raise ShapeError("has points that are not finite")
    data = (rings, bool(label.get("filled")), bool(label.get("closed")))
    form = np.array([*data[1:], *map(len, rings)], dtype=np.int64)
    return Shape(box_around(points), data, digest_of(points.tobytes() + form.tobytes()))


def columns_of(raw: buffer.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns the shapes of many polylines; see :class:`.kind.Kind`."""
    filled, filled_known = values.truth(raw, found["filled"])
    closed, closed_known = values.truth(raw, found["closed"])
    known = regular & filled_known & closed_known
    known &= found["points"].type == buffer.ARRAY
    rows = np.flatnonzero(known)
    lines, at, good = walk.array_documents(raw, found["points"].at[rows], buffer.ARRAY)
    points, sizes, are_pairs = point_lists.points_at(raw, at)
    label = np.repeat(np.arange(len(rows)), lines)
    counts = np.bincount(label, sizes, minlength=len(rows)).astype(np.int64)
    good &= counts > 0
    good[label[~are_pairs]] = False
    finite = np.isfinite(points).all(axis=1)
    good[np.repeat(np.arange(len(rows)), counts)[~finite]] = False

    known[rows[~good]] = False
    points = points[np.repeat(good, counts)]
    used = good[label] & (sizes > 0)
    sizes, label = sizes[used], label[used]
    lines = np.bincount(label, minlength=len(rows))[good]
    rows, offsets = rows[good], offsets_of(counts[good])
    rings = pieces_of(points, offsets_of(sizes))
    is_filled, is_closed = filled[rows], closed[rows]
    data = list(
        zip(pieces_of(rings, offsets_of(lines)), is_filled.tolist(), is_closed.tolist())
    )
    forms = _forms(is_filled, is_closed, sizes, offsets_of(lines))
    digests = digests_of_rows((points, offsets), (forms, offsets_of(lines + 2)))
    return ShapeColumns.of_known(known, boxes_around(points, offsets), data, digests)


def _forms(filled: Bools, closed: Bools, sizes: Ints, offsets: Ints) -> Ints:
    """Returns what is hashed besides points: filled, closed, and the sizes of rings.

    Args:
        filled: ``(M,)`` which labels are filled
        closed: ``(M,)`` which labels are closed
        sizes: the number of points of each ring
        offsets: ``(M + 1,)`` the rings of each label
    """
    forms = np.insert(sizes, np.repeat(offsets[:-1], 2), 0)
    begin = offsets[:-1] + 2 * np.arange(len(filled))
    forms[begin], forms[begin + 1] = filled, closed
    return forms


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns polygons for images with a filled polyline, and points for the others.

    With ``use_boxes``, returns the boxes around polylines.

    Source: ``fiftyone.utils.iou`` decides image by image as well; of two fields, by
    the labels of the other field.
    """
    if params.use_boxes:
        return Boxes(_within_image(bounds_in(fields)))
    shapes = shapes_in(fields)
    filled = np.array([shape[1] for shape in shapes], dtype=np.bool_)
    filled[len(fields[0]) :] = False
    of_polygons = np.zeros(int(image.max(initial=-1)) + 1, dtype=np.bool_)
    of_polygons[image[filled]] = True
    as_polygons = of_polygons[image]

    def rings(rows: Ints) -> list[Any]:
        return [shapes[row][0] for row in rows.tolist()]

    parts: list[tuple[Ints, Geometry]] = []
    if len(rows := np.flatnonzero(as_polygons)) or not len(shapes):
        parts.append((rows, _polygons(rings(rows))))
    if len(rows := np.flatnonzero(~as_polygons)):
        points = [np.concatenate(label) for label in rings(rows)]
        parts.append((rows, points_geometry(points, params.keypoint_sigmas)))
    return parts[0][1] if len(parts) == 1 else Parted(parts)


def _within_image(boxes: Floats) -> Floats:
    """Returns boxes cut off at the image's border, as FiftyOne does to polylines."""
    corners = np.clip(np.hstack((boxes[:, :2], boxes[:, :2] + boxes[:, 2:])), 0, 1)
    return np.hstack((corners[:, :2], corners[:, 2:] - corners[:, :2]))


def _polygons(labels: Sequence[Sequence[Floats]]) -> Polygons:
    rings = [ring for label in labels for ring in label]
    return Polygons(
        np.concatenate(rings) if rings else np.zeros((0, 2)),
        np.cumsum([0, *map(len, rings)]),
        np.cumsum([0, *map(len, labels)]),
    )


POLYLINES = Kind(
    name="polylines",
    words="polylines",
    document=fol.Polylines,
    keys=("points", "filled", "closed"),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
    options=frozenset({"use_boxes", "keypoint_sigmas"}),
)
