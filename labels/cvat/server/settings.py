"""The CVAT server and account, read from settings and never from a stored form."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import fiftyone as fo

from ....iou_core.errors import CvatError

URL = "FIFTYONE_CVAT_URL"
USERNAME = "FIFTYONE_CVAT_USERNAME"
PASSWORD = "FIFTYONE_CVAT_PASSWORD"
VERIFY = "FIFTYONE_CVAT_VERIFY"

ALLOW_HTTP = "DUPLICATES_CVAT_ALLOW_HTTP"
"""Hosts, separated by spaces, to which passwords may be sent in clear text."""

PUBLIC_CLOUD = "https://app.cvat.ai"
"""FiftyOne's built-in default, used only if the user names it."""

_NO = ("false", "0", "no", "off")
_YES = ("true", "1", "yes", "on")

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]+)?")

Secret = Callable[[str], str | None]


@dataclass(frozen=True)
class Server:
    """A CVAT server and an account on it.

    Attributes:
        url: scheme and host, without a path
        username: the account
        password: its password; never part of this object's text
        verify: whether TLS certificates are checked, or the path of the CA's
            certificate
    """

    url: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    verify: bool | str = True

    @property
    def host(self) -> str:
        """The host, with the port if there is one."""
        return urlsplit(self.url).netloc

    def own(self, url: str) -> str:
        """Returns a URL from a reply, but only on this server."""
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        # without the slash, "@other.example/" or ":8080/" would name another server
        return f"{self.url}/{parts.path.lstrip('/')}{query}"

    def hide(self, text: str) -> str:
        """Returns a text with the account's name and password removed."""
        for secret in (self.password, self.username):
            text = text.replace(secret, "…") if len(secret) > 2 else text
        return text


def configured_url(secret: Secret) -> str | None:
    """Returns the configured URL; None if no URL is configured.

    Args:
        secret: returns a secret of the plugin by name, or None

    Raises:
        CvatError: if it is not the URL of a server
    """
    url = _account_url(secret)
    return None if url == PUBLIC_CLOUD and not secret(URL) else url


def _account_url(secret: Secret) -> str:
    """Returns the URL of the configured account, which may be FiftyOne's default."""
    return require_url(
        secret(URL) or _annotation_config().get("url") or PUBLIC_CLOUD, URL
    )


def resolve(secret: Secret, url: str | None = None) -> Server:
    """Returns the server to connect to.

    The configured account is sent to the configured server only. Any other server needs
    its own account, in the variables that :func:`variable` names.

    Args:
        secret: returns a secret of the plugin by name, or None
        url (None): the URL of a server; by default, the configured one

    Raises:
        CvatError: if no server, or no account for it, is configured, or passwords
            would cross the network in clear text
    """
    chosen = require_url(url) if url else configured_url(secret)
    if chosen is None:
        raise CvatError(
            f"the URL of your CVAT server ({URL}, or FiftyOne's annotation "
            "config); the public cloud is used only if you name it",
            "none",
            "url",
        )
    _require_encrypted(chosen)
    account_url = _account_url(secret)
    if chosen != account_url:
        return _named_server(chosen, account_url)
    config = _annotation_config()
    account = {
        name: secret(name) or config.get(key)
        for name, key in ((USERNAME, "username"), (PASSWORD, "password"))
    }
    for name, value in account.items():
        if not value:
            raise CvatError(f"{name}, or FiftyOne's annotation config", "none", name)
    verify = secret(VERIFY) or config.get("verify", True)
    return Server(
        chosen, str(account[USERNAME]), str(account[PASSWORD]), _verify(verify)
    )


def variable(name: str, host: str) -> str:
    """Returns the environment variable for a server other than the configured one.

    A dot becomes ``_``, a hyphen ``__`` and the colon before a port ``___``, so no two
    hosts share a variable: ``cvat.my-site.org:8080`` is ``CVAT_MY__SITE_ORG___8080``.

    Args:
        name: ``USERNAME``, ``PASSWORD`` or ``VERIFY``
        host: the host, with the port if there is one

    Raises:
        CvatError: if ``host`` is not a valid host name
    """
    if not _HOST.fullmatch(host):
        expected = "a host of letters, digits, dots and hyphens, or the configured one"
        raise CvatError(expected, repr(host), "url")
    for sign, underscores in (("-", "__"), (".", "_"), (":", "___")):
        host = host.replace(sign, underscores)
    return f"DUPLICATES_CVAT_{name}_{host.upper()}"


def _named_server(url: str, account_url: str) -> Server:
    host = urlsplit(url).netloc
    names = [variable(name, host) for name in ("USERNAME", "PASSWORD")]
    username, password = map(os.environ.get, names)
    if not username or not password:
        raise CvatError(
            f"an account in {' and '.join(names)}, as the configured one is for "
            f"{account_url}",
            "none",
            host,
        )
    verify = os.environ.get(variable("VERIFY", host)) or True
    return Server(url, username, password, _verify(verify))


def _require_encrypted(url: str) -> None:
    """Raises an error unless passwords are encrypted, or a setting names the host."""
    parts = urlsplit(url)
    allowed = os.environ.get(ALLOW_HTTP, "").lower().split()
    if parts.scheme == "https" or parts.netloc in allowed or _is_here(parts.hostname):
        return
    raise CvatError(
        f"https, or {parts.netloc} in {ALLOW_HTTP}, as http sends the password in "
        "clear text",
        url,
        "url",
    )


def _is_here(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def require_url(url: object, where: str = "url") -> str:
    """Returns the URL of a server, as scheme and host.

    Raises:
        CvatError: if it is not a URL, contains an account, or has a path
    """
    expected = "the URL of a CVAT server, such as https://cvat.example.org"
    if not isinstance(url, str):
        raise CvatError(expected, repr(url), where)
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise CvatError(expected, "an invalid one", where) from None
    if "@" in parts.netloc:
        raise CvatError(expected, "one that contains an account", where)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CvatError(expected, repr(url[:200]), where)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise CvatError(
            f"{parts.scheme}://{parts.netloc} alone", repr(url[:200]), where
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _annotation_config() -> dict[str, Any]:
    return dict(fo.annotation_config.backends.get("cvat", {}))


def _verify(value: object) -> bool | str:
    if isinstance(value, bool):
        return value
    text = str(value).strip()
    if text.lower() in _NO:
        return False
    return True if text.lower() in _YES else text
