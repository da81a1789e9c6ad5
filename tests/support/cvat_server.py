"""A CVAT server on the loopback interface that replies like the recorded real server.

It stores tasks, jobs and shapes, and refuses the requests that the real server refuses.
Tests edit its shapes as annotators do, and make single requests fail.
``test_cvat_server.py`` compares its replies with the recording.
"""

import contextlib
import copy
import email.parser
import email.policy
import http.server
import io
import json
import secrets
import socket
import struct
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

from PIL import Image

JSON = "application/vnd.cvat+json"
ABOUT = {
    "name": "Computer Vision Annotation Tool",
    "description": "CVAT, as the tests play it",
    "version": "2.15.0",
}
PAGE = 10
MAX_VALUE = 4096
MAX_CHOICE = 200
INPUTS = ("checkbox", "radio", "number", "text", "select")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
SHAPES = {"rectangle": 4, "polygon": 6, "polyline": 4, "points": 2, "mask": 6}
NOW = "2026-11-22T13:50:07.390686Z"

# what replies of 2.54.1 have beside those of 2.15.0
ABOUT_254 = {"logo_url": "/static/logo.svg", "subtitle": ""}
TASK_254 = {
    "organization_id": None,
    "assignee_updated_date": None,
    "validation_mode": None,
    "consensus_enabled": False,
}
JOB_254 = {
    "data_original_chunk_type": "imageset",
    "assignee_updated_date": None,
    "parent_job_id": None,
    "consensus_replicas": 0,
}
META_254 = {
    "chapters": None,
    "chunks_updated_date": NOW,
    "storage": "local",
    "cloud_storage_id": None,
}

UNREADABLE = (
    "Exception: rest_framework.exceptions.ValidationError: cannot identify image file"
)


class Refused(Exception):  # noqa: N818 - a reply, not an error
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


def _require(fits, body, status=400):
    if not fits:
        raise Refused(status, body)


