"""Serves a dataset in the App, with a worker for background runs."""

import contextlib
import itertools
import os
import signal
import socket
import sys
import threading
import webbrowser

import fiftyone as fo
import fiftyone.constants as foc
import psutil

from dev import child

FIRST_PORT = 5151
PANEL = "duplicates_panel"
ADDRESS = "127.0.0.1"

_SECONDS_TO_CLOSE = 10
_WORKER = "from fiftyone.core.cli import main; main()"


class PortError(ValueError):
    """The asked-for port is taken; the message says which."""


def free_port(asked_for=None):
    """Returns a port for the App.

    The App would attach itself to another FiftyOne that listens on its port.

    Args:
        asked_for (None): the port to take. By default, the first free one from 5151 on

    Raises:
        PortError: if the asked-for port is taken
    """
    if asked_for and not _is_free(asked_for):
        raise PortError(f"PORT: something listens on port {asked_for} already.")
    return asked_for or next(filter(_is_free, itertools.count(FIRST_PORT)))


def serve(dataset, port, folder, open_browser):
    """Shows a dataset in the App until the process is told to end.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`
        port: the port
        folder: the folder for the worker's log
        open_browser: whether to open a browser on it
    """
    with worker(folder / "worker.log"), _app(dataset, port) as session:
        url = f"http://{ADDRESS}:{port}/datasets/{dataset.name}"
        print(f"\nThe App shows it at {url}; Ctrl-C ends the demo.", flush=True)
        if open_browser:
            webbrowser.open(url)
        session.wait(-1)


@contextlib.contextmanager
def _app(dataset, port):
    # FiftyOne notes there, beside the user's settings, that it has welcomed the user.
    foc.WELCOME_PATH = os.devnull
    others = set(psutil.Process().children(recursive=True))
    try:
        with _interrupts_held():
            session = fo.launch_app(
                dataset, remote=True, port=port, address=ADDRESS, spaces=spaces()
            )
        yield session
    finally:
        # The server waits for the database when it ends: not after mongod has. And one
        # that is asked to end just after it started may miss that and run on for good.
        server = set(psutil.Process().children(recursive=True)) - others
        impatience = threading.Timer(_SECONDS_TO_CLOSE, _kill, [server])
        impatience.start()
        fo.close_app()
        impatience.cancel()


@contextlib.contextmanager
def worker(log_path):
    """Runs FiftyOne's service for background runs for as long as the context lasts.

    Args:
        log_path: the file for what it prints
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
    # The App's server inherits the mask: a Ctrl-C that reached it while it starts would
    # print its traceback. It ends with this process all the same.
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def spaces():
    """Returns the grid with the plugin's panel beside it."""
    grid = fo.Panel(type="Samples", pinned=True)
    panel = fo.Panel(type=PANEL)
    # Without active_child a tab shows nothing.
    return fo.Space(
        children=[
            fo.Space(children=[shown], active_child=shown.component_id)
            for shown in (grid, panel)
        ],
        orientation="horizontal",
        sizes=[0.5, 0.5],
    )


def _kill(processes):
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) != 0
