"""The result of storing max IoUs, counted while they are stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....iou_core.arrays import Floats
from ....iou_core.decisions.levels import histogram
from ...scans.blocks.compare import Skipped


@dataclass
class MaxIous:
    """The result of computing and storing max IoUs.

    Attributes:
        count: the number of labels that got a value
        samples: the number of their samples
        bounds: the smallest and the largest value; None for no values
        counts: the histogram of the values
        by_class: the number of values by class
        skipped: the labels that got no value, by reason
        schema_changed: whether an attribute was declared
        rotation_units: the unit of the rotations of each field with turned boxes
        restore_keys: the keys that undo it, one for each field; none where the plugin
            replaced only its own values
        unmarked: the labels with points that are probably not marked, as
            :func:`iou_core.geometry.unmarked.count` counts them
    """

    count: int = 0
    samples: int = 0
    bounds: list[float] | None = None
    counts: Any = field(default_factory=lambda: np.zeros(100, np.int64))
    by_class: Counter[str | None] = field(default_factory=Counter)
    skipped: Skipped = field(default_factory=Skipped)
    schema_changed: bool = False
    rotation_units: dict[str, str] = field(default_factory=dict)
    unmarked: Counter[int] = field(default_factory=Counter)
    restore_keys: list[str] = field(default_factory=list)

    def see(self, max_iou: Floats) -> None:
        """Counts values that are stored."""
        if not len(max_iou):
            return
        self.count += len(max_iou)
        self.counts += histogram(max_iou)
        self._see_bounds(float(max_iou.min()), float(max_iou.max()))

    def _see_bounds(self, low: float, high: float) -> None:
        before = self.bounds or (low, high)
        self.bounds = [min(low, before[0]), max(high, before[1])]

    def to_plain(self) -> dict[str, Any]:
        """Returns it as plain data, for another process."""
        return {
            **vars(self),
            "by_class": dict(self.by_class),
            "skipped": self.skipped.to_dict(),
            "unmarked": dict(self.unmarked),
        }

    def merge(self, plain: dict[str, Any]) -> None:
        """Adds what :meth:`to_plain` returned of other samples."""
        self.count += plain["count"]
        self.samples += plain["samples"]
        self.counts += plain["counts"]
        self.by_class.update(plain["by_class"])
        self.unmarked.update(plain["unmarked"])
        self.skipped.merge(Skipped.from_dict(plain["skipped"]))
        self.rotation_units |= plain["rotation_units"]
        if plain["bounds"] is not None:
            self._see_bounds(*plain["bounds"])
