"""Detections that are compared by their masks, or by boxes with masks beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.geometry.masks.masks import Masks
from ....iou_core.geometry.masks.outlines import Outlines
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from ..raw import buffer, values
from ..raw.hashes import mix
from . import boxes as plain
from .boxes import read_box
from .kind import Kind
from .mask_arrays import read_mask
from .shapes import (
    Digests,
    Document,
    Elements,
    Shape,
    ShapeColumns,
    ShapeError,
    bounds_in,
    digest_of,
    digests_of,
    shapes_in,
)

_MASK_KEYS = ("mask", "mask_path")
_WORDS = 8  # of a stored mask that are hashed


def shape_of(label: Document) -> Shape:
    """Returns the shape of a mask: its bytes in the database, or its path."""
    box = read_box(label)
    mask, path = label.get("mask"), label.get("mask_path")
    if mask is None:
        if not path:
            raise ShapeError("has no mask")
        return Shape(box, str(path), digest_of(str(path).encode()))
    if not isinstance(mask, bytes):
        raise ShapeError("has a mask that is not binary data")
    return Shape(box, bytes(mask), digest_of(mask))


def columns_of(raw: buffer.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns the shapes of many masks; see :class:`.kind.Kind`."""
    bounds, known = values.boxes(raw, found["bounding_box"])
    known, data, _ = _stored_masks(raw, found, known & regular)
    parts = (one.encode() if isinstance(one, str) else one for one in data)
    return ShapeColumns.of_known(known, bounds[known], data, digests_of(parts))


def _stored_masks(
    raw: buffer.Raw, found: Elements, wanted: Bools
) -> tuple[Bools, list[bytes | str], Digests]:
    """Returns the masks of labels as they are stored.

    Args:
        raw: the bytes
        found: the elements of ``M`` labels, among them ``mask`` and ``mask_path``
        wanted: ``(M,)`` bool, the labels whose masks are read

    Returns:
        ``(M,)`` bool, which labels have one; of these, bytes or paths, and
        :func:`sampled_digests`
    """
    begin, end, stored = values.binaries(raw, found["mask"])
    in_file = np.isin(found["mask"].type, (buffer.NULL, buffer.ABSENT))
    path_at, path_end, is_path = values.strings(raw, found["mask_path"])
    in_file &= is_path & (path_end > path_at)
    has = wanted & (stored | in_file)
    rows = np.flatnonzero(has)
    begin = np.where(in_file, path_at, begin)[rows]
    end = np.where(in_file, path_end, end)[rows]
    parts = [raw.data[a:b] for a, b in zip(begin.tolist(), end.tolist())]
    data = [
        part.decode() if in_a_file else part
        for part, in_a_file in zip(parts, in_file[rows].tolist())
    ]
    return has, data, sampled_digests(raw, begin, end)


def geometry_of(
    fields: Sequence[LabelColumns], image: Ints, params: ComputeParams
) -> Geometry:
    """Returns masks, or with a tolerance their outlines."""
    boxes, shapes = bounds_in(fields), shapes_in(fields)
    if params.tolerance is not None:
        return _outlines(boxes, shapes, params.tolerance)
    return Masks(boxes, lambda k: read_mask(shapes[k]))


def _outlines(boxes: Floats, shapes: list[bytes | str], tolerance: float) -> Outlines:
    """Returns the outlines that FiftyOne draws of masks."""

    def trace(k: int) -> list[list[list[float]]]:
        mask = read_mask(shapes[k])
        label = fol.Detection(bounding_box=boxes[k].tolist(), mask=mask)
        return list(label.to_polyline(tolerance).points)

    return Outlines(boxes, trace)


MASKS = Kind(
    name="masks",
    words="instance masks",
    document=fol.Detections,
    keys=("bounding_box", *_MASK_KEYS),
    shape_of=shape_of,
    columns_of=columns_of,
    geometry_of=geometry_of,
    options=frozenset({"use_masks", "tolerance", "with_masks"}),
    chosen_by="use_masks",
)


def sampled_digests(raw: buffer.Raw, begin: Ints, end: Ints) -> Digests:
    """Returns hashes of the bytes between offsets, of their size and some of them.

    A compressed mask ends with a checksum of its pixels, and an edit changes most bytes
    behind it. That shows an edit as well as all bytes do, in a tenth of the time.
    """
    size = end - begin
    total = mix(size.astype(np.uint64))
    for k in range(_WORDS):
        word = raw.u64[begin + np.maximum(size - 8, 0) * k // (_WORDS - 1)]
        # of fewer bytes than a word has, those behind them do not count
        spare = np.clip(8 * (8 - size), 0, 63).astype(np.uint64)
        total = mix(total ^ np.where(size > 0, word << spare, np.uint64(0)))
    return np.maximum(total, 1)


def _shape_with_mask(label: Document, in_space: bool | None = None) -> Shape:
    """Returns the shape of a box with its mask, or of a cuboid."""
    shape = plain.shape_of(label, in_space)
    mask, path = (label.get(key) for key in _MASK_KEYS)
    if mask is None and isinstance(path, str) and path:
        return _beside(shape, path, path.encode())
    # many labels at once are read by the subtype of bytes, too
    return _beside(shape, mask, mask) if type(mask) is bytes else shape


def _beside(shape: Shape, mask: bytes | str, data: bytes) -> Shape:
    if shape.data is not None or shape.rotation:
        return shape
    ends = np.array([0]), np.array([len(data)])
    digest = sampled_digests(buffer.Raw(data), *ends)[0]
    return shape._replace(mask=mask, digest=int(digest))


def _columns_with_masks(
    raw: buffer.Raw, found: Elements, regular: Bools, in_space: Bools | None = None
) -> ShapeColumns:
    """Returns the shapes of many boxes with their masks, and cuboids."""
    shapes = plain.columns_of(raw, found, regular, in_space)
    if not any(found[key].type.any() for key in _MASK_KEYS):
        return shapes
    wanted = shapes.known.copy()
    if in_space is not None:
        wanted &= ~in_space
    if shapes.rotation is not None:
        wanted &= shapes.rotation == 0
    has, data, digests = _stored_masks(raw, found, wanted)
    masks = np.full(len(has), None, dtype=np.object_)
    for row, mask in zip(np.flatnonzero(has).tolist(), data):
        masks[row] = mask
    all_digests = np.zeros(len(has), dtype=np.uint64)
    if shapes.digests is not None:
        all_digests[:] = shapes.digests
    all_digests[has] = digests
    return shapes._replace(masks=masks, digests=all_digests)


MASKED_BOXES = replace(
    plain.BOXES,
    keys=(*plain.BOXES.keys, *_MASK_KEYS),
    shape_of=_shape_with_mask,
    columns_of=_columns_with_masks,
)
"""Boxes as ``with_masks`` reads them. Scans store the same name.

A label without a mask, a turned box and a cuboid are read as without it.
"""
