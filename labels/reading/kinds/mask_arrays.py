"""The arrays of stored masks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from io import BytesIO
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.errors import UnreadableError
from ...media import files, images
from ...media.inflate import LARGE_DATA, MAX_INFLATED_BYTES, inflate

MISSING = "no mask"

Mask = npt.NDArray[Any]

_NUMBERS = "biufc"  # kinds of dtypes

# what NumPy raises for a header, which it parses as Python; and for a large shape
_BROKEN = (
    *(ValueError, TypeError, SyntaxError, TokenError, RecursionError),
    *(LookupError, ArithmeticError, MemoryError),
)

# the reasons that are more specific than MISSING
_REASONS = {
    files.ADDRESS: "a mask_path that is an address, not a local file",
    files.NOT_REGULAR: "a mask_path that is not a regular file",
    files.LARGE_FILE: f"a mask in {files.LARGE_FILE}",
    images.LARGE_IMAGE: f"a mask of more than {images.MAX_PIXELS:,} pixels",
    LARGE_DATA: f"a mask of more than {MAX_INFLATED_BYTES >> 20} MiB",
}

# what `np.save` writes before a plain array of rows and columns
_PLAIN = re.compile(
    rb"\x93NUMPY\x01\x00(?s:..)"
    rb"\{'descr': '(\|[biu]1|<[iuf][248])', 'fortran_order': False, "
    rb"'shape': \((\d{1,9}), (\d{1,9})\), \} *\n"
)


def read_mask(data: bytes | str) -> Mask:
    """Returns a mask from its bytes in the database, or from its file.

    Args:
        data: the compressed array as FiftyOne stores it, or a path

    Returns:
        a read-only ``(H, W)`` array

    Raises:
        UnreadableError: if there is no readable mask, or it is too large
    """
    try:
        if isinstance(data, str):
            array = images.read_pixels(data)
        else:
            array = _load(inflate(data))
    except UnreadableError as error:
        raise UnreadableError(_REASONS.get(str(error), MISSING)) from None
    except _BROKEN:
        raise UnreadableError(MISSING) from None
    if array.ndim != 2 or array.dtype.kind not in _NUMBERS:
        raise UnreadableError(MISSING)
    return array


def mask_of(label: Mapping[str, Any]) -> Mask | None:
    """Returns the mask of a label, as it is stored; None if the label has none.

    Raises:
        UnreadableError: if it has one that cannot be read
    """
    mask, path = label.get("mask"), label.get("mask_path")
    if mask is None:
        return read_mask(str(path)) if path else None
    if not isinstance(mask, bytes):
        raise UnreadableError(MISSING)
    return read_mask(mask)


def _load(data: bytes) -> Mask:
    """Returns what ``np.load`` returns, which spends most of its time on the header.

    Raises:
        ValueError: if the bytes are no array
    """
    plain = _PLAIN.match(data)
    begin = plain.end() if plain is not None else 0
    # the header states its own length
    if plain is None or begin != 10 + int.from_bytes(data[8:10], "little"):
        return _load_any(data)
    kind, height, width = plain[1].decode(), int(plain[2]), int(plain[3])
    return np.frombuffer(data, kind, height * width, begin).reshape(height, width)


def _load_any(data: bytes) -> Mask:
    """Returns an array of any numbers, without allocating more than its bytes.

    ``np.load`` allocates what the header states, however few bytes follow.
    """
    stream = BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, by_column, dtype = read_header(stream)
    if dtype.kind not in _NUMBERS or min(shape, default=0) < 0:
        raise ValueError("an array of anything but numbers")
    array = np.frombuffer(data, dtype, math.prod(shape), stream.tell())
    return array.reshape(shape, order="F" if by_column else "C")
