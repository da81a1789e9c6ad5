"""The first request to a server: whether it is CVAT, and which version."""

from __future__ import annotations

import time
from dataclasses import replace

import requests

from ....iou_core.errors import CvatError
from . import errors, wire
from .settings import Server
from .wire import LIMITS, Exchange


def _no_check() -> None:
    pass


def preflight(server: Server) -> str:
    """Returns the version of a server, without logging in.

    Args:
        server: the server

    Returns:
        its version

    Raises:
        CvatError: if it cannot be reached, or is not a supported CVAT server
    """
    # a server that sends a byte now and then keeps every read within its limit
    limit = LIMITS.connect
    limits = replace(LIMITS, read=limit, request=limit)
    exchange = Exchange(limits, server.host)

    def ask() -> requests.Response:
        return requests.get(
            f"{server.url}/api/server/about",
            verify=server.verify,
            timeout=(limit, limit),
            allow_redirects=False,
            stream=True,
        )

    ends = time.monotonic() + LIMITS.throttled
    with errors.network_errors(server, limit):
        response = exchange.wait_for(ask, _no_check)
        while pause := errors.retry_after(response, ends - time.monotonic()):
            wire.pause(pause, _no_check)
            response = Exchange(limits, server.host).wait_for(ask, _no_check)
    errors.check(response, server)
    about = response.json()
    version = about.get("version") if isinstance(about, dict) else None
    if not isinstance(version, str):
        raise CvatError("a CVAT server", "a server of another kind", server.host)
    return version
