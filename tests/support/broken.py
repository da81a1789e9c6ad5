"""Connections that break at a chosen step."""

import threading

from pymongo.errors import AutoReconnect


def breaks(monkeypatch, owner, name, when, call=1):
    """Breaks the connection at one call of a function.

    Args:
        monkeypatch: pytest's fixture
        owner: the class or module that has the function
        name: its name
        when: "before" or "after" the call
        call (1): the number of the call
    """
    function = getattr(owner, name)
    calls = [0]
    lock = threading.Lock()

    def broken(*args, **kwargs):
        with lock:
            calls[0] += 1
            now = calls[0] == call
        if now and when == "before":
            raise AutoReconnect("connection closed")
        answer = function(*args, **kwargs)
        if now:
            raise AutoReconnect("connection closed")
        return answer

    monkeypatch.setattr(owner, name, broken)
