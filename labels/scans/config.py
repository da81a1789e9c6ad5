"""The config of a stored scan, and what another scan must share with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.media as fom
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov

from ...iou_core.geometry import unmarked
from ...iou_core.params import FindParams
from .. import store
from ..fields import FRAMES, require_label_field
from ..reading import label_changes, read
from ..reading.decoder import LabelDecoder
from ..reading.kinds.contents import begins_with_masks
from ..reading.kinds.turned import with_units
from . import scan_words, stored
from .decisions.decider import DECIDES, Decider
from .decisions.verdicts import count_verdicts
from .tally import Tally, ThresholdCounts, curves_of


def scan_config(
    samples: foc.SampleCollection,
    params: FindParams,
    tally: Tally,
    counts: ThresholdCounts,
    title: str | None,
    scan_uuid: str,
    decider: Decider,
    kind: str,
    verdicts_digest: str,
) -> dict[str, Any]:
    """Returns the config that a scan is registered with.

    Args:
        samples: what was scanned
        params: its parameters
        tally: the duplicates
        counts: the counts at all thresholds
        title: a title for people; made up where there is none
        scan_uuid: the key of its blocks
        decider: what decided
        kind: the kind of the labels
        verdicts_digest: the verdicts that it was decided by
    """
    return {
        "scan_uuid": scan_uuid,
        "title": title or _default_title(params, kind),
        "created_at": store.now().isoformat(timespec="milliseconds") + "Z",
        "params": params.to_dict(),
        "kind": kind,
        "scope": {
            "kind": _scope_kind(samples),
            **_sizes(samples, params, counts),
            "slices": slices_of(samples),
        },
        "label_changes": list(label_changes.of(samples)),
        "labels": tally.n_labels.total(),
        "samples": counts.samples,
        "count": len(tally.label_ids),
        "images": tally.images,
        "skipped": tally.skipped.to_dict(),
        "histogram": {
            "counts": counts.histogram.tolist(),
            "zero": counts.zero,
            "none": counts.none,
        },
        "curves": curves_of(counts.curves),
        "class_pairs": decider.class_pairs,
        "verdicts": count_verdicts(samples),
        "verdicts_digest": verdicts_digest,
        "unmarked": unmarked.to_rows(tally.unmarked),
        "n_pairs": counts.pairs,
        "truncated": counts.truncated,
    }


def with_masks_decided(
    samples: foc.SampleCollection,
    params: FindParams,
    record: bool = True,
    since: str | None = None,
) -> FindParams:
    """Returns parameters that say whether masks are compared beside boxes.

    Args:
        samples: a dataset or a view
        params: the parameters; if they do not say so, samples or ``since`` decide
        record (True): whether a scan is stored; only its likelihoods need masks
        since (None): the key of an earlier scan, whose overlaps are reused

    Raises:
        ScanError: if there is no such scan
    """
    if params.with_masks is not None:
        return params
    if since is not None:
        found = bool(stored.open_scan(samples, since).params.with_masks)
    else:
        field = require_label_field(samples._root_dataset, params.label_field)
        beside = record and not params.use_masks
        found = beside and begins_with_masks(samples, field)
    return replace(params, with_masks=found)


def difference(
    before: FindParams, params: FindParams, decoder: LabelDecoder
) -> tuple[str, Any, Any] | None:
    """Returns the first parameter by which a scan would compare differently.

    A scan stores the unit of rotations that it used, so a unit that is not given
    counts as the one that would be used now; none is stored without turned boxes.
    Whether masks are compared beside boxes counts only if it is given.

    Args:
        before: the parameters of a stored scan
        params: the other parameters; those that only decide do not count
        decoder: the decoder of their fields

    Returns:
        its name, the value before, and the other value; None if there is none
    """
    if before.rotation_unit is None:
        params = replace(params, rotation_unit=None)
    elif params.rotation_unit is None:
        params = with_units(params, decoder.turning)
    if params.with_masks is None:
        params = replace(params, with_masks=before.with_masks)
    # scans of earlier versions compared no masks beside boxes, and do not say so
    before, params = (
        replace(one, with_masks=bool(one.with_masks)) for one in (before, params)
    )
    was, given = before.to_dict(), params.to_dict()
    for name, value in given.items():
        if name not in DECIDES and value != was[name]:
            return name, was[name], value
    return None


def _sizes(
    samples: foc.SampleCollection, params: FindParams, counts: ThresholdCounts
) -> dict[str, int]:
    """Returns how many samples were scanned, and of videos how many frames."""
    if not params.label_field.startswith(FRAMES):
        return {"samples": counts.samples}
    return {"samples": read.count_samples(samples), "frames": counts.samples}


def _scope_kind(samples: foc.SampleCollection) -> str:
    if not isinstance(samples, fov.DatasetView):
        return "dataset"
    stages = [s for s in samples._stages if not isinstance(s, fosg.SelectGroupSlices)]
    if not stages and samples._stages:
        # slices of a grouped dataset, with all that is in them
        return "dataset"
    chosen = bool(stages) and isinstance(stages[-1], fosg.Select)
    return "selection" if chosen else "view"


def _default_title(params: FindParams, kind: str) -> str:
    scope = "same class" if params.classwise else "any class"
    against = f" against {params.other_field}" if params.other_field else ""
    what = scan_words.words(params.to_dict(), kind)
    return ", ".join((f"{params.label_field}{against}", scope, *what))


def slices_of(samples: foc.SampleCollection) -> list[str] | None:
    """Returns the group slices that are read; None for datasets without any."""
    dataset = samples._root_dataset
    if dataset.media_type != fom.GROUP:
        return None
    for stage in reversed(getattr(samples, "_stages", ())):
        slices = getattr(stage, "slices", None)
        if slices:
            return [slices] if isinstance(slices, str) else list(slices)
    if samples.media_type == fom.GROUP:
        return [samples.group_slice]
    return list(dataset.group_slices)
