"""What a worker does: answers parts of a job, each on its own.

A worker reads messages from its standard input and answers on its standard output,
in plain data, as its package has another name than that of the process it works
for. It ends with that process, however that ends.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from typing import Any, BinaryIO

from . import find, max_iou, tag
from .engines import guarded
from .process_pool import read_message, write_message

WORK = {
    "find": find.work_shard,
    "max_iou": max_iou.work_shard,
    "tag": tag.work_shard,
}
"""What there is to do, by the name that a job has for it."""


def answer(job: dict[str, Any], task: dict[str, Any]) -> dict[str, Any]:
    """Returns the answer to one part of a job, as plain data."""
    return guarded(lambda: WORK[job["work"]](job, task))


def main() -> None:
    """Answers tasks until nobody asks any more."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # what libraries print must not get between the answers
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(
        target=_listen, args=(sys.stdin.buffer, inbox), daemon=True
    ).start()
    job: dict[str, Any] = {}
    while True:
        message = inbox.get()
        if "job" in message:
            job = message["job"]
        else:
            write_message(out, pickle.dumps(answer(job, message["task"])))


def _listen(stream: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
    while (data := read_message(stream)) is not None:
        inbox.put(pickle.loads(data))
    # at once, and without FiftyOne's clean-up, which is for the process it works for
    os._exit(0)
