"""The panel's entries about a dataset: fields, targets, scans, their freshness."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import fiftyone.core.media as fom

from ..iou_core.decisions.likelihood import from_verdicts
from ..iou_core.errors import FieldError, NoScanError
from ..iou_core.params import FindParams
from ..labels import fields
from ..labels.edits import tagged
from ..labels.reading import read
from ..labels.reading.kinds import contents, registry
from ..labels.reading.sources import stored_samples
from ..labels.review import views
from ..labels.review.judging import progress
from ..labels.scans import freshness, scan_words, stored, summary
from ..labels.scans.decisions.class_pair_rules import load_class_pairs
from . import slices

TAG = "duplicate"
"""The tag that the panel works with."""

TARGETS = {  # by their names for FiftyOne, whose constants are newer than these
    "dataset": "DATASET",
    "view": "CURRENT_VIEW",
    "selection": "SELECTED_SAMPLES",
}

_WAYS = {registry.MASKS_WAY: "use_masks", registry.OUTER_BOXES_WAY: "use_boxes"}

_UNCHANGED = freshness.Freshness(0, 0, 0)


def dataset_entry(ctx: Any) -> dict[str, Any]:
    """Returns the name, media type, size and slices of the dataset."""
    dataset = ctx.dataset
    return {
        "name": dataset.name,
        "media_type": dataset.media_type or fom.IMAGE,
        "samples": read.count_samples(dataset),
        "slices": slices.entries(dataset),
    }


def field_entries(ctx: Any) -> list[dict[str, Any]]:
    """Returns the fields that can be compared, and how they can be compared."""
    entries = []
    names = fields.label_fields(ctx.dataset)
    found = [fields.require_label_field(ctx.dataset, name) for name in names]
    contents.begin(ctx.dataset, found)
    for name, field in zip(names, found):
        try:
            fields.require_writable(ctx.dataset, name)
            writable = True
        except FieldError:
            writable = False
        entries.append(
            {
                "name": name,
                "kind": fields.LIST_OF[field.document],
                "writable": writable,
                "compare": registry.comparisons(ctx.dataset, field),
                "sigmas": scan_words.sigma_choices(ctx.dataset, field),
                "turned": contents.has_turned_boxes(ctx.dataset, field),
                "patches": views.has_patches(ctx.dataset, field),
                "slices": slices.of_field(ctx.dataset, field),
            }
        )
    return entries


def comparison(way: str | None) -> dict[str, bool]:
    """Returns the parameters of one way to compare labels."""
    name = _WAYS.get(way or "")
    return {} if name is None else {name: True}


def target(ctx: Any, kind: str, names: Sequence[str] | None = None) -> Any:
    """Returns the collection that a target stands for.

    Args:
        ctx: the execution context
        kind: a key of :data:`TARGETS`
        names (None): the slices of a grouped dataset; by default the active one

    Raises:
        FieldError: if the target holds no stored samples
        ParamsError: if there is no such slice
    """
    ctx.params["target_view"] = TARGETS[kind]
    samples = stored_samples(ctx.target_view("target_view"))
    return slices.choose(samples, names, ctx.dataset.group_slices or ())


def target_entries(ctx: Any) -> list[dict[str, Any]]:
    """Returns the targets that can be scanned now, with their numbers of samples.

    A view that itself selects slices of a grouped dataset names them, and leaves no
    choice of slices.
    """
    entries = [_target("dataset", read.count_samples(ctx.dataset), None)]
    if _refusal(ctx) is None:
        # a view that the panel made shows the last scan, and is not a target
        own = slices.fixed(stored_samples(ctx.view))
        if ctx.has_custom_view and not views.is_plan_view(ctx.view):
            view = target(ctx, "view")
            entries.append(_target("view", read.count_samples(view), own))
        if ctx.selected:
            chosen = target(ctx, "selection")
            entries.append(_target("selection", read.count_samples(chosen), own))
    return entries


def refused_view(ctx: Any) -> str | None:
    """Returns why the view in the App cannot be scanned; None if it can, or is ours."""
    refusal = _refusal(ctx)
    if refusal is None or views.is_plan_view(ctx.view):
        return None
    return (
        f"The App shows {refusal.got}, which cannot be scanned: only whole samples and "
        "patches of their labels can."
    )


def _target(kind: str, samples: int, own: list[str] | None) -> dict[str, Any]:
    return {"kind": kind, "samples": samples, "slices": own}


def summary_entry(dataset: Any, scan_key: str) -> dict[str, Any]:
    """Returns the summary of a stored scan, as the panel draws it."""
    found = summary.summary(dataset, scan_key)
    name, seen = found["params"]["label_field"], found["scope"]["slices"]
    params = FindParams.parse(found["params"]).to_dict()
    ways = (way for way, option in _WAYS.items() if params[option])
    units = params["rotation_unit"] or []
    return {
        **found,
        "unit": slices.unit(dataset, name, seen),
        "params": {**params, "compare": next(ways, None)},
        "measure": scan_words.measure_of(found["kind"]),
        "compared": _words(found),
        "unmarked": scan_words.unmarked_words(
            found["unmarked"], params["unmarked_as_missing"]
        ),
        "rotations": [units] if isinstance(units, str) else units,
    }


def _words(scan: dict[str, Any]) -> list[str]:
    """Returns what there is to say about what a stored scan compared."""
    words = scan_words.words(scan["params"], scan["kind"])
    words += [f"renamed from {old}" for old in scan["renamed"]]
    calibration = scan.get("calibration") or {}
    n_verdicts = scan.get("calibrated") or calibration.get("verdicts")
    if n_verdicts:
        words.append(f"likelihoods from {from_verdicts(n_verdicts)}")
    if not scan.get("pairs_stored", True):
        words.append("its pairs are no longer stored")
    return words


def scan_entries(ctx: Any) -> list[dict[str, Any]]:
    """Returns the stored scans, newest first."""
    # workers and other Apps store scans too
    ctx.dataset.reload()
    return [
        {
            "scan_key": config["scan_key"],
            "title": config["title"],
            "created_at": config["created_at"],
            "label_field": config["params"]["label_field"],
            "other_field": config["params"]["other_field"],
            "classwise": config["params"]["classwise"],
            "kind": config["kind"],
            "compared": _words(config),
            "scope": config["scope"]["kind"],
            "slices": config["scope"]["slices"],
            "labels": config["labels"],
            "samples": config["samples"],
            "unit": slices.unit(
                ctx.dataset, config["params"]["label_field"], config["scope"]["slices"]
            ),
            "iou_thresh": config["params"]["iou_thresh"],
            "removed": config["count"],
        }
        for config in stored.list_scans(ctx.dataset)
    ]


def freshness_entry(ctx: Any, scan_key: str, tag: str) -> dict[str, Any]:
    """Returns whether a scan is up to date, and how many labels are tagged."""
    try:
        scan = stored.open_scan(ctx.dataset, scan_key)
    except NoScanError:
        return _entry("gone", _UNCHANGED, False, 0)
    found = freshness.check_freshness(ctx.dataset, scan_key)
    return _entry(
        "up_to_date" if found.is_up_to_date else "changed",
        found,
        _is_other_view(ctx, scan),
        tagged_labels(scan, tag),
    )


def present_key(dataset: Any, scan_key: str) -> str | None:
    """Returns the key of a scan, or of the one that replaced it; None if it is gone."""
    try:
        return stored.open_scan(dataset, scan_key).key
    except NoScanError:
        return None


def seen_entry(dataset: Any) -> dict[str, str]:
    """Returns texts that change whenever samples do, or verdicts and rules.

    They are cheap, as an idle panel asks for them again and again. A sample that is
    replaced by another one within a millisecond is not noticed.
    """
    stamp = "last_modified_at"
    samples = dataset._sample_collection
    newest = samples.find_one({}, {"_id": False, stamp: True}, sort=[(stamp, -1)])
    rules = repr(load_class_pairs(dataset))
    return {
        "samples": f"{samples.estimated_document_count()} {(newest or {}).get(stamp)}",
        "verdicts": f"{progress.verdicts_of_others(dataset, '')} {rules}",
    }


def tagged_labels(scan: stored.Scan, tag: str) -> int:
    """Returns how many labels carry a tag, in the scanned view if it is stored."""
    samples = scan.view() if scan.view_stored else scan.samples
    return tagged.count_tagged(samples, scan.field, tag)


def _entry(
    state: str, found: freshness.Freshness, other_view: bool, tagged: int
) -> dict[str, Any]:
    return {
        "state": state,
        "added": found.added,
        "removed": found.removed,
        "edited": found.edited,
        "other_view": other_view,
        "tagged": tagged,
    }


def _refusal(ctx: Any) -> FieldError | None:
    try:
        fields.require_comparable(stored_samples(ctx.view))
    except FieldError as error:
        return error
    return None


def _is_other_view(ctx: Any, scan: stored.Scan) -> bool:
    """Returns whether the App shows another view than the one that was scanned.

    Views that the panel made count as the scanned view.
    """
    scope = scan.config["scope"]
    if scope["kind"] != "view" or not scan.view_stored:
        return False
    if not ctx.has_custom_view:
        return True
    if _refusal(ctx) is not None or views.is_plan_view(ctx.view):
        return False
    now = target(ctx, "view", scope["slices"])
    return _stages(scan.view()) != _stages(now)


def _stages(view: Any) -> str:
    stages = view._serialize(include_uuids=False)
    return json.dumps(stages, sort_keys=True, default=str)
