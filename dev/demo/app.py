"""The App with a dataset, and a worker for background runs."""

import contextlib
import itertools
import os
import shlex
import signal
import socket
import sys
import threading
import webbrowser

import fiftyone as fo
import fiftyone.constants as foc
import psutil

from dev import child
from dev.demo import first

FIRST_PORT = 5151
PANEL = "duplicates_panel"
ADDRESS = "127.0.0.1"

_SECONDS_TO_CLOSE = 10
_FOR_PYTHON = (
    *("FIFTYONE_DATABASE_URI", "FIFTYONE_DATABASE_NAME"),
    *("FIFTYONE_DATABASE_VALIDATION", "FIFTYONE_PLUGINS_DIR"),
)
_WORKER = "from fiftyone.core.cli import main; main()"


class PortError(ValueError):
    """The requested port is taken; the message names it."""


def check_port(requested):
    """Checks a requested port, before the work that precedes its use.

    Raises:
        PortError: if the port is taken
    """
    if requested and not _is_free(requested):
        raise PortError(f"PORT: port {requested} is in use.")


def serve(dataset, port, folder, open_browser):
    """Shows a dataset in the App until the process is interrupted.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`
        port: the port, or None for the first free one from 5151
        folder: where the worker's log and the address are written
        open_browser: whether to open a browser

    Raises:
        PortError: if the port is taken
    """
    check_port(port)
    port = port or next(filter(_is_free, itertools.count(FIRST_PORT)))
    with worker(folder / "worker.log"), running(dataset, port) as session:
        url = f"http://{ADDRESS}:{port}/datasets/{dataset.name}"
        with first.known(folder, url):
            print(f"\nFrom Python, load {dataset.name!r} with these variables set:")
            for name in _FOR_PYTHON:
                print(f"  {name}={shlex.quote(os.environ[name])}")
            print(f"\nThe App is running at {url}. Press Ctrl-C to stop.", flush=True)
            if open_browser:
                webbrowser.open(url)
            session.wait(-1)


@contextlib.contextmanager
def running(dataset, port):
    """Runs the App with a dataset and the plugin's panel within a context.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`
        port: the port

    Raises:
        PortError: if another FiftyOne serves its App on the port
    """
    # FiftyOne records in this file that the user has seen the welcome message.
    foc.WELCOME_PATH = os.devnull
    others = _children()
    try:
        with _interrupts_held():
            session = fo.launch_app(
                dataset, remote=True, port=port, address=ADDRESS, spaces=spaces()
            )
        # FiftyOne starts no server if one answers, and would show that one's data.
        if not _children() - others:
            raise PortError(f"PORT: another FiftyOne uses port {port}.")
        yield session
    finally:
        # The server needs the database to shut down, so it has to end before mongod.
        # A server that has just started may miss the request and never end.
        server = _children() - others
        impatience = threading.Timer(_SECONDS_TO_CLOSE, _kill, [server])
        impatience.start()
        fo.close_app()
        impatience.cancel()


@contextlib.contextmanager
def worker(log_path):
    """Runs FiftyOne's service for background runs within a context.

    Args:
        log_path: the file for its output
    """
    command = [sys.executable, "-c", _WORKER, "delegated", "launch"]
    with open(log_path, "w") as log:
        process = child.start(command, stdout=log)
        try:
            yield
        finally:
            child.end(process)


@contextlib.contextmanager
def _interrupts_held():
    # The App's server inherits the mask. Otherwise a Ctrl-C while it starts would print
    # a traceback. It still ends with this process.
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def spaces(beside=True):
    """Returns a layout with the grid and the plugin's panel.

    Args:
        beside (True): whether the panel is beside the grid, or covers it
    """
    grid = fo.Panel(type="Samples", pinned=True)
    panel = fo.Panel(type=PANEL)
    if not beside:
        return fo.Space(children=[grid, panel], active_child=panel.component_id)
    # Without active_child the tab is empty.
    return fo.Space(
        children=[
            fo.Space(children=[shown], active_child=shown.component_id)
            for shown in (grid, panel)
        ],
        orientation="horizontal",
        sizes=[0.5, 0.5],
    )


def _children():
    return set(psutil.Process().children(recursive=True))


def _kill(processes):
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) != 0
