"""From label columns to the geometry of their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import fiftyone.core.labels as fol
import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Floats, Ints
from ....iou_core.geometry.cuboids.cuboids import Cuboids
from ....iou_core.geometry.keypoints import Keypoints
from ....iou_core.geometry.masks.masks import Masks
from ....iou_core.geometry.masks.outlines import Outlines
from ....iou_core.geometry.mixed import Parted
from ....iou_core.geometry.oriented import OrientedBoxes
from ....iou_core.geometry.polygons.polygons import Polygons
from ....iou_core.geometry.protocol import Boxes, Geometry
from ....iou_core.geometry.segments import Segments
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from .mask_arrays import read_mask
from .registry import BOXES, KEYPOINTS, MASKS, POLYLINES, SEGMENTS, Kind

Shapes = npt.NDArray[np.object_]


def geometry_of(
    kind: Kind,
    fields: Sequence[LabelColumns],
    image: Ints,
    params: ComputeParams,
) -> Geometry:
    """Returns the geometry of the labels of one field or of two.

    Args:
        kind: their kind
        fields: the columns of each field, in the order of the ``N`` labels
        image: ``(N,)`` the image of each label
        params: the options
    """
    boxes = np.concatenate([columns.boxes for columns in fields])
    if kind is BOXES:
        return _detections(boxes, fields, image)
    if kind is POLYLINES and params.use_boxes:
        return Boxes(_within_image(boxes))
    shapes = np.concatenate([columns.shapes for columns in fields])
    if kind is POLYLINES:
        return _polylines(shapes, image, len(fields[0]), params.keypoint_sigmas)
    return _MAKERS[kind.name](boxes, shapes, image, params)


def _within_image(boxes: Floats) -> Floats:
    """Returns boxes cut off at the image's border, as FiftyOne does to polylines."""
    corners = np.clip(np.hstack((boxes[:, :2], boxes[:, :2] + boxes[:, 2:])), 0, 1)
    return np.hstack((corners[:, :2], corners[:, 2:] - corners[:, :2]))


def _masks(boxes: Floats, shapes: Shapes, _: Ints, params: ComputeParams) -> Geometry:
    if params.tolerance is not None:
        return _outlines(boxes, shapes, params.tolerance)
    return Masks(boxes, lambda k: read_mask(shapes[k]))


def _outlines(boxes: Floats, shapes: Shapes, tolerance: float) -> Geometry:
    """Returns the outlines of masks, as FiftyOne draws them."""

    def trace(k: int) -> list[list[list[float]]]:
        mask = read_mask(shapes[k])
        label = fol.Detection(bounding_box=boxes[k].tolist(), mask=mask)
        return list(label.to_polyline(tolerance).points)

    return Outlines(boxes, trace)


def _polylines(
    shapes: Shapes, image: Ints, n_first: int, sigmas: Sequence[float] | None
) -> Geometry:
    """Returns polygons for the images that have a filled polyline, else points.

    That is how FiftyOne decides, image by image; of two fields by the other one,
    whose labels are the ``n_first`` first.
    """
    filled = np.array([shape[1] for shape in shapes.tolist()], dtype=np.bool_)
    filled[n_first:] = False
    of_polygons = np.zeros(int(image.max(initial=-1)) + 1, dtype=np.bool_)
    of_polygons[image[filled]] = True
    as_polygons = of_polygons[image]
    rings = [shape[0] for shape in shapes.tolist()]
    makers = {
        True: _polygons,
        False: lambda lines: _points([np.concatenate(line) for line in lines], sigmas),
    }
    parts = [
        (rows, make([rings[row] for row in rows.tolist()]))
        for which, make in makers.items()
        if len(rows := np.flatnonzero(as_polygons == which))
    ]
    if not parts:
        return _polygons([])
    return parts[0][1] if len(parts) == 1 else Parted(parts)


def _polygons(labels: Sequence[Sequence[Floats]]) -> Geometry:
    rings = [ring for label in labels for ring in label]
    return Polygons(
        np.concatenate(rings) if rings else np.zeros((0, 2)),
        np.cumsum([0, *map(len, rings)]),
        np.cumsum([0, *map(len, labels)]),
    )


def _points(labels: Sequence[Floats], sigmas: Sequence[float] | None) -> Geometry:
    points = np.concatenate(labels) if len(labels) else np.zeros((0, 2))
    return Keypoints(points, np.cumsum([0, *map(len, labels)]), sigmas)


def _keypoints(_: Floats, shapes: Shapes, __: Ints, params: ComputeParams) -> Geometry:
    return _points(shapes.tolist(), params.keypoint_sigmas)


def _detections(boxes: Floats, fields: Sequence[LabelColumns], image: Ints) -> Geometry:
    """Returns boxes, oriented boxes and cuboids, none of which meet another kind.

    The boxes of an image are oriented ones as soon as one of them is turned.
    """
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
    oriented = (aspect[image] > 0) & ~in_space
    rows = [np.flatnonzero(w) for w in (~in_space & ~oriented, oriented, in_space)]
    upright, turned, solid = rows
    of_turned = OrientedBoxes(boxes[turned], turns[turned, 0], aspect[image[turned]])
    parts = [Boxes(boxes[upright]), of_turned, _cuboids(shapes[solid])]
    some = [(which, part) for which, part in zip(rows, parts) if len(which)]
    return some[0][1] if len(some) == 1 else Parted(some)


def _cuboids(shapes: Shapes) -> Cuboids:
    values = np.stack(shapes.tolist()) if len(shapes) else np.zeros((0, 9))
    return Cuboids(values[:, :3], values[:, 3:6], values[:, 6:])


def _segments(_: Floats, shapes: Shapes, __: Ints, ___: ComputeParams) -> Geometry:
    values = np.stack(shapes.tolist()) if len(shapes) else np.zeros((0, 2), np.int64)
    return Segments(values[:, 0], values[:, 1])


_MAKERS: dict[str, Callable[[Floats, Shapes, Ints, ComputeParams], Geometry]] = {
    MASKS.name: _masks,
    KEYPOINTS.name: _keypoints,
    SEGMENTS.name: _segments,
}
