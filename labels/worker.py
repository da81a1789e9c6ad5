"""The entry point of worker processes, which compute parts of a job.

A worker reads messages from its standard input and answers on its standard output, in
plain data, as its package has another name than in the parent process. It ends when the
parent process ends.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import Any

from fiftyone.core.odm import database

from .edits import max_iou, tag
from .jobs.engines import guarded
from .jobs.process_pool import serve
from .scans import search

# at exit, FiftyOne deletes non-persistent datasets: only the parent process may do so
atexit.unregister(database._delete_non_persistent_datasets_if_allowed)

WORK = {
    "find": search.work_shard,
    "max_iou": max_iou.work_shard,
    "tag": tag.work_shard,
}
"""The kinds of work, by their name in a job."""


def answer(job: dict[str, Any], task: dict[str, Any]) -> dict[str, Any]:
    """Returns the answer to one part of a job, as plain data."""
    return guarded(lambda: WORK[job["work"]](job, task))


def main() -> None:
    """Computes tasks until the parent process ends."""
    job: dict[str, Any] = {}

    def take(message: dict[str, Any], send: Callable[[Any], None]) -> None:
        if "job" in message:
            job.update(message["job"])
        else:
            send(answer(job, message["task"]))

    serve(take)
