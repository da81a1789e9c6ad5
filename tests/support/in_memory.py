"""A folder in memory, for a database that need not survive a loss of power.

Syncing a disk is a quarter of what a test of the database takes. What a process that
was killed leaves behind is removed by the next one.
"""

import atexit
import os
import pathlib
import shutil
import sys
import tempfile
import time

import psutil

MEMORY = pathlib.Path("/dev/shm")
PREFIX = "duplicates-tests-"
ROOM = 6 * 2**30
"""The bytes of memory that must be free; a whole run takes about 1 GB in a process."""
YOUNG = 60
"""The seconds in which a folder may not have been locked by its maker yet."""


def folder(otherwise):
    """Returns a new folder in memory, removed at exit; ``otherwise`` without room."""
    if not sys.platform.startswith("linux") or not _is_room():
        return otherwise
    _remove_abandoned()
    made = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    _lock(made)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _is_room():
    if not os.access(MEMORY, os.W_OK):
        return False
    free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    return free >= ROOM


def _remove_abandoned():
    for found in MEMORY.glob(f"{PREFIX}*"):
        try:
            if time.time() - found.stat().st_mtime > YOUNG:
                os.close(_lock(found))
                shutil.rmtree(found, ignore_errors=True)
        except OSError:
            continue  # in use, another user's, or just removed by another process


def _lock(path):
    """Locks a folder for as long as this process lives; returns its descriptor."""
    import fcntl

    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
