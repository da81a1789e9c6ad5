"""The bytes of BSON documents, many in one buffer, and arrays that view them.

BSON (https://bsonspec.org): a document is an int32 length, elements, and a zero
byte; an element is a type byte, a zero-terminated key, and a value; an array is
a document with the keys "0", "1", ....
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import bson
import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Ints

Bytes = npt.NDArray[np.uint8]

DOUBLE, STRING, DOCUMENT, ARRAY, BINARY = 0x01, 0x02, 0x03, 0x04, 0x05
OBJECT_ID, BOOL, DATE, NULL, INT32, INT64 = 0x07, 0x08, 0x09, 0x0A, 0x10, 0x12
ABSENT = 0

_PAD = 4096  # so that reading a key at the last byte does not leave the buffer
_LENGTH = struct.Struct("<i")


@dataclass(frozen=True)
class Element:
    """One key of ``n`` documents: ``(n,)`` types (0: no such key) and offsets."""

    type: Bytes
    at: Ints


class Raw:
    """Bytes, and typed views of them at any offset.

    Args:
        data: the bytes of one or more BSON documents
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        padded = np.zeros(len(data) + _PAD, dtype=np.uint8)
        padded[: len(data)] = np.frombuffer(data, np.uint8)
        self.u8 = padded
        self.u32: npt.NDArray[np.uint32] = self._view("<u4")
        self.i32: npt.NDArray[np.int32] = self._view("<i4")
        self.u64: npt.NDArray[np.uint64] = self._view("<u8")
        self.i64: npt.NDArray[np.int64] = self._view("<i8")
        self.f64: npt.NDArray[np.float64] = self._view("<f8")

    def _view(self, dtype: str) -> npt.NDArray[np.generic]:
        size = np.dtype(dtype).itemsize
        return np.ndarray((len(self.u8) - size + 1,), dtype, self.u8.data, strides=(1,))

    def rows(self, at: Ints, size: int) -> Bytes:
        """Returns the ``size`` bytes at offsets, as an ``(n, size)`` array.

        Each row is copied as one piece, which costs about as much as one number.
        """
        shape = (len(self.u8) - size + 1,)
        pieces = np.ndarray(shape, f"V{size}", self.u8.data, strides=(1,))
        return pieces[at].view(np.uint8).reshape(len(at), size)

    def matches(self, at: Ints, text: bytes) -> Bools:
        """Returns at which offsets ``text`` is."""
        n_words = -(-len(text) // 8)
        words = self.rows(at, 8 * n_words).view(np.uint64)
        return are(words, text, b"\xff" * len(text))

    def decoded(self, at: int) -> dict[str, Any]:
        """Returns the document that begins at an offset, decoded."""
        return bson.decode(self.data[at : at + int(self.i32[at])])


def are(words: npt.NDArray[np.uint64], text: bytes, mask: bytes) -> Bools:
    """Returns which rows of words hold ``text`` in the bits of ``mask``."""
    size = 8 * words.shape[1]
    given = zip(
        np.frombuffer(text.ljust(size, b"\x00"), np.uint64),
        np.frombuffer(mask.ljust(size, b"\x00"), np.uint64),
        words.T,
    )
    found = np.ones(len(words), dtype=np.bool_)
    for wanted, bits, column in given:
        if bits:
            found &= (column & bits) == (wanted & bits)
    return found


def document_starts(raw: Raw) -> list[int]:
    """Returns where the documents of a batch begin."""
    starts = []
    at, size, data, length = 0, raw.size, raw.data, _LENGTH.unpack_from
    while at < size:
        starts.append(at)
        at += length(data, at)[0]
    return starts
