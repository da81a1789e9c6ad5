"""Checks the layout of the panel in a browser, without the App."""

import os
import subprocess

import pytest

from dev import release

pytestmark = pytest.mark.slow


@pytest.mark.timeout(300)
def test_the_lists_are_in_sight_in_a_small_panel(node, chromium):
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", "tests/app/layout.test.mjs"],
        cwd=release.ROOT,
        env={**os.environ, "CHROMIUM": chromium},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
