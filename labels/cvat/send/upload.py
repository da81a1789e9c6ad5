"""The estimate of an upload: its images, bytes and labels, and what is not sent."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from bson import ObjectId

from ....iou_core.errors import CvatError, FieldError
from ...edits.delete import RawLabels
from ...fields import LabelField
from ...media.files import file_size
from ...plurals import counted, predicate
from ...reading.columns import BadLabel
from ...scans.blocks.compare import Skipped
from ..server.options import TASK_IMAGES, Options
from ..server.settings import Server
from ..shapes import attributes
from ..shapes.attributes import Attribute, unsendable_values
from ..shapes.fit import label_fault, name_fault
from .selection import FLAGGED, Selection, partners

__all__ = ["TASK_IMAGES", "Options", "Upload", "estimate", "reasons_text"]

NO_ID = "has no id to match edits by"
SHARED_ID = "shares its id with another label of its image"
NO_IMAGE = "is in an image that does not exist"

_CUBOID = ("dimensions", "location")


@dataclass(frozen=True)
class Upload:
    """An upload that is planned.

    Attributes:
        sample_ids: the samples whose images are sent
        labels: the number of labels that are sent
        flagged: how many of them are to be reviewed
        size: the size of the images, in bytes
        tasks: the number of tasks that are created
        sent_ids: the labels by sample; None for all labels of a sample
        classes: the classes that annotators can choose from
        used: the classes of the labels that are sent
        left: the labels that are not sent, and why
        attributes: the attributes that are sent
        attributes_left: if all attributes were requested, the reasons why some are
            not sent, by name
        values_left: how many values are not sent as CVAT cannot hold them, by the
            name of the attribute
    """

    sample_ids: list[ObjectId]
    labels: int
    flagged: int
    size: int
    tasks: int
    sent_ids: dict[ObjectId, set[ObjectId]] | None
    classes: list[str]
    used: set[str]
    left: Skipped
    attributes: Sequence[Attribute] = ()
    attributes_left: Mapping[str, str] = field(default_factory=dict)
    values_left: Counter[str] = field(default_factory=Counter)

    @property
    def images(self) -> int:
        """The number of images."""
        return len(self.sample_ids)

    def to_dict(self, server: Server) -> dict[str, Any]:
        """Returns the numbers, ready for JSON."""
        return {
            "host": server.host,
            "encrypted": server.url.startswith("https:"),
            "images": self.images,
            "megabytes": round(self.size / 1e6, 2),
            "labels": self.labels,
            "flagged": self.flagged,
            "tasks": self.tasks,
            "left": left_dict(self.left),
            "attributes": [each.name for each in self.attributes],
            "attributes_left": dict(self.attributes_left),
            "values_left": dict(self.values_left),
        }

    @property
    def left_texts(self) -> list[str]:
        """The labels and attributes that are not sent, as phrases; often empty."""
        found = []
        if n := self.left.reasons.total():
            reasons = reasons_text(self.left.reasons)
            found.append(f"{counted(n, 'label')} ({reasons})")
        found += [f"{name}, which {why}" for name, why in self.attributes_left.items()]
        found += [
            f"{name} of {counted(n, 'label')}, whose value CVAT cannot represent"
            for name, n in self.values_left.items()
        ]
        return found


def estimate(
    samples: foc.SampleCollection,
    selection: Selection,
    options: Options,
    unreadable: Mapping[ObjectId, str] = MappingProxyType({}),
) -> Upload:
    """Returns the planned upload, or raises an error if it is not possible.

    Args:
        samples: a dataset or a view
        selection: the labels
        options: the options for creating tasks
        unreadable ({}): the paths of images that cannot be read, by sample

    Raises:
        FieldError: if there is nothing to send, or a label cannot be sent
        CvatError: if nothing can be sent because images are missing or CVAT rejects
            the names of classes
    """
    if not selection.flagged:
        raise FieldError("labels to send", "none", "label_field")
    taken, attributes_left = attributes.choose(
        samples, selection.field, options.attributes
    )
    sizes = _sizes(samples, selection.sample_ids)
    counting = _Counting(selection, taken)
    sent = partners(samples, selection) if selection.scope == FLAGGED else None
    raw = RawLabels(samples, selection.field)
    for now in raw.read(selection.sample_ids):
        sample_id, found = now.document_id, list(enumerate(now.labels))
        wanted = None if sent is None else sent[sample_id]
        fault = _fault_of_image(sizes.get(sample_id), unreadable.get(sample_id))
        counting.add(sample_id, fault, found, wanted)
    counting.require_some()
    going = [
        _id
        for _id in selection.sample_ids
        if sizes.get(_id) is not None and _id not in unreadable
    ]
    return Upload(
        going,
        counting.labels,
        counting.flagged,
        sum(sizes[_id] or 0 for _id in going),
        -(-len(going) // options.task_size),
        sent,
        _classes(samples, selection, counting.used),
        counting.used,
        counting.left,
        taken,
        attributes_left,
        counting.values_left,
    )


def _fault_of_image(size: int | None, unreadable: str | None) -> str | None:
    """Returns why the labels of an image are not sent, if it cannot be read."""
    if unreadable is not None:
        return f"is in an image that cannot be read ({os.path.basename(unreadable)})"
    return NO_IMAGE if size is None else None


class _Counting:
    """Counts labels that are sent and labels that are not, image by image."""

    def __init__(self, selection: Selection, taken: Sequence[Attribute]) -> None:
        self._field = selection.field
        self._flagged = selection.flagged
        self._taken = taken
        self.labels = 0
        self.flagged = 0
        self.left = Skipped()
        self.used: set[str] = set()
        self.values_left: Counter[str] = Counter()
        self._refused: list[str] = []

    def add(
        self,
        sample_id: ObjectId,
        fault: str | None,
        labels: Sequence[tuple[int, Any]],
        wanted: set[ObjectId] | None,
    ) -> None:
        """Counts the labels of an image, none of which is sent if it has a fault.

        If ``wanted`` is given, only those are counted.
        """
        ids = Counter(label.get("_id") for _, label in labels)
        flagged = set(self._flagged[sample_id])
        for k, label in labels:
            label_id = label.get("_id")
            if wanted is not None and label_id not in wanted:
                continue
            reason = fault or self._reason(label, ids[label_id])
            if reason is not None:
                self.left.add([_left(self._field, sample_id, k, label, reason)])
                continue
            self.labels += 1
            self.flagged += label_id in flagged
            self.used.add(label["label"])
            self.values_left.update(unsendable_values(self._taken, label))

    def _reason(self, label: Any, n_alike: int) -> str | None:
        of_polylines = self._field.document is fol.Polylines
        is_cuboid = not label.get("bounding_box") and any(map(label.get, _CUBOID))
        if is_cuboid and not of_polylines:
            raise FieldError(
                "labels that are boxes or masks to send to CVAT",
                f"a cuboid, label {label.get('_id')}",
                self._field.name,
            )
        name = label.get("label")
        if isinstance(name, str) and name_fault(name) is not None:
            self._refused.append(name)
        reason = label_fault(label, of_polylines)
        if reason is None and not isinstance(label.get("_id"), ObjectId):
            return NO_ID
        return SHARED_ID if reason is None and n_alike > 1 else reason

    def require_some(self) -> None:
        """Raises an error, with the reason, if there is nothing to send."""
        if self.labels:
            return
        for name in sorted(self._refused):
            fault = name_fault(name)
            if fault is not None:
                raise CvatError(fault[0], repr(name), "label_field")
        raise FieldError(
            "labels that CVAT can represent",
            reasons_text(self.left.reasons),
            self._field.name,
        )


def reasons_text(reasons: Mapping[str, int]) -> str:
    """Returns a phrase for how many labels are not sent, and why."""
    return ", ".join(
        f"{n:,} that {predicate(n, reason)}" for reason, n in reasons.items()
    )


def left_dict(left: Skipped) -> dict[str, Any]:
    """Returns how many labels are not sent, and why, ready for JSON."""
    return {"count": left.reasons.total(), "reasons": dict(left.reasons)}


def _left(
    field: LabelField, sample_id: ObjectId, k: int, label: Any, reason: str
) -> BadLabel:
    label_id = label.get("_id")
    return BadLabel(
        str(sample_id),
        field.name,
        k,
        None if label_id is None else str(label_id),
        reason,
    )


def _sizes(
    samples: foc.SampleCollection, ids: list[ObjectId]
) -> dict[ObjectId, int | None]:
    """Returns the file size of each sample; None if the file is missing.

    Raises:
        CvatError: if all files are missing
    """
    found = samples._dataset._sample_collection.find(
        {"_id": {"$in": ids}}, {"filepath": True}
    )
    sizes: dict[ObjectId, int | None] = {}
    missing = None
    for doc in found:
        size = file_size(doc["filepath"])
        if size is None:
            missing = missing or doc["filepath"]
        sizes[doc["_id"]] = size
    if missing is not None and not any(size is not None for size in sizes.values()):
        raise CvatError("images that can be read", missing, "filepath")
    return sizes


def _classes(
    samples: foc.SampleCollection, selection: Selection, used: set[str]
) -> list[str]:
    """Returns the used classes, and the field's other classes that CVAT accepts."""
    dataset = samples._root_dataset
    others = dataset._sample_collection.distinct(f"{selection.field.list_path}.label")
    fit = {
        name for name in others if isinstance(name, str) and name_fault(name) is None
    }
    return sorted(used | fit)
