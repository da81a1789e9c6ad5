"""The client of a preview, which is kept until the preview is confirmed.

CVAT sets the ``updated_date`` of a job in the transaction that edits its annotations,
so a confirmation downloads only the jobs whose date has changed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bson import ObjectId

from ..server.session import Client
from ..server.settings import Server

KEPT_FOR = 600.0
"""The number of seconds that a client is kept."""

MOST_BYTES = 100_000_000
"""A client with larger replies is not kept."""

_lock = threading.Lock()
_newest: dict[ObjectId, tuple[float, Client]] = {}  # at most one


def keep(trip_id: ObjectId, client: Client) -> None:
    """Keeps the client of the newest preview; the one before is closed."""
    size = sum(len(content) for _, content in client.replies.values())
    with _lock:
        _close_all()
        if size <= MOST_BYTES:
            _newest[trip_id] = time.monotonic() + KEPT_FOR, client


def take(
    trip_id: ObjectId, server: Server, on_wait: Callable[[], None] | None
) -> Client:
    """Returns the client that is kept for a trip, or a new one.

    It is not kept any longer, so that no two loads share a client.

    Args:
        trip_id: the trip
        server: the server and the account; with another one, the client is new
        on_wait: called repeatedly; raises an error to stop the current request
    """
    with _lock:
        ends, client = _newest.pop(trip_id, (0.0, None))
    if client is not None and client.server == server and time.monotonic() < ends:
        client.resume(on_wait)
        return client
    return Client(server, on_wait)


def _close_all() -> None:
    for _, client in _newest.values():
        client.close()
    _newest.clear()
