"""FiftyOne's CVAT client with a limit on every wait, TLS checks, and plain errors.

FiftyOne's own client has no timeouts, does not check certificates, and logs the bytes
of images when a request is refused. All of this is fixed here and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import requests
from packaging.version import Version

from ....iou_core.errors import CvatError, DuplicatesError
from ..shapes.outgoing import OutgoingShapes
from . import errors, imports, wire
from .settings import Server
from .wire import CLEAN_UP, LIMITS, Exchange, Limits

OLDEST = "2.4"
"""The oldest supported version of CVAT."""

_MOST_PAGES = 1000

_UNEXPECTED = (
    *(LookupError, TypeError, AttributeError, ValueError),
    *(ArithmeticError, RecursionError),
)
"""The errors that reading a reply of an unexpected form raises."""


def _no_check() -> None:
    pass


class Client(OutgoingShapes):
    """A session on a CVAT server; logs in when it is created.

    Args:
        server: the server
        on_wait (None): called repeatedly; raises an error to stop the current request
        limits (None): by default :data:`LIMITS`

    Raises:
        CvatError: if the login fails or the server does not reply
    """

    def __init__(
        self,
        server: Server,
        on_wait: Callable[[], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.server = server
        self.limits = limits or LIMITS
        self.on_wait = on_wait or _no_check
        self.uploaded = 0.0
        self.on_task: Callable[[int], None] = lambda task_id: None
        self.on_project: Callable[[int], None] = lambda project_id: None
        self.on_stored: Callable[[int, dict[str, Any]], None] = lambda task, all_: None
        self.masks_left = {}
        self._asked: dict[int, float] = {}
        self._stored: set[str] = set()
        self._imports: dict[str, str] = {}
        self.replies: dict[int, tuple[Any, bytes]] = {}
        self._may_have_expired = False
        self._waited = False
        self._about_fault: DuplicatesError | None = None
        self.on_state: Callable[[str], None] = lambda words: None
        super().__init__(
            "cvat", server.url, username=server.username, password=server.password
        )
        if self._about_fault is not None:
            raise self._about_fault
        if self.server_version < Version(OLDEST):
            raise CvatError(
                f"CVAT {OLDEST} or newer",
                str(self.server_version),
                self.server.host,
            )

    def resume(self, on_wait: Callable[[], None] | None) -> None:
        """Continues a session that was idle; logs in again if it has expired."""
        self.on_wait = on_wait or _no_check
        self._may_have_expired = True

    @contextmanager
    def cleaning_up(self) -> Iterator[None]:
        """Shortens the limits, and ignores cancellation, while cleaning up."""
        kept = self.on_wait, self.limits
        self.on_wait, self.limits = _no_check, CLEAN_UP
        try:
            yield
        finally:
            self.on_wait, self.limits = kept

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        """Sends a GET request, and records a fault that FiftyOne would ignore."""
        try:
            return super().get(url, **kwargs)
        except DuplicatesError as error:
            if url == self.about_url:
                self._about_fault = error
            raise

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        """Sends a POST request, and records the task or project that it creates."""
        response = super().post(url, **kwargs)
        if url.endswith("/data") and response.content:
            with self.parsing():
                request_id = response.json().get("rq_id")
            if request_id is not None:
                self._imports[url.removesuffix("/data")] = str(request_id)
        made = {self.tasks_url: self.on_task, self.projects_url: self.on_project}
        if url in made:
            with self.parsing():
                made[url](int(response.json()["id"]))
        return response

    def put(self, url: str, **kwargs: Any) -> requests.Response:
        """Sends a PUT request, and records the shapes that the server stored.

        FiftyOne repeats the request forever if the server stores fewer than were sent.
        """
        if url in self._stored:
            raise CvatError(
                "as many stored shapes as were sent", "fewer", self.server.host
            )
        response = super().put(url, **kwargs)
        self._stored.add(url)
        with self.parsing():
            task_id = int(url.removesuffix("/annotations").rpartition("/")[2])
            self.on_stored(task_id, response.json())
        return response

    def task_exists(self, task_id: int) -> bool:
        """Returns whether a task exists; FiftyOne's ``delete_task`` calls this."""
        return self.find_task(task_id) is not None

    def find_task(self, task_id: int) -> dict[str, Any] | None:
        """Returns a task; None if it does not exist."""
        return self._found(self.task_url(task_id))

    def find_project(self, project_id: int) -> dict[str, Any] | None:
        """Returns a project; None if it does not exist."""
        return self._found(self.project_url(project_id))

    def _found(self, url: str) -> dict[str, Any] | None:
        with self.parsing():
            try:
                found: dict[str, Any] = self.get(url).json()
            except errors.RefusedError as error:
                # a proxy's page does not say that CVAT has deleted it
                if error.status == 404 and error.is_json:
                    return None
                raise
            if not isinstance(found, dict):
                raise TypeError("not an object")
        return found

    def user_search_url(self, username: str) -> str:
        """Returns the URL of a search for users, for any characters in the name."""
        return str(super().user_search_url(quote(username, safe="")))

    def project_search_url(self, project_name: str) -> str:
        """Returns the URL of a search for projects by name."""
        return str(super().project_search_url(quote(project_name, safe="")))

    def pages(self, url: str) -> list[dict[str, Any]]:
        """Returns the results of all pages, reading each page once."""
        return self._get_paginated_results(url)

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Raises an error if the reply does not have the expected form.

        Raises:
            CvatError: if the body does not find the values that it expects
        """
        try:
            yield
        except _UNEXPECTED as error:
            kind = type(error).__name__
            raise CvatError(
                "a reply of CVAT 2",
                self.server.hide(f"another reply ({kind}: {error})"[:300]),
                self.server.host,
            ) from None

    def _get_paginated_results(
        self, base_url: str, get_page_url: Any = None, value: str | None = None
    ) -> list[Any]:
        results: list[Any] = []
        seen: set[str] = set()
        page: str | None = wire.largest_page(base_url)
        with self.parsing():
            while page:
                seen.add(page)
                reply = self.get(page).json()
                results += [
                    result if value is None else result[value]
                    for result in reply["results"]
                ]
                page, n = reply.get("next"), int(reply["count"])
                if page in seen or len(results) > n or len(seen) > _MOST_PAGES:
                    raise ValueError("pages that do not end")
            if len(results) != n:
                raise ValueError(f"{len(results)} of {n} results")
        return results

    def _get_job_ids(self, task_id: int) -> list[int]:
        begun = self._asked.setdefault(task_id, time.monotonic())
        found: list[int] = super()._get_job_ids(task_id)
        if found:
            if self._waited:
                self.on_state("")
            return found
        task_url = self.task_url(task_id)
        with self.parsing():
            state = imports.state_of(
                lambda url: self.get(url).json(),
                self.server.url,
                task_url,
                self._imports.get(task_url),
            )
        if state.name == imports.FAILED:
            raise imports.failure(state, self.server.host)
        self._waited = True
        self.on_state(state.words)
        if time.monotonic() - begun > self.limits.jobs:
            raise CvatError(
                f"the jobs of the new task within {self.limits.jobs:g} s",
                f"an import that is {state.words}",
                self.server.host,
            )
        return found

    def _make_request(
        self,
        request_method: Callable[..., requests.Response],
        url: str,
        print_error_info: bool = True,
        **kwargs: Any,
    ) -> requests.Response:
        ends = time.monotonic() + self.limits.throttled
        while True:
            response = self._exchange(request_method, url, dict(kwargs))
            if response.status_code == 401 and self._may_have_expired:
                self._may_have_expired = False
                self._session.cookies.clear()
                self._login(self._username, self._password)
                continue
            pause = errors.retry_after(response, ends - time.monotonic())
            if pause is None:
                break
            self.on_state(f"throttled by CVAT for {pause:g} s")
            wire.pause(pause, self.on_wait)
            self.on_state("")
        errors.check(response, self.server)
        return response

    def _exchange(
        self,
        request_method: Callable[..., requests.Response],
        url: str,
        kwargs: dict[str, Any],
    ) -> requests.Response:
        exchange = Exchange(self.limits, self.server.host)
        if "files" in kwargs:
            kwargs |= exchange.multipart(kwargs.pop("data"), kwargs.pop("files"))

        def send() -> requests.Response:
            return request_method(
                self.server.own(url),
                verify=self.server.verify,
                timeout=(self.limits.connect, self.limits.read),
                allow_redirects=False,
                stream=True,
                **kwargs,
            )

        def on_wait() -> None:
            self.uploaded = exchange.uploaded
            self.on_wait()

        with errors.network_errors(self.server, self.limits.read):
            return exchange.wait_for(send, on_wait)
