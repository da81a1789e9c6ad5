"""Benchmarks of round trips to CVAT against FiftyOne's, with the tests' server."""

from __future__ import annotations

import logging
import pathlib
import sys
import tempfile

import fiftyone as fo

from . import drawn
from .measure import Row, interleave, require

FIELD = "ground_truth"

SEND_AT_LEAST, LOAD_AT_LEAST = round(1 / 1.3, 2), round(1 / 1.2, 2)
"""The targets: FiftyOne takes at least this part of the plugin's time."""


def rows(n_images=40, n_labels=20):
    """Yields a row for sending labels, and one for loading them without any edits.

    Both sides send the same images and boxes, with no attributes, in tasks of one job.
    The server runs in this process, so its own time is part of both sides. Without the
    tests there are no rows.
    """
    support = pathlib.Path(__file__).resolve().parents[1] / "tests" / "support" / "cvat"
    if not support.is_dir():
        return
    sys.path.insert(0, str(support))
    import cvat_data
    import cvat_server

    logging.getLogger("fiftyone").setLevel(logging.ERROR)
    dataset = drawn.make("bench_cvat", drawn.uniform(n_images, n_labels, 0.02))
    try:
        with tempfile.TemporaryDirectory() as folder, cvat_server.Server() as server:
            paths = cvat_data.draw(pathlib.Path(folder), n_images)
            dataset.set_values("filepath", paths)
            yield from _rows(dataset, server, n_images * n_labels)
    finally:
        fo.delete_dataset(dataset.name)


def _rows(dataset, server, n):
    import duplicates_loader

    duplicates_loader.load()
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.cvat.server.settings import Server

    account = Server(server.url, server.username, server.password)
    login = {"url": account.url, "username": account.username}
    login |= {"password": account.password}
    ids = dataset.values(f"{FIELD}.detections.id", unwind=True)
    chosen = selection.select(dataset, label_field=FIELD, label_ids=ids)
    keys = {"plugin": [], "FiftyOne": []}

    def send_plugin():
        keys["plugin"].append(send.send(dataset, account, chosen).anno_key)

    def send_fiftyone():
        key = f"fiftyone_{len(keys['FiftyOne'])}"
        keys["FiftyOne"].append(key)
        dataset.annotate(
            key,
            backend="cvat",
            label_field=FIELD,
            attributes=False,
            task_size=500,
            **login,
        )

    def load_plugin():
        done = load.load(dataset, account, keys["plugin"][0])
        require(done.written.count == 0, "a load without edits changes nothing")

    def load_fiftyone():
        key = keys["FiftyOne"][0]
        dataset.load_annotations(key, unexpected="keep", cache=False, **login)

    sides = {"plugin": send_plugin, "FiftyOne": send_fiftyone}
    seconds = interleave(sides, rounds=3)
    require(len(server.shapes()) == 6 * n, "every label is sent")
    yield Row(f"send {n:,} labels to CVAT", seconds, {"FiftyOne": SEND_AT_LEAST})
    sides = {"plugin": load_plugin, "FiftyOne": load_fiftyone}
    seconds = interleave(sides, rounds=3)
    yield Row(f"load {n:,} labels from CVAT", seconds, {"FiftyOne": LOAD_AT_LEAST})
