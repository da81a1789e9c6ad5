"""What is stored of some labels now: files, classes, boxes, confidences, tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bson import ObjectId

from ..iou_core.params import FindParams
from ..labels import find
from ..labels.fields import require_label_field

_KEYS = ("_id", "label", "bounding_box", "confidence", "tags")


def class_of(name: str | None) -> str | None:
    """Returns a class as the panel knows it: null for a label that has none."""
    return None if name == find.NO_CLASS else name


def sample_facts(
    dataset: Any, params: FindParams, holder_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Returns files, and the labels of the fields that a scan compared.

    Args:
        dataset: the dataset
        params: the parameters of the scan
        holder_ids: the ids of samples; of frames, for fields of frames

    Returns:
        by id, ``{"filepath": ..., "labels": {label_id: {"label": ...,
        "bounding_box": ..., ...}}}``; what is gone is missing
    """
    names = [params.label_field, *filter(None, [params.other_field])]
    ids = [ObjectId(_id) for _id in set(holder_ids)]
    return field_facts(dataset, names, {"_id": {"$in": ids}})


def field_facts(
    dataset: Any, names: Sequence[str], wanted: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Returns the same for the samples, or frames, that a query finds."""
    fields = [require_label_field(dataset, name) for name in names]
    paths = [field.list_path for field in fields]
    keys = {f"{path}.{key}": True for path in paths for key in _KEYS}
    found = (
        fields[0]
        .collection(dataset)
        .find(wanted, {"filepath": True, "_sample_id": True, **keys})
    )
    return {
        str(doc["_id"]): {
            "sample_id": str(doc.get("_sample_id", doc["_id"])),
            "filepath": doc.get("filepath", ""),
            "labels": {
                str(label["_id"]): label
                for holder, list_name in (path.split(".") for path in paths)
                for label in (doc.get(holder) or {}).get(list_name) or ()
                if isinstance(label, dict) and "_id" in label
            },
        }
        for doc in found
    }


def confidence(label: dict[str, Any]) -> float | None:
    """Returns the confidence of a label; None where it has none."""
    value = label.get("confidence")
    return float(value) if isinstance(value, (int, float)) else None
