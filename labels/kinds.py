"""The kinds of labels: what is read of each, and what shape it has.

A shape is read of many labels at once by :mod:`.shape_columns`, and of labels that
are stored in any other way than FiftyOne writes them one by one, by
:mod:`.label_shapes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import fiftyone.core.media as fom

from ..iou_core.boxes import Bools
from ..iou_core.errors import ParamsError, ScanError
from ..iou_core.params import ComputeParams
from . import label_shapes as one
from . import shape_columns as many
from .bson_walk import Element, Raw
from .fields import LabelField, view_pipeline

SHAPES_WAY, BOXES_WAY = "shapes", "boxes"
MASKS_WAY, OUTER_BOXES_WAY = "masks", "bounding boxes"

_LOOKED_AT = 200  # samples that are looked through for masks


@dataclass(frozen=True)
class Kind:
    """A kind of labels.

    Attributes:
        name: how scans and forms name it
        words: what people call it
        keys: what is read of a label beside its id and class
        shape: makes the shape of a label, or raises
            :class:`.label_shapes.ShapeError`
        columns: reads the shapes of many labels
        options: the parameters of :class:`..iou_core.params.ComputeParams` that
            apply to it alone
    """

    name: str
    words: str
    keys: tuple[str, ...]
    shape: Callable[[dict[str, Any]], one.Shape]
    columns: Callable[[Raw, dict[str, Element], Bools], many.ShapeColumns]
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
    return isinstance(label, dict) and one.is_in_space(label)


BOXES = Kind("boxes", "boxes", ("bounding_box",), one.box_shape, many.boxes)
MASKS = Kind(
    "masks",
    "instance masks",
    ("bounding_box", "mask", "mask_path"),
    one.mask_shape,
    many.masks,
    frozenset({"use_masks", "tolerance"}),
)
POLYLINES = Kind(
    "polylines",
    "polylines",
    ("points", "filled", "closed"),
    one.polyline_shape,
    many.polylines,
    frozenset({"use_boxes", "keypoint_sigmas"}),
)
KEYPOINTS = Kind(
    "keypoints",
    "keypoints",
    ("points",),
    one.keypoint_shape,
    many.keypoints,
    frozenset({"keypoint_sigmas"}),
)
CUBOIDS = Kind("cuboids", "3-D boxes", one.CUBOID_KEYS, one.cuboid_shape, many.cuboids)
BOXES_AND_CUBOIDS = Kind(
    "boxes and cuboids",
    "2-D and 3-D boxes",
    ("bounding_box", *one.CUBOID_KEYS),
    one.box_or_cuboid_shape,
    many.boxes_and_cuboids,
)
SEGMENTS = Kind(
    "segments", "temporal segments", ("support",), one.segment_shape, many.segments
)

KINDS = (BOXES, MASKS, POLYLINES, KEYPOINTS, CUBOIDS, BOXES_AND_CUBOIDS, SEGMENTS)

_BY_DOCUMENT: dict[type, Kind] = {
    fol.Polylines: POLYLINES,
    fol.Keypoints: KEYPOINTS,
    fol.TemporalDetections: SEGMENTS,
}

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> Kind:
    """Returns the kind of a name that a scan stored.

    Raises:
        ScanError: if there is none
    """
    if name not in _BY_NAME:
        raise ScanError("a kind of labels (scan again)", repr(name), "kind")
    return _BY_NAME[name]
