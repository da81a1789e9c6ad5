"""Pictures of labels of any kind: in an image or frame, in space, or in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...iou_core.arrays import Floats
from ...iou_core.geometry.oriented import corners
from ...labels.reading.kinds.boxes import BOXES
from ...labels.reading.kinds.keypoints import KEYPOINTS
from ...labels.reading.kinds.kind import Kind
from ...labels.reading.kinds.masks import MASKS
from ...labels.reading.kinds.polylines import POLYLINES
from ...labels.reading.kinds.segments import SEGMENTS
from ...labels.reading.kinds.shapes import Shape, ShapeError
from ..stored_labels import Document
from . import cuboids, svg_paths, timelines
from .contours import contours
from .crops import Photographer
from .picture import GONE, NOT_READABLE, DrawnLabel, Picture

_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))


@dataclass(frozen=True)
class _Flat:
    """A label in an image: rings, points, and whether the rings enclose areas."""

    rings: list[Floats]
    points: Floats
    closed: bool
    filled: bool


def draw(kind: Kind, document: Document | None, photographer: Photographer) -> Picture:
    """Returns a picture of labels.

    Args:
        kind: the kind of labels
        document: the labels with their sample or frame; None if that is deleted
        photographer: makes the crops

    Returns:
        a :class:`Picture`; its note names what cannot be drawn
    """
    shapes = {}
    for label_id, label in (document.labels if document else {}).items():
        try:
            shapes[label_id] = kind.shape_of(label)
        except ShapeError:
            continue
    if document is None or not shapes:
        return Picture(160, 120, note=GONE)
    if kind is SEGMENTS:
        segments = {key: shape.data for key, shape in shapes.items()}
        return timelines.draw(segments, document, photographer)
    solid = {}
    if kind is BOXES:
        solid = {key: s.data for key, s in shapes.items() if s.data is not None}
    if len(solid) == len(shapes):
        return cuboids.draw(solid, document.others)
    flat = {
        key: _flat(kind, shape, document.turns.get(key, 0.0), document.aspect)
        for key, shape in shapes.items()
        if key not in solid
    }
    return _in_image(flat, document, photographer)


def _flat(kind: Kind, shape: Shape, angle: float, aspect: float) -> _Flat:
    none = np.zeros((0, 2))
    if kind is POLYLINES:
        rings, filled, closed = shape.data
        return _Flat(rings, none, closed or filled, filled)
    if kind.name == KEYPOINTS.name:
        return _Flat([], shape.data, False, False)
    if kind is MASKS:
        rings = contours(shape.bounds, shape.data)
        if rings:
            return _Flat(rings, none, True, True)
    if kind is BOXES and angle and np.isfinite(aspect):
        turned = corners(np.array([shape.bounds]), *np.array([[angle], [aspect]]))
        return _Flat([turned[0]], none, True, False)
    x, y, width, height = shape.bounds
    upright = np.array(_CORNERS) * (abs(width), abs(height)) + (x, y)
    return _Flat([upright], none, True, False)


def _in_image(
    labels: dict[str, _Flat], document: Document, photographer: Photographer
) -> Picture:
    parts = [part for label in labels.values() for part in (*label.rings, label.points)]
    points = np.concatenate(parts)
    points = points[np.isfinite(points).all(axis=1)]
    crop = photographer.crop(document.filepath, document.frame_number, points)
    shapes = []
    for label_id, label in labels.items():
        rings = [crop.place(ring) for ring in label.rings]
        outline = svg_paths.lines(rings, label.closed)
        spots = crop.place(label.points)
        outline += "".join(
            svg_paths.line(bone[np.isfinite(bone).all(axis=1)], closed=False)
            for bone in (spots[_known(edge, len(spots))] for edge in document.bones)
        )
        spots = spots[np.isfinite(spots).all(axis=1)]
        shapes.append(
            DrawnLabel(label_id, outline, svg_paths.dots(spots), label.filled)
        )
    note = None
    if crop.source is None:
        note = NOT_READABLE[document.frame_number is not None]
    return Picture(
        crop.width, crop.height, crop.source, crop.height, note, shapes=shapes
    )


def _known(edge: list[int], n: int) -> list[int]:
    return [k for k in edge if 0 <= k < n]
