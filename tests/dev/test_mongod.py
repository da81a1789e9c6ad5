"""A private mongod starts on a free port, reports startup errors, and ends."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pymongo
import pytest

from dev import mongod, release

PARENT = """
import sys, time
from dev import mongod
server = mongod.Mongod(sys.argv[1])
server.start()
print(server._process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with mongod.Mongod(tmp_path_factory.mktemp("database with a space")) as running:
        yield running


def test_it_accepts_connections_on_its_port(server):
    with pymongo.MongoClient(server.uri) as client:
        assert client.admin.command("ping")["ok"] == 1


def test_a_folder_in_use_is_reported(server):
    with pytest.raises(mongod.MongodError, match=r"Another mongod uses .*"):
        mongod.Mongod(server.dbpath).start()


def test_a_port_in_use_is_reported(server, tmp_path):
    taken = mongod.Mongod(tmp_path, port=server.port)
    with pytest.raises(mongod.MongodError, match=f"Port {server.port} .* is taken"):
        taken.start()


def test_a_missing_mongod_is_reported_with_what_to_install(monkeypatch):
    monkeypatch.setattr(mongod, "bundled", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(mongod.MongodError, match="install MongoDB 6"):
        mongod.find()


def test_a_binary_that_does_not_run_is_skipped(monkeypatch, tmp_path):
    broken = tmp_path / "mongod"
    broken.write_text("no program")
    broken.chmod(0o755)
    monkeypatch.setattr(mongod, "bundled", lambda: str(broken))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(mongod.MongodError):
        mongod.find()


def test_a_configured_database_uri_needs_no_mongod(monkeypatch):
    monkeypatch.setattr(mongod, "bundled", lambda: None)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("FIFTYONE_DATABASE_URI", "mongodb://127.0.0.1:27017")
    mongod.ensure()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux guarantees it")
def test_it_does_not_outlive_a_killed_parent(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path / "db"],
        cwd=release.ROOT,
        env={**os.environ, "PYTHONPATH": str(release.ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