class Server:
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
        self._http = _Http(("127.0.0.1", 0), handler)
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

    # actions of annotators

    def shapes(self, task_id=None):
        """Returns all shapes of a task, or of all, as one list to edit in place."""
        tasks = self.tasks.values() if task_id is None else [self.tasks[task_id]]
        return [shape for task in tasks for shape in task["shapes"]]

    def label_id_of(self, shape):
        specs = self._specs(shape)
        values = {specs[a["spec_id"]]: a["value"] for a in shape["attributes"]}
        return values.get("label_id", "")

    def set_label_id(self, shape, value):
        specs = {name: spec for spec, name in self._specs(shape).items()}
        others = [a for a in shape["attributes"] if a["spec_id"] != specs["label_id"]]
        shape["attributes"] = [*others, {"spec_id": specs["label_id"], "value": value}]

    def texts(self, shape):
        """Returns the attributes of a shape as its editor shows them."""
        values = {a["spec_id"]: a["value"] for a in shape["attributes"]}
        specs = self._class_of(shape)["attributes"]
        return {a["name"]: values.get(a["id"], a["default_value"]) for a in specs}

    def edit(self, shape, **values):
        """Edits attributes as CVAT's editor does, which looks at all of a shape."""
        specs = {a["name"]: a for a in self._class_of(shape)["attributes"]}
        after = {**self.texts(shape), **values}
        for name, value in after.items():
            if not _fits(specs[name], value):
                raise ValueError(f"Trying to save {name} with invalid value {value!r}")
        shape["attributes"] = [
            {"spec_id": specs[name]["id"], "value": value.strip()}
            for name, value in after.items()
        ]

    def shape_of(self, label_id):
        (found,) = [s for s in self.shapes() if self.label_id_of(s) == str(label_id)]
        return found

    def class_id(self, name, task_id=None):
        task = self._task_of(task_id)
        return next(x["id"] for x in self._labels(task) if x["name"] == name)

    def delete(self, shape):
        for task in self.tasks.values():
            task["shapes"] = [s for s in task["shapes"] if s is not shape]

    def relabel(self, shape, name):
        task = next(t for t in self.tasks.values() if shape in t["shapes"])
        old = self._specs(shape)
        label = next(x for x in self._labels(task) if x["name"] == name)
        new = {a["name"]: a["id"] for a in label["attributes"]}
        shape["label_id"] = label["id"]
        shape["attributes"] = [
            {"spec_id": new[old[a["spec_id"]]], "value": a["value"]}
            for a in shape["attributes"]
        ]

    def draw(self, frame, name, points, kind="rectangle", task_id=None):
        """Adds a shape as CVAT's interface does; its ``label_id`` is blank."""
        task = self._task_of(task_id)
        label = next(x for x in self._labels(task) if x["name"] == name)
        shape = self._stored(
            {
                "type": kind,
                "points": points,
                "label_id": label["id"],
                "frame": frame,
                "attributes": [],
            }
        )
        task["shapes"].append(shape)
        return shape

    def copy(self, shape, **changes):
        """Copies and pastes a shape: it keeps its attributes, and so the label's id."""
        task = next(t for t in self.tasks.values() if shape in t["shapes"])
        pasted = {**copy.deepcopy(shape), "id": self._next("shape"), **changes}
        task["shapes"].append(pasted)
        return pasted

    def complete(self, task_id=None):
        for task in self.tasks.values():
            for job in task["jobs"] if task_id in (None, task["id"]) else ():
                job |= {"state": "completed", "stage": "acceptance"}

    # the API

    def answer(self, method, path, query, body, headers):
        parts = path.strip("/").split("/")
        _require(parts[0] == "api", {"detail": "Not found."}, 404)
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
        _require(action is not None, {"detail": "Not found."}, 404)
        with self.lock:
            status, reply = action(number, query, body)
        return status, reply, []

    def _login(self, body, headers):
        _require("json" in headers.get("Content-Type", ""), {"detail": "JSON"}, 415)
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
        _require(session in self._sessions, {"detail": words}, 401)
        if method not in ("GET", "HEAD"):
            sent = headers.get("X-CSRFToken")
            ok = sent == self._sessions[session] == cookies.get("csrftoken")
            _require(ok, {"detail": "CSRF Failed: CSRF token missing."}, 403)

    def _newer(self, fields):
        """Returns fields that only replies of the newer version have."""
        return fields if self.is_new else {}

    def _next(self, kind):
        self._ids[kind] += 1
        return self._ids[kind]

    def _task(self, number):
        _require(number in self.tasks, {"detail": "Not found."}, 404)
        return self.tasks[number]

    def _task_of(self, task_id):
        return self.tasks[task_id] if task_id else next(iter(self.tasks.values()))

    def _labels(self, task):
        return (
            self.projects[task["project_id"]]["labels"]
            if task["project_id"]
            else task["labels"]
        )

    def _specs(self, shape):
        return {a["id"]: a["name"] for a in self._class_of(shape)["attributes"]}

    def _class_of(self, shape):
        for task in [*self.tasks.values(), *self.projects.values()]:
            for label in task["labels"]:
                if label["id"] == shape["label_id"]:
                    return label
        raise KeyError(shape["label_id"])

    def _make_labels(self, given, task_id):
        names = [str(label.get("name", "")).strip() for label in given]
        for name in names:
            _require(name, {"labels": [{"name": ["This field may not be blank."]}]})
            words = "Ensure this field has no more than 64 characters."
            _require(len(name) <= 64, {"labels": [{"name": [words]}]})
        words = "All label names must be unique for the task"
        _require(len(set(names)) == len(names), [words])
        return [self._make_label(*pair, task_id) for pair in zip(given, names)]

    def _make_label(self, label, name, task_id):
        label_id = self._next("label")
        attributes = []
        for a in label.get("attributes", []):
            _require(
                {"name", "input_type", "mutable", "values"} <= a.keys(), ["attribute"]
            )
            words = {"input_type": [f'"{a["input_type"]}" is not a valid choice.']}
            _require(a["input_type"] in INPUTS, words)
            known = str(a["name"]).strip()
            _require(0 < len(known) <= 64, {"attributes": [{"name": ["length"]}]})
            words = f"Duplicate attribute with name '{known}' exists"
            _require(known not in {each["name"] for each in attributes}, [words])
            values = [v.strip() for v in a["values"]] or [""]
            _require(all(len(v) <= MAX_CHOICE for v in values), {"values": ["long"]})
            # the real server's column would overflow, and it replies with an error
            _require(len("\n".join(values)) <= MAX_VALUE, ["values"], 500)
            attributes.append(
                {
                    "id": self._next("attr"),
                    "name": known,
                    "mutable": a["mutable"],
                    "input_type": a["input_type"],
                    "default_value": a.get("default_value", ""),
                    "values": values,
                }
            )
        return {
            "id": label_id,
            "name": name,
            "color": "#6080c0",
            "attributes": attributes,
            "type": "any",
            "sublabels": [],
            "task_id": task_id,
            "parent_id": None,
            "has_parent": False,
        }

    def _described(self, task):
        url = self.url
        done = sum(job["state"] == "completed" for job in task["jobs"])
        number = task["id"]
        known = {
            "url": f"{url}/api/tasks/{number}",
            "id": number,
            "name": task["name"],
            "project_id": task["project_id"],
            "mode": "annotation" if task["frames"] else "",
            "owner": {"url": f"{url}/api/users/1", "id": 1, "username": "admin"},
            "assignee": task["assignee"],
            "bug_tracker": "",
            "created_date": NOW,
            "updated_date": NOW,
            "overlap": None,
            "segment_size": task["segment_size"],
            "status": "annotation",
            "guide_id": None,
            "dimension": "2d",
            "subset": "",
            "organization": None,
            "target_storage": None,
            "source_storage": None,
            "jobs": {
                "count": len(task["jobs"]),
                "completed": done,
                "validation": 0,
                "url": f"{url}/api/jobs?task_id={number}",
            },
            "labels": {"url": f"{url}/api/labels?task_id={number}"},
            **self._newer(TASK_254),
        }
        if task["frames"]:
            known |= {
                "overlap": 0,
                "data_chunk_size": 72,
                "data_compressed_chunk_type": "imageset",
                "data_original_chunk_type": "imageset",
                "size": len(task["frames"]),
                "image_quality": task["quality"],
                "data": number - 1,
            }
        return known

    def _page(self, results, path, query):
        page = int(query.get("page", ["1"])[0])
        size = query.get("page_size", [str(PAGE)])[0]
        size = len(results) or 1 if size == "all" else int(size)
        begin, end = (page - 1) * size, page * size
        _require(page == 1 or begin < len(results), {"detail": "Invalid page."}, 404)
        others = "&".join(f"{k}={v[0]}" for k, v in query.items() if k != "page")
        link = f"{self.url}{path}?{others}&page="
        return 200, {
            "count": len(results),
            "next": f"{link}{page + 1}" if end < len(results) else None,
            "previous": f"{link}{page - 1}" if page > 1 else None,
            "results": results[begin:end],
        }

    def _post_tasks(self, _, query, body):
        _require(
            str(body.get("name", "")).strip(), {"name": ["This field is required."]}
        )
        project = body.get("project_id")
        words = {"project_id": ["The specified project does not exist."]}
        _require(project is None or project in self.projects, words)
        labels = body.get("labels") or []
        _require(bool(labels) != bool(project), ["Label set must be defined"])
        size = body.get("segment_size", 0)
        _require(isinstance(size, int) and size >= 0, {"segment_size": ["invalid"]})
        number = self._next("task")
        self.tasks[number] = {
            "id": number,
            "name": body["name"].strip(),
            "project_id": project,
            "labels": self._make_labels(labels, number),
            "segment_size": size,
            "quality": body.get("image_quality"),
            "assignee": None,
            "frames": [],
            "jobs": [],
            "shapes": [],
            "deleted_frames": [],
            "state": "Queued",
        }
        return 201, self._described(self.tasks[number])

    def _get_tasks(self, _, query, body):
        part = query.get("search", [""])[0]
        found = [self._described(t) for t in self.tasks.values() if part in t["name"]]
        return self._page(found, "/api/tasks", query)

    def _get_tasks_n(self, number, query, body):
        described = self._described(self._task(number))
        return 200, {**described, **self._newer({"data_cloud_storage_id": None})}

    def _patch_tasks_n(self, number, query, body):
        task = self._task(number)
        if "name" in body:
            task["name"] = body["name"].strip()
            return 200, self._described(task)
        _require(body.get("assignee_id") in self.users, {"assignee_id": ["invalid"]})
        task["assignee"] = {"id": body["assignee_id"]}
        return 200, self._described(task)

    def _delete_tasks_n(self, number, query, body):
        self._task(number)
        del self.tasks[number]
        return 204, None

    def _get_labels(self, _, query, body):
        _require(
            "task_id" in query or "project_id" in query, {"detail": "Not found."}, 404
        )
        if "project_id" in query:
            project = int(query["project_id"][0])
            labels = self.projects[project]["labels"]
        else:
            task = self._task(int(query["task_id"][0]))
            labels, project = self._labels(task), task["project_id"]
        if project and self.is_new:
            labels = [
                {
                    **{k: v for k, v in x.items() if k != "task_id"},
                    "project_id": project,
                }
                for x in labels
            ]
        return self._page(labels, "/api/labels", query)

    def _list_with(self, number):
        """Returns the list that has a class, and its index."""
        for one in [*self.tasks.values(), *self.projects.values()]:
            for k, label in enumerate(one["labels"]):
                if label["id"] == number:
                    return one["labels"], k
        raise Refused(404, {"detail": "Not found."})

    def _patch_labels_n(self, number, query, body):
        labels, k = self._list_with(number)
        labels[k]["name"] = body.get("name", labels[k]["name"]).strip()
        return 200, labels[k]

    def _delete_labels_n(self, number, query, body):
        labels, k = self._list_with(number)
        del labels[k]
        for task in self.tasks.values():
            task["shapes"] = [s for s in task["shapes"] if s["label_id"] != number]
        return 204, None

    def _post_tasks_n_data(self, number, query, body):
        task = self._task(number)
        _require(not task["frames"], ["Adding more data is not allowed"])
        fields, files = body
        quality = fields.get("image_quality", "")
        _require(
            quality.isdigit() and 0 <= int(quality) <= 100, {"image_quality": ["?"]}
        )
        _require(files, ["No media data found"])
        task["quality"] = int(quality)
        task["state"] = "Finished"
        if not any(name.lower().endswith(SUFFIXES) for name, _ in files):
            task["state"], self.reason = "Failed", "ValueError: No media data found"
            files = []
        for name, data in files:
            try:
                width, height = Image.open(io.BytesIO(data)).size
            except OSError:
                task |= {"state": "Failed", "frames": []}
                break
            task["frames"].append(
                {
                    "width": width,
                    "height": height,
                    "name": name,
                    "related_files": 0,
                    "has_related_context": False,
                }
            )
        if self.is_new:
            return 202, {"rq_id": f"action=create&target=task&target_id={number}"}
        return 202, {
            "chunk_size": None,
            "image_quality": task["quality"],
            "start_frame": 0,
            "stop_frame": 0,
            "frame_filter": "",
            "client_files": [name for name, _ in files],
            "server_files": [],
            "remote_files": [],
            "use_zip_chunks": False,
            "server_files_exclude": [],
            "use_cache": False,
            "copy_data": False,
            "storage_method": "file_system",
            "storage": "local",
            "sorting_method": fields.get("sorting_method", "lexicographical"),
            "filename_pattern": None,
        }

    def _get_tasks_n_status(self, number, query, body):
        task = self._task(number)
        state = {"state": task["state"], "message": "", "progress": 0.0}
        if self.queued > 0:
            self.queued -= 1
            return 200, {**state, "state": "Queued"}
        if task["state"] == "Failed":
            state["message"] = self.reason
        return 200, state

    def _request(self, rq_id):
        _require(self.is_new, {"detail": "Not found."}, 404)
        number = int(rq_id.rpartition("=")[2])
        _, state = self._get_tasks_n_status(number, {}, {})
        return {**state, "id": rq_id, "status": state["state"].lower()}

    @property
    def is_new(self):
        return self.version != ABOUT["version"]

    def _get_jobs(self, _, query, body):
        task = self._task(int(query["task_id"][0]))
        asked = self._asked.get(task["id"], 0)
        self._asked[task["id"]] = asked + 1
        if asked >= self.polls and task["frames"] and not task["jobs"]:
            self._make_jobs(task)
        for job in task["jobs"]:
            self._date(job)
        jobs = [] if task["id"] in self.hidden else task["jobs"]
        jobs = [{**job, **self._newer(JOB_254)} for job in jobs]
        return self._page(jobs[:: -1 if self.is_new else 1], "/api/jobs", query)

    def _date(self, job):
        """Changes the date of a job whose annotations were edited, as CVAT does."""
        task, _ = self._job(job["id"])
        frames = range(job["start_frame"], job["stop_frame"] + 1)
        content = [
            [shape for shape in task["shapes"] if shape["frame"] in frames],
            [task.get("tags"), task.get("tracks")],
        ]
        text = json.dumps(content)
        before, n = self._contents.get(job["id"], (text, 0))
        n += before != text
        self._contents[job["id"]] = text, n
        job["updated_date"] = f"{NOW[:20]}{n:06d}Z"

    def _make_jobs(self, task):
        n = len(task["frames"])
        size = task["segment_size"] = task["segment_size"] or n
        for begin in range(0, n, size):
            number, end = self._next("job"), min(begin + size, n) - 1
            task["jobs"].append(
                {
                    "url": f"{self.url}/api/jobs/{number}",
                    "id": number,
                    "task_id": task["id"],
                    "project_id": task["project_id"],
                    "assignee": None,
                    "guide_id": None,
                    "dimension": "2d",
                    "bug_tracker": None,
                    "status": "annotation",
                    "stage": "annotation",
                    "state": "new",
                    "mode": "annotation",
                    "frame_count": end - begin + 1,
                    "start_frame": begin,
                    "stop_frame": end,
                    "data_chunk_size": 72,
                    "data_compressed_chunk_type": "imageset",
                    "created_date": NOW,
                    "updated_date": NOW,
                    "issues": {
                        "url": f"{self.url}/api/issues?job_id={number}",
                        "count": 0,
                    },
                    "labels": {"url": f"{self.url}/api/labels?job_id={number}"},
                    "type": "annotation",
                    "organization": None,
                    "target_storage": None,
                    "source_storage": None,
                }
            )

    def _job(self, number):
        for task in self.tasks.values():
            for job in task["jobs"]:
                if job["id"] == number:
                    return task, job
        raise Refused(404, {"detail": "Not found."})

    def _patch_jobs_n(self, number, query, body):
        _, job = self._job(number)
        if "state" in body:
            job["state"] = body["state"]
            return 200, job
        _require(body.get("assignee") in self.users, {"assignee": ["invalid"]})
        job["assignee"] = {"id": body["assignee"]}
        return 200, job

    def _get_tasks_n_data_meta(self, number, query, body):
        task = self._task(number)
        _require(task["frames"], {"detail": "Not found."}, 404)
        return 200, {
            "chunk_size": 72,
            "size": len(task["frames"]),
            "image_quality": task["quality"],
            "start_frame": 0,
            "stop_frame": len(task["frames"]) - 1,
            "frame_filter": "",
            "frames": task["frames"],
            "deleted_frames": task["deleted_frames"],
            "included_frames": None,
            **self._newer(META_254),
        }

    def _put_tasks_n_annotations(self, number, query, body):
        task = self._task(number)
        _require({"version", "shapes", "tags", "tracks"} <= body.keys(), ["keys"])
        _require(task["jobs"], ["The task has no jobs"])
        classes = {
            x["id"]: {a["id"] for a in x["attributes"]} for x in self._labels(task)
        }
        for shape in body["shapes"]:
            kind, points = shape["type"], shape["points"]
            _require("id" not in shape, {"id": ["must be absent"]})
            _require(kind in SHAPES, {"type": [f'"{kind}" is not a valid choice.']})
            _require(len(points) >= SHAPES[kind], ["Invalid shape with points"])
            _require(kind != "rectangle" or len(points) == 4, ["Invalid rectangle"])
            _require(kind == "mask" or len(points) % 2 == 0, ["Invalid points"])
            _require(all(isinstance(p, (int, float)) for p in points), ["points"])
            _require(shape["label_id"] in classes, ["label_id is not of the task"])
            _require(0 <= shape["frame"] < len(task["frames"]), ["frame"])
            for a in shape["attributes"]:
                _require(a["spec_id"] in classes[shape["label_id"]], ["spec_id"])
                words = "Ensure this field has no more than 4096 characters."
                _require(len(a["value"].strip()) <= MAX_VALUE, {"value": [words]})
                words = "Null characters are not allowed."
                _require("\0" not in a["value"], {"value": [words]})
            specs = [a["spec_id"] for a in shape["attributes"]]
            _require(len(set(specs)) == len(specs), ["spec_id twice"])
            group = shape.get("group", 0)
            _require(isinstance(group, int) and group >= 0, {"group": ["invalid"]})
            _require(0 <= shape.get("rotation", 0) <= 360, {"rotation": ["invalid"]})
        task["shapes"] = [self._stored(shape) for shape in body["shapes"]]
        return 200, {
            "version": 0,
            "tags": [],
            "shapes": copy.deepcopy(task["shapes"])[:: -1 if self.backwards else 1],
            "tracks": [],
        }

    def _stored(self, shape):
        attributes = [{**a, "value": a["value"].strip()} for a in shape["attributes"]]
        number = (lambda value: value) if self.is_new else float
        return {
            "type": shape["type"],
            "occluded": shape.get("occluded", False),
            "outside": False,
            "z_order": shape.get("z_order", 0),
            "rotation": number(shape.get("rotation", 0)),
            "points": [number(p) for p in shape["points"]],
            "id": self._next("shape"),
            "frame": shape["frame"],
            "label_id": shape["label_id"],
            "group": shape.get("group", 0),
            "source": "manual",
            "attributes": attributes,
            "elements": [],
        }

    def _get_jobs_n_annotations(self, number, query, body):
        task, job = self._job(number)
        frames = range(job["start_frame"], job["stop_frame"] + 1)
        shapes = copy.deepcopy([s for s in task["shapes"] if s["frame"] in frames])
        for shape in shapes:
            filled = {a["spec_id"] for a in shape["attributes"]}
            shape["attributes"] += [
                {"spec_id": spec["id"], "value": spec["default_value"]}
                for spec in self._class_of(shape)["attributes"]
                if spec["id"] not in filled
            ]
        tracks = task.get("tracks", [])
        tags = [tag for tag in task.get("tags", []) if tag["frame"] in frames]
        return 200, {"version": 0, "tags": tags, "shapes": shapes, "tracks": tracks}

    def _patch_jobs_n_annotations(self, number, query, body):
        task, _ = self._job(number)
        action = query["action"][0]
        if action == "create":
            made = [self._stored(shape) for shape in body["shapes"]]
            task["shapes"] += made
            tags = [{**tag, "id": self._next("shape")} for tag in body["tags"]]
            task["tags"] = [*task.get("tags", []), *tags]
            return 200, {"version": 0, "tags": tags, "tracks": [], "shapes": made}
        own = {shape["id"]: shape for shape in task["shapes"]}
        for shape in body["shapes"]:
            _require(shape["id"] in own, {"id": ["invalid"]})
            if action == "update":
                own[shape["id"]] |= shape
            else:
                self.delete(own[shape["id"]])
        return 200, {"version": 0, "tags": [], "tracks": [], "shapes": body["shapes"]}

    def _get_users(self, _, query, body):
        part = query.get("search", [""])[0]
        found = [{"id": k, "username": v} for k, v in self.users.items() if part in v]
        return self._page(found, "/api/users", query)

    def _get_projects(self, _, query, body):
        part = query.get("search", [""])[0]
        found = [
            self._told_project(p) for p in self.projects.values() if part in p["name"]
        ]
        return self._page(found, "/api/projects", query)

    def _post_projects(self, _, query, body):
        number = self._next("task")
        labels = self._make_labels(body["labels"], None)
        self.projects[number] = {"id": number, "name": body["name"], "labels": labels}
        return 201, self._told_project(self.projects[number])

    def _get_projects_n(self, number, query, body):
        _require(number in self.projects, {"detail": "Not found."}, 404)
        return 200, self._told_project(self.projects[number])

    def _patch_projects_n(self, number, query, body):
        _require(number in self.projects, {"detail": "Not found."}, 404)
        own = {label["id"]: label for label in self.projects[number]["labels"]}
        for label in body.get("labels", []):
            _require(label.get("id") in own, {"detail": "Not found label"}, 404)
            made = self._make_label(label, label["name"], None)
            kept = {a["id"]: a for a in own[label["id"]]["attributes"]}
            for sent, new in zip(label["attributes"], made["attributes"]):
                new["id"] = sent.get("id", new["id"])
                kept[new["id"]] = new
            own[label["id"]]["attributes"] = list(kept.values())
        return 200, self._told_project(self.projects[number])

    def _delete_projects_n(self, number, query, body):
        _require(number in self.projects, {"detail": "Not found."}, 404)
        del self.projects[number]
        return 204, None

    def _told_project(self, project):
        number = project["id"]
        count = sum(task["project_id"] == number for task in self.tasks.values())
        return {
            "id": number,
            "name": project["name"],
            "owner": project.get("owner", {"id": 2, "username": self.username}),
            "tasks": {
                "count": count,
                "url": f"{self.url}/api/tasks?project_id={number}",
            },
            "labels": {"url": f"{self.url}/api/labels?project_id={number}"},
        }


