"""One document of a batch, decoded by itself."""

from __future__ import annotations

from typing import Any

import bson

from . import walk


def decode_at(raw: walk.Raw, at: int) -> dict[str, Any]:
    """Returns the document that begins at an offset."""
    return bson.decode(raw.data[at : at + int(raw.i32[at])])
