"""The kinds of labels: what is read of each, and what shape it has.

2-D boxes are read by :mod:`.bson_columns` without building objects. Labels of the
other kinds carry lists of any length, so they are decoded one by one into a shape:
its bounds, its data, and a hash of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import fiftyone.core.media as fom
import numpy as np

from ..iou_core.boxes import Floats
from ..iou_core.cuboids import is_cuboid
from ..iou_core.errors import ParamsError
from ..iou_core.params import ComputeParams
from .fields import LabelField, view_pipeline

SHAPES_WAY, BOXES_WAY = "shapes", "boxes"
MASKS_WAY, OUTER_BOXES_WAY = "masks", "bounding boxes"

_LOOKED_AT = 200  # samples that are looked through for masks

NO_BOX = (0.0, 0.0, 0.0, 0.0)


class Shape(NamedTuple):
    """The shape of one label.

    Attributes:
        bounds: relative ``[x, y, w, h]``, zeros where it has no place in an image
        data: what its kind makes a geometry of
        digest: a hash of the data
    """

    bounds: Sequence[float]
    data: Any
    digest: int


class ShapeError(Exception):
    """A label has no shape of its kind; the message says why."""


@dataclass(frozen=True)
class Kind:
    """A kind of labels.

    Attributes:
        name: how scans and forms name it
        words: what people call it
        keys: what is read of a label beside its id and class
        shape: makes the shape of a label, or raises :class:`ShapeError`
        options: the parameters of :class:`..iou_core.params.ComputeParams` that
            apply to it alone
    """

    name: str
    words: str
    keys: tuple[str, ...]
    shape: Callable[[dict[str, Any]], Shape]
    options: frozenset[str] = frozenset()


def kind_of(
    samples: foc.SampleCollection, field: LabelField, params: ComputeParams
) -> Kind:
    """Returns the kind of the labels of a field.

    Args:
        samples: a dataset or a view
        field: the field
        params: the options; ``use_masks`` chooses masks

    Raises:
        ParamsError: if an option is for another kind
    """
    if field.document is fol.Detections:
        kind = MASKS if params.use_masks else _kind_of_boxes(samples, field)
    else:
        kind = _BY_DOCUMENT[field.document]
    for name in params.kind_options:
        if name not in kind.options:
            takers = [other.words for other in KINDS if name in other.options]
            raise ParamsError(
                f"nothing, as it is an option for {' and '.join(takers)}",
                f"{getattr(params, name)!r} for {kind.words}",
                name,
            )
    return kind


def comparisons(samples: foc.SampleCollection, field: LabelField) -> list[str]:
    """Returns what of a field's labels can be compared, the usual first.

    Masks are looked for among the first samples only.

    Returns:
        words for people; none where there is no choice
    """
    if field.document is fol.Polylines:
        return [SHAPES_WAY, OUTER_BOXES_WAY]
    if field.document is not fol.Detections:
        return []
    masked = {"$or": [{"mask": {"$ne": None}}, {"mask_path": {"$ne": None}}]}
    found = field.collection(samples).aggregate(
        [
            {"$limit": _LOOKED_AT},
            {"$match": {field.list_path: {"$elemMatch": masked}}},
            {"$limit": 1},
            {"$project": {"_id": True}},
        ]
    )
    return [BOXES_WAY, MASKS_WAY] if next(iter(found), None) is not None else []


def _kind_of_boxes(samples: foc.SampleCollection, field: LabelField) -> Kind:
    if samples.media_type == fom.MIXED:
        return BOXES_AND_CUBOIDS
    return CUBOIDS if _holds_cuboids(samples, field) else BOXES


def _holds_cuboids(samples: foc.SampleCollection, field: LabelField) -> bool:
    """Tells by the first label there is, as FiftyOne does for each sample."""
    collection, stages = view_pipeline(samples, field.on_frames)
    found = collection.aggregate(
        [
            *stages,
            {"$match": {f"{field.list_path}.0": {"$exists": True}}},
            {"$limit": 1},
            {"$project": {"label": {"$arrayElemAt": [f"${field.list_path}", 0]}}},
        ],
        allowDiskUse=True,
    )
    label = next(iter(found), {}).get("label")
    return isinstance(label, dict) and _is_in_space(label)


def _is_in_space(label: dict[str, Any]) -> bool:
    return all(label.get(key) for key in _CUBOID_KEYS)


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


def _box_shape(label: dict[str, Any]) -> Shape:
    box = _box(label)
    return Shape(box, None, 0)


def _box_or_cuboid_shape(label: dict[str, Any]) -> Shape:
    return _cuboid_shape(label) if _is_in_space(label) else _box_shape(label)


def _mask_shape(label: dict[str, Any]) -> Shape:
    box = _box(label)
    mask, path = label.get("mask"), label.get("mask_path")
    if mask is None and not path:
        raise ShapeError("has no mask")
    data = bytes(mask) if mask is not None else str(path)
    return Shape(box, data, _digest(data if mask is not None else data.encode()))  # type: ignore[union-attr]


def _polyline_shape(label: dict[str, Any]) -> Shape:
    rings = [_points(ring) for ring in label.get("points") or () if ring]
    if not rings:
        raise ShapeError("has no points")
    points = np.concatenate(rings)
    if not np.isfinite(points).all():
        raise ShapeError("has points that are not finite")
    data = (rings, bool(label.get("filled")), bool(label.get("closed")))
    form = np.array([*data[1:], *map(len, rings)], dtype=np.int64)
    return Shape(_around(points), data, _digest(points.tobytes() + form.tobytes()))


def _keypoint_shape(label: dict[str, Any]) -> Shape:
    points = _points(label.get("points") or ())
    if not len(points):
        raise ShapeError("has no points")
    finite = points[np.isfinite(points).all(axis=1)]
    bounds = _around(finite) if len(finite) else list(NO_BOX)
    return Shape(bounds, points, _digest(points.tobytes()))


def _cuboid_shape(label: dict[str, Any]) -> Shape:
    values = []
    for key in _CUBOID_KEYS:
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


def _segment_shape(label: dict[str, Any]) -> Shape:
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
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


_CUBOID_KEYS = ("location", "dimensions", "rotation")

BOXES = Kind("boxes", "boxes", ("bounding_box",), _box_shape)
MASKS = Kind(
    "masks",
    "instance masks",
    ("bounding_box", "mask", "mask_path"),
    _mask_shape,
    frozenset({"use_masks", "tolerance"}),
)
POLYLINES = Kind(
    "polylines",
    "polylines",
    ("points", "filled", "closed"),
    _polyline_shape,
    frozenset({"use_boxes", "keypoint_sigmas"}),
)
KEYPOINTS = Kind(
    "keypoints",
    "keypoints",
    ("points",),
    _keypoint_shape,
    frozenset({"keypoint_sigmas"}),
)
CUBOIDS = Kind("cuboids", "3-D boxes", _CUBOID_KEYS, _cuboid_shape)
BOXES_AND_CUBOIDS = Kind(
    "boxes and cuboids",
    "2-D and 3-D boxes",
    ("bounding_box", *_CUBOID_KEYS),
    _box_or_cuboid_shape,
)
SEGMENTS = Kind("segments", "temporal segments", ("support",), _segment_shape)

KINDS = (BOXES, MASKS, POLYLINES, KEYPOINTS, CUBOIDS, BOXES_AND_CUBOIDS, SEGMENTS)

_BY_DOCUMENT: dict[type, Kind] = {
    fol.Polylines: POLYLINES,
    fol.Keypoints: KEYPOINTS,
    fol.TemporalDetections: SEGMENTS,
}
