"""The time and peak memory of one task in a separate process.

``python -m benchmarks.child find ours <dataset>`` prints both as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import psutil

_EVERY = 0.005  # seconds between two samples of the memory


def main():
    """Runs the task that the command line names."""
    work, side, name = sys.argv[1:]
    import fiftyone as fo

    fo.config.show_progress_bars = False
    dataset = fo.load_dataset(name)
    run = _WORK[work, side](dataset)
    process = psutil.Process()
    before = process.memory_info().rss
    peak = _Peak(process)
    start = time.perf_counter()
    with peak:
        answer = run()
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {
                "seconds": seconds,
                "megabytes": (max(peak.bytes, before) - before) / 1e6,
                "answer": answer,
            }
        )
    )


class _Peak:
    """Samples the memory of a process in a thread."""

    def __init__(self, process):
        self.bytes = 0
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.wait(_EVERY):
            self.bytes = max(self.bytes, self._process.memory_info().rss)


def _ours(dataset, record):
    import duplicates_loader

    duplicates_loader.load()
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.scans import search, stored

    def run():
        found = search.find_duplicates(
            dataset, FindParams("ground_truth"), record=record
        )
        if record:
            stored.delete(dataset, found.scan_key)
        return len(found.label_ids)

    return run


def _ours_max(dataset):
    import duplicates_loader

    duplicates_loader.load()
    from duplicates.iou_core.params import ComputeParams
    from duplicates.labels.edits import max_iou

    return lambda: (
        max_iou.compute_max_ious(dataset, ComputeParams("ground_truth")).count
    )


def _theirs(dataset):
    import fiftyone.utils.iou as foui

    return lambda: len(
        foui.find_duplicates(dataset, "ground_truth", iou_thresh=0.75, progress=False)
    )


def _theirs_max(dataset):
    import fiftyone.utils.iou as foui

    def run():
        foui.compute_max_ious(
            dataset, "ground_truth", iou_attr="reference", progress=False
        )
        return dataset.count("ground_truth.detections.reference")

    return run


_WORK = {
    ("find", "ours"): lambda dataset: _ours(dataset, record=False),
    ("find, recorded", "ours"): lambda dataset: _ours(dataset, record=True),
    ("max IoU", "ours"): _ours_max,
    ("find", "FiftyOne"): _theirs,
    ("max IoU", "FiftyOne"): _theirs_max,
}


if __name__ == "__main__":
    main()
