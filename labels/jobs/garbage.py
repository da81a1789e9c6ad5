"""Python searches for garbage less often while a request is under way."""

from __future__ import annotations

import gc
import threading
from types import TracebackType

OBJECTS = 20_000
"""The number of new objects after which a request has Python search the new ones.

It searches all after a hundred times as many, so garbage takes bounded memory.
"""


class _Rare:
    """Makes searches for garbage rare while requests are under way.

    FiftyOne, the App's server and a plan of many labels are a million objects, and
    Python searches them all whenever a request has made some ten thousand new ones.
    That took half the time of an undo. What exists is not excluded from the searches
    (``gc.freeze``): requests that follow each other would leave garbage behind that is
    never found.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = 0
        self._before = (0, 0, 0)
        self._ours = (0, 0, 0)

    def __enter__(self) -> None:
        with self._lock:
            self._requests += 1
            if self._requests == 1:
                self._before = self._ours = gc.get_threshold()
                if 0 < self._before[0] < OBJECTS:  # a program may have turned it off
                    self._ours = (OBJECTS, 10, 10)
                    gc.set_threshold(*self._ours)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._requests -= 1
            if self._requests == 0 and gc.get_threshold() == self._ours:
                gc.set_threshold(*self._before)


rare_searches = _Rare()
