"""Media files of this machine, opened.

The paths of a dataset may come from strangers. So only regular files of this machine
are opened, never an address, a pipe or a device. No other package of the plugin opens
media; a test checks the source for this.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ...iou_core.errors import UnreadableError

MAX_FILE_BYTES = 2**28
"""The largest image file that is read. Videos are streamed, so they have no limit."""

ADDRESS = "an address instead of the path of a local file"
NOT_REGULAR = "a path that is not a regular file"
NO_FILE = "a path without a file that can be read"
LARGE_FILE = f"a file of more than {MAX_FILE_BYTES >> 20} MiB"

_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY"))
_FLAGS |= os.O_RDONLY | getattr(os, "O_BINARY", 0)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Opens a local regular file to read it.

    Raises:
        UnreadableError: if there is no such file
    """
    if "://" in path:
        raise UnreadableError(ADDRESS)
    try:
        # opening some devices does something by itself
        _require_regular(os.stat(path))
        number = os.open(path, _FLAGS)
    except (OSError, ValueError):
        raise UnreadableError(NO_FILE) from None
    with os.fdopen(number, "rb", 0) as file:
        _require_regular(os.fstat(number))
        yield file


def _require_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError(NOT_REGULAR)


def file_size(path: str) -> int | None:
    """Returns the size of a local regular file in bytes; None if there is none."""
    try:
        with opened(path) as file:
            return os.fstat(file.fileno()).st_size
    except UnreadableError:
        return None


def read_file(path: str, most: int = MAX_FILE_BYTES) -> bytes:
    """Returns the bytes of a local regular file, of ``most`` bytes at most.

    Raises:
        UnreadableError: if there is no such file, or it is too large
    """
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise UnreadableError(f"a file of more than {most >> 20} MiB")
        try:
            return file.read(size)
        except OSError:
            raise UnreadableError(NO_FILE) from None
