"""Installs a release into a new environment and tries it, as its users would.

``make release`` runs it after packing. The environment is made with pip in
``.cache/release``, which takes minutes; it has FiftyOne, and what
``fiftyone plugins requirements`` installs.

Usage: ``python -m dev.try_release ARCHIVE``
"""

import argparse
import contextlib
import functools
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from dev import environment, mongod, release, versions

FOLDER = release.ROOT / ".cache" / "release"
SCENES = 12
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = "The panel was not tried: Node.js, Chromium or npm ci is missing"


class ReleaseError(Exception):
    """A release does not work; the message says what does not."""


def main():
    """Tries the archive that the command line names."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("archive", help="what dev/release.py --zip has packed")
    parser.add_argument(
        "--here", action="store_true", help="use this Python instead of a new one"
    )
    parser.add_argument("--no-app", action="store_true", help="open no App")
    given = parser.parse_args()
    if not given.here:
        command = [_new_python(), "-m", "dev.try_release", "--here", *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=release.ROOT, check=False).returncode)
    try:
        _try(pathlib.Path(given.archive).resolve(), not given.no_app)
    except (ReleaseError, mongod.MongodError) as error:
        sys.exit(f"{given.archive}: {error}")


def _new_python():
    """Returns the Python of a new environment that has only FiftyOne."""
    *_, newest = versions.PINS
    shutil.rmtree(FOLDER, ignore_errors=True)
    return versions.made(FOLDER, [f"fiftyone=={newest}", *versions.PINS[newest]])


def _try(archive, in_app):
    """Downloads, installs and uses a release, each with the commands of README.md.

    Raises:
        ReleaseError: if it does not work
    """
    path = os.pathsep.join(
        [str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as ends:
        folder = pathlib.Path(name)
        server = ends.enter_context(mongod.Mongod(folder / "db"))
        environment.apply(
            {**environment.variables(folder, server.uri, "release"), "PATH": path}
        )
        url = ends.enter_context(_served(archive))
        _fiftyone("plugins", "download", url)
        _fiftyone("plugins", "requirements", release.NAME, "--install")
        if release.NAME not in _fiftyone("plugins", "list"):
            raise ReleaseError("fiftyone plugins list does not name the plugin")
        require_files(folder / "plugins" / release.NAME)
        _use(folder, in_app)


@contextlib.contextmanager
def _served(archive):
    """Serves the folder of an archive on the loopback interface within a context."""
    handler = functools.partial(_Quiet, directory=archive.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{archive.name}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Prints nothing."""


def _fiftyone(*words):
    """Returns what FiftyOne's command prints."""
    command = shutil.which("fiftyone")
    if command is None:
        raise ReleaseError("there is no fiftyone command")
    print("fiftyone", *words, flush=True)
    done = subprocess.run(
        [command, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ReleaseError(f"fiftyone {' '.join(words)} failed:\n{done.stdout}")
    return done.stdout


def require_files(folder):
    """Raises an error unless a folder has the files of a release, and no others."""
    present = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    present = {path for path in present if "__pycache__" not in path.parts}
    differ = present.symmetric_difference(release.files())
    if differ:
        some = ", ".join(path.as_posix() for path in sorted(differ)[:5])
        raise ReleaseError(f"these files differ from a release's: {some}")


def _use(folder, in_app):
    """Finds, deletes and restores duplicates, and scans in the App."""
    # FiftyOne reads its environment on import, so it must not be imported earlier.
    import fiftyone.operators as foo

    from dev.demo import app, data

    dataset = data.from_scenes("release", folder / "scenes", SCENES)
    uri = f"{release.NAME}/find_duplicates"
    if not foo.operator_exists(uri):
        raise ReleaseError("FiftyOne has not loaded the plugin's operators")
    dup = foo.get_operator(uri).functions
    before = dataset.count("ground_truth.detections")
    found = dup.find_duplicates(dataset, "ground_truth")
    deleted = dup.delete_duplicates(dataset, scan_key=found.scan_key)
    after = dataset.count("ground_truth.detections")
    dup.restore_deleted(dataset, restore_key=deleted.restore_key)
    print(found, deleted, sep="\n", flush=True)
    if not 0 < found.count == deleted.count == before - after:
        raise ReleaseError("the labels that were found were not all deleted")
    if dataset.count("ground_truth.detections") != before:
        raise ReleaseError("the labels that were deleted were not all restored")
    if in_app:
        _open_panel(app, dataset)


def _open_panel(app, dataset):
    node, browser = shutil.which("node"), os.environ.get("CHROMIUM")
    browser = browser or next(filter(None, map(shutil.which, BROWSERS)), None)
    packages = release.ROOT / "node_modules" / "playwright-core"
    if node is None or browser is None or not packages.is_dir():
        print(NO_BROWSER)
        return
    dataset.save_workspace("panel", app.spaces())
    port = mongod.free_port()
    address = f"http://{app.ADDRESS}:{port}/datasets/{dataset.name}?workspace=panel"
    script = pathlib.Path(__file__).with_name("try_release.mjs")
    with app.running(dataset, port):
        variables = {**os.environ, "CHROMIUM": browser}
        done = subprocess.run([node, script, address], env=variables, check=False)
    if done.returncode:
        raise ReleaseError("the panel does not work in the App")


if __name__ == "__main__":
    main()
