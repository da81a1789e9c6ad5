"""Workers on a Ray cluster: an existing one by its address, or one on this machine.

Ray is an optional extra (``requirements-ray.txt``) and is imported here alone. The
plugin's source travels with the job, so the machines of the cluster need FiftyOne
and the way to MongoDB, and no copy of the plugin.
"""

from __future__ import annotations

import io
import logging
import os
import pathlib
import pickle
import queue
import socket
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..iou_core.errors import RunError
from .process_pool import TRIES, Worker, serve

CONNECTS_WITHIN = 10
"""How many seconds a cluster, or a database from there, has to answer."""

_TICK = 0.25  # seconds
_IN_FLIGHT = 2  # parts for each worker, so that none waits for the next
_ROOT = pathlib.Path(__file__).resolve().parents[1]
_SOURCES = ("__init__.py", "duplicates_loader.py", "iou_core/*.py", "labels/*.py")
_LEAVES_WITHIN = 10  # seconds
_CLUSTER = "a cluster that goes on until the work is done"
_INSTALL = "Ray (install it with pip install -r requirements-ray.txt)"


class RayWorkers:
    """Workers of a cluster; a context manager, after which the cluster is left.

    The driver of Ray is a process of its own: Ray ends its driver when the cluster
    ends, which must not be the App, and cannot join a cluster twice in one process.

    Args:
        address: what ``ray.init`` takes. None for the cluster that this process is
            connected to already, or for a new one on this machine
        count: how many parts are worked on at once; by default, as many as the
            cluster has processors
        environment: variables that lead a worker to the database
    """

    def __init__(
        self, address: str | None, count: int | None, environment: dict[str, str]
    ) -> None:
        self._asked = {"address": address or _own_cluster(), "count": count}
        self._environment = environment
        self.count = 0

    def __enter__(self) -> RayWorkers:
        variables = {**os.environ, **self._environment}
        self._driver = Worker(variables, "labels.ray_engine")
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._send({"open": self._asked})
            answer = self._inbox.get()
            if answer is None:
                raise RunError(_CLUSTER, self._driver.why(), "engine")
            if "refused" in answer:
                raise RunError(*answer["refused"])
        except BaseException:
            self._driver.end()
            raise
        self.count = answer["count"]
        return self

    def __exit__(self, *_: object) -> None:
        # a cluster of its own ends with the driver, which does not take long to end
        self._driver.close(_LEAVES_WITHIN)

    def work(
        self, job: dict[str, Any], tasks: Sequence[dict[str, Any]]
    ) -> Iterator[tuple[int, dict[str, Any]] | None]:
        """Yields ``(number, answer)`` as tasks get done, and None while they do not."""
        given = _packed(), self._environment, job, CONNECTS_WITHIN, list(tasks)
        self._send({"work": given})
        left = len(tasks)
        while left:
            try:
                answer = self._inbox.get(timeout=_TICK)
            except queue.Empty:
                yield None
                continue
            if answer is None:
                raise RunError(_CLUSTER, self._driver.why(), "engine")
            yield answer
            left -= 1

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
    """Drives a cluster for the process that started this one."""
    driver: list[_Driver] = []

    def take(message: dict[str, Any], send: Callable[[Any], None]) -> None:
        if "open" in message:
            try:
                driver.append(_Driver(**message["open"]))
                send({"count": driver[0].count})
            except RunError as error:
                send({"refused": (error.expected, error.got, error.where)})
        else:
            for answer in driver[0].work(*message["work"]):
                send(answer)

    serve(take)


def _connect(ray: Any, address: str | None, count: int | None) -> None:
    options: dict[str, Any] = {
        "log_to_driver": False,
        "logging_level": logging.ERROR,
    }
    if address is None:
        # nothing is reported to Ray's makers of a cluster that we start
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
    """Refuses an address where nothing listens; Ray itself would wait for minutes."""
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
    """The side of Ray."""

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
        tasks: Sequence[dict[str, Any]],
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yields ``(number, answer)`` as tasks get done."""
        ray = self._ray
        # no machine of the cluster has this module
        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
        remote = ray.remote(max_retries=TRIES - 1)(_work)
        shared = [ray.put(part) for part in (source, environment, job)]
        shared.append(patience)
        todo = list(enumerate(tasks))[::-1]
        under_way: dict[Any, int] = {}
        while todo or under_way:
            while todo and len(under_way) < self.count * _IN_FLIGHT:
                number, task = todo.pop()
                under_way[remote.remote(*shared, task)] = number
            done, _ = ray.wait(list(under_way))
            for reference in done:
                yield under_way.pop(reference), self._answer(reference)

    def _answer(self, reference: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            lines = [line for line in str(error).split("\n") if line.strip()]
            task_failed = isinstance(error, self._ray.exceptions.RayTaskError)
            reason = lines[-1 if task_failed else 0].strip()
            return {"failed": f"{type(error).__name__}: {reason}"}
        return answer


def _packed() -> bytes:
    """Returns the plugin's source as an archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for pattern in _SOURCES:
            for path in sorted(_ROOT.glob(pattern)):
                archive.write(path, path.relative_to(_ROOT).as_posix())
    return data.getvalue()


def _work(
    source: bytes,
    environment: dict[str, str],
    job: dict[str, Any],
    patience: float,
    task: dict[str, Any],
) -> dict[str, Any]:
    """Answers one part, on a machine of the cluster.

    This function travels without its module: it imports all that it uses.
    """
    import hashlib
    import importlib.util
    import io
    import os
    import pathlib
    import socket
    import sys
    import tempfile
    import zipfile

    if "duplicates" not in sys.modules:
        os.environ.update(environment)
        os.environ.pop("FIFTYONE_PRIVATE_DATABASE_PORT", None)
        here = f"the machine {socket.gethostname()}"
        try:
            import pymongo
            from pymongo import uri_parser
            from pymongo.errors import PyMongoError

            uri = environment["FIFTYONE_DATABASE_URI"]
            client = pymongo.MongoClient(
                uri, serverSelectionTimeoutMS=int(patience * 1000)
            )
            try:
                client.admin.command("ping")
            except PyMongoError as error:
                # without user and password
                found = uri_parser.parse_uri(uri)["nodelist"]
                hosts = ", ".join(f"{host}:{port}" for host, port in found)
                expected = f"a database that {here} reaches"
                got = f"{hosts}: {str(error).partition(',')[0]}"
                where = "FIFTYONE_DATABASE_URI"
                return {"refused": ["DatabaseError", expected, got, where]}
            finally:
                client.close()
            import fiftyone  # noqa: F401
        except ImportError as error:
            expected = f"FiftyOne on {here}, in the version of this process"
            return {"refused": ["RunError", expected, str(error), "engine"]}

        digest = hashlib.sha256(source).hexdigest()[:16]
        name = f"duplicates-{digest}-{os.getpid()}"
        folder = pathlib.Path(tempfile.gettempdir(), name)
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            archive.extractall(folder)
        spec = importlib.util.spec_from_file_location(
            "duplicates_loader", folder / "duplicates_loader.py"
        )
        sys.modules["duplicates_loader"] = loader = importlib.util.module_from_spec(
            spec
        )
        spec.loader.exec_module(loader)
    loader = sys.modules["duplicates_loader"]
    return dict(loader.load_module("labels.shard_work").answer(job, task))
