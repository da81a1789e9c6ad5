"""Media files and compressed bytes, read within limits.

The paths and bytes of a dataset may come from strangers. So only regular files of this
machine are opened, never an address, a pipe or a device, and neither a small file nor a
few compressed bytes can take more memory than the limits below. No other module of the
plugin opens media or inflates bytes; a test checks the source for this.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, BinaryIO

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ..iou_core.errors import UnreadableError

MAX_PIXELS = 100_000_000
"""The largest image that is decoded, and the largest mask that is made."""

MAX_FILE_BYTES = 2**28
"""The largest image file that is read. Videos are streamed, so they have no limit."""

MAX_INFLATED_BYTES = 2**27
"""The most that compressed bytes may inflate to."""

DECODING = BoundedSemaphore(2)
"""Held while an image is decoded and used: a few at a time."""

ADDRESS = "an address instead of the path of a local file"
NOT_REGULAR = "a path that is not a regular file"
NO_FILE = "a path without a file that can be read"
NO_IMAGE = "a file that is not an image"
NO_VIDEO = "a file that is not a video"
LARGE_FILE = f"a file of more than {MAX_FILE_BYTES >> 20} MiB"
LARGE_IMAGE = f"an image of more than {MAX_PIXELS:,} pixels"
LARGE_DATA = f"data that inflate to more than {MAX_INFLATED_BYTES >> 20} MiB"
BROKEN_DATA = "compressed data that are broken"

_MOST_INFLATED = 1032  # bytes from one byte: no deflate stream does better
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")
# most masks are PNG files: their beginning, and the bands of their types of color
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_PNG_BANDS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ORIENTATION, _LYING = 274, (5, 6, 7, 8)  # of EXIF: a quarter turn one way or the other
_SMOOTH = ("L", "RGB")  # modes that Pillow resizes without a copy of the whole image
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY"))
_FLAGS |= os.O_RDONLY | getattr(os, "O_BINARY", 0)
# what decoders raise for a file that is broken
_BROKEN = (
    *(OSError, EOFError, ValueError, SyntaxError, TypeError, AttributeError),
    *(LookupError, ArithmeticError, MemoryError, struct.error, zlib.error, cv2.error),
    Image.DecompressionBombError,
)


def inflate(data: bytes, limit: int = MAX_INFLATED_BYTES) -> bytes:
    """Returns bytes that zlib compressed; what follows them is ignored.

    Args:
        data: the compressed bytes
        limit: how many bytes they may be

    Raises:
        UnreadableError: if they are more, or broken
    """
    try:
        if len(data) * _MOST_INFLATED <= limit:
            return zlib.decompress(data)
        stream = zlib.decompressobj()
        found = stream.decompress(data, limit + 1)
    except zlib.error:
        raise UnreadableError(BROKEN_DATA) from None
    if len(found) > limit:
        raise UnreadableError(LARGE_DATA)
    if not stream.eof:
        raise UnreadableError(BROKEN_DATA)
    return found


def file_size(path: str) -> int | None:
    """Returns the size of a local regular file in bytes; None if there is none."""
    try:
        with _opened(path) as file:
            return os.fstat(file.fileno()).st_size
    except UnreadableError:
        return None


def read_file(path: str) -> bytes:
    """Returns the bytes of a local regular file.

    Raises:
        UnreadableError: if there is no such file, or it is too large
    """
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableError(LARGE_FILE)
        try:
            return file.read(size)
        except OSError:
            raise UnreadableError(NO_FILE) from None


def image_size(path: str) -> tuple[int, int]:
    """Returns width and height of an image as it is displayed, by its header alone.

    Source: ``fiftyone.core.metadata`` takes a JPEG's orientation into account as well.

    Raises:
        UnreadableError: if there is no image
    """
    with _opened(path) as file, _header(io.BufferedReader(file)) as image:
        width, height = image.size
        lies = image.format == "JPEG" and image.getexif().get(_ORIENTATION) in _LYING
    return (height, width) if lies else (width, height)


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
        _require_few(_numbers(data))
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
        _require_few(self.size[0] * self.size[1])
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


class Video:
    """A video file, as OpenCV's bundled FFmpeg reads it.

    Args:
        path: the video

    Raises:
        UnreadableError: if there is no video, or one of images that are too large
    """

    def __init__(self, path: str) -> None:
        with _opened(path) as file:
            head = file.read(512)
            if head.isascii() and b"\0" not in head:
                # a playlist, which could make FFmpeg open other files
                raise UnreadableError(NO_VIDEO)
            # FFmpeg opens what was checked, whatever is at the path by then
            by_number = f"/dev/fd/{file.fileno()}"
            name = by_number if os.path.exists(by_number) else path
            self._video = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
        if not self._video.isOpened():
            raise UnreadableError(NO_VIDEO)
        sides = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
        try:
            _require_few(int(np.prod([self._video.get(side) for side in sides])))
        except UnreadableError:
            self.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._video.release()

    def seek(self, number: int) -> None:
        """Makes a frame the next one; numbers begin at 1."""
        self._video.set(cv2.CAP_PROP_POS_FRAMES, number - 1)

    def skip(self) -> bool:
        """Skips to the next frame; returns whether there was one."""
        return bool(self._video.grab())

    def read(self) -> Image.Image | None:
        """Returns the next frame; None at the end, or where the video is broken."""
        found, pixels = self._video.read()
        if not found:
            return None
        return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
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


def _require_few(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise UnreadableError(LARGE_IMAGE)


def _numbers(data: bytes) -> int:
    """Returns how many numbers the pixels of an image have."""
    if data[:16] == _PNG:
        width, height, _, color = struct.unpack_from(">IIBB", data.ljust(26), 16)
        return int(width * height * _PNG_BANDS.get(color, 4))
    with _header(data) as image:
        return image.width * image.height * len(image.getbands())


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
