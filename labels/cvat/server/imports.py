"""The import of a task's images on the server: what it waits for, and why it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ....iou_core.errors import CvatError
from .errors import RefusedError

FAILED = "failed"
_WORDS = {"queued": "waiting in CVAT's queue", "started": "being read by CVAT"}

Get = Callable[[str], Any]


@dataclass(frozen=True)
class ImportState:
    """The state of an import.

    Attributes:
        name: ``"queued"``, ``"started"``, ``"finished"``, ``"failed"``, or the
            server's own word in lower case
        message: the server's own words; may be empty
    """

    name: str
    message: str

    @property
    def words(self) -> str:
        """The state, as shown to users."""
        return _WORDS.get(self.name, f"{self.name} in CVAT")


def state_of(get: Get, url: str, task_url: str, request_id: str | None) -> ImportState:
    """Returns the state of the import of a task's images.

    Newer servers describe it by a request's id; older ones by the task's status.

    Args:
        get: returns the JSON of a URL
        url: the server
        task_url: the task
        request_id: the id that the server gave the import; None from older servers

    Raises:
        CvatError: if the server does not describe it
    """
    if request_id is not None:
        try:
            found = get(f"{url}/api/requests/{quote(request_id, safe='')}")
            return _parsed(found["status"], found)
        except RefusedError as error:
            if error.status != 404:
                raise
    found = get(f"{task_url}/status")
    return _parsed(found["state"], found)


def _parsed(name: object, found: dict[str, Any]) -> ImportState:
    message = " ".join(str(found.get("message") or "").split())
    return ImportState(str(name).lower(), message)


def failure(state: ImportState, host: str) -> CvatError:
    """Returns the error for an import that failed, with the server's reason."""
    reason = state.message.rpartition("Error: ")[2] or "no reason given"
    return CvatError(
        "images that CVAT can read", f"an import that failed ({reason[:300]})", host
    )
