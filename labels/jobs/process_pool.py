"""A pool of worker processes that survives the death of its workers.

Not ``multiprocessing``: its processes import the caller's main script again, and cannot
start in a daemonic process, such as a delegated run of FiftyOne. Not
``concurrent.futures``: one dead worker breaks its whole pool.
"""

from __future__ import annotations

import os
import pathlib
import pickle
import queue
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

TRIES = 3
"""The number of workers that may die of one part before the job fails."""

_TICK = 0.25  # seconds
_ENDS_WITHIN = 5  # seconds
_LOADER = pathlib.Path(__file__).resolve().parents[2] / "duplicates_loader.py"
_SIZE = struct.Struct("<Q")


class Pool:
    """Worker processes; a context manager, which ends them.

    Args:
        count: their number
        environment: their variables besides those of this process
    """

    def __init__(self, count: int, environment: dict[str, str]) -> None:
        self.count = count
        self._environment = {**os.environ, **environment}
        self._environment.pop("FIFTYONE_PRIVATE_DATABASE_PORT", None)
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Pool:
        # they import FiftyOne while the caller prepares the tasks
        self._idle = [self._start() for _ in range(self.count)]
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.end()

    def work(
        self, job: dict[str, Any], tasks: Sequence[dict[str, Any]]
    ) -> Iterator[tuple[int, dict[str, Any]] | None]:
        """Yields ``(number, answer)`` for each task done, and None while waiting."""
        todo: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()
        for item in enumerate(tasks):
            todo.put(item)
        done: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()
        data = pickle.dumps({"job": job})
        for _ in range(min(self.count, len(tasks))):
            threading.Thread(
                target=self._serve,
                args=(data, todo, done),
                name="iou-duplicates-engine",
                daemon=True,
            ).start()
        left = len(tasks)
        while left:
            try:
                yield done.get(timeout=_TICK)
                left -= 1
            except queue.Empty:
                yield None

    def _serve(
        self,
        job: bytes,
        todo: queue.SimpleQueue[tuple[int, dict[str, Any]]],
        done: queue.SimpleQueue[tuple[int, dict[str, Any]]],
    ) -> None:
        """Gives tasks to one worker, and to its successors, until none are left."""
        worker = None
        with suppress(_Closed):
            while True:
                try:
                    number, task = todo.get_nowait()
                except queue.Empty:
                    break
                for _ in range(TRIES):
                    if worker is None:
                        worker = self._take()
                        worker.send(job)
                    answer = worker.ask(task)
                    if answer is not None:
                        break
                    if self._closed:
                        return
                    answer = {"failed": f"{TRIES} that died ({worker.why()})"}
                    self._forget(worker)
                    worker = None
                done.put((number, answer))
            if worker is not None:
                self._give_back(worker)

    def _take(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._idle.append(worker)

    def _start(self) -> Worker:
        with self._lock:
            if self._closed:
                raise _Closed
            worker = Worker(self._environment)
            self._workers.add(worker)
            return worker

    def _forget(self, worker: Worker) -> None:
        worker.end()
        with self._lock:
            self._workers.discard(worker)


class _Closed(Exception):  # noqa: N818 - never leaves this module
    """The pool is closed, and no answer is awaited."""


class Worker:
    """One process that answers messages.

    Args:
        environment: its variables
        module: the module of this package whose ``main`` it runs
        decode: reads its answers
    """

    def __init__(
        self,
        environment: dict[str, str],
        module: str = "labels.worker",
        decode: Callable[[bytes], Any] = pickle.loads,
    ) -> None:
        self._decode = decode
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process = subprocess.Popen(
            [sys.executable, str(_LOADER), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            start_new_session=True,
        )
        self._pipes = self._process.stdin, self._process.stdout

    def send(self, data: bytes) -> None:
        """Sends a message; a dead worker is noticed when an answer is read."""
        with suppress(OSError, ValueError):
            write_message(self._pipes[0], data)

    def ask(self, task: dict[str, Any]) -> dict[str, Any] | None:
        """Returns the answer to a task; None if the worker died."""
        self.send(pickle.dumps({"task": task}))
        return self.receive()

    def receive(self) -> Any:
        """Returns the next answer, once there is one; None if the worker died."""
        with suppress(OSError, ValueError):
            data = read_message(self._pipes[1])
            return None if data is None else self._decode(data)
        return None

    def why(self) -> str:
        """Returns why the worker died."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_WITHIN)
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        last = next((line for line in lines[::-1] if line.strip()), "")
        code = self._process.returncode
        return f"exit code {code}{': ' if last else ''}{last.strip()}"

    def close(self, timeout: float) -> None:
        """Asks the process to end, and kills it after a timeout in seconds."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self.end()

    def end(self) -> None:
        """Kills the process, if it has not ended."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.close()
        self._errors.close()


def serve(
    take: Callable[[Any, Callable[[Any], None]], None],
    encode: Callable[[Any], bytes] = pickle.dumps,
) -> None:
    """Handles the messages of the parent process, until that ends.

    Args:
        take: called with a message, and with a function that sends an answer
        encode: writes the answers
    """
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # output of libraries must not get between the answers
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    stream = sys.stdin.buffer

    def listen() -> None:
        while (data := read_message(stream)) is not None:
            inbox.put(pickle.loads(data))
        # at once, without FiftyOne's cleanup, which the parent process does
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    try:
        while True:
            take(inbox.get(), lambda answer: write_message(out, encode(answer)))
    except BaseException:  # noqa: BLE001 - reported, and the process ends
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def read_message(stream: BinaryIO) -> bytes | None:
    """Returns the next message of a stream; None at its end."""
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    (size,) = _SIZE.unpack(head)
    data = stream.read(size)
    return data if len(data) == size else None


def write_message(stream: BinaryIO, data: bytes) -> None:
    """Writes a message that :func:`read_message` reads."""
    stream.write(_SIZE.pack(len(data)))
    stream.write(data)
    stream.flush()
