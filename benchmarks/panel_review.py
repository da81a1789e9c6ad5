"""Times Review in the App: from a key to the next pair drawn, over 200 pairs.

``python -m benchmarks.panel_review [SAMPLES]`` starts its own MongoDB and App; it needs
Node.js and Chromium. By default there are as many images as in COCO.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

from dev import environment, mongod, release

COCO = 118_287
IMAGES = 50
"""The number of different images that the samples share."""


def main():
    """Makes a dataset and a scan, serves them, and prints the times."""
    n_samples = int(sys.argv[1]) if len(sys.argv) > 1 else COCO
    with tempfile.TemporaryDirectory(prefix="duplicates-bench-") as name:
        folder = pathlib.Path(name)
        with mongod.Mongod(folder / "db", cache_gb=4) as server:
            environment.apply(environment.variables(folder, server.uri, "benchmarks"))
            release.copy(folder / "plugins" / "duplicates")
            sys.exit(_measure(n_samples, folder))


def _measure(n_samples, folder):
    import fiftyone.operators as foo

    import duplicates_loader

    duplicates_loader.load()
    from benchmarks import drawn
    from dev.demo import app

    dataset = drawn.make("coco", drawn.coco_like(n_samples))
    _draw(dataset, folder)
    scanned = foo.get_operator("@iou/duplicates/find_duplicates")
    scanned(dataset, label_field="ground_truth")
    dataset.save_workspace("panel", app.spaces())
    port = mongod.free_port()
    with app.running(dataset, port):
        print(f"{n_samples:,} images", flush=True)
        address = f"http://{app.ADDRESS}:{port}/datasets/coco?workspace=panel"
        script = release.ROOT / "benchmarks" / "panel_review.mjs"
        return subprocess.run(["node", script, address], check=False).returncode


def _draw(dataset, folder):
    """Gives the samples images that can be read."""
    rng = np.random.default_rng(0)
    names = [str(folder / f"{k}.jpg") for k in range(IMAGES)]
    for name in names:
        coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((640, 480)).save(name)
    pick = {"$toInt": {"$multiply": ["$_rand", IMAGES]}}
    chosen = {"$set": {"filepath": {"$arrayElemAt": [names, pick]}}}
    dataset._sample_collection.update_many({}, [chosen])


if __name__ == "__main__":
    main()
