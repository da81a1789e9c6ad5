"""Searches for garbage leave out what is not new while a job is under way."""

from __future__ import annotations

import gc
import threading
from types import TracebackType


class _OnlyNew:
    """Leaves what exists out of Python's searches for garbage while requests run.

    FiftyOne, the App's server and a plan of many labels are a million objects, and
    Python searches them all whenever a job has made a quarter as many new ones. That
    took half the time of an undo. What becomes garbage among them meanwhile is found
    after the last job.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs = 0
        self._is_ours = False  # a program may have frozen objects itself

    def __enter__(self) -> None:
        with self._lock:
            self._jobs += 1
            if self._jobs == 1 and not gc.get_freeze_count():
                gc.freeze()
                self._is_ours = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._jobs -= 1
            if self._jobs == 0 and self._is_ours:
                gc.unfreeze()
                self._is_ours = False


only_new_searched = _OnlyNew()
