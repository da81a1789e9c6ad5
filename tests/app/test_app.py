"""Runs what drives the panel in a browser against the real App and a MongoDB."""

import json
import os
import subprocess
import sys
import time

import pytest

from dev import child, mongod, release

pytestmark = pytest.mark.slow

READY_WITHIN = 300
TESTS = release.ROOT / "tests" / "app"
# of scenes without an image, and of frames with tracks: the two that differ most
SOME_KINDS = ["cuboids", "video"]
OTHER_KINDS = ["masks", "polygons", "keypoints", "rotated", "segments", "groups"]


@pytest.fixture(scope="module")
def app(tmp_path_factory, cvat, request):
    """The App's address; it has three datasets of street scenes, and one per kind."""
    from dev.demo import app as demo_app

    folder = tmp_path_factory.mktemp("app")
    # The App would attach to another one on the same port, which then shows its own
    # data: the port must not be one that any other App tries.
    port = mongod.free_port()
    chosen = [getattr(item, "callspec", None) for item in request.session.items]
    kinds = [k for spec in chosen if spec for k in spec.params.get("kinds", ())]
    names = ("street", "again", "decided", "walked", *kinds)
    arguments = [folder / "media", str(port), *names]
    with open(folder / "log", "w") as log:
        command = [sys.executable, TESTS / "serve.py", *arguments]
        process = child.start(command, stdout=log, env=_environment())
    try:
        _wait(process, folder / "log")
        yield f"http://{demo_app.ADDRESS}:{port}"
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
    _drive("panel.test.mjs", node, chromium, app, "street")


@pytest.mark.timeout(600)
def test_a_review_by_keys_in_the_real_app(node, chromium, app):
    _drive("review.test.mjs", node, chromium, app, "decided")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_listed_operator_runs_with_its_defaults(node, chromium, app):
    from duplicates.operators import OPERATORS

    labels = {op.name_: op.label for op in OPERATORS if not op.unlisted}
    listed = {"OPERATORS": json.dumps(labels)}
    _drive("operators.test.mjs", node, chromium, app, "again", listed)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "kinds",
    [SOME_KINDS, pytest.param(OTHER_KINDS, marks=pytest.mark.long)],
    ids=" ".join,
)
def test_the_panel_on_labels_of_every_kind(node, chromium, app, kinds):
    dataset = f"duplicate-objects-{kinds[0]}?workspace=panel"
    tried = {"KINDS": " ".join(kinds)}
    _drive("kinds.test.mjs", node, chromium, app, dataset, tried)


def test_every_kind_of_the_demo_is_tried():
    from dev.demo import kinds as demo_kinds

    assert sorted(SOME_KINDS + OTHER_KINDS) == sorted(demo_kinds.KINDS)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_five_facts_hold_after_every_click_of_a_random_walk(node, chromium, app):
    _drive("walk.test.mjs", node, chromium, app, "walked")


def _drive(script, node, chromium, address, dataset, more=()):
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", f"tests/app/{script}"],
        cwd=release.ROOT,
        env={
            **_environment(),
            **dict(more),
            "APP_URL": address,
            "APP_DATASET": dataset,
            "PYTHON": sys.executable,
            "CHROMIUM": chromium,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


def _environment():
    """The variables of these tests, with FiftyOne's default for its plugin cache."""
    cached = "FIFTYONE_PLUGINS_CACHE_ENABLED"
    return {name: value for name, value in os.environ.items() if name != cached}
