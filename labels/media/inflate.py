"""Compressed bytes, inflated within a limit.

The bytes of a dataset may come from strangers: a few of them could inflate to more than
the memory holds. No other module of the plugin inflates bytes; a test checks the source
for this.
"""

from __future__ import annotations

import zlib

from ...iou_core.errors import UnreadableError

MAX_INFLATED_BYTES = 2**27
"""The most that compressed bytes may inflate to."""

LARGE_DATA = f"data that inflate to more than {MAX_INFLATED_BYTES >> 20} MiB"
BROKEN_DATA = "compressed data that are broken"

_MOST_INFLATED = 1032  # bytes from one byte: no deflate stream does better


def inflate(data: bytes, limit: int = MAX_INFLATED_BYTES) -> bytes:
    """Returns bytes that zlib compressed; what follows them is ignored.

    Args:
        data: the compressed bytes
        limit: the most bytes that the result may have

    Raises:
        UnreadableError: if they are more, or broken
    """
    try:
        if len(data) * _MOST_INFLATED <= limit:
            return zlib.decompress(data)
        stream = zlib.decompressobj()
        found = stream.decompress(data, limit + 1)
    except zlib.error:
        raise UnreadableError(BROKEN_DATA) from None
    if len(found) > limit:
        raise UnreadableError(LARGE_DATA)
    if not stream.eof:
        raise UnreadableError(BROKEN_DATA)
    return found
