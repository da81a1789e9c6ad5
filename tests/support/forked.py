"""Work in a separate process that is killed at a chosen step."""

import os
import signal
import sys
import time
import traceback

import broken
import pytest

NOT_KILLED = "it was never killed"

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="this system cannot fork processes"
)


def killed(work, timeout=60):
    """Runs work in a forked process, which must kill itself.

    Args:
        work: a function; see :func:`dies`
        timeout (60): the number of seconds to wait
    """
    assert ended(start(work), timeout) == -signal.SIGKILL, NOT_KILLED


def finishes(work, timeout=60):
    """Runs work in a forked process, which must finish."""
    assert ended(start(work), timeout) == 0


def start(work):
    """Starts work in a forked process, and returns its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - a forked test must not go on as pytest
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def ended(pid, timeout=60):
    """Waits for a process, and returns its exit code, or minus the signal."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError(f"the process did not end within {timeout} s")


def dies(owner, name, when, call=1):
    """Makes this process kill itself at one call of a function of a class or module."""
    function = getattr(owner, name)
    setattr(owner, name, broken.acting(function, _die, when, call))


def _die():
    os.kill(os.getpid(), signal.SIGKILL)
