"""Checks of which labels CVAT can hold, and which CVAT shapes can become labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...media.images import MAX_PIXELS
from ...reading.kinds.boxes import rotation_of
from ...reading.kinds.shapes import ShapeError
from .shapes import CVAT_TYPES, FEWEST, CvatShape, is_turned_alike

NO_CLASS = "has no class"
NO_BOX = "has no box that CVAT can represent"
NO_POINTS = "has no points"
TOO_FEW = "has fewer points than CVAT accepts"
NOT_FINITE = "has points that are not pairs of finite numbers"
TOO_FAR = "has points far outside of the image"
NOT_FULL = "is a mask in CVAT that does not fill its box"

MAX_CLASS_NAME = 64
"""The longest class name that CVAT accepts, in characters."""

_FAR = 1e6  # in image widths
KIND_WORDS = {
    "rectangle": "a box",
    "mask": "a mask",
    "polygon": "a polygon",
    "polyline": "a line",
    "points": "a set of points",
    "ellipse": "an ellipse",
    "cuboid": "a cuboid",
    "skeleton": "a skeleton",
}
"""CVAT's types of shapes as phrases."""

_WORDS = {"rectangle": "box", "mask": "mask", "polygon": "polygon", "polyline": "line"}


def refusal(
    shape: CvatShape,
    document: type,
    sent: CvatShape | None = None,
    may_turn: bool = False,
) -> str | None:
    """Returns why a shape cannot become a label; None if it can.

    Args:
        shape: the shape
        document: the type of the label field
        sent (None): the shape that was sent: a label may already have a rotation
        may_turn (False): whether boxes may be rotated, as their unit is known
    """
    if shape.kind not in CVAT_TYPES[document]:
        what = KIND_WORDS.get(shape.kind, f"a {shape.kind}")
        return f"is {what} in CVAT, which the field cannot hold"
    rotation = 0.0 if sent is None else sent.rotation
    is_turned = not is_turned_alike(shape.rotation, rotation)
    if is_turned and not (may_turn and shape.kind == "rectangle"):
        return f"is rotated in CVAT, which a {_WORDS[shape.kind]} cannot be"
    if shape.is_outline and any(
        len(ring.pairs) < FEWEST[shape.kind] for ring in shape.by_ring.values()
    ):
        return TOO_FEW
    if shape.kind == "polyline":
        return None if np.isfinite(shape.points).all() else NOT_FINITE
    left, top, right, bottom = shape.box
    if not np.isfinite(shape.points).all() or right <= left or bottom <= top:
        return "has no area in CVAT"
    return None if shape.kind != "mask" else _mask_fault(shape)


def _mask_fault(mask: CvatShape) -> str | None:
    left, top, right, bottom = mask.box
    runs, area = mask.points[:-4], (right - left) * (bottom - top)
    if area > MAX_PIXELS:
        return f"is a mask of more than {MAX_PIXELS:,} pixels in CVAT"
    is_whole = all(run >= 0 and run.is_integer() for run in runs)
    return None if is_whole and sum(runs) == area else NOT_FULL


def name_fault(name: str) -> tuple[str, str] | None:
    """Returns why CVAT rejects or changes a class name; None if it keeps the name.

    Returns:
        what is expected of classes, and what labels of this class have instead
    """
    if not name.strip():
        return "classes with a name", "has a class without a name"
    if "\0" in name:
        return (
            "classes without null characters, which CVAT rejects",
            "has a class with a null character",
        )
    if name != name.strip():
        return (
            "classes without spaces around their name, which CVAT removes",
            f"has the class {name!r}, whose outer spaces CVAT removes",
        )
    if len(name) > MAX_CLASS_NAME:
        return (
            f"classes of at most {MAX_CLASS_NAME} characters, as CVAT requires",
            f"has a class of more than {MAX_CLASS_NAME} characters",
        )
    return None


def label_fault(label: Mapping[str, Any], of_polylines: bool) -> str | None:
    """Returns why a label cannot become a shape in CVAT; None if it can.

    Args:
        label: the label, as it is stored
        of_polylines: whether the field holds polylines
    """
    name = label.get("label")
    if not isinstance(name, str):
        return NO_CLASS
    fault = name_fault(name)
    if fault is not None:
        return fault[1]
    if of_polylines:
        return polyline_fault(label.get("points"), label.get("filled"))
    if not is_box(label.get("bounding_box")):
        return NO_BOX
    has_mask = label.get("mask") is not None or label.get("mask_path")
    return None if has_mask else rotation_fault(label.get("rotation"))


def rotation_fault(rotation: Any) -> str | None:
    """Returns why a box cannot be rotated by a value; None if it can."""
    try:
        rotation_of({"rotation": rotation})
    except ShapeError as error:
        return str(error)
    return None


def is_box(box: Any) -> bool:
    """Returns whether a value is four numbers in a range that CVAT can hold."""
    return (
        isinstance(box, (list, tuple))
        and len(box) == 4
        and all(isinstance(value, (int, float)) for value in box)
        # also false for values that are not finite
        and all(abs(value) <= _FAR for value in box)
    )


def polyline_fault(points: Any, filled: Any) -> str | None:
    """Returns why a polyline cannot become shapes in CVAT; None if it can.

    Args:
        points: the polyline's rings
        filled: whether the polyline is filled
    """
    if not isinstance(points, (list, tuple)) or not any(points):
        return NO_POINTS
    reasons = (
        _ring_fault(ring, "polygon" if filled else "polyline") for ring in points
    )
    return next((reason for reason in reasons if reason is not None), None)


def _ring_fault(points: Any, kind: str) -> str | None:
    if not points:
        return TOO_FEW
    try:
        ring = np.array(points, dtype=np.float64)
    except (TypeError, ValueError):
        return NOT_FINITE
    if ring.ndim != 2 or ring.shape[1] != 2 or not np.isfinite(ring).all():
        return NOT_FINITE
    if len(ring) < FEWEST[kind]:
        return TOO_FEW
    return TOO_FAR if np.abs(ring).max() > _FAR else None
