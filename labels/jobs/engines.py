"""Engines: this process, several processes, or a Ray cluster.

The work is cut into parts (:mod:`.shards`) that are processed independently, and
repeated if a worker dies. Their answers are used in the order of the collection, so all
engines have the same result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any, Protocol

import fiftyone as fo
import fiftyone.core.odm as foo

from ...iou_core import errors
from ...iou_core.errors import DuplicatesError, ParamsError, RunError, UnusedError
from . import process_pool, ray_cluster
from .runs import Run

ENGINES = {
    "local": "in this process",
    "processes": "in several processes on this machine",
    "ray": "on a Ray cluster whose machines reach the same MongoDB",
}
"""The engines."""

CLUSTERS = "DUPLICATES_RAY_ADDRESSES"
"""The environment variable that names clusters, besides Ray's own ``RAY_ADDRESS``."""

MAX_WORKERS = 4096
MAX_FROM_SERVER = 8

Task = dict[str, Any]


class Workers(Protocol):
    """The workers of an engine.

    Attributes:
        count: the number of workers
    """

    count: int

    def work(
        self, job: dict[str, Any], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, dict[str, Any]] | None]:
        """Yields ``(number, answer)`` for each task done, and None while waiting.

        Yields at least about four times a second.
        """


def _most_workers(name: str, from_python: bool) -> int:
    """Returns how many workers a caller may start; each process takes much memory."""
    if from_python or name == "ray":
        return MAX_WORKERS
    return max(os.cpu_count() or 1, MAX_FROM_SERVER)


@dataclass(frozen=True)
class Engine:
    """The engine of a job.

    Attributes:
        name ("local"): a key of :data:`ENGINES`
        workers (None): the number of workers; by default, the number of processors
        address (None): the address of a Ray cluster, as ``ray.init`` takes it. By
            default, one is started on this machine if
            :data:`.ray_cluster.START` allows it
    """

    name: str = "local"
    workers: int | None = None
    address: str | None = None

    @classmethod
    def parse(cls, params: Mapping[str, Any], from_python: bool) -> Engine:
        """Returns the engine that parameters choose.

        Args:
            params: ``engine``, ``workers`` and ``address``, each optional
            from_python: whether the caller is Python code in this process, which may
                name any cluster; other callers choose one of :func:`clusters`, and
                at most :data:`MAX_FROM_SERVER` processes, or one for each processor

        Raises:
            ParamsError: if one of them is invalid
        """
        name = params.get("engine") or "local"
        workers, address = params.get("workers"), params.get("address") or None
        if not isinstance(name, str) or name not in ENGINES:
            raise ParamsError(" or ".join(ENGINES), repr(name), "engine")
        if workers is not None and (
            isinstance(workers, bool)
            or not isinstance(workers, int)
            or not 1 <= workers <= _most_workers(name, from_python)
        ):
            most = _most_workers(name, from_python)
            expected = f"a number of workers from 1 to {most}"
            raise ParamsError(expected, repr(workers), "workers")
        if address is not None and not isinstance(address, str):
            raise ParamsError("the address of a cluster", repr(address), "address")
        if address is not None and name != "ray":
            reason = f"with the engine {name}, only with ray"
            raise UnusedError(reason, address, "address")
        if name == "ray" and not from_python:
            address = _listed(address)
        return cls(name, workers, address)

    @property
    def is_local(self) -> bool:
        """Whether this process computes by itself."""
        return self.name == "local"

    def open(self) -> AbstractContextManager[Workers]:
        """Returns a context manager of the workers, which end with it.

        Raises:
            RunError: if they cannot be started
        """
        if self.name == "ray":
            return ray_cluster.RayWorkers(self.address, self.workers, environment())
        return process_pool.Pool(self.workers or os.cpu_count() or 1, environment())


def clusters() -> list[str]:
    """Returns the addresses of the clusters that the App's server may join."""
    named = os.environ.get(CLUSTERS, "").replace(",", " ").split()
    own = os.environ.get("RAY_ADDRESS", "").strip()
    return list(dict.fromkeys([own, *named] if own else named))


def _listed(address: str | None) -> str:
    """Returns the address of a named cluster; by default, of the first one.

    Raises:
        ParamsError: if there is none, or the address is not one of them
    """
    known = clusters()
    if not known:
        raise ParamsError(
            f"a Ray cluster named in RAY_ADDRESS or {CLUSTERS} in the environment of "
            "the App's server, which joins no other and starts none",
            repr(address),
            "address",
        )
    if address is not None and address not in known:
        raise ParamsError(" or ".join(known), repr(address), "address")
    return address or known[0]


LOCAL = Engine()
"""This process."""


def carry_out(
    workers: Workers,
    job: dict[str, Any],
    tasks: Sequence[Task],
    sizes: Sequence[int],
    run: Run | None,
) -> Iterator[dict[str, Any]]:
    """Yields the answers to the parts of a job, in the order of the parts.

    Args:
        workers: the workers
        job: what is the same for all parts, as plain data
        tasks: the parts, as plain data
        sizes: the number of samples of each part
        run: records the progress, and is checked for cancellation

    Raises:
        DuplicatesError: the error that a part raised
        RunError: if workers die repeatedly of one part
        RunCancelled: if the run was asked to stop
    """
    done, total = 0, sum(sizes)
    answers: dict[int, dict[str, Any]] = {}
    following = 0
    with closing(workers.work(job, tasks)) as events:
        for event in events:
            if event is not None:
                number, answer = event
                _raise(answer)
                answers[number] = answer
                done += sizes[number]
            if run is not None:
                run.progress(done, total)
            while following in answers:
                yield answers.pop(following)
                following += 1


def guarded(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Returns the answer of some work, or the error that it raised, as plain data."""
    try:
        return work()
    except DuplicatesError as error:
        words = [error.expected, error.got, error.where]
        return {"refused": [type(error).__name__, *words]}


def _raise(answer: dict[str, Any]) -> None:
    if "refused" in answer:
        kind, *words = answer["refused"]
        known = {error.__name__: error for error in errors.family()}
        raise known.get(kind, RunError)(*words)
    if "failed" in answer:
        raise RunError("workers that end their part", answer["failed"], "engine")


def environment() -> dict[str, str]:
    """Returns the environment in which a worker uses the database of this process.

    A worker never starts a database: if FiftyOne started one by itself, workers get its
    address.
    """
    uri = fo.config.database_uri
    if uri is None:
        host, port = foo.get_db_client().address
        uri = f"mongodb://{host}:{port}"
    return {
        "FIFTYONE_DATABASE_URI": uri,
        "FIFTYONE_DATABASE_NAME": fo.config.database_name,
        "FIFTYONE_DATABASE_VALIDATION": "false",
        "FIFTYONE_DISABLE_SERVICES": "1",
        "FIFTYONE_DO_NOT_TRACK": "true",
    }
