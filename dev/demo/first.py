"""The address of the demo that runs in a folder, for a second one in that folder."""

import contextlib
import json
import os

import psutil

_FILE = "running.json"


@contextlib.contextmanager
def known(folder, address):
    """Writes the address of this process's App into a folder within a context."""
    path = folder / _FILE
    started = psutil.Process().create_time()
    about = {"address": address, "process": os.getpid(), "started": started}
    path.write_text(json.dumps(about), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def address(folder):
    """Returns the address of the App of a demo that runs in a folder.

    Returns:
        None if none runs, as after a crash, or it does not serve its App yet
    """
    try:
        about = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        process = psutil.Process(about["process"])
        is_same = process.create_time() == about["started"]
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return about["address"] if is_same else None
