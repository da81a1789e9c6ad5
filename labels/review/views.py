"""Views of duplicates, to look at in the App."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import fiftyone.core.media as fom
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov
from bson import ObjectId

from ...iou_core.errors import ParamsError
from ...iou_core.params import FindParams
from ..fields import FRAMES, LabelField, require_label_field
from ..scans.plans import Plan

_PATCHES_OF = (fol.Detections, fol.Polylines)
_PATCHES_DEPTH = 1  # FiftyOne makes no patches of a field that is further inside
_FILTERED_DEPTH = 1  # nor can it filter a field of frames that is further inside

MODES = {
    "samples": "the samples or frames that hold duplicates, with all their labels",
    "labels": "the same, with only the duplicates and the labels they duplicate",
    "patches": "one patch for each duplicate, next to that of the label it duplicates",
}
"""The ways to show duplicates, with their descriptions."""

MOST_BESIDE = 2_000
"""Patches of more removed labels are in the order of the samples: to sort by a list of
ids takes MongoDB quadratic time, for each page of the grid."""


def require_mode(mode: object) -> str:
    """Returns a mode.

    Raises:
        ParamsError: if it is no key of :data:`MODES`
    """
    if not isinstance(mode, str) or mode not in MODES:
        raise ParamsError(" or ".join(MODES), repr(mode), "mode")
    return mode


def has_patches(dataset: fo.Dataset, field: LabelField) -> bool:
    """Returns whether FiftyOne makes patches of the labels of a field."""
    return (
        not field.on_frames
        and field.root.count(".") <= _PATCHES_DEPTH
        and field.document in _PATCHES_OF
        and bool(_image_slices(dataset))
    )


def require_patches(samples: foc.SampleCollection, label_field: str) -> None:
    """Raises an error unless FiftyOne makes patches of a field.

    Raises:
        ParamsError: for the fields of a video's frames, and what is not in an image
    """
    dataset = samples._root_dataset
    if not has_patches(dataset, require_label_field(dataset, label_field)):
        raise ParamsError(
            "samples or labels, as FiftyOne makes no patches of this field",
            "'patches'",
            "mode",
        )


def _is_filtered(label_field: str) -> bool:
    """Returns whether FiftyOne can leave out some labels of a field."""
    depth = label_field.removeprefix(FRAMES).count(".")
    return not label_field.startswith(FRAMES) or depth <= _FILTERED_DEPTH


def _require_possible(
    samples: foc.SampleCollection, label_field: str, mode: str
) -> None:
    if mode == "patches":
        require_patches(samples, label_field)
    if mode == "labels" and not _is_filtered(label_field):
        expected = "samples, as FiftyOne cannot leave out labels of this field"
        raise ParamsError(expected, repr(mode), "mode")


def plan_view(samples: foc.SampleCollection, plan: Plan, mode: str) -> fov.DatasetView:
    """Returns a view of the labels that a plan would remove and their partners.

    Args:
        samples: the dataset, or a view of it
        plan: the plan
        mode: a key of :data:`MODES`
    """
    require_mode(mode)
    dataset = samples._root_dataset
    ids = list(dict.fromkeys(removal.sample_id for removal in plan.removals))
    _require_possible(samples, plan.params.label_field, mode)
    view = _select(dataset, ids, only_images=mode == "patches")
    field = plan.params.label_field
    if mode == "samples" and not field.startswith(FRAMES):
        return view

    fields = [field, *filter(None, [plan.params.other_field])]
    ids = _side_by_side(plan)
    if mode != "patches":
        return _with_labels(view, fields, {"ids": ids}, all_labels=mode == "samples")
    # of two fields, the partners are drawn over the patches of the duplicates
    view = _only(view, fields, ids).to_patches(field, other_fields=fields[1:])
    return view.select(ids, ordered=True) if are_beside(plan) else view


def _only(
    view: fov.DatasetView, fields: Sequence[str], ids: Sequence[str]
) -> fov.DatasetView:
    """Returns a view of samples with only some of their labels.

    For ``select_labels()``, MongoDB compares each label with each id: half a minute for
    ten thousand. It looks for a subset in a set of them.
    """
    is_one = {"$setIsSubset": [[{"$toString": "$$this._id"}], {"$literal": list(ids)}]}
    for field in fields:
        # samples without any of them are left out, as by select_labels()
        matches = field == fields[0]
        view = view.filter_labels(field, fo.ViewExpression(is_one), matches)
    return view


def are_beside(plan: Plan) -> bool:
    """Returns whether patches of a plan show each kept label before its duplicates."""
    return len(plan) <= MOST_BESIDE


def _side_by_side(plan: Plan) -> list[str]:
    """Returns the ids of the labels of a plan and of their partners.

    Each label that is kept comes before those that are removed for it.
    """
    partners = {r.label_id: r.partner_id for r in plan.removals if r.partner_id}

    def kept_by(label_id: str) -> str:
        # of labels of which none is kept, any one that is the same for all
        seen: set[str] = set()
        while label_id in partners and label_id not in seen:
            seen.add(label_id)
            label_id = partners[label_id]
        return min(seen) if label_id in seen else label_id

    beside: dict[str, list[str]] = {}
    for removal in plan.removals:
        beside.setdefault(kept_by(removal.label_id), []).append(removal.label_id)
    found = (one for kept, removed in beside.items() for one in (kept, *removed))
    return list(dict.fromkeys(found))


def without_patches(dataset: fo.Dataset, plan: Plan) -> int:
    """Returns how many labels that a plan would remove have no patches.

    Of a grouped dataset, those in slices that hold no images, as 3-D scenes; else 0.
    """
    if dataset.media_type != fom.GROUP:
        return 0
    ids = {ObjectId(removal.sample_id) for removal in plan.removals}
    query = {
        "_id": {"$in": list(ids)},
        f"{dataset.group_field}.name": {"$nin": _image_slices(dataset)},
    }
    others = {str(_id) for _id in dataset._sample_collection.distinct("_id", query)}
    return sum(removal.sample_id in others for removal in plan.removals)


def group_view(
    samples: foc.SampleCollection,
    params: FindParams,
    sample_ids: Sequence[str],
    label_ids: Sequence[str],
) -> fov.DatasetView:
    """Returns a view of samples with nothing but some of their labels.

    Args:
        samples: the dataset, or a view of it
        params: the parameters of a scan, which name the fields
        sample_ids: the samples
        label_ids: the labels
    """
    view = _select(samples._root_dataset, sample_ids)
    fields = [params.label_field, *filter(None, [params.other_field])]
    return _with_labels(view, fields, {"ids": list(label_ids)})


def is_plan_view(view: fov.DatasetView) -> bool:
    """Returns whether a view looks like one that :func:`plan_view` made."""
    stages = [s for s in view._all_stages if not isinstance(s, fosg.SelectGroupSlices)]
    first = next(iter(stages), None)
    return isinstance(first, fosg.Select) and first.ordered


def tag_view(
    samples: foc.SampleCollection, label_field: str, tag: str, mode: str
) -> fov.DatasetView:
    """Returns a view of the labels that carry a tag.

    Args:
        samples: a dataset or a view
        label_field: the label field
        tag: the tag
        mode: a key of :data:`MODES`; partners are not known by tags, so
            "labels" and "patches" hold the tagged labels alone
    """
    require_mode(mode)
    _require_possible(samples, label_field, mode)
    if label_field.startswith(FRAMES):
        field = require_label_field(samples._root_dataset, label_field)
        tagged = {f"{field.list_path}.tags": tag}
        ids = field.collection(samples).distinct("_sample_id", tagged)
        view = samples.select([str(_id) for _id in ids])
        return _with_labels(view, [label_field], {"tags": tag}, mode == "samples")
    if mode == "samples":
        return samples.match_labels(tags=tag, fields=label_field)
    if mode == "patches" and samples.media_type == fom.GROUP:
        samples = samples.select_group_slices(samples.group_slice)
    view = samples.select_labels(tags=tag, fields=label_field)
    return view if mode == "labels" else view.to_patches(label_field)


def _with_labels(
    view: fov.DatasetView,
    fields: Sequence[str],
    which: dict[str, Any],
    all_labels: bool = False,
) -> fov.DatasetView:
    """Returns a view of samples that were selected, with only some of their labels.

    Of videos it has the frames with these labels, a clip for each run of them: the
    App shows a video at its first frame, whatever that holds.

    Args:
        view: the samples
        fields: the label fields, the one with duplicates first
        which: the labels, as ``select_labels()`` takes them
        all_labels (False): whether the frames have their other labels too
    """
    if not all(map(_is_filtered, fields)):
        return view
    chosen = {**which, "fields": list(fields)}
    if not fields[0].startswith(FRAMES):
        if "ids" in which:
            return _only(view, fields, which["ids"])
        return view.select_labels(**chosen)
    # FiftyOne leaves out a video without such a label in its first frame
    chosen["omit_empty"] = False
    clips = view.select_labels(**chosen).to_clips(fields[0])
    return clips if all_labels else clips.select_labels(**chosen)


def _select(
    dataset: fo.Dataset, ids: Sequence[str], only_images: bool = False
) -> fov.DatasetView:
    """Returns a view of samples in an order, of any slices of a grouped dataset.

    The App cannot show images and 3-D scenes side by side: of those, whole groups.
    """
    if dataset.media_type != fom.GROUP:
        return dataset.select(ids, ordered=True)
    group = dataset.group_field
    found = dataset._sample_collection.find(
        {"_id": {"$in": [ObjectId(_id) for _id in ids]}}, {group: True}
    )
    groups = {str(doc["_id"]): doc[group] for doc in found}
    names = {of["name"] for of in groups.values()}
    if only_images:
        names &= set(_image_slices(dataset))
    elif names == {dataset.group_slice}:
        return dataset.select(ids, ordered=True)
    if len({dataset.group_media_types[name] for name in names}) > 1:
        # the App fails on select_groups() where a group has several slices
        held_by = dict.fromkeys(groups[_id]["_id"] for _id in ids if _id in groups)
        members: dict[ObjectId, list[str]] = {group_id: [] for group_id in held_by}
        for doc in dataset._sample_collection.find(
            {f"{group}._id": {"$in": list(held_by)}}, {group: True}
        ):
            members[doc[group]["_id"]].append(str(doc["_id"]))
        ids = [_id for of_group in members.values() for _id in of_group]
        return dataset.select(ids, ordered=True)
    slices = sorted(names) or _image_slices(dataset)
    return dataset.select_group_slices(slices).select(ids, ordered=True)


def _image_slices(dataset: fo.Dataset) -> list[str]:
    """Returns the group slices of images; of a dataset without any, a name if it is."""
    media = (
        dataset.group_media_types
        if dataset.media_type == fom.GROUP
        else {"": dataset.media_type}
    )
    return [name for name, kind in media.items() if kind == fom.IMAGE]
