"""The result of a search, and the counts in a scan's config: sums over blocks.

Both are sums over disjoint sets of samples, so those of the parts of a collection
add up to those of the whole, in any process. Classes are known by name
here, and end in the order of their names: numbers depend on who saw what first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from ...iou_core.arrays import Ints
from ...iou_core.cancellation import check_cancelled
from ...iou_core.clues import names
from ...iou_core.decisions.curves import Curves
from ...iou_core.decisions.levels import N_BINS
from ...iou_core.decisions.likelihood import Evidence, EvidenceTally, fit
from ...iou_core.geometry import unmarked
from ...iou_core.params import FindParams
from ..reading.raw.ids import Bytes, to_strings
from .blocks.block import NO_OTHER, ZERO, StoredBlock
from .blocks.block_store import class_curves
from .blocks.compare import Skipped
from .decisions.decider import Decider

ClassCounts = Counter[str | None]

_MEASURES = {"boxes": "boxes", "masks": "masks", "polylines": "masks"}


def class_order(name: str | None) -> tuple[bool, str]:
    """Returns what classes are sorted by: None first, for labels without a class."""
    return name is not None, name or ""


@dataclass
class Tally:
    """The duplicates of a collection.

    Attributes:
        label_ids: their ids: samples in the order of the collection, labels in
            the order of their list
        images: the number of samples that have them
        n_labels: labels per class
        n_duplicates: duplicates per class
        skipped: the labels that took no part
        rotation_units: what the rotations of each field are given in; those of fields
            with turned boxes
        unmarked: the labels of ``label_field`` with points that are probably not
            marked, as :func:`unmarked.count` counts them
        config: the config of the scan; None if it was not recorded
        scan_key: its key; None if it was not recorded
    """

    label_ids: list[str] = field(default_factory=list)
    images: int = 0
    n_labels: ClassCounts = field(default_factory=Counter)
    n_duplicates: ClassCounts = field(default_factory=Counter)
    skipped: Skipped = field(default_factory=Skipped)
    rotation_units: dict[str, str] = field(default_factory=dict)
    unmarked: Counter[int] = field(default_factory=Counter)
    config: dict[str, Any] | None = None
    scan_key: str | None = None

    @property
    def by_class(self) -> dict[str | None, dict[str, int]]:
        """The counts per class, most duplicates first."""
        names = sorted(self.n_labels, key=class_order)
        names.sort(key=lambda n: (-self.n_duplicates[n], -self.n_labels[n]))
        return {
            name: {
                "labels": self.n_labels[name],
                "duplicates": self.n_duplicates[name],
            }
            for name in names
        }

    def see(
        self,
        all_classes: Ints,
        ids: Bytes,
        image: Ints,
        classes: Ints,
        names: Sequence[str | None],
        codes: Ints | None,
    ) -> None:
        """Adds a block: its labels, and the duplicates among them."""
        self.unmarked.update(unmarked.count(codes))
        self.label_ids += to_strings(ids)
        self.images += len(np.unique(image))
        _count(self.n_labels, all_classes, names)
        _count(self.n_duplicates, classes, names)

    def merge(self, other: Tally) -> None:
        """Adds what was found in the samples behind these."""
        self.label_ids += other.label_ids
        self.images += other.images
        self.n_labels.update(other.n_labels)
        self.n_duplicates.update(other.n_duplicates)
        self.skipped.merge(other.skipped)
        self.rotation_units |= other.rotation_units
        self.unmarked.update(other.unmarked)


def _count(counts: ClassCounts, classes: Ints, names: Sequence[str | None]) -> None:
    for number, n in enumerate(np.bincount(classes).tolist()):
        if n:
            counts[names[number]] += n


class ClassNumbers:
    """The numbers of classes, in the order in which they are first seen.

    Args:
        names: the names by number; new ones are added to it
    """

    def __init__(self, names: list[str | None]) -> None:
        self._names = names
        self._numbers = {name: k for k, name in enumerate(names)}

    def of(self, names: Iterable[str | None]) -> Ints:
        """Returns the number of each class, a new one if it is new."""
        found = []
        for name in names:
            found.append(self._numbers.setdefault(name, len(self._names)))
            if found[-1] == len(self._names):
                self._names.append(name)
        return np.array(found, dtype=np.int64)


@dataclass
class ThresholdCounts:
    """The counts of a scan's config, for all thresholds.

    Attributes:
        names: the classes of labels of ``label_field``, and of labels in a pair
        curves: the counts per threshold, by method
        evidence: the counts of overlaps of each class pair
        histogram: of the max IoUs
        zero: the number of max IoUs that are exactly 0
        none: the number of labels without another label to compare with
        pairs: the number of pairs
        samples: the number of samples
        truncated: the number of samples with more pairs than are kept
    """

    names: list[str | None] = field(default_factory=list)
    curves: dict[str, Curves] = field(default_factory=lambda: {"simple": Curves()})
    evidence: EvidenceTally = field(default_factory=EvidenceTally)
    histogram: Ints = field(default_factory=lambda: np.zeros(N_BINS, np.int64))
    zero: int = 0
    none: int = 0
    pairs: int = 0
    samples: int = 0
    truncated: int = 0

    def __post_init__(self) -> None:
        self._numbers = ClassNumbers(self.names)

    @classmethod
    def of(cls, method: str) -> ThresholdCounts:
        """Returns counts to begin with: those of another method take longer to make.

        Args:
            method: the method of the scan
        """
        methods = ("simple", "greedy") if method == "greedy" else ("simple",)
        return cls(curves={method: Curves() for method in methods})

    def see(self, block: StoredBlock, decider: Decider) -> None:
        """Adds a block."""
        used = np.unique(np.concatenate((block.classes, block.label_classes)))
        number = np.full(len(block.names), -1, dtype=np.int64)
        number[used] = self._numbers.of(block.names[k] for k in used.tolist())
        classes = number[block.classes]
        for method, curve in self.curves.items():
            removals = decider.removals(block, method, "iou")
            check_cancelled()
            curve.add(removals, classes, len(self.names))
            check_cancelled()
        self.evidence.add(block.pairs, classes, block.boxes)
        check_cancelled()
        counts = np.bincount(block.label_bins, minlength=NO_OTHER + 1)
        self.histogram += counts[:N_BINS]
        self.histogram[0] += counts[ZERO]
        self.zero += int(counts[ZERO])
        self.none += int(counts[NO_OTHER])
        self.pairs += len(block.pairs)
        self.samples += len(block.document_ids)
        self.truncated += len(block.truncated)

    def merge(self, other: ThresholdCounts) -> None:
        """Adds what was counted in other samples."""
        number = self._numbers.of(other.names)
        n_classes = len(self.names)
        for method, curve in other.curves.items():
            self.curves.setdefault(method, Curves()).merge(curve, number, n_classes)
        self.evidence.merge(other.evidence.evidence(), number)
        for name in ("histogram", "zero", "none", "pairs", "samples", "truncated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def by_class(self, tally: Tally, kind: str, params: FindParams) -> dict[str, Any]:
        """Returns the counts per class and the likelihood model, as they are stored.

        Args:
            tally: what was found in the same samples
            kind: the kind of the labels
            params: the parameters, which name the evidence beside the overlaps
        """
        done = ThresholdCounts(sorted(self.names, key=class_order))
        done.merge(self)
        packed = {}
        for method, curve in done.curves.items():
            packed |= class_curves(method, curve)
        n_labels = [tally.n_labels[name] for name in done.names]
        packed["labels"] = np.array(n_labels, np.int32)
        measure = "boxes" if params.use_boxes else _MEASURES.get(kind, "other")
        clues = names(params.evidence, params.predictions)
        model = fit(done.evidence.evidence(), measure, clues).to_dict()
        return {"names": done.names, "model": json.dumps(model), **packed}


def to_plain(tally: Tally, counts: ThresholdCounts) -> dict[str, Any]:
    """Returns both as plain data, for another process."""
    curves = dict.fromkeys(("simple", "greedy")) | {
        name: {
            "labels": curve.labels,
            "images": curve.images,
            "class_labels": curve.class_labels.astype(np.int32),
            "class_images": curve.class_images.astype(np.int32),
        }
        for name, curve in counts.curves.items()
    }
    evidence = counts.evidence.evidence()
    sums = ("names", "histogram", "zero", "none", "pairs", "samples", "truncated")
    return {
        "label_ids": tally.label_ids,
        "images": tally.images,
        "n_labels": dict(tally.n_labels),
        "n_duplicates": dict(tally.n_duplicates),
        "skipped": tally.skipped.to_dict(),
        "rotation_units": tally.rotation_units,
        "unmarked": dict(tally.unmarked),
        "curves": curves,
        "evidence": {f.name: getattr(evidence, f.name) for f in fields(evidence)},
        "sums": {name: getattr(counts, name) for name in sums},
    }


def from_plain(plain: dict[str, Any]) -> tuple[Tally, ThresholdCounts]:
    """Returns what :func:`to_plain` was given."""
    tally = Tally(
        plain["label_ids"],
        plain["images"],
        Counter(plain["n_labels"]),
        Counter(plain["n_duplicates"]),
        Skipped.from_dict(plain["skipped"]),
        plain["rotation_units"],
        Counter(plain["unmarked"]),
    )
    counts = ThresholdCounts(**plain["sums"])
    numbers = np.arange(len(counts.names))
    counts.evidence.merge(Evidence(**plain["evidence"]), numbers)
    for name, parts in plain["curves"].items():
        if parts is None:
            continue
        curve = Curves()
        for part, array in parts.items():
            setattr(curve, part, array.astype(np.int64))
        counts.curves[name] = curve
    return tally, counts


def curves_of(curves: dict[str, Curves]) -> dict[str, dict[str, list[int]]]:
    """Returns the counts per threshold of methods, ready for JSON."""
    return {
        name: {"labels": curve.labels.tolist(), "images": curve.images.tolist()}
        for name, curve in curves.items()
    }
