"""The arrays of masks, as FiftyOne stores them."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from typing import Any

import fiftyone.core.labels as fol
import numpy as np
import numpy.typing as npt

_NUMBERS = "biufc"  # kinds of dtypes

# what `np.save` writes before a plain array of rows and columns
_PLAIN = re.compile(
    rb"\x93NUMPY\x01\x00(?s:..)"
    rb"\{'descr': '(\|[biu]1|<[iuf][248])', 'fortran_order': False, "
    rb"'shape': \((\d{1,9}), (\d{1,9})\), \} *\n"
)


def read_mask(data: bytes | str) -> npt.NDArray[Any] | None:
    """Returns a mask from its bytes in the database, or from its file.

    Args:
        data: the compressed array as FiftyOne stores it, or a path

    Returns:
        an ``(H, W)`` array, which may not be written to; None if there is none that
        can be read
    """
    try:
        if isinstance(data, str):
            array = fol.Detection(mask_path=data).get_mask()
        else:
            array = _load(zlib.decompress(data))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    if array is None or array.ndim != 2 or array.dtype.kind not in _NUMBERS:
        return None
    return array


def _load(data: bytes) -> npt.NDArray[Any]:
    """Returns what ``np.load`` does; it takes most of its time to parse the header.

    Raises:
        ValueError: if the bytes are no array
    """
    plain = _PLAIN.match(data)
    begin = plain.end() if plain is not None else 0
    # a header says itself where it ends
    if plain is None or begin != 10 + int.from_bytes(data[8:10], "little"):
        array: npt.NDArray[Any] = np.load(BytesIO(data), allow_pickle=False)
        return array
    kind, height, width = plain[1].decode(), int(plain[2]), int(plain[3])
    return np.frombuffer(data, kind, height * width, begin).reshape(height, width)
