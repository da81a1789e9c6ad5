"""The shapes of many labels at once, from raw BSON, by the kind of the labels.

Each function is given the elements of ``M`` labels and tells which of them it knows:
those that are as FiftyOne writes them. For these it returns what :mod:`.label_shapes`
makes of each; the others are left to it, good or bad.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.geometry.cuboids.cuboids import is_cuboid
from ..raw import values, walk
from .label_shapes import CUBOID_KEYS, DIGEST_BYTES

Elements = dict[str, walk.Element]


class ShapeColumns(NamedTuple):
    """The shapes of ``M`` labels.

    Attributes:
        known: ``(M,)`` bool; what is said of the other labels is void
        bounds: ``(M, 4)`` float64, relative ``[x, y, w, h]``
        shapes: ``(M,)`` objects, the data of the shapes; None for boxes
        digests: ``(M,)`` uint64, their hashes; None for boxes
        rotation: ``(M,)`` float64, how far boxes are turned, as it is stored; None
            where no box is turned
    """

    known: Bools
    bounds: Floats
    shapes: npt.NDArray[np.object_] | None = None
    digests: npt.NDArray[np.uint64] | None = None
    rotation: Floats | None = None


def detections(
    raw: walk.Raw, found: Elements, regular: Bools, in_space: Bools | None = None
) -> ShapeColumns:
    """Returns boxes and cuboids; the data of boxes are None.

    Args:
        raw: the bytes
        found: the elements of ``M`` labels
        regular: ``(M,)`` bool, whose elements are known
        in_space (None): ``(M,)`` bool, which labels are cuboids; None for none
    """
    bounds, known = walk.boxes(raw, found["bounding_box"])
    known &= regular
    rotation = None
    if found["rotation"].type.any():
        rotation, are_numbers = values.rotations(raw, found["rotation"])
        known &= are_numbers
    if in_space is None:
        return ShapeColumns(known, bounds, rotation=rotation)
    solid = cuboids(raw, found, regular & in_space)
    return solid._replace(
        known=np.where(in_space, solid.known, known),
        bounds=np.where(in_space[:, None], 0.0, bounds),
        rotation=None if rotation is None else np.where(in_space, 0.0, rotation),
    )


def masks(raw: walk.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns masks: see :func:`detections`."""
    bounds, known = walk.boxes(raw, found["bounding_box"])
    known &= regular
    begin, end, stored = values.binaries(raw, found["mask"])
    in_file = (found["mask"].type == walk.NULL) | (found["mask"].type == walk.ABSENT)
    path_at, path_end, is_path = values.strings(raw, found["mask_path"])
    in_file &= is_path & (path_end > path_at)
    known &= stored | in_file
    rows = np.flatnonzero(known)
    begin = np.where(in_file, path_at, begin)[rows]
    end = np.where(in_file, path_end, end)[rows]
    parts = [raw.data[a:b] for a, b in zip(begin.tolist(), end.tolist())]
    data = [
        part.decode() if in_a_file else part
        for part, in_a_file in zip(parts, in_file[rows].tolist())
    ]
    return _spread(known, bounds[rows], data, _joined(map(_digest, parts)))


