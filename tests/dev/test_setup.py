"""The set-up says in a sentence why it cannot install."""

import os
import subprocess

import pytest

from dev import release

PIP = """#!/bin/sh
case "$*" in *--version*) exit 0 ;; esac
echo "ERROR: {}"
exit 1
"""


def set_up(folder, **variables):
    return subprocess.run(
        ["sh", "dev/setup.sh"],
        cwd=release.ROOT,
        env={
            "PATH": os.environ["PATH"],
            "VENV": str(folder),
            "PYTHON": "",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_given_interpreter_of_another_version_is_named(tmp_path):
    done = set_up(tmp_path / "venv", PYTHON="ls")
    assert done.returncode != 0
    assert done.stderr == "Python 3.10 to 3.13 is needed, and ls is none of these\n"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NameResolutionError: no address", "there is no network connection"),
        ("ResolutionImpossible", "all that pip said is in"),
    ],
)
def test_the_last_lines_of_pip_are_shown_if_it_fails(tmp_path, error, sentence):
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(PIP.format(error))
    python.chmod(0o755)

    done = set_up(tmp_path)
    assert done.returncode != 0
    assert f"ERROR: {error}" in done.stderr
    assert sentence in done.stderr
