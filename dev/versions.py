"""Runs the main flow on older releases of FiftyOne, each in a separate environment.

``make test-versions`` runs it before a release. The environments are in ``.cache``;
they are made with pip, and made again if the pins below change.

Usage: ``python -m dev.versions [VERSION ...]``
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
import venv

from dev import release

FOLDER = release.ROOT / ".cache" / "versions"

# The oldest that passes, which fiftyone.yml names, the newest, and two between; each
# with what a fresh installation of it needs today to start at all.
PINS = {
    "1.10.0": ("graphql-core<3.3", "strawberry-graphql<0.292", "starlette<0.53"),
    "1.14.2": ("graphql-core<3.3",),
    "1.20.1": ("graphql-core<3.3",),
    "1.22.1": (),
}
# what the tests need; the plugin's own needs are in requirements.txt
OF_TESTS = ("pytest", "pytest-timeout", "hypothesis", "psutil", "pycocotools")

FLOW = (
    "tests/operators",
    "tests/panel",
    "tests/app/test_app.py::test_the_panel_in_the_real_app",
    "tests/app/test_app.py::test_a_review_by_keys_in_the_real_app",
)
# releases differ in what they have, not in how they treat the hundredth wrong value
OPTIONS = ("-m", "not long", "--one-example", "--hypothesis-profile=fast")


def environment(version):
    """Returns the Python of an environment with a release, which is made if needed.

    Args:
        version: a key of :data:`PINS`

    Returns:
        a :class:`pathlib.Path`

    Raises:
        subprocess.CalledProcessError: if pip fails, which then says why
    """
    own = _lines("requirements.txt")
    wanted = [f"fiftyone=={version}", *PINS[version], *_pinned(OF_TESTS)]
    wanted += [line for line in own if line and not line.startswith("#")]
    return made(FOLDER / version, wanted)


def made(folder, wanted):
    """Returns the Python of an environment, which is made if its packages differ.

    Args:
        folder: the folder of the environment
        wanted: the packages as pip takes them, FiftyOne first

    Returns:
        a :class:`pathlib.Path`

    Raises:
        subprocess.CalledProcessError: if pip fails, which then says why
    """
    stamp = hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (folder / stamp).exists():
        print(f"Installing {wanted[0]} (takes minutes)", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *wanted], check=True)
        subprocess.run([python, "-m", "dev.mongod"], cwd=release.ROOT, check=True)
        (folder / stamp).touch()
    return python


def passes(version, more=()):
    """Runs the main flow on a release, and returns whether it passes.

    Args:
        version: a key of :data:`PINS`
        more (()): further arguments for pytest
    """
    python = environment(version)
    print(f"\nFiftyOne {version}", flush=True)
    command = [python, "-m", "pytest", *FLOW, *OPTIONS, *more]
    # the demo's processes find the interpreter's own commands first
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=release.ROOT, env={**os.environ, "PATH": path}, check=False
    )
    return done.returncode == 0


def _pinned(names):
    """Returns the lines of requirements-dev.txt for some packages."""
    lines = _lines("requirements-dev.txt")
    return [line for line in lines if line.partition("==")[0] in names]


def _lines(name):
    return (release.ROOT / name).read_text(encoding="utf-8").splitlines()


def main():
    """Runs the flow on the releases that the command line names, or on all four."""
    parser = argparse.ArgumentParser(prog="make test-versions", description=__doc__)
    parser.add_argument("versions", nargs="*", metavar="VERSION", choices=[*PINS, []])
    parser.add_argument("--args", default="", help="further arguments for pytest")
    given = parser.parse_args()
    took = {}
    failed = []
    for version in given.versions or PINS:
        started = time.monotonic()
        if not passes(version, given.args.split()):
            failed.append(version)
        took[version] = time.monotonic() - started
    print()
    for version, seconds in took.items():
        word = "failed" if version in failed else "passed"
        print(f"FiftyOne {version}: {word} in {seconds:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
