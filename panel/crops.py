"""Regions of images and of frames, as data for a page."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..iou_core.boxes import Floats
from .frames import FRAMES

SIDE = 360  # pixels of the longer side of a crop

_MARGIN = 0.35  # of the larger side of what is shown, around it
_ASSUMED = (640, 480)  # the size of an image that cannot be read
_QUALITY = 72


@dataclass(frozen=True)
class Crop:
    """A region of an image, as a JPEG, and how it lies in it.

    Attributes:
        source: the image as a ``data:`` address; None where it could not be read
        width: its width in pixels
        height: its height in pixels
        scale: ``(x, y)``, pixels for the whole width and height of the image
        offset: ``(x, y)``, where the image begins, in pixels
    """

    source: str | None
    width: int
    height: int
    scale: tuple[float, float]
    offset: tuple[float, float]

    def place(self, points: Floats) -> Floats:
        """Returns where relative ``(N, 2)`` points of the image are, in pixels."""
        return np.asarray(points * self.scale + self.offset)


class Photographer:
    """Makes crops; keeps the last image open, as neighbors share one.

    Args:
        side (360): pixels of the longer side of a crop
    """

    def __init__(self, side: int = SIDE) -> None:
        self._side = side
        self._path: str | None = None
        self._image: Image.Image | None = None

    def crop(self, path: str, number: int | None, points: Floats) -> Crop:
        """Returns the region around points, and some around it.

        Args:
            path: the image, or the video
            number: the number of the frame; None for an image
            points: ``(N, 2)``, relative, at least one
        """
        image = self._open(path) if number is None else FRAMES.read(path, number)
        return _crop(image, points, self._side)

    def whole(self, path: str, number: int) -> Crop | None:
        """Returns a frame of a video; None where it cannot be read."""
        image = FRAMES.read(path, number)
        if image is None:
            return None
        return _crop(image, np.array([[0.0, 0.0], [1.0, 1.0]]), self._side)

    def _open(self, path: str) -> Image.Image | None:
        if path != self._path:
            self._path, self._image = path, _read(path)
        return self._image


def _read(path: str) -> Image.Image | None:
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None


def _crop(image: Image.Image | None, points: Floats, side: int) -> Crop:
    width, height = image.size if image is not None else _ASSUMED
    left, top, right, bottom = _region(points * (width, height), width, height)
    factor = side / max(right - left, bottom - top)
    if image is not None:
        factor = min(1.0, factor)
    size = (
        max(1, round((right - left) * factor)),
        max(1, round((bottom - top) * factor)),
    )
    source = None
    if image is not None:
        region = (left, top, right, bottom)
        source = _as_data(image.resize(size, box=region, reducing_gap=2.0))
    x, y = size[0] / (right - left), size[1] / (bottom - top)
    return Crop(source, *size, (width * x, height * y), (-left * x, -top * y))


def _region(
    points: Floats, width: int, height: int
) -> tuple[float, float, float, float]:
    """Returns left, top, right, bottom in pixels: all points, and some around."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    around = max(right - left, bottom - top, 16.0) * _MARGIN
    left, top = max(0.0, left - around), max(0.0, top - around)
    right, bottom = min(width, right + around), min(height, bottom + around)
    # what lies beside the image leaves no region to show
    left, top = min(left, width - 1.0), min(top, height - 1.0)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _as_data(image: Image.Image) -> str:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
