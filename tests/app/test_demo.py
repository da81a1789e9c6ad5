"""The demo shows its dataset in the App, and takes everything with it when it ends."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from dev import mongod, release

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path):
    """A function that starts a demo with options; its process, port and folder."""
    if mongod.bundled() is None:
        pytest.skip("FiftyOne came without mongod: the demo cannot start its own")
    port = mongod.free_port()
    started = []

    def start(*options):
        more = ["--headless", "--port", str(port), "--folder", tmp_path, *options]
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "dev.demo", *more],
            cwd=release.ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("FIFTYONE_")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process, port, tmp_path

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.parametrize(
    ("ending", "code", "options", "table"),
    [
        (signal.SIGINT, 0, ["--max-samples", "4"], "of 4 images"),
        pytest.param(
            signal.SIGTERM,
            128 + signal.SIGTERM,
            ["--kind", "segments", "--max-samples", "2"],
            "of 2 samples",
            marks=pytest.mark.long,
        ),
    ],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_it_serves_the_app_and_ends_without_a_trace(demo, ending, code, options, table):
    process, port, folder = demo(*options)
    lines = []
    while "Press Ctrl-C to stop" not in (line := process.stdout.readline()):
        assert line, "".join(lines)
        lines.append(line)
    assert table in "".join(lines)
    shown = (line.strip() for line in lines if line.startswith("  FIFTYONE_"))
    named = dict(word.split("=", 1) for line in shown for word in shlex.split(line))
    listing = "import fiftyone as fo; print(fo.list_datasets())"
    python = subprocess.run(
        [sys.executable, "-c", listing],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=True,
    )
    (name,) = re.findall("From Python, load ('.*?')", "".join(lines))
    assert name in python.stdout

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/fiftyone") as answer:
        assert answer.status == 200
    served = f"http://127.0.0.1:{port}/plugins/duplicates"
    with urllib.request.urlopen(f"{served}/fiftyone.yml") as answer:
        assert answer.read() == (release.ROOT / "fiftyone.yml").read_bytes()
    assert [path.name for path in (folder / "plugins").iterdir()] == ["duplicates"]
    started = psutil.Process(process.pid).children(recursive=True)
    # A terminal sends Ctrl-C to all of its processes, SIGTERM comes to one.
    if ending == signal.SIGINT:
        os.killpg(process.pid, ending)
    else:
        process.send_signal(ending)

    assert process.wait(60) == code
    assert process.stdout.read() == ""
    assert _alive_after(started, seconds=10) == []
    assert "Delegated operation service running" in (folder / "worker.log").read_text()


def _alive_after(processes, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        alive = [process for process in processes if process.is_running()]
        if not alive:
            break
        time.sleep(0.1)
    return alive
