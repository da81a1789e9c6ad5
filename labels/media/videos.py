"""Videos, read frame by frame."""

from __future__ import annotations

import os
import re

import cv2
import numpy as np
from PIL import Image

from ...iou_core.errors import UnreadableError
from .files import opened
from .images import require_few

NO_VIDEO = "a file that is not a video"

_PROBED = 1 << 20  # bytes by which FFmpeg finds the format
# what FFmpeg knows playlists by, in the text that a file begins with
_PLAYLIST = re.compile(rb"\A\W*(ffconcat|#EXTM3U)|^c=IN IP|<MPD|<AssetMap", re.I | re.M)


def _is_playlist(head: bytes) -> bool:
    """Returns whether a file may make FFmpeg open other files, or addresses."""
    begin = head[:512]
    is_text = begin.isascii() and b"\0" not in begin
    return is_text or _PLAYLIST.search(head.partition(b"\0")[0]) is not None


class Video:
    """A video file, as OpenCV's bundled FFmpeg reads it.

    Args:
        path: the video

    Raises:
        UnreadableError: if there is no video, or one of images that are too large
    """

    def __init__(self, path: str) -> None:
        with opened(path) as file:
            if _is_playlist(file.read(_PROBED)):
                raise UnreadableError(NO_VIDEO)
            # on macOS, FFmpeg would continue where this file is
            file.seek(0)
            # FFmpeg opens what was checked, whatever is at the path by then
            by_number = f"/dev/fd/{file.fileno()}"
            name = by_number if os.path.exists(by_number) else path
            self._video = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
        if not self._video.isOpened():
            raise UnreadableError(NO_VIDEO)
        sides = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
        try:
            require_few(int(np.prod([self._video.get(side) for side in sides])))
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
