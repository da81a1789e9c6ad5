"""Runs ``panel.test.mjs`` against the real App, with a MongoDB of its own."""

import os
import subprocess
import sys
import time

import pytest

from dev import child, demo_app, release

SCENES = 24
READY_WITHIN = 120


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The App's address and the dataset that it shows."""
    folder = tmp_path_factory.mktemp("app")
    port, name = demo_app.free_port(), "street"
    serve = release.ROOT / "tests" / "app" / "serve.py"
    arguments = [str(folder / "images"), str(SCENES), name, str(port)]
    with open(folder / "log", "w") as log:
        process = child.start([sys.executable, serve, *arguments], stdout=log)
    try:
        _wait(process, folder / "log")
        yield f"http://{demo_app.ADDRESS}:{port}", name
    finally:
        child.end(process)


def _wait(process, log):
    deadline = time.monotonic() + READY_WITHIN
    while "ready" not in log.read_text().splitlines():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


@pytest.mark.timeout(1500)
def test_the_panel_in_the_real_app(node, chromium, app):
    address, name = app
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", "tests/app/panel.test.mjs"],
        cwd=release.ROOT,
        env={
            **os.environ,
            "APP_URL": address,
            "APP_DATASET": name,
            "PYTHON": sys.executable,
            "CHROMIUM": chromium,
            "SHOTS": str(release.ROOT / "out" / "app"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
