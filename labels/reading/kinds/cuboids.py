"""Cuboids: detections in space.

A label is a cuboid if the first label of its sample is one.

Source: ``fiftyone.utils.iou`` decides by the first label of each sample as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Ints
from ....iou_core.geometry.cuboids.cuboids import Cuboids, is_cuboid
from ..raw import buffer, values
from .numbers import are_finite, columns_of_numbers
from .shapes import (
    NO_BOX,
    Document,
    Elements,
    Shape,
    ShapeColumns,
    ShapeError,
    digest_of,
)

CUBOID_KEYS = ("location", "dimensions", "rotation")


def is_in_space(label: Document) -> bool:
    """Returns whether a detection is a cuboid rather than a box."""
    return all(label.get(key) for key in CUBOID_KEYS)


def shape_of(label: Document) -> Shape:
    """Returns the shape of a cuboid: its nine numbers."""
    numbers: list[float] = []
    for key in CUBOID_KEYS:
        given = label.get(key)
        if not given:
            raise ShapeError(f"has no {key}")
        if not are_finite(given, 3):
            raise ShapeError(f"has a {key} that is not three numbers")
        numbers += map(float, given)
    data = np.array(numbers)
    if (data[3:6] < 0).any():
        raise ShapeError("has dimensions with a negative side")
    if not is_cuboid(*data.reshape(3, 1, 3)).all():
        raise ShapeError("has a location, dimensions or rotation that are too large")
    return Shape(NO_BOX, data, digest_of(data.tobytes()))


def columns_of(raw: buffer.Raw, found: Elements, regular: Bools) -> ShapeColumns:
    """Returns the shapes of many cuboids; see :class:`.kind.Kind`."""
    parts = [values.numbers(raw, found[key], 3) for key in CUBOID_KEYS]
    known = regular & np.all([is_known for _, is_known in parts], axis=0)
    numbers = np.concatenate([part for part, _ in parts], axis=1)
    known &= is_cuboid(numbers[:, :3], numbers[:, 3:6], numbers[:, 6:])
    return columns_of_numbers(known, numbers)


def cuboids_of(shapes: Sequence[Any]) -> Cuboids:
    """Returns the geometry of the shapes of cuboids."""
    numbers = np.stack(shapes) if len(shapes) else np.zeros((0, 9))
    return Cuboids(numbers[:, :3], numbers[:, 3:6], numbers[:, 6:])


def which_in_space(
    raw: buffer.Raw,
    found: Elements,
    regular: Bools,
    at: Ints,
    is_first: Bools,
    sample: Ints,
    decided: npt.NDArray[np.int8],
) -> Bools | None:
    """Returns which labels are cuboids: those of samples whose first label is one.

    Args:
        raw: the bytes
        found: the elements of ``M`` labels
        regular: ``(M,)`` bool, which labels have no other elements
        at: ``(M,)`` where the labels begin
        is_first: ``(M,)`` bool, which labels are the first of their samples
        sample: ``(M,)`` the sample of each label
        decided: ``(S,)`` 1 for samples of cuboids, 0 for samples of boxes, and -1 for
            samples not decided yet; updated in place

    Returns:
        an ``(M,)`` bool array; None if no label is a cuboid, in which case ``decided``
        is not updated
    """
    nothing_in_space = not found[CUBOID_KEYS[0]].type.any() and bool(regular.all())
    if nothing_in_space and (decided < 1).all():
        return None
    first = np.flatnonzero(is_first & (decided[sample] < 0))
    solid, known = _are_in_space(raw, found)
    for row in first[~(known & regular)[first]].tolist():
        solid[row] = is_in_space(raw.decoded(int(at[row])))
    decided[sample[first]] = solid[first]
    return np.asarray(decided[sample] == 1)


def _are_in_space(raw: buffer.Raw, found: Elements) -> tuple[Bools, Bools]:
    """Returns which labels are cuboids, and for which labels that is known."""
    kinds = [found[key].type for key in CUBOID_KEYS]
    lacks = np.any([(k == buffer.ABSENT) | (k == buffer.NULL) for k in kinds], axis=0)
    sizes = [raw.i32[found[key].at] for key in CUBOID_KEYS]
    lists = [(k == buffer.ARRAY) & (n > 5) for k, n in zip(kinds, sizes)]
    solid: Bools = np.all(lists, axis=0)
    return solid, lacks | solid
