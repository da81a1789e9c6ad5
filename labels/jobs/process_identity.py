"""The identity of a process, and whether the process still exists."""

from __future__ import annotations

import os
import pathlib
import socket
import uuid
from functools import cache
from typing import Any

import psutil

_SECONDS = 1.0  # the precision of the start time of a process


@cache
def _machine() -> str:
    """Returns an identity that only processes share that see each other's ids.

    On Linux, a boot of a machine and a namespace of process ids: two containers may
    share a host name, and a container's processes get new ids when it restarts.
    """
    parts = [socket.gethostname(), f"{uuid.getnode():012x}"]
    try:
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id")
        booted = boot.read_text(encoding="ascii").strip()
        parts += [booted, os.readlink("/proc/self/ns/pid")]
    except OSError:
        pass
    return " ".join(parts)


def this_process() -> dict[str, Any]:
    """Returns the identity of this process, as it is stored."""
    pid = os.getpid()
    return {
        "machine": _machine(),
        "pid": pid,
        "born": psutil.Process(pid).create_time(),
    }


def is_gone(process: Any) -> bool:
    """Returns whether a process has certainly ended.

    Args:
        process: a result of :func:`this_process` in any process, or what an earlier
            version stored

    Returns:
        False as well if that cannot be known: for a process of another machine
    """
    if not isinstance(process, dict) or process.get("machine") != _machine():
        return False
    try:
        found = psutil.Process(process["pid"])
        if found.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(found.create_time() - process["born"]) > _SECONDS
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
