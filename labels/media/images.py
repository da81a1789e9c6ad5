"""Images, decoded within limits: a small file cannot take all memory."""

from __future__ import annotations

import io
import os
import struct
import zlib
from threading import BoundedSemaphore
from typing import Any, BinaryIO

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ...iou_core.errors import UnreadableError
from .files import opened, read_file

MAX_PIXELS = 100_000_000
"""The largest image that is decoded, and the largest mask that is made."""

DECODING = BoundedSemaphore(2)
"""Held while an image is decoded and used: a few at a time."""

NO_IMAGE = "a file that is not an image"
LARGE_IMAGE = f"an image of more than {MAX_PIXELS:,} pixels"

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")
# most masks are PNG files: their beginning, and the bands of their types of color
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_PNG_BANDS = {0: 1, 2: 3, 3: 4, 4: 2, 6: 4}
_ORIENTATION, _LYING = 274, (5, 6, 7, 8)  # of EXIF: a quarter turn one way or the other
_SMOOTH = ("L", "RGB")  # modes that Pillow resizes without a copy of the whole image
# what decoders raise for a file that is broken
_BROKEN = (
    *(OSError, EOFError, ValueError, SyntaxError, TypeError, AttributeError),
    *(LookupError, ArithmeticError, MemoryError, struct.error, zlib.error, cv2.error),
    Image.DecompressionBombError,
)


def image_size(path: str) -> tuple[int, int]:
    """Returns width and height of an image as it is displayed, by its header alone.

    Source: ``fiftyone.core.metadata`` takes a JPEG's orientation into account as well.

    Raises:
        UnreadableError: if there is no image
    """
    with opened(path) as file, _header(io.BufferedReader(file)) as image:
        width, height = image.size
        lies = image.format == "JPEG" and image.getexif().get(_ORIENTATION) in _LYING
    return (height, width) if lies else (width, height)


def has_image(path: str) -> bool:
    """Returns whether a file begins as an image of any format; decodes nothing."""
    try:
        with opened(path) as file, Image.open(io.BufferedReader(file)):
            return True
    except (UnreadableError, *_BROKEN):
        return False


def read_pixels(path: str) -> npt.NDArray[Any]:
    """Returns the pixels of an image file, as OpenCV stores them.

    Returns:
        an ``(H, W)`` array, or an ``(H, W, C)`` one with the channels in OpenCV's order

    Raises:
        UnreadableError: if there is no image, or one of more than :data:`MAX_PIXELS`
            numbers
    """
    data = read_file(path)
    with DECODING:
        require_few(_numbers(data))
        try:
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        except _BROKEN:
            pixels = None
    if pixels is None:
        raise UnreadableError(NO_IMAGE)
    return np.asarray(pixels)


class Photo:
    """An image file, decoded when it is used, and no finer than is needed.

    Args:
        path: the image

    Raises:
        UnreadableError: if there is no image, or one that is too large

    Attributes:
        size: width and height in pixels
    """

    def __init__(self, path: str) -> None:
        self._data = read_file(path)
        with _header(self._data) as image:
            self.size: tuple[int, int] = image.size
        require_few(self.size[0] * self.size[1])
        self._image: Image.Image | None = None
        self._fine = 0.0

    def cut(
        self, box: tuple[float, float, float, float], size: tuple[int, int]
    ) -> Image.Image:
        """Returns a region of the image as RGB, at another size.

        Args:
            box: left, top, right and bottom, in pixels of the image
            size: width and height of the result

        Raises:
            UnreadableError: if the image is broken
        """
        try:
            return self._cut(box, size)
        except _BROKEN:
            raise UnreadableError(NO_IMAGE) from None

    def _cut(
        self, box: tuple[float, float, float, float], size: tuple[int, int]
    ) -> Image.Image:
        left, top, right, bottom = box
        fine = min(1.0, 2 * max(size[0] / (right - left), size[1] / (bottom - top)))
        if self._image is None or fine > self._fine:
            self._image, self._fine = None, fine
            image = _header(self._data)
            # of a JPEG, a half, quarter or eighth is decoded at once
            image.draft(None, tuple(max(1, int(side * fine)) for side in self.size))
            image.load()
            self._image = image
        image = self._image
        x, y = (part / whole for part, whole in zip(image.size, self.size))
        region = (left * x, top * y, right * x, bottom * y)
        if image.mode not in _SMOOTH:
            # a copy of few pixels, as Pillow would copy all to convert them
            few = [
                max(1, min(4 * side, round(high - low)))
                for side, low, high in zip(size, region[:2], region[2:])
            ]
            image = image.resize(tuple(few), Image.Resampling.NEAREST, region)
            image, region = image.convert("RGB"), (0.0, 0.0, *map(float, few))
        return image.resize(size, box=region, reducing_gap=2.0).convert("RGB")


def require_few(pixels: int) -> None:
    """Raises an error if an image has more than :data:`MAX_PIXELS` pixels.

    Raises:
        UnreadableError: if it has
    """
    if pixels > MAX_PIXELS:
        raise UnreadableError(LARGE_IMAGE)


def _numbers(data: bytes) -> int:
    """Returns how many numbers the pixels of an image have when they are decoded.

    A palette's colors are decoded with their opacity.
    """
    if data[:16] == _PNG:
        width, height, _, color = struct.unpack_from(">IIBB", data.ljust(26), 16)
        return int(width * height * _PNG_BANDS.get(color, 4))
    with _header(data) as image:
        bands = 4 if image.mode == "P" else len(image.getbands())
        return image.width * image.height * bands


def _header(data: bytes | BinaryIO) -> Image.Image:
    """Returns an image of which only the header is read.

    Not of every format: Pillow starts other programs for some.
    """
    Image.preinit()
    try:
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        return Image.open(source, formats=_known_formats())
    except _BROKEN:
        raise UnreadableError(NO_IMAGE) from None


def _known_formats() -> list[str]:
    if any(name not in Image.OPEN for name in _FORMATS):
        Image.init()
    return [name for name in _FORMATS if name in Image.OPEN]


def write_mask(path: str, mask: npt.NDArray[np.bool_]) -> None:
    """Writes a mask as a PNG, at once: no other process sees a part of it.

    Args:
        path: the file
        mask: an ``(H, W)`` bool array, written as 0 and 255

    Raises:
        OSError: if it cannot be written
    """
    part = f"{path}.part"
    Image.fromarray(mask.astype(np.uint8) * 255).save(part, "PNG")
    os.replace(part, path)
