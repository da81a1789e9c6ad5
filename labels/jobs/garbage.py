"""Searches for garbage that skip existing objects while requests or scans run."""

from __future__ import annotations

import gc
import threading
from types import TracebackType


class _OnlyNew:
    """Excludes existing objects from Python's searches for garbage during requests.

    FiftyOne, the App's server and a plan of many labels are a million objects, and
    Python searches them all whenever a request has made a quarter as many new ones.
    That took half the time of an undo. Objects among them that become garbage meanwhile
    are found after the last request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = 0
        self._is_ours = False  # a program may have frozen objects itself

    def __enter__(self) -> None:
        with self._lock:
            self._requests += 1
            if self._requests == 1 and not gc.get_freeze_count():
                gc.freeze()
                self._is_ours = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._requests -= 1
            if self._requests == 0 and self._is_ours:
                gc.unfreeze()
                self._is_ours = False


only_new_searched = _OnlyNew()
