import os
import shutil
import subprocess

import cvat_server
import pytest

from dev import release

NODE = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(autouse=True, scope="session")
def running_database(database):
    """Every test of this folder has a database."""


@pytest.fixture(scope="module")
def cvat():
    """A CVAT server on the loopback interface, which the App is configured for."""
    with (
        cvat_server.Server() as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("FIFTYONE_CVAT_URL", server.url)
        patch.setenv("FIFTYONE_CVAT_USERNAME", server.username)
        patch.setenv("FIFTYONE_CVAT_PASSWORD", server.password)
        yield server
        assert server.refused == []


@pytest.fixture(scope="session")
def chromium():
    """The path of a browser; without one the tests skip, or fail in CI."""
    named = os.environ.get("CHROMIUM")
    found = [shutil.which(name) for name in ((named,) if named else BROWSERS)]
    return next(filter(None, found), None) or _lacking("no Chromium was found")


@pytest.fixture(scope="session")
def node():
    """The path of Node.js; without it or its packages the tests skip, or fail in CI."""
    path = shutil.which("node")
    if path is None:
        _lacking("no Node.js was found")
    version = subprocess.run([path, "-v"], capture_output=True, text=True, check=True)
    if int(version.stdout[1:].split(".")[0]) < NODE:
        _lacking(f"Node.js {version.stdout.strip()} is older than {NODE}")
    if not (release.ROOT / "node_modules" / "playwright-core").is_dir():
        _lacking("the npm packages are not installed (npm ci)")
    return path


def _lacking(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI runs these tests, but {reason}")
    pytest.skip(reason)
