"""The cost of counting for the threshold slider, on a scan of many samples.

A scan stores the counts of every threshold, so the slider only looks them up. This
times how they are computed, with the overlaps in memory: ``simple`` at all thresholds
after its levels are sorted, and ``greedy`` at one threshold, and at all from 0.3 after
the pairs above that are selected.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.decisions import methods
from duplicates.iou_core.decisions.curves import Curves
from duplicates.iou_core.decisions.levels import THRESHOLDS, level
from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import recount, search, stored
from duplicates.labels.scans.decisions.decision import removals_of

from . import drawn
from .measure import Row, interleave

LOW = 0.3
FROM = int(np.searchsorted(THRESHOLDS, LOW))


def row(n_samples, rounds=5):
    """Recomputes the slider's counts for a scan of ``n_samples``."""
    dataset = drawn.make("bench_slider", drawn.coco_like(n_samples))
    scan_key = search.find_duplicates(dataset, FindParams("ground_truth")).scan_key
    scan = stored.open_scan(dataset, scan_key)
    blocks = list(scan.blocks())
    levels = np.sort(np.concatenate([level(block.earlier_iou) for block in blocks]))
    high = [block.pairs.iou > LOW for block in blocks]
    strong = [block.pairs.select(some) for block, some in zip(blocks, high)]
    answers = {}

    def simple():
        index = np.searchsorted(levels, np.arange(1, len(THRESHOLDS) + 1))
        answers["simple"] = len(levels) - index

    def greedy():
        answers["greedy"] = sum(
            len(methods.find_duplicates(pairs, block.earlier_iou, LOW, "greedy"))
            for pairs, block in zip(strong, blocks)
        )

    def greedy_curve():
        answers["curve"] = _curve(blocks, strong)

    sides = {
        "greedy's curve from 0.3": greedy_curve,
        "simple, all thresholds": simple,
        "greedy at 0.3": greedy,
    }
    seconds = interleave(sides, rounds)
    _check(dataset, scan_key, answers)
    dataset.delete()
    shown = [f"{side} {1000 * took:.2f} ms" for side, took in seconds.items()]
    return Row(
        f"slider, scan of {n_samples:,} samples",
        seconds,
        note=", ".join(shown) + " (targets 500, 1, 30 ms)",
    )


def _curve(blocks, strong):
    curves = Curves()
    for block, pairs in zip(blocks, strong):
        found = removals_of(replace(block, pairs=pairs), "greedy")
        curves.add(found, block.classes, len(block.names))
    return curves.labels[FROM:]


def _check(dataset, scan_key, answers):
    """Ends the benchmark unless the counts equal those that the scan stores."""
    for method, mine in (("simple", answers["simple"]), ("greedy", answers["curve"])):
        counted = np.array(recount.recount(dataset, scan_key, method)["labels"])
        wanted = counted if method == "simple" else counted[FROM:]
        if (mine != wanted).any():
            raise SystemExit(f"wrong result: the curve of {method}")
    if answers["greedy"] != answers["curve"][0]:
        raise SystemExit("wrong result: greedy at one threshold")
