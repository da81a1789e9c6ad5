"""Frames of videos as images, with a cache of recent frames."""

from __future__ import annotations

import os
from collections import OrderedDict
from threading import Lock

from PIL import Image

from ...iou_core.errors import UnreadableError
from ...labels.media.videos import Video

_MOST_BYTES = 64_000_000  # of cached frames
_AHEAD = 24  # frames that are cheaper to skip than to seek over

_Key = tuple[str, int, int]


class Frames:
    """Reads frames of videos, and caches them and the last video."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[_Key, Image.Image] = OrderedDict()
        self._path: tuple[str, int] | None = None
        self._video: Video | None = None
        self._next = 1

    def read(self, path: str, number: int) -> Image.Image | None:
        """Returns a frame; None if it is not readable.

        Args:
            path: the video
            number: the number of the frame, from 1
        """
        try:
            changed = os.stat(path).st_mtime_ns
        except (OSError, ValueError):
            return None
        key = (path, changed, number)
        with self._lock:
            if key not in self._known:
                frame = self._decode((path, changed), number)
                if frame is None:
                    return None
                self._known[key] = frame
                self._evict()
            self._known.move_to_end(key)
            return self._known[key]

    def _evict(self) -> None:
        size = sum(3 * frame.width * frame.height for frame in self._known.values())
        while size > _MOST_BYTES and len(self._known) > 1:
            _, frame = self._known.popitem(last=False)
            size -= 3 * frame.width * frame.height

    def _decode(self, path: tuple[str, int], number: int) -> Image.Image | None:
        if path != self._path:
            self._open(path)
        if self._video is None or number < 1:
            return None
        if not 0 <= number - self._next <= _AHEAD:
            self._video.seek(number)
            self._next = number
        while self._next < number and self._video.skip():
            self._next += 1
        frame = self._video.read()
        # after the end of the video, or a fault, the next read seeks
        self._next = number + 1 if frame is not None else 1 << 62
        return frame

    def _open(self, path: tuple[str, int]) -> None:
        if self._video is not None:
            self._video.close()
        self._path, self._next, self._video = path, 1, None
        try:
            self._video = Video(path[0])
        except UnreadableError:
            return


FRAMES = Frames()
"""The frames that this process caches."""
