"""The values of labels that filters need and scans do not store, as stored now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import numpy as np

from ....iou_core.arrays import Bools, Floats, Ints
from ....iou_core.params import FindParams
from ...fields import require_label_field, tags_of
from ...reading.kinds.turned import image_sizes
from ...reading.raw.ids import IDS_AT_ONCE, to_bytes, to_object_ids
from ...scans.blocks.block import StoredBlock

ANNOTATOR = (
    "annotator",
    "annotator_id",
    "annotator_name",
    "annotated_by",
    "created_by",
    "labeler",
    "worker_id",
)
"""The attributes that name who drew a label, the first one that a label has."""


class LabelValues:
    """Reads values of labels of the fields that a scan compared.

    Args:
        samples: the dataset, or a view of it
        params: the parameters of the scan
    """

    def __init__(self, samples: foc.SampleCollection, params: FindParams) -> None:
        dataset = samples._root_dataset
        self._samples = samples
        names = dict.fromkeys(filter(None, (params.label_field, params.other_field)))
        self._fields = [require_label_field(dataset, name) for name in names]

    def sizes(self, block: StoredBlock, rows: Ints) -> Floats:
        """Returns the sizes of labels.

        Args:
            block: a block
            rows: ``(M,)`` labels of it

        Returns:
            an ``(M,)`` array: pixels; cubic units of cuboids and frames of segments;
            NaN if the size of the image is not known
        """
        area = block.area[rows].astype(np.float64)
        if self._fields[0].document is fol.TemporalDetections:
            # from the first frame to the last one, and both of them
            return area + 1
        flat = block.boxes[rows].any(axis=1) | (area == 0)
        images, place = np.unique(block.image[rows[flat]], return_inverse=True)
        pixels = np.full(len(images), np.nan)
        for lo in range(0, len(images), IDS_AT_ONCE):
            ids = to_object_ids(block.document_ids[images[lo : lo + IDS_AT_ONCE]])
            sizes = image_sizes(self._samples, ids, self._fields[0].on_frames)
            pixels[lo : lo + IDS_AT_ONCE] = [w * h or np.nan for w, h in sizes]
        area[flat] *= pixels[place]
        return area

    def has(self, block: StoredBlock, rows: Ints, name: str, value: str) -> Bools:
        """Returns which labels have a tag, or are by an annotator.

        Args:
            block: a block
            rows: ``(M,)`` labels of it
            name: "tag" or "annotator"
            value: the tag, or the annotator
        """
        ids = to_object_ids(block.document_ids[np.unique(block.image[rows])])
        found: set[bytes] = set()
        for field in self._fields:
            query, keys = _query(field.list_path, name, value)
            for lo in range(0, len(ids), IDS_AT_ONCE):
                some = {"_id": {"$in": ids[lo : lo + IDS_AT_ONCE]}, **query}
                for document in field.collection(self._samples).find(some, keys):
                    found.update(
                        label["_id"].binary
                        for label in field.labels_in(document)
                        if _has(label, name, value)
                    )
        labels = to_bytes(block.label_ids[rows])
        return np.fromiter((_id in found for _id in labels), np.bool_, len(labels))


def _query(path: str, name: str, value: str) -> tuple[dict[str, Any], dict[str, bool]]:
    """Returns the query of documents that may hold such a label, and what is read."""
    if name == "tag":
        return {f"{path}.tags": value}, {f"{path}._id": True, f"{path}.tags": True}
    values: list[str | float] = [value]
    if value.isascii() and value.isdecimal() and len(value) < 16:
        values.append(int(value))
    places = [*ANNOTATOR, *(f"attributes.{key}.value" for key in ANNOTATOR)]
    query = {"$or": [{f"{path}.{place}": {"$in": values}} for place in places]}
    return query, dict.fromkeys((f"{path}.{key}" for key in ("_id", *places)), True)


def annotator_of(label: Mapping[str, Any]) -> str | None:
    """Returns who drew a stored label; None if no attribute says so."""
    for name in ANNOTATOR:
        value = attribute(label, name)
        if value is not None and not isinstance(value, (dict, list)):
            return str(value)
    return None


def attribute(label: Mapping[str, Any], name: str) -> Any:
    """Returns an attribute of a stored label; None if it has none of this name."""
    if label.get(name) is not None:
        return label[name]
    attributes = label.get("attributes")
    held = attributes.get(name) if isinstance(attributes, Mapping) else None
    # attributes as labels hold them since before dynamic ones: {"value": ...}
    return held.get("value") if isinstance(held, Mapping) else None


def _has(label: Mapping[str, Any], name: str, value: str) -> bool:
    if name == "annotator":
        return annotator_of(label) == value
    return value in tags_of(label)
