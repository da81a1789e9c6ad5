"""Counts of other decisions, made in threads while the panel polls for them.

A job is known only in this process: another server process starts it anew. A job that
the panel no longer polls ends by itself.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import fiftyone as fo

from ...iou_core.errors import RunCancelled
from ...labels.scans import stored
from ...labels.scans.recount import recount

ANSWERS_WITHIN = 0.8
"""The number of seconds that a request waits for counts."""

_FORGOTTEN_AFTER = 2.0  # seconds between an answer and the next request
_REMEMBERED = 6  # jobs whose counts were not fetched


class _Job:
    def __init__(
        self, dataset: fo.Dataset, scan_key: str, decision: dict[str, Any]
    ) -> None:
        self.share = 0.0
        self.asked = time.monotonic()
        pool = ThreadPoolExecutor(1, "iou-duplicates-recount")
        self.counts: Future[dict[str, Any]] = pool.submit(
            recount, dataset, scan_key, **decision, progress=self._progress
        )
        pool.shutdown(wait=False)

    def _progress(self, done: int, total: int) -> None:
        self.share = done / max(total, 1)
        if time.monotonic() - self.asked > _FORGOTTEN_AFTER:
            raise RunCancelled("a panel that waits for the counts", "none", "recount")


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()


def answer(
    dataset: fo.Dataset, scan_key: str, decision: dict[str, Any]
) -> dict[str, Any]:
    """Returns the counts of a decision at every threshold, or the progress so far.

    Args:
        dataset: the dataset
        scan_key: the scan
        decision: the method, the keep rules and the metric

    Returns:
        ``{"counts": ..., "share": ...}``: the counts, or None
        while counting; and the share of the scan that is counted

    Raises:
        DuplicatesError: if there is no such scan, or the decision is invalid
    """
    uuid = stored.open_scan(dataset, scan_key).uuid
    key = json.dumps([uuid, decision], sort_keys=True)
    with _lock:
        job = _jobs.get(key)
        if job is None:
            job = _jobs[key] = _Job(dataset, scan_key, decision)
        job.asked = time.monotonic()
        while len(_jobs) > _REMEMBERED:
            _jobs.popitem(last=False)
    if not wait([job.counts], ANSWERS_WITHIN).done:
        job.asked = time.monotonic()
        return {"counts": None, "share": job.share}
    with _lock:
        # the next request must see the labels and verdicts of its time
        if _jobs.get(key) is job:
            del _jobs[key]
    return {"counts": job.counts.result(), "share": 1.0}
