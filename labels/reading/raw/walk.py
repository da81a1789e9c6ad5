"""The elements of many documents at once.

All documents of a batch are walked in lockstep: one NumPy operation reads the next
element of every document. Documents whose bytes are not of the expected form are
marked, and their reader decodes them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....iou_core.arrays import Bools, Ints
from .buffer import (
    ARRAY,
    BINARY,
    BOOL,
    DATE,
    DOCUMENT,
    DOUBLE,
    INT32,
    INT64,
    NULL,
    OBJECT_ID,
    STRING,
    Bytes,
    Element,
    Raw,
)

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

_MANY = 40  # fewer arrays than this are walked one by one


def fixed_size(kind: int) -> int | None:
    """Returns the size of all values of a type; None where they differ."""
    size = int(_FIXED[kind])
    return size if size >= 0 else None


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
    return counts, _array_by_array(counts, rounds, singles, regular), regular


def _array_by_array(
    counts: Ints,
    rounds: list[tuple[Ints, Ints]],
    singles: list[tuple[int, int, list[int]]],
    regular: Bools,
) -> Ints:
    """Returns where the documents of regular arrays begin, array by array."""
    where = np.empty(int(counts.sum()), dtype=np.int64)
    begin = np.cumsum(counts) - counts
    for number, (members, places) in enumerate(rounds):
        if not regular.all():
            keep = regular[members]
            members, places = members[keep], places[keep]
        where[begin[members] + number] = places
    for member, first, found in singles:
        if regular[member]:
            here = begin[member] + first
            where[here : here + len(found)] = found
    return where


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
