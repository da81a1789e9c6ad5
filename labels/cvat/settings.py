"""Where the CVAT server is and who logs in: from settings, never a stored form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import fiftyone as fo

from ...iou_core.errors import CvatError

URL = "FIFTYONE_CVAT_URL"
USERNAME = "FIFTYONE_CVAT_USERNAME"
PASSWORD = "FIFTYONE_CVAT_PASSWORD"
VERIFY = "FIFTYONE_CVAT_VERIFY"

SECRETS = (URL, USERNAME, PASSWORD, VERIFY)
"""The plugin's secrets, as the manifest declares them."""

PUBLIC_CLOUD = "https://app.cvat.ai"
"""FiftyOne's built-in default: never used unless a person names it."""

_NO = ("false", "0", "no", "off")
_YES = ("true", "1", "yes", "on")

Secret = Callable[[str], str | None]


@dataclass(frozen=True)
class Server:
    """A CVAT server and an account on it.

    Attributes:
        url: scheme and host, without a path
        username: the account
        password: its password; in no text of this object
        verify: whether TLS certificates are checked, or the path of the CA's
    """

    url: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    verify: bool | str = True

    @property
    def host(self) -> str:
        """The host, with the port if there is one."""
        return urlsplit(self.url).netloc

    def hide(self, text: str) -> str:
        """Returns a text without the account in it."""
        for secret in (self.password, self.username):
            text = text.replace(secret, "…") if len(secret) > 2 else text
        return text


def configured_url(secret: Secret) -> str | None:
    """Returns the URL that is configured; None where nobody has chosen one.

    Args:
        secret: returns a secret of the plugin by its name, or None

    Raises:
        CvatError: if it is no URL of a server
    """
    stored = secret(URL)
    if not stored:
        stored = _annotation_config().get("url")
        if stored and stored.rstrip("/") == PUBLIC_CLOUD:
            return None
    return require_url(stored, URL) if stored else None


def resolve(secret: Secret, url: str | None = None) -> Server:
    """Returns the server to talk to.

    Args:
        secret: returns a secret of the plugin by its name, or None
        url (None): the URL of a server, where none is configured

    Raises:
        CvatError: if no server or account is configured, or the URL is another
            one than the account is for
    """
    configured = configured_url(secret)
    chosen = require_url(url) if url else configured
    if chosen is None:
        raise CvatError(
            f"the address of your CVAT server ({URL}, or FiftyOne's annotation "
            "config); the public cloud is used only if you name it",
            "none",
            "url",
        )
    if configured is not None and chosen != configured:
        raise CvatError(
            f"{configured}, which the configured account is for", chosen, "url"
        )
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


def require_url(url: object, where: str = "url") -> str:
    """Returns the URL of a server, as scheme and host.

    Raises:
        CvatError: if it is no URL, names an account, or has a path
    """
    expected = "the address of a CVAT server, as https://cvat.example.org"
    if not isinstance(url, str):
        raise CvatError(expected, repr(url), where)
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise CvatError(expected, "no address", where) from None
    if "@" in parts.netloc:
        raise CvatError(expected, "one with an account in it", where)
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
