"""One request, with limits to every wait, that can be ended at any time."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.filepost import encode_multipart_formdata

from ....iou_core.errors import CvatError

_TICK = 0.2  # seconds between two looks whether to go on


@dataclass(frozen=True)
class Limits:
    """How long is waited, in seconds, and how much is taken.

    Attributes:
        connect: for a connection, and for each piece of an upload
        read: for the next bytes of an answer
        request: for a whole request that uploads no files
        upload: for a request that does
        jobs: for the jobs of a new task
        reply_bytes: the largest answer that is read
    """

    connect: float = 10
    read: float = 60
    request: float = 300
    upload: float = 3600
    jobs: float = 600
    reply_bytes: int = 512_000_000


LIMITS = Limits()
"""The limits of every conversation."""

CLEAN_UP = Limits(connect=5, read=10, request=20)
"""The limits while something that failed is cleaned up."""


class Exchange:
    """A request and its answer.

    It is made in a thread of its own: a blocked socket cannot be ended from without,
    but it need not be waited for.

    Args:
        limits: how long is waited
        host: the server, to be told
    """

    def __init__(self, limits: Limits, host: str) -> None:
        self.uploaded = 0.0
        self._limits = limits
        self._host = host
        self._ended = threading.Event()
        self._limit = limits.request

    def multipart(self, data: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
        """Returns what sends fields and files piece by piece.

        Args:
            data: fields by name
            files: (name, bytes) by the name of the field
        """
        self._limit = self._limits.upload
        fields = {**{name: str(value) for name, value in data.items()}, **files}
        body, content_type = encode_multipart_formdata(fields)
        return {
            "data": _Upload(body, self),
            "headers": {"Content-Type": content_type},
        }

    def wait_for(
        self, send: Callable[[], requests.Response], go_on: Callable[[], None]
    ) -> requests.Response:
        """Returns the answer, read.

        Args:
            send: makes the request; the answer is read here
            go_on: called again and again; raises to end the request

        Raises:
            CvatError: if a limit is reached
        """
        pool = ThreadPoolExecutor(1, "iou-duplicates-cvat")
        deadline = time.monotonic() + self._limit
        try:
            answer = pool.submit(lambda: self._read(send()))
            while not wait([answer], _TICK).done:
                go_on()
                if time.monotonic() > deadline:
                    raise CvatError(
                        f"an answer within {self._limit:g} s", "none", self._host
                    )
            go_on()
            return answer.result()
        finally:
            self._ended.set()
            pool.shutdown(wait=False)

    def _read(self, response: requests.Response) -> requests.Response:
        pieces: list[bytes] = []
        size = 0
        with response:
            for piece in response.iter_content(1 << 20):
                pieces.append(piece)
                size += len(piece)
                if size > self._limits.reply_bytes or self._ended.is_set():
                    raise CvatError(
                        f"an answer of at most {self._limits.reply_bytes:,} bytes",
                        "a larger one",
                        self._host,
                    )
        response._content = b"".join(pieces)
        return response

    def sent(self, part: float) -> None:
        """Takes down how much of the upload is sent, and ends one not wanted any more.

        Raises:
            ConnectionAbortedError: if nobody waits for it any more
        """
        if self._ended.is_set():
            raise ConnectionAbortedError("the upload was ended")
        self.uploaded = part


class _Upload(io.BytesIO):
    """A body that is sent piece by piece: each has its own limit, and is counted."""

    def __init__(self, body: bytes, exchange: Exchange) -> None:
        super().__init__(body)
        self._length = max(len(body), 1)
        self._exchange = exchange

    def __len__(self) -> int:
        return self._length

    def read(self, size: int | None = -1) -> bytes:
        self._exchange.sent(self.tell() / self._length)
        return super().read(size)
