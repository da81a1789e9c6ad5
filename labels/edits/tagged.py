"""The labels that have a tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion

from ..fields import LabelField, class_of, tags_of, view_pipeline
from ..jobs.runs import Run
from ..reading import repeats
from ..reading.columns import to_stamp
from ..scans.plans import Plan
from .confirm import Confirmed
from .writing import own_tags

_RAW_DATES = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)

LOST = "lost the tag in the meantime"
ALIKE = "has the id of another label of its sample"
NO_ID = "has no id"


@dataclass(frozen=True)
class Tagged:
    """The labels of a collection that have a tag.

    Attributes:
        labels: label ids by sample id
        by_class: how many of each class, most first
        without_id: how many more have no id, and cannot be written to
    """

    labels: dict[ObjectId, list[ObjectId]]
    by_class: dict[str | None, int]
    without_id: int

    def __len__(self) -> int:
        return sum(map(len, self.labels.values()))


def find_tagged(
    samples: foc.SampleCollection, field: LabelField, tag: str, run: Run | None = None
) -> Tagged:
    """Returns the labels of a collection that have a tag.

    Args:
        samples: a dataset or a view; labels that it filters out are skipped
        field: the label field
        tag: the tag
        run (None): can cancel
    """
    path = field.list_path
    keys = ("_id", "label", "tags")
    projection = {"labels": field.picked(keys, _has_tag(tag))}
    collection, pipeline = view_pipeline(samples, field.on_frames)
    found = collection.aggregate(
        [
            *pipeline,
            {"$match": {f"{path}.tags": tag}},
            {"$project": projection},
        ],
        allowDiskUse=True,
    )
    # a view may hold a sample twice
    once = repeats.may_repeat(samples)
    labels: dict[ObjectId, list[ObjectId]] = {}
    classes: Counter[str | None] = Counter()
    without_id = 0
    seen: set[ObjectId] = set()
    for doc in found:
        if run is not None:
            run.check_cancelled()
        before = set(labels.get(doc["_id"], ())) if once else set()
        for label in _tagged(doc, tag):
            if not isinstance(label.get("_id"), ObjectId):
                without_id += doc["_id"] not in seen
            elif label["_id"] not in before:
                labels.setdefault(doc["_id"], []).append(label["_id"])
                classes[class_of(label)] += 1
        if once:
            seen.add(doc["_id"])
    return Tagged(labels, dict(classes.most_common()), without_id)


def confirm(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    tagged: Tagged,
    document_ids: Sequence[ObjectId],
) -> Confirmed:
    """Returns the labels that still have the tag in the database.

    Args:
        samples: a dataset or a view
        field: the label field
        tag: the tag
        tagged: the labels that were found
        document_ids: the samples to look at
    """
    keys = {
        "last_modified_at": True,
        "labels": field.picked(("_id", "tags"), _has_tag(tag)),
        "ids": field.picked("_id"),
    }
    collection = field.collection(samples).with_options(_RAW_DATES)
    labels: dict[ObjectId, list[ObjectId]] = {}
    stamps: dict[ObjectId, int] = {}
    dropped = {_id: Counter({LOST: len(tagged.labels[_id])}) for _id in document_ids}
    for doc in collection.find({"_id": {"$in": list(document_ids)}}, keys):
        wanted = set(tagged.labels[doc["_id"]])
        ids = Counter(_id for _id in doc["ids"] if isinstance(_id, ObjectId))
        tagged_ids = (label.get("_id") for label in _tagged(doc, tag))
        still = [
            _id for _id in tagged_ids if isinstance(_id, ObjectId) and _id in wanted
        ]
        alike = [_id for _id in still if ids[_id] > 1]
        dropped[doc["_id"]] += Counter({LOST: -len(still), ALIKE: len(alike)})
        still = [_id for _id in still if ids[_id] == 1]
        if still:
            labels[doc["_id"]] = still
            stamps[doc["_id"]] = to_stamp(doc.get("last_modified_at"))

    return Confirmed(labels, stamps, dropped)


def _tagged(doc: dict[str, Any], tag: str) -> Iterator[Mapping[str, Any]]:
    return (label for label in doc["labels"] if tag in tags_of(label))


def _has_tag(tag: str) -> dict[str, Any]:
    """Returns an expression for whether ``$$label`` has a tag."""
    return {"$in": [{"$literal": tag}, _list_or_empty("$$label.tags")]}


def count_tagged(samples: foc.SampleCollection, field: LabelField, tag: str) -> int:
    """Returns how many labels of a collection have a tag."""
    if repeats.may_repeat(samples):
        found = find_tagged(samples, field, tag)
        return len(found) + found.without_id
    path = field.list_path
    carriers = {
        "$filter": {
            "input": _list_or_empty(f"${path}"),
            "as": "label",
            "cond": _has_tag(tag),
        }
    }
    collection, pipeline = view_pipeline(samples, field.on_frames)
    counted = collection.aggregate(
        [
            *pipeline,
            {"$match": {f"{path}.tags": tag}},
            {"$group": {"_id": None, "n": {"$sum": {"$size": carriers}}}},
        ],
        allowDiskUse=True,
    )
    return int(next(iter(counted), {"n": 0})["n"])


def _list_or_empty(value: str) -> dict[str, Any]:
    return {"$cond": [{"$isArray": [value]}, value, []]}


@dataclass(frozen=True)
class TagState:
    """The differences between the labels with a tag and a plan, as numbers of labels.

    Attributes:
        tagged: labels that have the tag
        missing: labels of the plan that do not have it
        stale: other labels that the plugin tagged, for an earlier plan
        by_hand: labels that a person tagged
    """

    tagged: int
    missing: int
    stale: int
    by_hand: int


def compare(
    samples: foc.SampleCollection,
    field: LabelField,
    tag: str,
    plan: Plan,
    found: Tagged | None = None,
    classes: Sequence[str | None] | None = None,
) -> TagState:
    """Compares the labels that have a tag with a plan.

    Args:
        samples: the scanned dataset or view
        field: the label field
        tag: the tag
        plan: the plan
        found (None): the labels that have the tag; looked up by default
        classes (None): the classes whose labels count as missing; all by default
    """
    found = find_tagged(samples, field, tag) if found is None else found
    own = own_tags.read(samples, field, tag)
    mine = {label_id for labels in own.values() for label_id in labels}
    have = {label_id for labels in found.labels.values() for label_id in labels}
    planned = {ObjectId(removal.label_id): removal for removal in plan.removals}
    missing = (planned[label_id].class_name for label_id in planned.keys() - have)
    return TagState(
        len(found) + found.without_id,
        sum(classes is None or name in classes for name in missing),
        len((have & mine) - planned.keys()),
        len(have - mine) + found.without_id,
    )
