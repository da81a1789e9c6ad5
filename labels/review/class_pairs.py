"""Counts of overlaps for each class pair, at every threshold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ...iou_core.arrays import Floats, Ints
from ...iou_core.decisions.levels import THRESHOLDS, level
from ...iou_core.decisions.methods import NO_EDGE, pair_values
from ...iou_core.params import FindParams
from .. import files, tables
from ..scans import stored
from ..scans.decisions.class_pair_rules import load_class_pairs
from ..scans.decisions.decider import with_params
from ..scans.decisions.measure import Fit, measured

MATRIX = 30
"""The largest number of classes in a matrix."""


COLUMNS = ("class_1", "class_2", "overlaps", "share", "may_overlap", "iou_thresh")
"""The columns of the table of class pairs."""


@dataclass(frozen=True)
class ClassPairs:
    """``P`` class pairs with overlapping labels.

    Attributes:
        names: the class names by number; None for labels without a class
        classes: ``(P, 2)`` class numbers, the lower first
        counts: ``(P, 97)`` overlaps above each of :data:`THRESHOLDS`
        shares: ``(P,)`` which share of the overlaps is of one object, as the
            likelihood has it
        rules: the rules for class pairs; see
            :mod:`..scans.decisions.class_pair_rules`
        params: the parameters of the scan, with the metric
    """

    names: list[str | None]
    classes: Ints
    counts: Ints
    shares: Floats
    rules: list[dict[str, Any]]
    params: FindParams

    def rule(self, row: int) -> dict[str, Any]:
        """Returns the rule of a class pair."""
        names = {self.names[number] for number in self.classes[row].tolist()}
        found = (r for r in self.rules if set(r["classes"]) == names)
        rule = next(found, {"may_overlap": False, "iou_thresh": None})
        return {name: rule[name] for name in ("may_overlap", "iou_thresh")}

    def rows(self, iou_thresh: float) -> list[dict[str, Any]]:
        """Returns the class pairs with overlaps above a threshold, most first."""
        counts = self.at(iou_thresh)
        order = np.argsort(-counts, kind="stable")
        return [
            {
                "classes": [self.names[k] for k in self.classes[row].tolist()],
                "count": int(counts[row]),
                "share": float(self.shares[row]),
                **self.rule(row),
            }
            for row in order[counts[order] > 0].tolist()
        ]

    def of_one_class(self) -> ClassPairs:
        """Returns only the overlaps of labels of the same class."""
        same = self.classes[:, 0] == self.classes[:, 1]
        return replace(
            self,
            classes=self.classes[same],
            counts=self.counts[same],
            shares=self.shares[same],
        )

    def at(self, iou_thresh: float) -> Ints:
        """Returns the counts at the highest of the thresholds not above one."""
        k = int(np.searchsorted(THRESHOLDS, iou_thresh, side="right")) - 1
        return self.counts[:, max(k, 0)]

    def matrix(self, iou_thresh: float) -> dict[str, Any]:
        """Returns the counts as a symmetric matrix of the classes that overlap most."""
        counts = self.at(iou_thresh)
        total = np.zeros(len(self.names), np.int64)
        np.add.at(total, self.classes[:, 0], counts)
        apart = self.classes[:, 0] != self.classes[:, 1]
        np.add.at(total, self.classes[apart, 1], counts[apart])
        order = np.argsort(-total, kind="stable")
        chosen = order[total[order] > 0][:MATRIX]
        place = np.full(len(self.names), -1)
        place[chosen] = np.arange(len(chosen))
        cells = np.zeros((len(chosen), len(chosen)), np.int64)
        i, j = place[self.classes].T
        both = (i >= 0) & (j >= 0)
        cells[i[both], j[both]] = cells[j[both], i[both]] = counts[both]
        return {
            "classes": [self.names[number] for number in chosen.tolist()],
            "counts": cells.tolist(),
        }


def count_class_pairs(
    samples: foc.SampleCollection, scan_key: str, metric: str | None = None
) -> ClassPairs:
    """Counts the overlaps of a scan by the classes of their two labels.

    Rules of class pairs and verdicts do not change the counts, which say
    what there is. Pairs of a crowd and another label do not count.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        metric (None): another metric than the scan's. Counts of IoS below 0.5 are
            those of 0.5 at least

    Returns:
        the :class:`ClassPairs`

    Raises:
        ScanError: if there is no such scan
        ParamsError: if there is no such metric
    """
    scan = stored.open_scan(samples, scan_key)
    params = scan.params
    if metric is not None:
        params = with_params(params, metric=metric, iou_thresh=1.0)
    names, model = scan.class_names, scan.likelihood_model
    fit = Fit(model, names)
    n, width = max(len(names), 1), len(THRESHOLDS) + 1
    seen: list[tuple[Ints, Ints]] = []
    for block in scan.blocks():
        pairs = block.pairs
        values = pair_values(pairs, measured(block, params.metric, fit))
        levels = np.where(values > NO_EDGE, level(np.maximum(values, 0)), 0)
        first, second = block.classes[pairs.i], block.classes[pairs.j]
        low, high = np.minimum(first, second), np.maximum(first, second)
        key = (low.astype(np.int64) * n + high) * width + levels
        seen.append(np.unique(key[levels > 0], return_counts=True))
    keys = np.concatenate([key for key, _ in seen]) if seen else np.zeros(0, np.int64)
    many = np.concatenate([count for _, count in seen]) if seen else keys
    found, row = np.unique(keys // width, return_inverse=True)
    at_level = np.zeros((len(found), width), np.int64)
    np.add.at(at_level, (row, keys % width), many)
    # a pair of level k is above the first k thresholds
    above = np.cumsum(at_level[:, ::-1], axis=1)[:, ::-1][:, 1:]
    classes = np.stack([found // n, found % n], axis=1).astype(np.int64)
    return ClassPairs(
        names,
        classes,
        above,
        model.share(classes[:, 0], classes[:, 1]),
        load_class_pairs(samples),
        params,
    )


def most_common(found: ClassPairs, n: int) -> Ints:
    """Returns the rows that are among the ``n`` most common at any threshold."""
    best = np.argsort(-found.counts, axis=0, kind="stable")[:n]
    rows = np.unique(best[np.take_along_axis(found.counts, best, axis=0) > 0])
    return rows[np.argsort(-found.counts[rows, 0], kind="stable")]


def write(target: files.Target, found: ClassPairs, iou_thresh: float) -> None:
    """Writes the class pairs above a threshold to a file, with :data:`COLUMNS`.

    Raises:
        ParamsError: if the file cannot be written
    """
    tables.write(target, COLUMNS, lambda _: (table(found, iou_thresh), None))


def table(found: ClassPairs, iou_thresh: float) -> list[dict[str, Any]]:
    """Returns the class pairs above a threshold as rows with :data:`COLUMNS`."""
    return [
        {
            "class_1": row["classes"][0],
            "class_2": row["classes"][1],
            "overlaps": row["count"],
            **{name: row[name] for name in COLUMNS[3:]},
        }
        for row in found.rows(iou_thresh)
    ]
