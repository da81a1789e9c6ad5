"""Finds duplicates, and records the scan they come from; writes no label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.media as fom
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov
import numpy as np

from ..iou_core.boxes import Ints
from ..iou_core.curve import Curves, histogram
from ..iou_core.likelihood import EvidenceTally, fit
from ..iou_core.params import FindParams
from . import scan_blocks, scans, store
from .columns import Bytes, to_strings
from .decide import Decider, removals
from .fields import require_fields
from .places import name_places
from .runs import Run
from .scan import Scanned, Skipped, decide_part, decoder_for, scan
from .scan_blocks import StoredBlock
from .verdicts import count_verdicts

NO_CLASS = "(no class)"
"""How results name the class of labels that have none."""


@dataclass
class Found:
    """The duplicates of a collection.

    Attributes:
        label_ids: their ids: samples in the order of the collection, labels in
            the order of their list
        images: how many samples hold them
        n_labels: labels per class, in the order of ``names``
        n_duplicates: duplicates per class
        names: the class names; None for labels without one
        skipped: the labels that took no part
        config: the config of the scan; None if it was not recorded
        scan_key: its key; None if it was not recorded
    """

    label_ids: list[str] = field(default_factory=list)
    images: int = 0
    n_labels: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    n_duplicates: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    names: Sequence[str | None] = ()
    skipped: Skipped = field(default_factory=Skipped)
    config: dict[str, Any] | None = None
    scan_key: str | None = None

    @property
    def by_class(self) -> dict[str, dict[str, int]]:
        """The counts per class, most duplicates first."""
        order = np.lexsort((-self.n_labels, -self.n_duplicates)).tolist()
        return {
            class_name(self.names[k]): {
                "labels": int(self.n_labels[k]),
                "duplicates": int(self.n_duplicates[k]),
            }
            for k in order
        }

    def see(
        self,
        part: Scanned,
        ids: Bytes,
        image: Ints,
        classes: Ints,
        names: list[str | None],
    ) -> None:
        """Adds a block, and the duplicates in it."""
        self.names = names
        self.label_ids += to_strings(ids)
        self.images += len(np.unique(image))
        for name, found in (
            ("n_labels", part.classes[part.rows(0)]),
            ("n_duplicates", classes),
        ):
            counts = np.bincount(found, minlength=len(names))
            counts[: len(getattr(self, name))] += getattr(self, name)
            setattr(self, name, counts)


def class_name(name: str | None) -> str:
    """Returns a class name as results show it."""
    return NO_CLASS if name is None else name


def find_duplicates(
    samples: foc.SampleCollection,
    params: FindParams,
    scan_key: str | None = None,
    title: str | None = None,
    record: bool = True,
    run: Run | None = None,
) -> Found:
    """Finds the labels that mark an object which another label marks already.

    Args:
        samples: a dataset or a view; labels that it filters out take no part
        params: what is compared, and what counts as a duplicate
        scan_key (None): the key to record the scan under; made up by default
        title (None): a title for people
        record (True): whether to record the scan
        run (None): told how far it is, and asked whether to go on

    Returns:
        the :class:`Found`

    Raises:
        DuplicatesError: if a parameter or a field is none that can be used, or
            the key is taken
        RunCancelled: if the run was asked to stop; nothing is recorded
    """
    if scan_key is not None:
        scans.require_free_key(samples, scan_key)

    decoder = decoder_for(samples, params)
    require_fields(samples, decoder.fields)
    decider = Decider(samples, params, decoder.classes.names)
    found = Found()
    tally = _Tally()
    recorder = scan_blocks.Recorder() if record else None
    if record:
        scan_blocks.ensure_indexes()
    try:
        for part in scan(
            samples, params, decoder, run, found.skipped, min_iou=params.min_iou
        ):
            names = decoder.classes.names
            if recorder is None and decider.is_plain:
                rows = decide_part(part, params).labels
                found.see(
                    part, part.ids[rows], part.image[rows], part.classes[rows], names
                )
                continue
            block = scan_blocks.to_stored(part)
            rows = decider.decide(block).decided.labels
            found.see(
                part,
                block.label_ids[rows],
                block.image[rows],
                block.classes[rows],
                names,
            )
            if recorder is not None:
                tally.see(part, block, decider, len(names))
                recorder.add(block)
        name_places(samples, params.label_field, found.skipped.labels)
        if recorder is not None:
            found.config = _config(
                samples, params, found, tally, title, recorder.uuid, decider
            )
            recorder.add_classes(tally.by_class(found))
            found.scan_key = scan_key or scans.new_key(samples)
            scans.register(samples, found.scan_key, found.config)
            if run is not None:
                run.found(found.scan_key)
    except BaseException:
        if recorder is not None:
            recorder.discard()
        raise
    if record:
        scans.purge_orphans()
    return found


class _Tally:
    """What a scan's config says of all thresholds."""

    def __init__(self) -> None:
        self.simple = Curves()
        self.greedy = Curves()
        self.evidence = EvidenceTally()
        self.histogram = np.zeros(100, np.int64)
        self.zero = 0
        self.none = 0
        self.pairs = 0
        self.samples = 0
        self.truncated = 0

    def see(
        self, part: Scanned, block: StoredBlock, decider: Decider, n_classes: int
    ) -> None:
        overlaps, classes = part.overlaps, block.classes
        own = part.rows(0)
        values = decider.values(block, "iou")
        by_simple = removals(block, "simple", values)
        two_fields = len(part.block.fields) > 1
        by_greedy = by_simple if two_fields else removals(block, "greedy", values)
        self.simple.add(by_simple, classes, n_classes)
        self.greedy.add(by_greedy, classes, n_classes)
        self.evidence.add(block.pairs, classes)
        compared = overlaps.max_iou[own][part.compared[own]]
        self.histogram += histogram(compared)
        self.zero += int((compared == 0).sum())
        self.none += len(part.block.fields[0]) - len(compared)
        self.pairs += len(overlaps.pairs)
        self.samples += len(part.block)
        self.truncated += len(overlaps.truncated)

    def by_class(self, found: Found) -> dict[str, Any]:
        arrays = {
            "simple_labels": self.simple.class_labels,
            "simple_images": self.simple.class_images,
            "greedy_labels": self.greedy.class_labels,
            "greedy_images": self.greedy.class_images,
            "labels": found.n_labels,
        }
        packed = {name: array.astype(np.int32) for name, array in arrays.items()}
        model = fit(self.evidence.evidence()).to_dict()
        return {"names": list(found.names), "model": json.dumps(model), **packed}


