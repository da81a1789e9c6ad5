"""Steps that fail: connections that break, and processes that die."""

import threading

from pymongo.errors import AutoReconnect


def acting(function, act, when, call=1):
    """Returns a function that does something else at one of its calls.

    Args:
        function: the function
        act: what it does then, without arguments
        when: "before" or "after" the call
        call (1): the number of the call
    """
    calls = [0]
    lock = threading.Lock()

    def wrapped(*args, **kwargs):
        with lock:
            calls[0] += 1
            now = calls[0] == call
        if now and when == "before":
            act()
        answer = function(*args, **kwargs)
        if now:
            act()
        return answer

    return wrapped


def breaks(monkeypatch, owner, name, when, call=1):
    """Breaks the connection at one call of a function of a class or module."""
    function = getattr(owner, name)
    monkeypatch.setattr(owner, name, acting(function, _break, when, call))


def _break():
    raise AutoReconnect("connection closed")