def _fits(spec, value):
    """Returns whether CVAT's editor accepts a value of an attribute."""
    if spec["input_type"] == "number":
        least, most = map(float, spec["values"][:2])
        return least <= float(value or 0) <= most
    if spec["input_type"] == "checkbox":
        return value.lower() in ("true", "false")
    return spec["input_type"] == "text" or value in spec["values"]


class _Http(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Ignores clients that hang up, as some tests do."""


class Handler(http.server.BaseHTTPRequestHandler):
    cvat = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_one_method(self):
        cvat, method = self.cvat, self.command
        parts = urlsplit(self.path)
        with cvat.lock:
            n = sum(seen == (method, parts.path) for seen in cvat.log)
            cvat.log.append((method, parts.path))
        fault = cvat.fault(method, parts.path, n)
        if fault is not None and fault != "cut after" and self.fail(fault):
            return
        try:
            body = self.body()
            query = parse_qs(parts.query)
            status, reply, cookies = cvat.answer(
                method, parts.path, query, body, self.headers
            )
        except Refused as refused:
            status, reply, cookies = refused.status, refused.body, []
            cvat.refused.append((status, method, parts.path))
        if fault == "cut after":
            self.cut()
            return
        data = b"" if reply is None else json.dumps(reply).encode()
        wait = [("Retry-After", "0")] if status == 429 else []
        self.reply(status, JSON if data else None, data, cookies, wait)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one_method  # noqa: N815

    def body(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, data)
        if not data:
            return {}
        try:
            return json.loads(data)
        except ValueError:
            raise Refused(400, {"detail": "JSON parse error"}) from None

    def reply(self, status, kind, data, cookies=(), headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        for cookie in cookies:
            self.send_header("Set-Cookie", cookie)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def cut(self):
        # a reset, not an orderly close
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def fail(self, fault):
        """Makes a request fail; returns whether it was replied to.

        Args:
            fault: a status; seconds to be silent, as ``("hang", 3)``; a status and an
                address, as ``("redirect", 307, url)``; a reply, as ``("reply", 404,
                "text/html", b"")``; or "cut", "html", "malformed",
                "redirect", "big", "other json", "trickle"
        """
        if isinstance(fault, tuple) and fault[0] == "redirect":
            self.body()
            self.reply(fault[1], "text/html", b"", headers=[("Location", fault[2])])
            return True
        if isinstance(fault, tuple) and fault[0] == "reply":
            self.body()
            self.reply(*fault[1:])
            return True
        if isinstance(fault, tuple):
            time.sleep(fault[1])
            return False
        if fault == "cut":
            self.cut()
            return True
        self.body()
        replies = {
            "html": (200, "text/html", b"<html><title>Log in</title></html>"),
            "malformed": (200, JSON, b'{"count": 1, "results": [{'),
            "other json": (200, JSON, b'{"unexpected": []}'),
            "redirect": (302, "text/html", b""),
            "big": (200, JSON, b'{"results": "' + b"x" * 3_000_000 + b'"}'),
        }
        if fault == "trickle":
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with contextlib.suppress(OSError):
                while self.cvat.is_open:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
            return True
        if fault in replies:
            headers = [("Location", "https://elsewhere.example/login")] * (
                fault == "redirect"
            )
            self.reply(*replies[fault], headers=headers)
        else:
            self.reply(fault, JSON, json.dumps({"detail": f"status {fault}"}).encode())
        return True


def _multipart(kind, data):
    """Returns the fields, and the files in order as (name, bytes)."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    fields, files = {}, {}
    for part in parser.parsebytes(head + data).iter_parts():
        name = part.get_param("name", header="content-disposition")
        filename = part.get_filename()
        if filename is None:
            fields[name] = part.get_payload(decode=True).decode()
        else:
            files[name] = (filename, part.get_payload(decode=True))
    order = [f"client_files[{k}]" for k in range(len(files))]
    _require(sorted(order) == sorted(files), {"client_files": ["?"]})
    return fields, [files[name] for name in order]
