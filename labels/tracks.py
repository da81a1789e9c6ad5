"""Duplicate tracks: two identities that cover one object over a span of frames."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ..iou_core.duplicates import pair_values
from ..iou_core.errors import FieldError, ParamsError
from ..iou_core.params import FindParams
from . import scan_blocks, scans
from .columns import to_object_ids
from .decide import Decider
from .fields import LabelField, require_label_field
from .plans import params_of_plan
from .stored_block import StoredBlock

FRAMES_AT_ONCE = 2000

Identity = tuple[str, str]


@dataclass
class _Shared:
    """What two tracks have in common."""

    frames: list[int] = field(default_factory=list)
    ious: list[float] = field(default_factory=list)


def list_tracks(
    samples: foc.SampleCollection,
    scan_key: str,
    min_frames: int = 2,
    **changes: Any,
) -> list[dict[str, Any]]:
    """Returns pairs of tracks that overlap in several frames, the longest first.

    A track is what the labels of a video with one class and one ``instance``, or else
    one ``index``, make up. Labels with neither belong to none.

    Args:
        samples: the dataset, or a view of it
        scan_key: a scan of a field of frames
        min_frames (2): leave out tracks that overlap in fewer frames
        **changes: other parameters of the decision than the scan's

    Returns:
        for each pair of tracks of a video a dict, ready for JSON: ``sample_id``;
        ``tracks``, the two, each with ``class``, ``identity`` and ``frames``, how
        many frames it has; ``first_frame`` and ``last_frame`` of the span in which
        they overlap; ``frames``, in how many they do; ``mean_iou`` over these; and
        ``share``, of the frames of the shorter track

    Raises:
        ScanError: if there is no such scan
        FieldError: if its field is none of a video's frames
        ParamsError: if one of the parameters cannot be used
    """
    if isinstance(min_frames, bool) or not isinstance(min_frames, int):
        raise ParamsError("a number of frames", repr(min_frames), "min_frames")
    config = scans.load(samples, scan_key)
    params = params_of_plan(FindParams.parse(config["params"]), **changes)
    label_field = require_label_field(samples._root_dataset, params.label_field)
    if not label_field.on_frames:
        raise FieldError(
            "a scan of the labels of frames", repr(label_field.name), "scan_key"
        )

    names = scan_blocks.classes(config["scan_uuid"])["names"]
    decider = Decider(samples, params, names)
    shared: dict[tuple[str, Identity, Identity], _Shared] = defaultdict(_Shared)
    for block in scan_blocks.blocks(config["scan_uuid"]):
        _see(samples, label_field, block, decider, shared)
    found = {
        key: what for key, what in shared.items() if len(what.frames) >= min_frames
    }
    lengths = _lengths(samples, label_field, {key[0] for key in found})
    tracks = [_as_data(key, what, lengths) for key, what in found.items()]
    return sorted(
        tracks, key=lambda t: (-t["frames"], -t["mean_iou"], t["sample_id"], str(t))
    )


def _see(
    samples: foc.SampleCollection,
    label_field: LabelField,
    block: StoredBlock,
    decider: Decider,
    shared: dict[tuple[str, Identity, Identity], _Shared],
) -> None:
    values = decider.values(block)
    values = pair_values(block.pairs) if values is None else values
    pairs = block.pairs.select(values > decider.params.iou_thresh)
    frames = np.unique(block.image[pairs.i])
    at: dict[ObjectId, tuple[str, int, Identity]] = {}
    for k in range(0, len(frames), FRAMES_AT_ONCE):
        part = block.sample_ids[frames[k : k + FRAMES_AT_ONCE]]
        at |= _identities(samples, label_field, to_object_ids(part))
    ids = to_object_ids(block.label_ids)
    for i, j, iou in zip(pairs.i.tolist(), pairs.j.tolist(), pairs.iou.tolist()):
        one, other = at.get(ids[i]), at.get(ids[j])
        if one is None or other is None or one[2] == other[2]:
            continue
        sample_id, frame_number, first = one
        key = (sample_id, *sorted((first, other[2])))
        shared[key].frames.append(frame_number)
        shared[key].ious.append(iou)


def _identities(
    samples: foc.SampleCollection, label_field: LabelField, frame_ids: list[ObjectId]
) -> dict[ObjectId, tuple[str, int, Identity]]:
    """Returns sample, frame number and identity of the labels of frames."""
    path = label_field.list_path
    keys = ("_id", "label", "index", "instance")
    docs = label_field.collection(samples._root_dataset).find(
        {"_id": {"$in": frame_ids}},
        {"_sample_id": True, "frame_number": True}
        | {f"{path}.{key}": True for key in keys},
    )
    holder, list_name = path.split(".")
    return {
        label["_id"]: (str(doc["_sample_id"]), doc["frame_number"], identity)
        for doc in docs
        for label in (doc.get(holder) or {}).get(list_name) or ()
        if isinstance(label, dict)
        and "_id" in label
        and (identity := _identity(label)) is not None
    }


def _identity(label: dict[str, Any]) -> Identity | None:
    name = str(label.get("label"))
    instance = label.get("instance")
    if isinstance(instance, dict) and "_id" in instance:
        return name, str(instance["_id"])
    if label.get("index") is not None:
        return name, str(label["index"])
    return None


def _lengths(
    samples: foc.SampleCollection, label_field: LabelField, sample_ids: set[str]
) -> Counter[tuple[str, Identity]]:
    """Returns in how many frames each track of some videos is."""
    path = label_field.list_path
    keys = ("label", "index", "instance")
    docs = label_field.collection(samples._root_dataset).find(
        {"_sample_id": {"$in": [ObjectId(_id) for _id in sample_ids]}},
        {"_sample_id": True} | {f"{path}.{key}": True for key in keys},
    )
    holder, list_name = path.split(".")
    counts: Counter[tuple[str, Identity]] = Counter()
    for doc in docs:
        labels = (doc.get(holder) or {}).get(list_name) or ()
        here = {_identity(label) for label in labels if isinstance(label, dict)}
        counts.update((str(doc["_sample_id"]), _id) for _id in here if _id is not None)
    return counts


def _as_data(
    key: tuple[str, Identity, Identity],
    what: _Shared,
    lengths: Counter[tuple[str, Identity]],
) -> dict[str, Any]:
    sample_id, *identities = key
    frames = len(set(what.frames))
    sizes = [lengths[sample_id, identity] for identity in identities]
    return {
        "sample_id": sample_id,
        "tracks": [
            {"class": name, "identity": which, "frames": size}
            for (name, which), size in zip(identities, sizes)
        ],
        "first_frame": min(what.frames),
        "last_frame": max(what.frames),
        "frames": frames,
        "mean_iou": float(np.mean(what.ious)),
        "share": frames / max(min(sizes), 1),
    }
