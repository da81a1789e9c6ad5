"""Frames of videos, as images; the last ones are remembered."""

from __future__ import annotations

import os
from collections import OrderedDict
from threading import Lock
from typing import Any

import cv2
from PIL import Image

_MOST_BYTES = 64_000_000  # of remembered frames
_AHEAD = 24  # frames that are cheaper to read on through than to look for

_Key = tuple[str, int, int]


class Frames:
    """Reads frames; neighbors share a video, and are asked for again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[_Key, Image.Image] = OrderedDict()
        self._path: tuple[str, int] | None = None
        self._video: Any = None
        self._next = 1

    def read(self, path: str, number: int) -> Image.Image | None:
        """Returns a frame; None where it cannot be read.

        Args:
            path: the video
            number: the number of the frame, from 1
        """
        try:
            changed = os.stat(path).st_mtime_ns
        except OSError:
            return None
        key = (path, changed, number)
        with self._lock:
            if key not in self._known:
                frame = self._decode((path, changed), number)
                if frame is None:
                    return None
                self._known[key] = frame
                self._forget()
            self._known.move_to_end(key)
            return self._known[key]

    def _forget(self) -> None:
        size = sum(3 * frame.width * frame.height for frame in self._known.values())
        while size > _MOST_BYTES and len(self._known) > 1:
            _, frame = self._known.popitem(last=False)
            size -= 3 * frame.width * frame.height

    def _decode(self, path: tuple[str, int], number: int) -> Image.Image | None:
        if path != self._path:
            if self._video is not None:
                self._video.release()
            self._path, self._next = path, 1
            self._video = cv2.VideoCapture(path[0])
        if not self._video.isOpened() or number < 1:
            return None
        if not 0 <= number - self._next <= _AHEAD:
            self._video.set(cv2.CAP_PROP_POS_FRAMES, number - 1)
            self._next = number
        while self._next < number and self._video.grab():
            self._next += 1
        found, pixels = self._video.read()
        # where the video ends, or is broken, the next one is looked for anew
        self._next = number + 1 if found else 1 << 62
        if not found:
            return None
        return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


FRAMES = Frames()
"""The frames that this process remembers."""
