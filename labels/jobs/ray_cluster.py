"""Workers on a Ray cluster: an existing one by its address, or one on this machine.

Joining a cluster means trusting it with the database, but not with this process. The
driver is a separate process that knows no secrets of this one, waits for tasks and
never reads what they return. Results come through the database: :mod:`.ray_results`.

Ray is an optional extra (``requirements-ray.txt``), imported only here. The plugin's
source is sent along with the job, so the machines of the cluster need FiftyOne and
access to MongoDB, and no copy of the plugin.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import queue
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pymongo.uri_parser import parse_uri

from ...iou_core.errors import RunError
from . import ray_task
from .process_pool import TRIES, Worker, serve

START = "DUPLICATES_RAY_START"
"""The variable that allows a cluster to be started on this machine."""

CONNECTS_WITHIN = 10
"""The seconds within which a cluster, or the database from there, has to answer."""

_TICK = 0.25  # seconds
_IN_FLIGHT = 2  # parts for each worker, so that none waits for the next
_LEAVES_WITHIN = 10  # seconds
# the only variables of this process that the driver gets, besides Ray's own
_VARIABLES = {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "HOME", "USER"}
_VARIABLES |= {"LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP"}
# Windows finds its own libraries, programs and a user's packages by these
_VARIABLES |= {"SYSTEMROOT", "PATHEXT", "COMSPEC", "USERPROFILE", "APPDATA"}
_CLUSTER = "a cluster that keeps running until the work is done"
_INSTALL = "Ray (install it with pip install -r requirements-ray.txt)"


class RayWorkers:
    """Workers of a cluster; a context manager, which leaves the cluster at its end.

    Ray's driver is a separate process: Ray ends its driver when the cluster ends, which
    must not be the App, and cannot join a cluster twice in one process.

    Args:
        address: the address that ``ray.init`` takes. None for the cluster that this
            process is already connected to, or for a new one on this machine
        count: the number of workers; by default, the number of processors of the
            cluster
        environment: the variables of workers, which name the database
    """

    def __init__(
        self, address: str | None, count: int | None, environment: dict[str, str]
    ) -> None:
        self._asked = {"address": address or _own_cluster(), "count": count}
        self._environment = environment
        self.count = 0

    def __enter__(self) -> RayWorkers:
        if self._asked["address"] is None and os.environ.get(START) != "1":
            raise RunError(
                f"the address of a cluster, or {START}=1 in the environment, as a "
                "cluster that Ray starts takes tasks from the whole network",
                "none",
                "address",
            )
        variables = {
            name: value
            for name, value in os.environ.items()
            if name in _VARIABLES or name.startswith("RAY_")
        }
        self._driver = Worker(variables, "labels.jobs.ray_cluster", json.loads)
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._send({"open": self._asked})
            answer = self._inbox.get()
            if answer is None:
                raise RunError(_CLUSTER, self._driver.why(), "engine")
            if "refused" in answer:
                raise RunError(*map(str, answer["refused"]))
        except BaseException:
            self._driver.end()
            raise
        self.count = int(answer["count"])
        return self

    def __exit__(self, *_: object) -> None:
        # a cluster that the driver started ends with it, which does not take long
        self._driver.close(_LEAVES_WITHIN)

    def work(
        self, job: dict[str, Any], tasks: Sequence[dict[str, Any]]
    ) -> Iterator[tuple[int, dict[str, Any]] | None]:
        """Yields ``(number, answer)`` for each task done, and None while waiting."""
        # the driver, which runs this module as well, needs no FiftyOne
        from . import ray_results

        job_id = secrets.token_hex(16)
        given = ray_task.packed(), self._environment, job, CONNECTS_WITHIN, job_id
        ray_results.prepare()
        self._send({"work": (*given, list(tasks))})
        left = set(range(len(tasks)))
        try:
            while left:
                try:
                    message = self._inbox.get(timeout=_TICK)
                except queue.Empty:
                    yield None
                    continue
                if message is None:
                    raise RunError(_CLUSTER, self._driver.why(), "engine")
                number = int(message["done"])
                left.remove(number)
                answer = ray_results.take(job_id, number, job["work"])
                yield number, self._no_result(number) if answer is None else answer
        finally:
            ray_results.delete(job_id)

    def _no_result(self, number: int) -> dict[str, Any]:
        # without user and password
        found = parse_uri(self._environment["FIFTYONE_DATABASE_URI"])["nodelist"]
        hosts = ", ".join(f"{host}:{port}" for host, port in found)
        expected = (
            "workers that end their part, have FiftyOne in the version of this "
            f"process, and reach the database at {hosts}"
        )
        got = f"no result of part {number + 1} (Ray's logs may say why)"
        return {"refused": ["RunError", expected, got, "engine"]}

    def _send(self, message: dict[str, Any]) -> None:
        self._driver.send(pickle.dumps(message))

    def _listen(self) -> None:
        while (answer := self._driver.receive()) is not None:
            self._inbox.put(answer)
        self._inbox.put(None)


def _own_cluster() -> str | None:
    """Returns the address of the cluster that this process has joined, if any."""
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        return None
    return str(ray.get_runtime_context().gcs_address)


def main() -> None:
    """Drives a cluster for the parent process."""
    driver: list[_Driver] = []

    def take(message: dict[str, Any], send: Callable[[Any], None]) -> None:
        if "open" in message:
            try:
                driver.append(_Driver(**message["open"]))
                send({"count": driver[0].count})
            except RunError as error:
                send({"refused": (error.expected, error.got, error.where)})
        else:
            for number in driver[0].work(*message["work"]):
                send({"done": number})

    serve(take, lambda answer: json.dumps(answer).encode())


def _connect(ray: Any, address: str | None, count: int | None) -> None:
    options: dict[str, Any] = {
        "log_to_driver": False,
        "logging_level": logging.ERROR,
    }
    if address is None:
        # Ray's makers get no report of a cluster that the plugin starts
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        options |= {"address": "local", "include_dashboard": False, "num_cpus": count}
    else:
        _require_answer(address)
        options["address"] = address
    try:
        ray.init(**options)
    except (ConnectionError, RuntimeError, ValueError, ImportError) as error:
        reason = str(error).strip().split("\n")[0]
        raise RunError(
            "a Ray cluster that answers", f"{address}: {reason}", "address"
        ) from error


def _require_answer(address: str) -> None:
    """Raises an error if nothing listens at an address; Ray would wait for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), CONNECTS_WITHIN).close()
    except OSError as error:
        raise RunError(
            "a Ray cluster that answers", f"{address}: {error}", "address"
        ) from error


