"""From raw BSON to arrays, many documents at once.

MongoDB hands out batches of documents as bytes. All documents of a batch are
walked in lockstep: one NumPy operation reads the next element of every document.
Where bytes are not of the expected shape, nothing is guessed: the document is
marked, and its reader decodes it on its own.

BSON (https://bsonspec.org): a document is an int32 length, elements, and a zero
byte; an element is a type byte, a zero-terminated key, and a value; an array is
a document with the keys "0", "1", ....
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Floats, Ints

Bytes = npt.NDArray[np.uint8]

DOUBLE, STRING, DOCUMENT, ARRAY, BINARY = 0x01, 0x02, 0x03, 0x04, 0x05
OBJECT_ID, BOOL, DATE, NULL, INT32, INT64 = 0x07, 0x08, 0x09, 0x0A, 0x10, 0x12
ABSENT = 0

_PAD = 4096  # so that a load at the last byte, as long as a key, stays in the buffer
_FIXED = np.full(256, -1, dtype=np.int64)
for _type, _size in (
    (DOUBLE, 8),
    (OBJECT_ID, 12),
    (BOOL, 1),
    (DATE, 8),
    (NULL, 0),
    (INT32, 4),
    (INT64, 8),
    (0x11, 8),
    (0x06, 0),
):
    _FIXED[_type] = _size

_LENGTH = struct.Struct("<i")

_MANY = 40  # fewer arrays than this are walked one by one
_HEADS = [b"\x01%d\x00" % k for k in range(4)]
_BOX = struct.pack("<i", 49) + b"".join(head + bytes(8) for head in _HEADS) + bytes(8)
_BOX_MASK = b"\xff" * 4 + 4 * (b"\xff" * 3 + bytes(8)) + b"\xff" + bytes(7)
"""An array of four doubles, padded to whole words; and what all such have in common."""


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
        """Tells at which offsets ``text`` stands."""
        n_words = -(-len(text) // 8)
        words = self.rows(at, 8 * n_words).view(np.uint64)
        return _are(words, text, b"\xff" * len(text))


def fixed_size(kind: int) -> int | None:
    """Returns the size of all values of a type; None where they differ."""
    size = int(_FIXED[kind])
    return size if size >= 0 else None


def _are(words: npt.NDArray[np.uint64], text: bytes, mask: bytes) -> Bools:
    """Tells which rows hold ``text`` where ``mask`` has its bits."""
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


def elements(
    raw: Raw, starts: Ints, keys: Sequence[str]
) -> tuple[dict[str, Element], Bools]:
    """Finds keys in documents.

    Args:
        raw: the bytes
        starts: an ``(n,)`` array, where the documents begin
        keys: the keys that the documents may have, and no others

    Returns:
        the :class:`Element` of each key, and an ``(n,)`` bool array that is False
        for documents that hold another key, a key twice or an unknown type;
        what is said of those is void
    """
    n = len(starts)
    names = {key: key.encode() + b"\x00" for key in keys}
    found = {key: Element(np.zeros(n, np.uint8), np.zeros(n, np.int64)) for key in keys}
    regular = np.ones(n, dtype=np.bool_)
    at, alike = _alike(raw, starts + 4, names, found) if n else (starts, set())
    if n and not raw.u8[at].any():
        return found, regular
    doc = np.arange(n)
    likely = [key for key in keys if key not in alike]

    for _ in range(len(likely)):
        kinds = raw.u8[at]
        alive = kinds != 0
        if not alive.all():
            doc, at, kinds = doc[alive], at[alive], kinds[alive]
        if not len(doc):
            return found, regular

        todo = np.arange(len(doc))
        step = np.full(len(doc), -1, dtype=np.int64)
        likely.sort(key=lambda key: not raw.matches(at[:1] + 1, names[key])[0])
        for key in likely:
            hit = raw.matches(at[todo] + 1, names[key])
            here = todo[hit] if not hit.all() else todo
            element, value_at = found[key], at[here] + 1 + len(names[key])
            regular[doc[here]] &= element.type[doc[here]] == 0
            element.type[doc[here]] = kinds[here]
            element.at[doc[here]] = value_at
            step[here] = 1 + len(names[key]) + _value_size(raw, kinds[here], value_at)
            todo = todo[~hit]
            if not len(todo):
                break

        known = step > 0
        if not known.all():
            regular[doc[~known]] = False
            doc, at, step = doc[known], at[known], step[known]
        at = at + step

    regular[doc[raw.u8[at] != 0]] = False
    return found, regular


def _alike(
    raw: Raw, at: Ints, names: dict[str, bytes], found: dict[str, Element]
) -> tuple[Ints, set[str]]:
    """Finds the keys that all documents begin with, in one order.

    Args:
        raw: the bytes
        at: where the first element of each document begins
        names: the keys, as they are stored
        found: takes the elements

    Returns:
        where the next element of each document begins, and the keys found
    """
    seen: set[str] = set()
    while len(seen) < len(names):
        kinds = raw.u8[at]
        kind = kinds[0]
        if not kind or (kinds != kind).any():
            break
        for key, name in names.items():
            if key not in seen and raw.matches(at[:1] + 1, name)[0]:
                break
        else:
            break
        value_at = at + (1 + len(name))
        size = _size_of(raw, kind, value_at)
        if size is None or not raw.matches(at + 1, name).all():
            break
        found[key] = Element(kinds, value_at)
        seen.add(key)
        at = value_at + size
    return at, seen


def _size_of(raw: Raw, kind: int, at: Ints) -> Ints | int | None:
    """Returns the size of values of one type; None where it is unknown."""
    size = fixed_size(kind)
    if size is not None:
        return size
    if kind not in (STRING, DOCUMENT, ARRAY, BINARY):
        return None
    more = {STRING: 4, BINARY: 5}.get(int(kind), 0)
    return raw.i32[at].astype(np.int64) + more


def _value_size(raw: Raw, kinds: Bytes, at: Ints) -> Ints:
    """Returns the size of values, or a large negative number where unknown."""
    size = _FIXED[kinds]
    if (size >= 0).all():
        return size
    length = raw.i32[at].astype(np.int64)
    size = np.where(kinds == STRING, length + 4, size)
    size = np.where(kinds == BINARY, length + 5, size)
    size = np.where((kinds == DOCUMENT) | (kinds == ARRAY), length, size)
    return np.where(size < 0, -raw.size - 1, size)


def array_documents(
    raw: Raw, starts: Ints, kind: int = DOCUMENT
) -> tuple[Ints, Ints, Bools]:
    """Finds the documents that arrays hold.

    Args:
        raw: the bytes
        starts: an ``(n,)`` array, where the arrays begin
        kind (DOCUMENT): what they hold; an array is a document, too

    Returns:
        ``(counts, at, regular)``: the number of documents of each array
        ``(n,)``; where each begins, array by array; and an ``(n,)`` bool array,
        False for arrays that hold anything else, whose count is 0
    """
    n = len(starts)
    ends = starts + raw.i32[starts] - 1
    counts = np.zeros(n, dtype=np.int64)
    regular = np.ones(n, dtype=np.bool_)
    rounds: list[tuple[Ints, Ints]] = []
    array = np.arange(n)
    at, end = starts + 4, ends
    k = 0
    while len(array) >= _MANY:
        alive = at < end
        if not alive.all():
            array, at, end = array[alive], at[alive], end[alive]
        header = 2 + len(str(k))
        plain = (raw.u8[at] == kind) & (raw.u8[at + (header - 1)] == 0)
        if not plain.all():
            regular[array[~plain]] = False
            array, at, end = array[plain], at[plain], end[plain]
        at = at + header
        rounds.append((array, at))
        at = at + raw.i32[at]
        k += 1

    for number, (members, _) in enumerate(rounds):
        counts[members] = number + 1
    singles = _walk_singly(raw, array, at, ends, k, counts, regular, kind)
    counts[~regular] = 0
    where = np.empty(int(counts.sum()), dtype=np.int64)
    begin = np.cumsum(counts) - counts
    for number, (members, places) in enumerate(rounds):
        if not regular.all():
            keep = regular[members]
            members, places = members[keep], places[keep]
        where[begin[members] + number] = places
    for member, first, places in singles:
        if regular[member]:
            here = begin[member] + first
            where[here : here + len(places)] = places
    return counts, where, regular


def _walk_singly(
    raw: Raw,
    arrays: Ints,
    at: Ints,
    ends: Ints,
    k: int,
    counts: Ints,
    regular: Bools,
    kind: int,
) -> list[tuple[int, int, list[int]]]:
    """Walks the rest of a few long arrays, which lockstep would not speed up.

    Returns:
        for each array its number, the place of the first document that is found
        here, and where they begin
    """
    found = []
    data = raw.data
    for array, here in zip(arrays.tolist(), at.tolist()):
        end, number, places = int(ends[array]), k, []
        while here < end:
            header = 2 + len(str(number))
            if data[here] != kind or data[here + header - 1]:
                regular[array] = False
                break
            here += header
            places.append(here)
            here += int.from_bytes(data[here : here + 4], "little")
            number += 1
        counts[array] += len(places)
        found.append((array, k, places))
    return found


def object_ids(raw: Raw, at: Ints) -> Bytes:
    """Returns the ObjectIds at offsets, as an ``(n, 12)`` uint8 array."""
    return raw.rows(at, 12)


def boxes(raw: Raw, element: Element) -> tuple[Floats, Bools]:
    """Returns the arrays of four doubles at an element.

    Returns:
        ``(n, 4)`` float64, and an ``(n,)`` bool array that is False where the
        element is anything but an array of exactly four doubles
    """
    regular = element.type == ARRAY
    if not len(regular):
        return np.zeros((0, 4)), regular
    at = element.at if regular.all() else np.where(regular, element.at, 0)
    rows = raw.rows(at, len(_BOX))
    regular &= _are(rows.view(np.uint64), _BOX, _BOX_MASK)
    values = np.ndarray(
        (len(rows), 4), "<f8", rows.data, 4 + 3, strides=(len(_BOX), 3 + 8)
    )
    return values.copy(), regular


def string_hashes(raw: Raw, at: Ints) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Returns a 64-bit hash and the length in bytes of the strings at offsets.

    The hash depends on the bytes alone, so it may be stored.
    """
    length = raw.i32[at].astype(np.int64) - 1
    hashes = mix(length.astype(np.uint64))
    k = 0
    alive = np.arange(len(at))
    while len(alive := alive[length[alive] > k]):
        left = np.minimum(length[alive] - k, 8).astype(np.uint64)
        mask = np.uint64(2**64 - 1) >> (np.uint64(64) - left * np.uint64(8))
        word = raw.u64[at[alive] + 4 + k] & mask
        hashes[alive] = mix(hashes[alive] ^ word)
        k += 8
    return hashes, length


def mix(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scrambles 64-bit words, one to one.

    Source: the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
    """
    x = words + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
