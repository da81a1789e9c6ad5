"""The server itself: its account, its sessions and the way of a request."""

import secrets
import threading
from urllib.parse import unquote

from .annotations import Annotations
from .annotators import Annotators
from .connections import Handler, Http
from .jobs import Jobs
from .labels import Labels
from .projects import Projects
from .replies import ABOUT, ABOUT_254, PAGE, UNREADABLE, Refused, require
from .tasks import Tasks
from .uploads import Uploads


class Server(Annotators, Labels, Tasks, Uploads, Jobs, Annotations, Projects):
    """A server with one account; a context manager.

    Args:
        tls (None): the context of an ``https`` server
        idle (None): the seconds after which an idle connection is closed

    Attributes:
        polls: the number of requests for the jobs of a task before they are there
        log: ``(method, path)`` of every request, in order
        refused: those that were refused, as ``(status, method, path)``
        version: the version whose replies differ, ``"2.15.0"`` or ``"2.54.1"``
        queued: how often an import is still queued when its state is asked for
        reason: why imports fail, once images cannot be read
        throttle: how many of the next requests are throttled, for ``Retry-After`` 0
        hidden: tasks whose jobs are not listed
        backwards: whether stored shapes are returned in another order than they were
            sent in, as the real server does with the shapes of several jobs
        fault: called with method, path and the number of such requests before; returns
            the fault, or None. See :meth:`Handler.fail`
    """

    def __init__(
        self,
        username="annotator",
        password="correct horse",
        polls=0,
        tls=None,
        idle=None,
    ):
        self.idle = idle
        self.tls = tls
        self.username, self.password = username, password
        self.polls = polls
        self.fault = lambda method, path, n: None
        self.backwards = False
        self.version = ABOUT["version"]
        self.queued, self.throttle, self.reason = 0, 0, UNREADABLE
        self.hidden = set()
        self.log, self.refused = [], []
        self.tasks, self.projects = {}, {}
        self.users = {1: "admin", 2: "annotator", 3: "ann", 4: "bob"}
        self._ids = {"task": 156, "job": 154, "label": 310, "attr": 1033, "shape": 6547}
        self._sessions = {}
        self._asked = {}
        self._contents = {}
        self.lock = threading.RLock()

    def __enter__(self):
        self.is_open = True
        handler = type("Handler", (Handler,), {"cvat": self, "timeout": self.idle})
        self._http = Http(("127.0.0.1", 0), handler)
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        self.url = f"http://{self.host}"
        if self.tls is not None:
            self._http.socket = self.tls.wrap_socket(
                self._http.socket, server_side=True
            )
            self.url = f"https://{self.host}"
        threading.Thread(
            target=self._http.serve_forever, args=(0.02,), daemon=True
        ).start()
        return self

    def __exit__(self, *_):
        self.is_open = False
        self._http.shutdown()
        self._http.server_close()

    def answer(self, method, path, query, body, headers):
        parts = path.strip("/").split("/")
        require(parts[0] == "api", {"detail": "Not found."}, 404)
        if self.throttle > 0:
            self.throttle -= 1
            words = "Request was throttled. Expected available in 0 seconds."
            raise Refused(429, {"detail": words})
        if parts[1] == "requests":
            self._require_session(method, headers)
            return 200, self._request(unquote(parts[2])), []
        key = (method, *("N" if p.isdigit() else p for p in parts[1:]))
        number = next((int(p) for p in parts if p.isdigit()), None)
        if key == ("POST", "auth", "login"):
            return self._login(body, headers)
        if key == ("GET", "server", "about"):
            return 200, {**ABOUT, "version": self.version, **self._newer(ABOUT_254)}, []
        self._require_session(method, headers)
        action = getattr(self, "_" + "_".join(key).lower(), None)
        require(action is not None, {"detail": "Not found."}, 404)
        with self.lock:
            status, reply = action(number, query, body)
        return status, reply, []

    def _login(self, body, headers):
        require("json" in headers.get("Content-Type", ""), {"detail": "JSON"}, 415)
        known = body.get("username") == self.username
        if not known or body.get("password") != self.password:
            words = "Unable to log in with provided credentials."
            raise Refused(400, {"non_field_errors": [words]})
        session, csrf = secrets.token_hex(8), secrets.token_hex(16)
        self._sessions[session] = csrf
        cookies = [
            f"sessionid={session}; HttpOnly; Path=/",
            f"csrftoken={csrf}; Path=/",
            *(["sessionfresh=1; Path=/"] if self.is_new else []),
        ]
        return 200, {"key": secrets.token_hex(20)}, cookies

    def _require_session(self, method, headers):
        pairs = (
            part.strip().partition("=") for part in headers.get("Cookie", "").split(";")
        )
        cookies = {name: value for name, _, value in pairs}
        session = cookies.get("sessionid")
        words = "Authentication credentials were not provided."
        require(session in self._sessions, {"detail": words}, 401)
        if method not in ("GET", "HEAD"):
            sent = headers.get("X-CSRFToken")
            ok = sent == self._sessions[session] == cookies.get("csrftoken")
            require(ok, {"detail": "CSRF Failed: CSRF token missing."}, 403)

    def _newer(self, fields):
        """Returns fields that only replies of the newer version have."""
        return fields if self.is_new else {}

    def _next(self, kind):
        self._ids[kind] += 1
        return self._ids[kind]

    def _page(self, results, path, query):
        page = int(query.get("page", ["1"])[0])
        size = query.get("page_size", [str(PAGE)])[0]
        size = len(results) or 1 if size == "all" else int(size)
        begin, end = (page - 1) * size, page * size
        require(page == 1 or begin < len(results), {"detail": "Invalid page."}, 404)
        others = "&".join(f"{k}={v[0]}" for k, v in query.items() if k != "page")
        link = f"{self.url}{path}?{others}&page="
        return 200, {
            "count": len(results),
            "next": f"{link}{page + 1}" if end < len(results) else None,
            "previous": f"{link}{page - 1}" if page > 1 else None,
            "results": results[begin:end],
        }

    @property
    def is_new(self):
        return self.version != ABOUT["version"]
