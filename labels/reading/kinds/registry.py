"""The kinds of labels: what is read of each, and what shape it has.

A shape is read of many labels at once by :mod:`.shape_columns`, and of labels that
are stored in any other way than FiftyOne writes them one by one, by
:mod:`.label_shapes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol

from ....iou_core.errors import ParamsError, ScanError
from ....iou_core.params import ComputeParams
from ...fields import LabelField
from . import label_shapes as one
from . import shape_columns as many
from .contents import has_masks

SHAPES_WAY, BOXES_WAY = "shapes", "boxes"
MASKS_WAY, OUTER_BOXES_WAY = "masks", "bounding boxes"


@dataclass(frozen=True)
class Kind:
    """A kind of labels.

    Attributes:
        name: how scans and forms name it
        words: what people call it
        keys: what is read of a label beside its id and class
        shape: makes the shape of a label, or raises
            :class:`.label_shapes.ShapeError`
        columns: reads the shapes of many labels. Where they may be in space, both
            take as last argument whether they are
        options: the parameters of :class:`....iou_core.params.ComputeParams` that
            apply to it alone
    """

    name: str
    words: str
    keys: tuple[str, ...]
    shape: Callable[..., one.Shape]
    columns: Callable[..., many.ShapeColumns]
    options: frozenset[str] = frozenset()

    @property
    def may_be_in_space(self) -> bool:
        """Whether labels may be cuboids, and boxes may be turned."""
        return one.CUBOID_KEYS[0] in self.keys


def kind_of(field: LabelField, params: ComputeParams) -> Kind:
    """Returns the kind of the labels of a field.

    Detections are boxes in images or in space, as the first label of each sample is.

    Args:
        field: the field
        params: the options; ``use_masks`` chooses masks

    Raises:
        ParamsError: if an option is for another kind
    """
    if field.document is fol.Detections:
        kind = MASKS if params.use_masks else BOXES
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

    Returns:
        words for people; none where there is no choice
    """
    if field.document is fol.Polylines:
        return [SHAPES_WAY, OUTER_BOXES_WAY]
    if field.document is not fol.Detections:
        return []
    return [BOXES_WAY, MASKS_WAY] if has_masks(samples, field) else []


BOXES = Kind(
    "boxes",
    "boxes",
    ("bounding_box", *one.CUBOID_KEYS),
    one.detection_shape,
    many.detections,
    frozenset({"rotation_unit"}),
)
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
SEGMENTS = Kind(
    "segments", "temporal segments", ("support",), one.segment_shape, many.segments
)

KINDS = (BOXES, MASKS, POLYLINES, KEYPOINTS, SEGMENTS)

_BY_DOCUMENT: dict[type, Kind] = {
    fol.Polylines: POLYLINES,
    fol.Keypoints: KEYPOINTS,
    fol.TemporalDetections: SEGMENTS,
}

_BY_NAME = {kind.name: kind for kind in KINDS}
# earlier scans took all labels of a field for one of these
_BY_NAME |= {"cuboids": BOXES, "boxes and cuboids": BOXES}


def kind_named(name: str) -> Kind:
    """Returns the kind of a name that a scan stored.

    Raises:
        ScanError: if there is none
    """
    if name not in _BY_NAME:
        raise ScanError("a kind of labels (scan again)", repr(name), "kind")
    return _BY_NAME[name]
