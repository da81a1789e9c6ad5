"""The properties of the labels of a group, as texts that a person can compare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from bson import ObjectId

from ....iou_core.params import FindParams
from ...fields import BUILTIN_NAMES, LabelField, require_label_field
from ...plurals import counted
from ...reading.kinds.turned import image_sizes
from ..class_text import class_text
from .label_values import ANNOTATOR, annotator_of, attribute

Property = dict[str, str]
"""The name of a property, and its value."""

CREATED = ("created_at", "created", "created_date")
MODIFIED = ("modified_at", "last_modified_at", "updated_at", "modified", "updated_date")
"""The attributes that say when a label was made and changed; the first one counts."""

_HEAVY = ("mask", "map")
_MOST_ATTRIBUTES = 50
_MOST_CHARACTERS = 200


def of_groups(
    samples: foc.SampleCollection,
    params: FindParams,
    groups: Sequence[Mapping[str, Any]],
    document_ids: Sequence[str],
) -> dict[str, list[Property]]:
    """Returns what is known of the members of some groups, as it is stored now.

    Args:
        samples: the dataset, or a view of it
        params: the parameters of the scan
        groups: what :func:`.queue.review_groups` returned
        document_ids: the sample, or frame, of each

    Returns:
        the properties by label id; labels that were deleted have only their class
    """
    dataset = samples._root_dataset
    members = {
        member["label_id"]: (member, document_id)
        for group, document_id in zip(groups, document_ids)
        for member in group["members"]
    }
    names = dict.fromkeys(filter(None, (params.label_field, params.other_field)))
    fields = {name: require_label_field(dataset, name) for name in names}
    ids = [ObjectId(document_id) for document_id in dict.fromkeys(document_ids)]
    on_frames = fields[params.label_field].on_frames
    sizes = dict(zip(map(str, ids), image_sizes(dataset, ids, on_frames)))
    evaluations = dataset.list_evaluations()
    labels: dict[str, Mapping[str, Any]] = {}
    for field in fields.values():
        wanted = [ObjectId(_id) for _id in members]
        labels |= {str(x["_id"]): x for x in _read(dataset, field, ids, wanted)}
    return {
        label_id: _properties(
            labels.get(label_id, {}),
            member,
            fields[member["field"]].document,
            sizes[document_id],
            evaluations,
        )
        for label_id, (member, document_id) in members.items()
    }


def _read(
    samples: foc.SampleCollection,
    field: LabelField,
    document_ids: list[ObjectId],
    wanted: list[ObjectId],
) -> Iterator[Mapping[str, Any]]:
    """Yields some labels of some documents, without their masks."""
    path = f"${field.list_path}"
    found = field.collection(samples).aggregate(
        [
            {"$match": {"_id": {"$in": document_ids}}},
            {
                "$project": {
                    "labels": {
                        "$filter": {
                            "input": {"$cond": [{"$isArray": path}, path, []]},
                            "as": "label",
                            "cond": {"$in": ["$$label._id", wanted]},
                        }
                    }
                }
            },
            {"$project": {f"labels.{key}": False for key in _HEAVY}},
        ]
    )
    for document in found:
        yield from document["labels"]


def _properties(
    label: Mapping[str, Any],
    member: Mapping[str, Any],
    kind: type,
    size: tuple[float, float],
    evaluations: Sequence[str],
) -> list[Property]:
    known: dict[str, str] = {"class": class_text(member["class"])}
    confidence = label.get("confidence")
    if _is_number(confidence):
        known["confidence"] = f"{confidence:.4g}"
    known |= _measures(label, member, kind, size)
    if isinstance(label.get("index"), int):
        known["index"] = str(label["index"])
    tags = label.get("tags")
    if isinstance(tags, list) and tags:
        known["tags"] = ", ".join(map(str, tags))
    annotator = annotator_of(label)
    if annotator is not None:
        known["annotator"] = annotator
    known |= _times(label)
    used = {"attributes", *BUILTIN_NAMES, *CREATED, *MODIFIED}
    used |= {next((n for n in ANNOTATOR if attribute(label, n) is not None), "")}
    for key in evaluations:
        outcome, iou = label.get(key), label.get(f"{key}_iou")
        if isinstance(outcome, str):
            share = f", IoU {iou:.2f}" if _is_number(iou) else ""
            known[key] = f"{outcome}{share}"
        used |= {key, f"{key}_id", f"{key}_iou"}
    for name, value in _attributes(label, used):
        known[f"{name} (attribute)" if name in known else name] = value
    return [
        {"name": name, "value": value[:_MOST_CHARACTERS]}
        for name, value in known.items()
    ]


def _measures(
    label: Mapping[str, Any],
    member: Mapping[str, Any],
    kind: type,
    size: tuple[float, float],
) -> dict[str, str]:
    """Returns how large a label is, in pixels or in the unit of its kind."""
    area = member["area"]
    if kind is fol.TemporalDetections:
        support = label.get("support")
        is_whole = isinstance(support, list) and len(support) == 2
        frames = {"frames": "{} to {}".format(*support)} if is_whole else {}
        return {"size": counted(round(area) + 1, "frame"), **frames}
    sides = label.get("dimensions")
    if isinstance(sides, list) and len(sides) == 3 and all(map(_is_number, sides)):
        volume = f"{area:,.4g} cubic units"
        return {"size": " × ".join(f"{s:.4g}" for s in sides), "volume": volume}
    measures = _flat(member["bounding_box"], area, size)
    rotation = label.get("rotation")
    if _is_number(rotation) and rotation:
        measures["rotation"] = f"{rotation:.4g}"
    points = label.get("points")
    if isinstance(points, list):
        paths = points if kind is fol.Polylines else [points]
        n = sum(len(path) for path in paths if isinstance(path, list))
        measures["points"] = f"{n:,}"
    return measures


def _flat(
    box: Sequence[float], area: float, size: tuple[float, float]
) -> dict[str, str]:
    width, height = size
    if not width or not height:
        share = f"{100 * box[2]:.3g} % × {100 * box[3]:.3g} % of the image"
        return {"size": share, "area": f"{100 * area:.3g} % of the image"}
    sides = f"{box[2] * width:,.0f} × {box[3] * height:,.0f} px"
    return {"size": sides, "area": f"{area * width * height:,.0f} pixels"}


def _times(label: Mapping[str, Any]) -> dict[str, str]:
    """Returns when a label was made and changed, in UTC.

    The id of a label holds when it was made, or imported.
    """
    times = {}
    for name, keys in (("created", CREATED), ("modified", MODIFIED)):
        given = (attribute(label, key) for key in keys)
        value = next((value for value in given if value is not None), None)
        if value is not None:
            times[name] = _text(value)
    if "created" not in times and isinstance(label.get("_id"), ObjectId):
        times["created"] = _text(label["_id"].generation_time)
    return times


def _attributes(
    label: Mapping[str, Any], used: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yields the attributes of a label that are not among those used."""
    held = label.get("attributes")
    names = dict.fromkeys((*label, *(held if isinstance(held, Mapping) else ())))
    shown = [name for name in names if name not in used and name[:1] != "_"]
    for name in shown[:_MOST_ATTRIBUTES]:
        value = attribute(label, name)
        if value is not None and not isinstance(value, bytes):
            yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return json.dumps(value, default=str, ensure_ascii=False)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