def _config(
    samples: foc.SampleCollection,
    params: FindParams,
    found: Found,
    tally: _Tally,
    title: str | None,
    scan_uuid: str,
    decider: Decider,
) -> dict[str, Any]:
    curves = {
        name: {"labels": curve.labels.tolist(), "images": curve.images.tolist()}
        for name, curve in (("simple", tally.simple), ("greedy", tally.greedy))
    }
    return {
        "scan_uuid": scan_uuid,
        "title": title or _default_title(params),
        "created_at": store.now().isoformat(timespec="milliseconds") + "Z",
        "params": params.to_dict(),
        "scope": {
            "kind": _scope_kind(samples),
            "samples": tally.samples,
            "slices": _slices(samples),
        },
        "labels": int(found.n_labels.sum()),
        "samples": tally.samples,
        "count": len(found.label_ids),
        "images": found.images,
        "skipped": found.skipped.to_dict(),
        "histogram": {
            "counts": tally.histogram.tolist(),
            "zero": tally.zero,
            "none": tally.none,
        },
        "curves": curves,
        "class_pairs": decider.class_pairs,
        "verdicts": count_verdicts(samples),
        "n_pairs": tally.pairs,
        "truncated": tally.truncated,
    }


def _scope_kind(samples: foc.SampleCollection) -> str:
    if not isinstance(samples, fov.DatasetView):
        return "dataset"
    stages = samples._stages
    chosen = bool(stages) and isinstance(stages[-1], fosg.Select)
    return "selection" if chosen else "view"


def _default_title(params: FindParams) -> str:
    scope = "same class" if params.classwise else "any class"
    against = f" against {params.other_field}" if params.other_field else ""
    return f"{params.label_field}{against}, {scope}"


def _slices(samples: foc.SampleCollection) -> list[str] | None:
    """Returns the group slices that are read; None for datasets without any."""
    dataset = samples._root_dataset
    if dataset.media_type != fom.GROUP:
        return None
    if samples.media_type == fom.GROUP:
        return [samples.group_slice]
    for stage in reversed(samples._stages):
        slices = getattr(stage, "slices", None)
        if slices:
            return [slices] if isinstance(slices, str) else list(slices)
    return list(dataset.group_slices)
