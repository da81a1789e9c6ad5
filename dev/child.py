"""Processes that end with the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1


def start(command, **options):
    """Starts a process that ignores Ctrl-C and does not outlive this one.

    On Linux the kernel ends it when this process dies in any way. On other systems it
    is left running if this process is killed with SIGKILL.

    Args:
        command: a list of strings
        **options: for :class:`subprocess.Popen`

    Returns:
        the :class:`subprocess.Popen`
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # on Windows instead of a new session: Ctrl-C does not reach it
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        preexec_fn=_end_with_parent(),
        **options,
    )


def end(process, timeout=30):
    """Ends a process and waits for it to exit.

    Args:
        process: a :class:`subprocess.Popen`
        timeout (30): the number of seconds after which it is killed
    """
    process.terminate()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent():
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_the_kernel():
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel
