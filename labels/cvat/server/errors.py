"""Errors of the CVAT server and of the network, each as one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from ....iou_core.errors import CvatError
from .settings import VERIFY, Server

_MOST = 300  # characters quoted from a server's reply


class RefusedError(CvatError):
    """A request that the server refused.

    Attributes:
        status: the HTTP status
        is_json: whether the reply is JSON, as CVAT's are, and not a page of a proxy
    """

    status = 0
    is_json = False


@contextmanager
def network_errors(server: Server, seconds: float) -> Iterator[None]:
    """Raises a one-sentence error if the server does not reply.

    Args:
        server: the server
        seconds: how long the caller waited

    Raises:
        CvatError: if the body fails because of the network
    """
    host = server.host
    try:
        yield
    except requests.exceptions.SSLError:
        raise CvatError(
            f"a certificate that can be verified (set {VERIFY} to the path of your CA)",
            "one that cannot be verified",
            host,
        ) from None
    except requests.exceptions.Timeout:
        raise CvatError(f"a reply within {seconds:g} s", "none", host) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
        raise CvatError("the URL of a server", "an invalid one", "url") from None
    except (requests.exceptions.RequestException, OSError) as error:
        raise CvatError(
            "a server that replies", _network_problem(error), host
        ) from None


def retry_after(response: requests.Response, most: float) -> float | None:
    """Returns how long a throttling server asks to wait; None if not to.

    Args:
        response: the response, already read
        most: the longest acceptable wait, in seconds
    """
    if response.status_code != 429:
        return None
    asked = response.headers.get("Retry-After", "")
    if not asked.isdecimal() or int(asked) > most:
        return None
    return max(float(asked), 0.05)


def check(response: requests.Response, server: Server) -> None:
    """Raises an error unless a response comes from CVAT's API.

    Args:
        response: the response, already read
        server: the server

    Raises:
        CvatError: if it is a refusal, a redirect, or not JSON
    """
    status = response.status_code
    if 300 <= status < 400:
        to = server.hide(response.headers.get("Location", "elsewhere"))[:_MOST]
        raise CvatError(
            "a reply of the server itself (set its URL to where it redirects)",
            f"a redirect to {to}",
            server.host,
        )
    if status >= 400:
        raise _refused(response, server)
    if not response.content and response.request.method != "GET":
        return
    if not _is_json(response):
        kind = response.headers.get("Content-Type", "no type").partition(";")[0]
        raise CvatError("CVAT's API, which replies with JSON", kind[:60], server.host)
    try:
        response.json()
    except (ValueError, RecursionError):
        raise CvatError(
            "CVAT's API, which replies with JSON", "invalid JSON", server.host
        ) from None


def _refused(response: requests.Response, server: Server) -> RefusedError:
    status = response.status_code
    path = response.request.path_url.partition("?")[0]
    is_login = path.endswith("/auth/login")
    said = server.hide(_reason_in(response))[:_MOST]
    if status in (400, 401) and is_login:
        expected, got = "a valid CVAT user name and password", "a rejected login"
    elif status == 401:
        expected, got = "a valid session", "an expired one: log in again"
    elif status == 403:
        expected, got = "an account with permission to do this", "a refusal"
    elif status == 404 and is_login:
        expected, got = "a CVAT server of version 2", "a server without a login"
    elif status == 404 and not _is_json(response):
        expected, got = "CVAT's API, which replies with JSON", "error 404"
    elif status == 404:
        expected, got = "a task that still exists", "none"
    elif status == 413:
        expected = "an upload that the server accepts (use smaller tasks)"
        got = "one that is too large"
    elif status >= 500:
        expected, got = "a working server", f"error {status}"
    else:
        expected, got = "a request that CVAT accepts", f"error {status}"
    error = RefusedError(
        expected, f"{got} ({said})" if said else got, f"{server.host}{path}"
    )
    error.status, error.is_json = status, _is_json(response)
    return error


def _is_json(response: requests.Response) -> bool:
    return "json" in response.headers.get("Content-Type", "").lower()


def _reason_in(response: requests.Response) -> str:
    """Returns the reason in a refusal, from JSON only: proxies' pages do not help."""
    try:
        said: Any = response.json()
    except (ValueError, RecursionError):
        return ""
    if isinstance(said, dict) and set(said) <= {"detail", "non_field_errors"}:
        said = said.get("detail") or said.get("non_field_errors")
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return said if isinstance(said, str) else json.dumps(said)


def _network_problem(error: BaseException) -> str:
    text = str(error)
    for sign, words in (
        ("refused", "a refused connection"),
        ("Name or service", "an unknown host"),
        ("resolve", "an unknown host"),
        ("getaddrinfo", "an unknown host"),
        ("unreachable", "a host that cannot be reached"),
    ):
        if sign in text:
            return words
    return "a lost connection"
