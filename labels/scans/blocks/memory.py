"""The blocks of the scan that was read last, in memory between two requests.

Blocks never change once they are stored, and most requests are about the scan that is
open: its blocks are read and decompressed once. A scan too large for memory is read
each time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .block import StoredBlock

MOST_BYTES = 1 << 29
"""The most bytes of blocks that are kept; the COCO dataset needs a tenth of them."""


class _Kept(NamedTuple):
    uuid: str
    names: Sequence[str | None]
    blocks: list[StoredBlock]


_kept: list[_Kept] = []  # at most one
_lock = threading.Lock()


def of_scan(uuid: str, names: Sequence[str | None]) -> list[StoredBlock] | None:
    """Returns the blocks of a scan, in its order; None if they are not in memory.

    Args:
        uuid: the scan
        names: the class names by which its classes are numbered
    """
    with _lock:
        for kept in _kept:
            if kept.uuid == uuid and list(kept.names) == list(names):
                return kept.blocks
    return None


def keep(
    uuid: str,
    names: Sequence[str | None],
    blocks: Iterable[StoredBlock],
    total: int,
) -> Iterator[StoredBlock]:
    """Yields the blocks of a scan, and keeps them unless they seem to be too large.

    Their arrays can no longer be written to. The blocks of another scan make room.

    Args:
        uuid: the scan
        names: the class names by which its classes are numbered
        blocks: all its blocks, in its order
        total: their number
    """
    forget()
    read: list[StoredBlock] = []
    n_bytes, fits = 0, True
    for done, block in enumerate(blocks, 1):
        n_bytes += sum(array.nbytes for array in _arrays(block))
        # if the other ones are as large as those so far
        fits = fits and n_bytes * total <= MOST_BYTES * done
        if fits:
            for array in _arrays(block):
                array.flags.writeable = False
            read.append(block)
        else:
            read.clear()
        yield block
    if fits:
        with _lock:
            _kept[:] = [_Kept(uuid, list(names), read)]


def forget(uuid: str | None = None) -> None:
    """Removes the blocks of a scan from memory, by default those of any."""
    with _lock:
        _kept[:] = [kept for kept in _kept if uuid not in (None, kept.uuid)]


def _arrays(block: StoredBlock) -> list[npt.NDArray[np.generic]]:
    parts: Sequence[object] = [
        *(getattr(block, part.name) for part in fields(block)),
        *vars(block.pairs).values(),
    ]
    return [part for part in parts if isinstance(part, np.ndarray)]
