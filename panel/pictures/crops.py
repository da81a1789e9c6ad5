"""Regions of images and frames, as ``data:`` URLs."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ...iou_core.arrays import Floats
from ...iou_core.errors import UnreadableError
from ...labels.media.images import DECODING, Photo
from .frames import FRAMES

Box = tuple[float, float, float, float]
Cut = Callable[[Box, tuple[int, int]], Image.Image]

SIDE = 360  # pixels of the longer side of a crop

_MARGIN = 0.35  # of the larger side of what is shown, around it
_ASSUMED = (640, 480)  # the size of an image that cannot be read
_QUALITY = 72


@dataclass(frozen=True)
class Crop:
    """A region of an image as a JPEG, and its position in the image.

    Attributes:
        source: the region as a ``data:`` URL; None if the image is not readable
        width: its width in pixels
        height: its height in pixels
        scale: ``(x, y)``, pixels for the whole width and height of the image
        offset: ``(x, y)``, the origin of the image, in pixels
    """

    source: str | None
    width: int
    height: int
    scale: tuple[float, float]
    offset: tuple[float, float]

    def place(self, points: Floats) -> Floats:
        """Returns relative ``(N, 2)`` points of the image in pixels of the crop."""
        return np.asarray(points * self.scale + self.offset)


class Photographer:
    """Makes crops. The last image remains open, as consecutive crops often share it.

    Args:
        side (360): pixels of the longer side of a crop
    """

    def __init__(self, side: int = SIDE) -> None:
        self._side = side
        self._path: str | None = None
        self._photo: Photo | None = None

    def crop(self, path: str, number: int | None, points: Floats) -> Crop:
        """Returns the region around points, with a margin.

        Args:
            path: the image, or the video
            number: the number of the frame; None for an image
            points: ``(N, 2)``, relative, at least one
        """
        if number is not None:
            return _of_frame(FRAMES.read(path, number), points, self._side)
        with DECODING:
            photo = self._open(path)
            if photo is None:
                return _crop(None, None, points, self._side)
            return _crop(photo.size, photo.cut, points, self._side)

    def whole(self, path: str, number: int) -> Crop | None:
        """Returns a frame of a video; None if it is not readable."""
        image = FRAMES.read(path, number)
        if image is None:
            return None
        return _of_frame(image, np.array([[0.0, 0.0], [1.0, 1.0]]), self._side)

    def _open(self, path: str) -> Photo | None:
        if path != self._path:
            self._path, self._photo = path, None
            try:
                self._photo = Photo(path)
            except UnreadableError:
                return None
        return self._photo


def _of_frame(image: Image.Image | None, points: Floats, side: int) -> Crop:
    if image is None:
        return _crop(None, None, points, side)

    def cut(box: Box, size: tuple[int, int]) -> Image.Image:
        return image.resize(size, box=box, reducing_gap=2.0)

    return _crop(image.size, cut, points, side)


def _crop(
    whole: tuple[int, int] | None, cut: Cut | None, points: Floats, side: int
) -> Crop:
    """Returns a crop; size and ``cut`` are None if the image is not readable."""
    width, height = whole or _ASSUMED
    box = _region(points * (width, height), width, height)
    left, top, right, bottom = box
    factor = side / max(right - left, bottom - top)
    if cut is not None:
        factor = min(1.0, factor)
    size = (
        max(1, round((right - left) * factor)),
        max(1, round((bottom - top) * factor)),
    )
    source = None
    if cut is not None:
        with suppress(UnreadableError):
            source = _as_data(cut(box, size))
    x, y = size[0] / (right - left), size[1] / (bottom - top)
    return Crop(source, *size, (width * x, height * y), (-left * x, -top * y))


def _region(points: Floats, width: int, height: int) -> Box:
    """Returns left, top, right, bottom in pixels: all points, with a margin."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    around = max(right - left, bottom - top, 16.0) * _MARGIN
    left, top = max(0.0, left - around), max(0.0, top - around)
    right, bottom = min(width, right + around), min(height, bottom + around)
    # keeps at least one pixel where all points are outside the image
    left, top = min(left, width - 1.0), min(top, height - 1.0)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _as_data(image: Image.Image) -> str:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
