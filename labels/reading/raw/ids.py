"""Arrays of ids, compared and looked up without an object for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from bson import ObjectId

from ....iou_core.arrays import Bools

Bytes = npt.NDArray[np.uint8]

IDS_AT_ONCE = 10_000
"""The number of ids in a query, which has at most 16 MB."""

# a query of a view may go through all of it, so that few are made
_OF_A_VIEW_AT_ONCE = 100_000


class IdSet:
    """A set of ids, for finding its members in arrays of many ids.

    Numbers are found several times faster than byte strings. So the last 8 of the 12
    bytes are compared first, and all 12 only where these are equal.

    Args:
        ids: the ids, 12 bytes each, in any order
    """

    def __init__(self, ids: Iterable[bytes]) -> None:
        self._keys = np.sort(np.frombuffer(b"".join(ids), "S12"))
        self._tails = np.sort(_tails(self._keys.view(np.uint8).reshape(-1, 12)))

    def among(self, ids: Bytes) -> Bools:
        """Returns ``(n,)``: which of ``(n, 12)`` ids are in the set."""
        tails = _tails(ids)
        found = _is_in(tails, self._tails)
        rows = np.flatnonzero(found)
        found[rows] = _is_in(as_keys(ids[rows]), self._keys)
        return found


def _tails(ids: Bytes) -> npt.NDArray[np.uint64]:
    return np.ascontiguousarray(ids[:, 4:]).view(np.uint64)[:, 0]


def _is_in(values: npt.NDArray, known: npt.NDArray) -> Bools:
    """Returns which values are among others, which are sorted."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: Bools = known[at] == values
    return found


def as_keys(ids: Bytes) -> npt.NDArray[np.bytes_]:
    """Returns ids as one value each, which sort as the ids do."""
    return np.ascontiguousarray(ids).view("S12")[:, 0]


def ids_at_once(keys: npt.NDArray[np.bytes_]) -> Iterator[list[ObjectId]]:
    """Yields the ids of keys, as many at a time as one query can name."""
    ids = np.ascontiguousarray(keys).view(np.uint8).reshape(-1, 12)
    for lo in range(0, len(ids), _OF_A_VIEW_AT_ONCE):
        yield to_object_ids(ids[lo : lo + _OF_A_VIEW_AT_ONCE])


def places(
    ids: npt.NDArray[np.bytes_], wanted: npt.NDArray[np.bytes_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Returns the index of each wanted id in ``ids``, and whether it is there.

    The index of an id that is not there has no meaning.
    """
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    order = np.argsort(ids, kind="stable")
    at = np.searchsorted(ids, wanted, sorter=order)
    found = order[np.minimum(at, len(ids) - 1)]
    return found, ids[found] == wanted


def to_object_ids(ids: Bytes) -> list[ObjectId]:
    """Returns the ObjectIds of an ``(n, 12)`` uint8 array."""
    return [ObjectId(data) for data in to_bytes(ids)]


def to_bytes(ids: Bytes) -> list[bytes]:
    """Returns the ids of an ``(n, 12)`` uint8 array as bytes."""
    data = np.ascontiguousarray(ids).tobytes()
    return [data[k : k + 12] for k in range(0, len(data), 12)]


def to_strings(ids: Bytes) -> list[str]:
    """Returns the ids of an ``(n, 12)`` uint8 array as FiftyOne displays them."""
    text = np.ascontiguousarray(ids).tobytes().hex()
    return [text[k : k + 24] for k in range(0, len(text), 24)]
