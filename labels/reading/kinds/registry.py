"""All kinds of labels, and which kind the labels of a field are."""

from __future__ import annotations

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol

from ....iou_core.errors import ScanError, UnusedError
from ....iou_core.params import ComputeParams
from ...fields import LabelField
from .boxes import BOXES
from .contents import has_masks
from .keypoints import KEYPOINTS, MARKED_KEYPOINTS
from .kind import Kind
from .masks import MASKED_BOXES, MASKS
from .polylines import POLYLINES
from .segments import SEGMENTS

SHAPES_WAY, BOXES_WAY = "shapes", "boxes"
MASKS_WAY, OUTER_BOXES_WAY = "masks", "bounding boxes"

KINDS = (BOXES, MASKS, POLYLINES, KEYPOINTS, SEGMENTS)
"""All kinds; of those of one document, the usual one first."""

_BY_NAME = {name: kind for kind in KINDS for name in (kind.name, *kind.earlier_names)}


def kind_of(field: LabelField, params: ComputeParams) -> Kind:
    """Returns the kind of the labels of a field.

    Args:
        field: the field
        params: the parameters; ``use_masks`` chooses masks

    Raises:
        UnusedError: if a parameter applies to other kinds only
    """
    kinds = [kind for kind in KINDS if kind.document is field.document]
    chosen = [k for k in kinds if k.chosen_by and getattr(params, k.chosen_by)]
    kind = (chosen or kinds)[0]
    for name in params.kind_options:
        if name not in kind.options:
            takers = [other.words for other in KINDS if name in other.options]
            reason = f"on {kind.words}, only on {' and '.join(takers)}"
            raise UnusedError(reason, repr(getattr(params, name)), name)
    return _read_with(kind, params)


def _read_with(kind: Kind, params: ComputeParams) -> Kind:
    """Returns a kind as it is read with some parameters."""
    if kind is BOXES and getattr(params, "with_masks", False):
        return MASKED_BOXES
    is_marked = kind is KEYPOINTS and params.unmarked_as_missing
    return MARKED_KEYPOINTS if is_marked else kind


def kind_named(name: str, params: ComputeParams) -> Kind:
    """Returns the kind of the labels of a stored scan.

    Args:
        name: its name in the scan
        params: the parameters of the scan

    Raises:
        ScanError: if there is none
    """
    if name not in _BY_NAME:
        raise ScanError("a kind of labels (scan again)", repr(name), "kind")
    return _read_with(_BY_NAME[name], params)


def comparisons(samples: foc.SampleCollection, field: LabelField) -> list[str]:
    """Returns by what the labels of a field can be compared, the default first.

    Returns:
        names for forms; an empty list if there is no choice
    """
    if field.document is fol.Polylines:
        return [SHAPES_WAY, OUTER_BOXES_WAY]
    if field.document is not fol.Detections:
        return []
    return [BOXES_WAY, MASKS_WAY] if has_masks(samples, field) else []
