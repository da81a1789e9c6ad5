"""Regions of images around boxes, as data for a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, UnidentifiedImageError

GOES = (255, 109, 4)
STAYS = (0, 170, 220)

_SIDE = 220  # pixels
_LARGE_SIDE = 360
_MARGIN = 0.35  # of the larger side of both boxes, around them
_BLANK = (112, 112, 112)
_QUALITY = 72

Box = Sequence[float]


@dataclass(frozen=True)
class Thumbnail:
    """A JPEG of the region around two boxes.

    Attributes:
        source: the image as a ``data:`` address
        width: its width in pixels
        height: its height in pixels
        is_blank: whether the image could not be read, and the boxes are drawn on
            nothing
    """

    source: str
    width: int
    height: int
    is_blank: bool


@dataclass(frozen=True)
class Crop:
    """A region of an image, as a JPEG, and where it is.

    Attributes:
        source: the image as a ``data:`` address; None where it could not be read
        width: its width in pixels
        height: its height in pixels
        region: ``[left, top, right, bottom]`` of it, relative to the image
    """

    source: str | None
    width: int
    height: int
    region: list[float]


class Photographer:
    """Makes thumbnails; keeps the last image open, as neighbors share one."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._image: Image.Image | None = None

    def thumbnail(self, path: str, goes: Box, stays: Box | None) -> Thumbnail:
        """Returns the region around a box that goes and the one that stays.

        Args:
            path: the image; where it cannot be read, the boxes stand alone
            goes: relative ``[x, y, w, h]``
            stays: the same; None where there is none
        """
        image = self._open(path)
        width, height = image.size if image is not None else (640, 480)
        shown = [box for box in (goes, stays) if box is not None]
        left, top, right, bottom = _region(shown, width, height)
        scale = _SIDE / max(right - left, bottom - top)
        size = (
            max(1, round((right - left) * scale)),
            max(1, round((bottom - top) * scale)),
        )
        if image is None:
            drawn = Image.new("RGB", size, _BLANK)
        else:
            drawn = image.resize(size, box=(left, top, right, bottom))
        pen = ImageDraw.Draw(drawn)
        for box, color, line in ((stays, STAYS, 4), (goes, GOES, 2)):
            if box is not None:
                x, y, w, h = (float(value) for value in box)
                corners = [
                    (x * width - left) * scale,
                    (y * height - top) * scale,
                    max((x + w) * width - left, x * width - left) * scale,
                    max((y + h) * height - top, y * height - top) * scale,
                ]
                pen.rectangle(corners, outline=color, width=line)
        return Thumbnail(_as_data(drawn), *size, image is None)

    def crop(self, path: str, boxes: Sequence[Box]) -> Crop:
        """Returns the region around boxes, without them: the browser draws those.

        Args:
            path: the image
            boxes: one or more, relative ``[x, y, w, h]``
        """
        image = self._open(path)
        width, height = image.size if image is not None else (640, 480)
        left, top, right, bottom = _region(boxes, width, height)
        scale = min(1.0, _LARGE_SIDE / max(right - left, bottom - top))
        size = (
            max(1, round((right - left) * scale)),
            max(1, round((bottom - top) * scale)),
        )
        source = None
        if image is not None:
            region = (left, top, right, bottom)
            source = _as_data(image.resize(size, box=region, reducing_gap=2.0))
        relative = [left / width, top / height, right / width, bottom / height]
        return Crop(source, *size, relative)

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


def _region(
    boxes: Sequence[Box], width: int, height: int
) -> tuple[float, float, float, float]:
    """Returns left, top, right, bottom in pixels: all boxes, and some around."""
    left = min(box[0] for box in boxes) * width
    top = min(box[1] for box in boxes) * height
    right = max(box[0] + box[2] for box in boxes) * width
    bottom = max(box[1] + box[3] for box in boxes) * height
    around = max(right - left, bottom - top, 16.0) * _MARGIN
    left, top = max(0.0, left - around), max(0.0, top - around)
    right, bottom = min(width, right + around), min(height, bottom + around)
    # a box beside the image leaves no region to show
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _as_data(image: Image.Image) -> str:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
