"""The outlines of instance masks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ...iou_core.arrays import Floats
from ...iou_core.errors import UnreadableError
from ...labels.reading.kinds.mask_arrays import read_mask

_SIDE = 256  # pixels that a contour is traced in


def contours(box: Sequence[float], data: bytes | str) -> list[Floats]:
    """Returns the outlines of a mask, holes included.

    Args:
        box: the relative ``[x, y, w, h]`` box that the mask fills
        data: the mask as it is stored, or the path of its file

    Returns:
        relative ``(N, 2)`` rings; empty if the mask is empty or not readable
    """
    try:
        mask = read_mask(data)
    except UnreadableError:
        return []
    if not mask.size:
        return []
    pixels = np.asarray(mask != 0, np.uint8)
    factor = _SIDE / max(pixels.shape)
    if factor < 1:
        size = [max(1, round(side * factor)) for side in pixels.shape[::-1]]
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST)
    found, _ = cv2.findContours(pixels, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    height, width = pixels.shape
    x, y, w, h = box
    return [
        (ring.reshape(-1, 2) + 0.5) / (width, height) * (w, h) + (x, y)
        for ring in found
    ]
