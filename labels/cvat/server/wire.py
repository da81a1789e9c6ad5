"""A single request that has a limit on every wait and can be stopped at any time."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import requests
from urllib3.filepost import encode_multipart_formdata

from ....iou_core.errors import CvatError

_THREAD = "iou-duplicates-cvat"
_TICK = 0.2  # seconds between two checks whether to continue


@dataclass(frozen=True)
class Limits:
    """The limits of a request: waits in seconds, and the size of a reply.

    Attributes:
        connect: for a connection, and for each piece of an upload
        read: for the next bytes of a reply
        request: for a whole request that does not upload files
        upload: for a request that uploads files
        jobs: for the jobs of a new task
        reply_bytes: the largest reply that is read
        throttled: for a server that asks to wait, with ``Retry-After``
    """

    connect: float = 10
    read: float = 60
    request: float = 300
    upload: float = 3600
    jobs: float = 600
    reply_bytes: int = 512_000_000
    throttled: float = 60


LIMITS = Limits()
"""The default limits of every request."""

CLEAN_UP = Limits(connect=5, read=10, request=20, throttled=20)
"""The limits while cleaning up after a failure."""


def pause(seconds: float, on_wait: Callable[[], None]) -> None:
    """Waits, and calls ``on_wait`` repeatedly, which may raise an error to stop."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        on_wait()
        time.sleep(min(left, _TICK))


def largest_page(url: str) -> str:
    """Returns a URL that asks for as many results on a page as CVAT allows."""
    return f"{url}{'&' if '?' in url else '?'}page_size=500"


class Exchange:
    """A request and its reply.

    The request runs in a separate thread: another thread cannot stop a blocked socket,
    but it can stop waiting for it. It is a daemon, as a server that sends byte by byte
    would keep this process from ending otherwise.

    Args:
        limits: how long to wait
        host: the server, to name in errors
    """

    def __init__(self, limits: Limits, host: str) -> None:
        self.uploaded = 0.0
        self._limits = limits
        self._host = host
        self._ended = Event()
        self._limit = limits.request

    def multipart(self, data: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
        """Returns arguments that send fields and files piece by piece.

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
        self, send: Callable[[], requests.Response], on_wait: Callable[[], None]
    ) -> requests.Response:
        """Returns the reply, already read.

        Args:
            send: makes the request; this method reads the reply
            on_wait: called repeatedly; raises an error to stop the request

        Raises:
            CvatError: if a limit is reached
        """
        answer: Future[requests.Response] = Future()
        deadline = time.monotonic() + self._limit

        def work() -> None:
            try:
                answer.set_result(self._read(send()))
            except BaseException as error:  # noqa: BLE001 - raised in the caller
                answer.set_exception(error)

        Thread(target=work, name=_THREAD, daemon=True).start()
        try:
            while not wait([answer], _TICK).done:
                on_wait()
                if time.monotonic() > deadline:
                    raise CvatError(
                        f"a reply within {self._limit:g} s", "none", self._host
                    )
            on_wait()
            return answer.result()
        finally:
            self._ended.set()

    def _read(self, response: requests.Response) -> requests.Response:
        pieces: list[bytes] = []
        size = 0
        with response:
            for piece in response.iter_content(1 << 20):
                pieces.append(piece)
                size += len(piece)
                if size > self._limits.reply_bytes or self._ended.is_set():
                    raise CvatError(
                        f"a reply of at most {self._limits.reply_bytes:,} bytes",
                        "a larger one",
                        self._host,
                    )
        response._content = b"".join(pieces)
        return response

    def sent(self, part: float) -> None:
        """Records how much of the upload is sent, and stops an abandoned upload.

        Raises:
            ConnectionAbortedError: if the caller has stopped waiting
        """
        if self._ended.is_set():
            raise ConnectionAbortedError("the upload was ended")
        self.uploaded = part


class _Upload(io.BytesIO):
    """A body that is sent piece by piece: each piece has a limit and is counted."""

    def __init__(self, body: bytes, exchange: Exchange) -> None:
        super().__init__(body)
        self._length = max(len(body), 1)
        self._exchange = exchange

    def __len__(self) -> int:
        return self._length

    def read(self, size: int | None = -1) -> bytes:
        self._exchange.sent(self.tell() / self._length)
        return super().read(size)
