"""Keypoints, which are compared point by point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.geometry import unmarked
from ....iou_core.geometry.keypoints import unmarked_points
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, point_lists, values
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


def shape_of(label: Document, unmarked_as_missing: bool = False) -> Shape:
    """Returns the shape of a keypoint: its ``(P, 2)`` points.

    Args:
        label: the label
        unmarked_as_missing (False): whether points that are not marked are NaN
    """
    points = read_points(label.get("points") or ())
    if not len(points):
        raise ShapeError("has no points")
    reasons = unmarked_points(points, _confidence_of(label, len(points)))
    if unmarked_as_missing:
        points[reasons > 0] = np.nan
    finite = points[np.isfinite(points).all(axis=1)]
    bounds = box_around(finite) if len(finite) else NO_BOX
    code = int(unmarked.pack(reasons, np.array([len(points)]))[0])
    return Shape(bounds, points, digest_of(points.tobytes()), unmarked=code)


def _confidence_of(label: Document, n: int) -> Floats | None:
    """Returns the confidence of each of ``n`` points; None if there is no such list."""
    try:
        confidence = np.array(label.get("confidence"), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return confidence if confidence.shape == (n,) else None


def columns_of(
    raw: buffer.Raw,
    found: Elements,
    regular: Bools,
    unmarked_as_missing: bool = False,
) -> ShapeColumns:
    """Returns the shapes of many keypoints; see :class:`.kind.Kind`.

    With ``unmarked_as_missing``, points that are not marked are NaN.
    """
    known = regular & (found["points"].type == buffer.ARRAY)
    rows = np.flatnonzero(known)
    points, counts, good = point_lists.points_at(raw, found["points"].at[rows])
    good &= counts > 0
    rows, counts, points = rows[good], counts[good], points[np.repeat(good, counts)]
    confidence, good = _confidences(raw, found["confidence"], rows, counts)
    points = points[np.repeat(good, counts)]
    rows, counts = rows[good], counts[good]
    known[:] = False
    known[rows] = True
    reasons = unmarked_points(points, confidence)
    if unmarked_as_missing:
        points[reasons > 0] = np.nan
    offsets = offsets_of(counts)
    data = pieces_of(points, offsets)
    digests = digests_of_rows((points, offsets))
    bounds = boxes_around(points, offsets)
    columns = ShapeColumns.of_known(known, bounds, data, digests)
    if not reasons.any():
        return columns
    codes = np.zeros(len(known), dtype=np.int64)
    codes[rows] = unmarked.pack(reasons, counts)
    return columns._replace(unmarked=codes)


def _confidences(
    raw: buffer.Raw, element: buffer.Element, rows: Ints, counts: Ints
) -> tuple[Floats | None, Bools]:
    """Returns the confidence of each point of some labels, and of which it is known.

    Args:
        raw: the bytes
        element: the confidence of ``M`` labels
        rows: ``(n,)`` some of them
        counts: ``(n,)`` how many points each of these has

    Returns:
        ``(P,)`` the confidence of the points of the labels that are known, NaN where
        there is none, or None if no label has any; and ``(n,)`` bool, False for
        labels whose list holds anything but a number for each point
    """
    types = element.type[rows]
    known = types != buffer.ARRAY
    if known.all():
        return None, known
    offsets = offsets_of(counts)
    confidence = np.full(int(offsets[-1]), np.nan)
    for n in np.unique(counts[~known]).tolist():
        these = np.flatnonzero((types == buffer.ARRAY) & (counts == n))
        lists = buffer.Element(types[these], element.at[rows[these]])
        found, are_numbers = values.numbers(raw, lists, n)
        confidence[offsets[these][:, None] + np.arange(n)] = found
        known[these] = are_numbers
    return confidence[np.repeat(known, counts)], known


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns the points of keypoints."""
    return points_geometry(shapes_in(fields), params.keypoint_sigmas)


KEYPOINTS = Kind(
    name="keypoints",
    words="keypoints",
    document=fol.Keypoints,
    keys=("points", "confidence"),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
    options=frozenset({"keypoint_sigmas", "unmarked_as_missing"}),
)

MARKED_KEYPOINTS = replace(
    KEYPOINTS,
    shape_of=partial(shape_of, unmarked_as_missing=True),
    columns_of=partial(columns_of, unmarked_as_missing=True),
)
"""Keypoints as ``unmarked_as_missing`` reads them. Scans store the same name."""