class _Driver:
    """The process that talks to Ray."""

    def __init__(self, address: str | None, count: int | None) -> None:
        try:
            import ray
        except ImportError as error:
            raise RunError(_INSTALL, str(error), "engine") from error

        _connect(ray, address, count)
        processors = int(ray.cluster_resources().get("CPU", 0))
        self.count = count or max(processors, 1)
        self._ray = ray

    def work(
        self,
        source: bytes,
        environment: dict[str, str],
        job: dict[str, Any],
        patience: float,
        job_id: str,
        tasks: Sequence[dict[str, Any]],
    ) -> Iterator[int]:
        """Yields the number of each task that ended or failed; reads no result."""
        ray = self._ray
        # no machine of the cluster has that module
        ray.cloudpickle.register_pickle_by_value(ray_task)
        remote = ray.remote(max_retries=TRIES - 1)(ray_task.work)
        shared = [ray.put(part) for part in (source, environment, job)]
        todo = list(enumerate(tasks))[::-1]
        under_way: dict[Any, int] = {}
        while todo or under_way:
            while todo and len(under_way) < self.count * _IN_FLIGHT:
                number, task = todo.pop()
                reference = remote.remote(*shared, patience, job_id, number, task)
                under_way[reference] = number
            done, _ = ray.wait(list(under_way))
            for reference in done:
                yield under_way.pop(reference)