def polylines(raw: walk.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns polylines: see :func:`detections`."""
    filled, filled_known = values.truth(raw, found["filled"])
    closed, closed_known = values.truth(raw, found["closed"])
    known = regular & filled_known & closed_known
    known &= found["points"].type == walk.ARRAY
    rows = np.flatnonzero(known)
    lines, at, good = walk.array_documents(raw, found["points"].at[rows], walk.ARRAY)
    points, sizes, are_pairs = values.points(raw, at)
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
    rows, counts = rows[good], counts[good]
    offsets, line_offsets = _offsets(counts), _offsets(lines)
    forms = np.insert(sizes, np.repeat(line_offsets[:-1], 2), 0)
    begin = line_offsets[:-1] + 2 * np.arange(len(rows))
    forms[begin], forms[begin + 1] = filled[rows], closed[rows]
    rings = _pieces(points, _offsets(sizes))
    data = list(
        zip(_pieces(rings, line_offsets), filled[rows].tolist(), closed[rows].tolist())
    )
    digests = _digests((points, offsets), (forms, _offsets(lines + 2)))
    return _spread(known, _around(points, offsets), data, digests)


def keypoints(raw: walk.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns keypoints: see :func:`detections`."""
    known = regular & (found["points"].type == walk.ARRAY)
    rows = np.flatnonzero(known)
    points, counts, good = values.points(raw, found["points"].at[rows])
    good &= counts > 0
    known[rows[~good]] = False
    offsets = _offsets(counts[good])
    data = _pieces(points, offsets)
    digests = _digests((points, offsets))
    return _spread(known, _around(points, offsets), data, digests)


def cuboids(raw: walk.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns cuboids: see :func:`detections`."""
    parts = [values.numbers(raw, found[key], 3) for key in CUBOID_KEYS]
    known = regular & np.all([is_known for _, is_known in parts], axis=0)
    numbers = np.concatenate([part for part, _ in parts], axis=1)
    known &= is_cuboid(numbers[:, :3], numbers[:, 3:6], numbers[:, 6:])
    return _of_numbers(known, numbers)


def are_in_space(raw: walk.Raw, found: Elements) -> tuple[Bools, Bools]:
    """Returns which labels are cuboids, and where that is known.

    They have a location, dimensions and a rotation, none of them empty.
    """
    kinds = [found[key].type for key in CUBOID_KEYS]
    lacks = np.any([(k == walk.ABSENT) | (k == walk.NULL) for k in kinds], axis=0)
    sizes = [raw.i32[found[key].at] for key in CUBOID_KEYS]
    lists = [(k == walk.ARRAY) & (n > 5) for k, n in zip(kinds, sizes)]
    solid: Bools = np.all(lists, axis=0)
    return solid, lacks | solid


def segments(raw: walk.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns segments: see :func:`detections`."""
    support, known = values.numbers(raw, found["support"], 2, whole=True)
    known &= regular & (support[:, 1] >= support[:, 0])
    return _of_numbers(known, support)


def _of_numbers(known: Bools, numbers: npt.NDArray[Any]) -> ShapeColumns:
    """Returns the shapes of labels that have no place in an image."""
    numbers = numbers[known]
    n, size = numbers.shape
    digests = _digests((numbers.ravel(), size * np.arange(n + 1)))
    return _spread(known, np.zeros((n, 4)), list(numbers), digests)


def _spread(
    known: Bools, bounds: Floats, data: list[Any], digests: Any
) -> ShapeColumns:
    """Returns the shapes of the known labels, among all labels."""
    n, rows = len(known), np.flatnonzero(known)
    all_bounds = np.zeros((n, 4))
    all_bounds[rows] = bounds
    all_digests = np.zeros(n, dtype=np.uint64)
    all_digests[rows] = digests
    shapes = np.empty(n, dtype=np.object_)
    for row, shape in zip(rows.tolist(), data):
        shapes[row] = shape
    return ShapeColumns(known, all_bounds, shapes, all_digests)


def _around(points: Floats, offsets: Ints) -> Floats:
    """Returns the boxes around the finite ones of some points, which each label has.

    Where none of them is finite, the box is :data:`.label_shapes.NO_BOX`.
    """
    if len(offsets) < 2:
        return np.zeros((0, 4))
    finite = np.isfinite(points).all(axis=1)[:, None]
    low = np.minimum.reduceat(np.where(finite, points, np.inf), offsets[:-1])
    high = np.maximum.reduceat(np.where(finite, points, -np.inf), offsets[:-1])
    none = np.isinf(low).any(axis=1)
    low[none] = high[none] = 0.0
    with np.errstate(over="ignore"):
        return np.hstack((low, high - low))


def _offsets(counts: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(counts)))


def _pieces(whole: Any, offsets: Ints) -> list[Any]:
    ends = offsets.tolist()
    return [whole[a:b] for a, b in zip(ends, ends[1:])]


def _digests(*parts: tuple[npt.NDArray[Any], Ints]) -> npt.NDArray[np.uint64]:
    """Returns a hash of each label: of what it has of each array, one after the other.

    Args:
        *parts: an array, and where the entries of each label begin and end in it
    """
    columns = []
    for array, offsets in parts:
        size = array.itemsize * (array.shape[1] if array.ndim > 1 else 1)
        data = array.reshape(-1).view(np.uint8).data
        columns.append(_pieces(data, offsets * size))
    return _joined(_digest(*pieces) for pieces in zip(*columns))


def _digest(*pieces: Any) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _joined(digests: Iterable[bytes]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
