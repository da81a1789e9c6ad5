"""Makes the pictures of the documentation from the panel in the real App.

``make screenshots`` runs it on the demo's dataset, with a separate database. It needs
Node.js and Chromium; ``CHROMIUM`` names another browser.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from dev import environment, mongod, release
from dev.screenshots import film

IMAGES = release.ROOT / "docs" / "images"
TAKE = pathlib.Path(__file__).with_name("take.mjs")
SCENES = 200
# layouts of the App: the grid beside the panel, and the panel alone
BESIDE, ALONE = "beside", "alone"


def main():
    """Takes the pictures and puts the film together."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        release.copy(folder / "plugins" / "duplicates")
        with mongod.Mongod(folder / "db") as server:
            values = environment.variables(folder, server.uri, "screenshots")
            environment.apply({**values, "FIFTYONE_LOGGING_LEVEL": "WARNING"})
            _take(folder)
        film.join(folder / "frames", IMAGES / "review.gif")
    for path in sorted(IMAGES.glob("*")):
        print(f"{path.relative_to(release.ROOT)}: {path.stat().st_size / 1e3:.0f} kB")


def _take(folder):
    # FiftyOne reads its environment on import, so it must not be imported earlier.
    from dev.demo import app, data

    dataset = data.from_scenes("street-scenes", folder / "scenes", SCENES)
    dataset.save_workspace(BESIDE, app.spaces())
    dataset.save_workspace(ALONE, app.spaces(beside=False))
    port = mongod.free_port()
    with app.running(dataset, port):
        address = f"http://{app.ADDRESS}:{port}/datasets/{dataset.name}"
        frames = folder / "frames"
        frames.mkdir()
        done = subprocess.run(
            ["node", TAKE, address, IMAGES, frames], cwd=release.ROOT, check=False
        )
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    os.umask(0o022)
    main()
