"""The entries of a sample, split into documents that MongoDB can hold.

All labels of a sample of 16 MB may be removed, and a label of 16 MB may be replaced by
another one: that is more than one document can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import bson
from bson import ObjectId
from bson.raw_bson import RawBSONDocument

_MAX_BYTES = 8_000_000  # of the entries of a document; their list may have 7 MB of ids
_PIECE_BYTES = 4_000_000  # of a label, above which it is stored by itself
_LABELS = ("before", "after")


def split(entries: Iterable[dict[str, Any]], order: bytes) -> Iterator[dict[str, Any]]:
    """Yields the documents that hold entries, each after those that it refers to.

    Args:
        entries: the entries; see :mod:`.entries`
        order: the ids of the list of the sample

    Returns:
        documents with ``order`` and ``entries``; and some without entries, which hold
        a ``piece`` of a label
    """
    held: list[RawBSONDocument] = []
    total = 0
    for entry in entries:
        for key in _LABELS:
            value = entry.get(key)
            if isinstance(value, bytes) and len(value) > _PIECE_BYTES:
                pieces = list(_pieces(value))
                yield from pieces
                entry[key] = {"pieces": [piece["_id"] for piece in pieces]}
        raw = RawBSONDocument(bson.encode(entry))
        if held and total + len(raw.raw) > _MAX_BYTES:
            yield {"order": order, "entries": held}
            held, total = [], 0
        held.append(raw)
        total += len(raw.raw)
    if held:
        yield {"order": order, "entries": held}


def _pieces(label: bytes) -> Iterator[dict[str, Any]]:
    for k in range(0, len(label), _MAX_BYTES):
        piece = label[k : k + _MAX_BYTES]
        yield {"_id": ObjectId(), "order": b"", "entries": [], "piece": piece}


def joined(
    document: dict[str, Any], piece: Callable[[ObjectId], bytes]
) -> dict[str, Any]:
    """Returns a document whose entries hold their labels whole.

    Args:
        document: a document with entries; it is changed
        piece: returns the piece that a document of an id holds
    """
    for entry in document["entries"]:
        for key in _LABELS:
            # the tags of a label are of any type
            if entry["op"] != "tags" and isinstance(entry.get(key), dict):
                entry[key] = b"".join(map(piece, entry[key]["pieces"]))
    return document
