"""Long loops look whether they should go on.

What computes for seconds calls :func:`look` in its loops. By default that does nothing;
whoever starts the work decides with :func:`looking` what is asked, as for a cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


def _go_on() -> None:
    """Never stops."""


_ask: ContextVar[Callable[[], None]] = ContextVar("look", default=_go_on)


def look() -> None:
    """Asks whether to go on, which costs less than a microsecond.

    Raises:
        whatever the callable of :func:`looking` raises, to stop the work
    """
    _ask.get()()


@contextmanager
def looking(ask: Callable[[], None]) -> Iterator[None]:
    """Has every :func:`look` of this thread call a function, in the body.

    Args:
        ask: is called often; it raises an error to stop the work
    """
    token = _ask.set(ask)
    try:
        yield
    finally:
        _ask.reset(token)
