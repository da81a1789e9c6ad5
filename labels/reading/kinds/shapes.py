"""The shape of one label, and the shapes of many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Floats, Ints
from ..columns import LabelColumns
from ..raw import buffer

NO_BOX = (0.0, 0.0, 0.0, 0.0)

DIGEST_BYTES = 8
"""The size of the hash of a shape. Hashes are stored: they depend on the data alone."""

Document = Mapping[str, Any]
Elements = dict[str, buffer.Element]
Objects = npt.NDArray[np.object_]
Digests = npt.NDArray[np.uint64]


class ShapeError(Exception):
    """A label has no shape of its kind; the message is the reason."""


class Shape(NamedTuple):
    """The shape of one label.

    Attributes:
        bounds: relative ``[x, y, w, h]``; zeros for labels without a place in an image
        data: what the geometry of its kind is made of
        digest: a hash of the data
        rotation: how far a box in an image is turned, as it is stored
        unmarked: the unmarked points of a keypoint label, as one number, see
            :func:`....iou_core.geometry.unmarked.pack`; 0 for other labels
        mask: the stored mask beside a box: bytes or a path; None if there is none
    """

    bounds: Sequence[float]
    data: Any
    digest: int
    rotation: float = 0.0
    unmarked: int = 0
    mask: bytes | str | None = None


class ShapeColumns(NamedTuple):
    """The shapes of ``M`` labels.

    Attributes:
        known: ``(M,)`` bool, which labels were read; the other rows have no meaning
        bounds: ``(M, 4)`` float64, relative ``[x, y, w, h]``
        shapes: ``(M,)`` objects, the data of the shapes; None for boxes
        digests: ``(M,)`` uint64, their hashes; None for boxes
        rotation: ``(M,)`` float64, how far boxes are turned, as it is stored; None
            if no box is turned
        unmarked: ``(M,)`` int64, see :class:`Shape`; None if all points are marked
        masks: ``(M,)`` objects, the stored masks beside boxes; None if there is none
    """

    known: Bools
    bounds: Floats
    shapes: Objects | None = None
    digests: Digests | None = None
    rotation: Floats | None = None
    unmarked: Ints | None = None
    masks: Objects | None = None

    @classmethod
    def of_known(
        cls, known: Bools, bounds: Floats, data: list[Any], digests: Digests
    ) -> ShapeColumns:
        """Returns the shapes of ``M`` labels, of which ``K`` are known.

        Args:
            known: ``(M,)`` bool
            bounds: ``(K, 4)`` the bounds of the known labels
            data: the data of their ``K`` shapes
            digests: ``(K,)`` the hashes of the data
        """
        n, rows = len(known), np.flatnonzero(known)
        all_bounds = np.zeros((n, 4))
        all_bounds[rows] = bounds
        all_digests = np.zeros(n, dtype=np.uint64)
        all_digests[rows] = digests
        shapes = np.empty(n, dtype=np.object_)
        for row, shape in zip(rows.tolist(), data):
            shapes[row] = shape
        return cls(known, all_bounds, shapes, all_digests)


def digest_of(data: bytes) -> int:
    """Returns the hash of the data of a shape."""
    return int.from_bytes(_digest(data), "little")


def digests_of(pieces: Iterable[bytes]) -> Digests:
    """Returns the hash of each of some pieces of data."""
    return _joined(map(_digest, pieces))


def digests_of_rows(*parts: tuple[npt.NDArray[Any], Ints]) -> Digests:
    """Returns a hash of each label: of its rows in each array, one after the other.

    Args:
        *parts: an array, and the ``(M + 1,)`` offsets of the rows of each label
    """
    columns = []
    for array, offsets in parts:
        size = array.itemsize * (array.shape[1] if array.ndim > 1 else 1)
        data = array.reshape(-1).view(np.uint8).data
        columns.append(pieces_of(data, offsets * size))
    return _joined(_digest(*pieces) for pieces in zip(*columns))


def offsets_of(counts: Ints) -> Ints:
    """Returns the ``(M + 1,)`` offsets of ``M`` pieces of some sizes."""
    return np.concatenate(([0], np.cumsum(counts)))


def pieces_of(whole: Any, offsets: Ints) -> list[Any]:
    """Returns the ``M`` pieces of a sequence between ``(M + 1,)`` offsets."""
    ends = offsets.tolist()
    return [whole[a:b] for a, b in zip(ends, ends[1:])]


def bounds_in(fields: Sequence[LabelColumns]) -> Floats:
    """Returns the ``(N, 4)`` bounds of the labels of some fields."""
    return np.concatenate([columns.boxes for columns in fields])


def shapes_in(fields: Sequence[LabelColumns]) -> list[Any]:
    """Returns the data of the shapes of the labels of some fields."""
    return [shape for columns in fields for shape in columns.shapes.tolist()]  # type: ignore[union-attr]


def _digest(*pieces: Any) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _joined(digests: Iterable[bytes]) -> Digests:
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
