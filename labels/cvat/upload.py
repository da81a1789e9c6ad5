"""What an upload would take: images, bytes, labels, host; and what forbids it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from bson import ObjectId

from ...iou_core.errors import CvatError, FieldError, ParamsError
from ..columns import BadLabel
from ..delete import RawLabels
from ..fields import LabelField
from ..scan import Skipped
from .selection import FLAGGED, Selection, partners, require_class_names
from .settings import Server
from .shapes import kept_back

TASK_IMAGES = 500
"""How many images a task has by default: FiftyOne holds a task's in memory."""

_CUBOID = ("dimensions", "location")


@dataclass(frozen=True)
class Options:
    """How a task is made.

    Attributes:
        task_size: how many images a task has
        segment_size: how many images a job has; None for all of its task
        image_quality: in percent, of what annotators see
        project_name: a project to put the tasks into, made if there is none
        task_assignee: who gets the tasks
        job_assignees: who get the jobs, in turn
    """

    task_size: int = TASK_IMAGES
    segment_size: int | None = None
    image_quality: int = 75
    project_name: str | None = None
    task_assignee: str | None = None
    job_assignees: tuple[str, ...] = ()

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Options:
        """Returns options, checked.

        Args:
            given: options by name; None and "" stand for the default

        Raises:
            ParamsError: if one is out of its range
        """
        names = cls.__dataclass_fields__
        found = {k: v for k, v in given.items() if k in names and v not in (None, "")}
        for name, least, most in (
            ("task_size", 1, 100_000),
            ("segment_size", 1, 100_000),
            ("image_quality", 1, 100),
        ):
            value = found.get(name, least)
            if isinstance(value, float) and value.is_integer():
                found[name] = value = int(value)
            if isinstance(value, bool) or not isinstance(value, int):
                value = least - 1
            if not least <= value <= most:
                raise ParamsError(
                    f"a whole number from {least} to {most}", repr(found[name]), name
                )
        for name in ("project_name", "task_assignee"):
            if not isinstance(found.get(name, ""), str):
                raise ParamsError("a name", repr(found[name]), name)
        people = found.get("job_assignees", ())
        if isinstance(people, str):
            people = [name.strip() for name in people.split(",")]
        if not isinstance(people, (list, tuple)) or not all(
            isinstance(name, str) for name in people
        ):
            raise ParamsError("names, divided by commas", repr(people), "job_assignees")
        found["job_assignees"] = tuple(filter(None, people))
        return cls(**found)


@dataclass(frozen=True)
class Upload:
    """What would be uploaded.

    Attributes:
        images: how many images
        labels: how many labels
        flagged: how many of them are to be looked at
        size: bytes of the images
        tasks: how many tasks
        sent_ids: the labels by sample; None for all of a sample
        classes: the classes that annotators can choose from
        left: the labels that stay here, as they are no shape in CVAT, and why
    """

    images: int
    labels: int
    flagged: int
    size: int
    tasks: int
    sent_ids: dict[ObjectId, set[ObjectId]] | None
    classes: list[str]
    left: Skipped

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
        }


def estimate(
    samples: foc.SampleCollection, selection: Selection, options: Options
) -> Upload:
    """Returns what would be uploaded, and refuses what cannot be.

    Args:
        samples: a dataset or a view
        selection: the labels
        options: how tasks are made

    Raises:
        FieldError: if there is nothing to send, or a label that cannot be
        CvatError: if an image is missing, or CVAT refuses the name of a class
    """
    if not selection.flagged:
        raise FieldError("labels to send", "none", "label_field")
    sent = partners(samples, selection) if selection.scope == FLAGGED else None
    of_polylines = selection.field.document is fol.Polylines
    labels = 0
    left = Skipped()
    used: set[str] = set()
    raw = RawLabels(samples, selection.field)
    for sample_id, _, found in raw.read(selection.sample_ids):
        for k, label in found:
            if sent is not None and label.get("_id") not in sent[sample_id]:
                continue
            if of_polylines:
                reason = kept_back(label.get("points"), label.get("filled"))
                if reason is not None:
                    left.add([_left(selection.field, sample_id, k, label, reason)])
            elif not label.get("bounding_box") and any(map(label.get, _CUBOID)):
                raise FieldError(
                    "labels that are boxes or masks to send to CVAT",
                    f"a cuboid, label {label.get('_id')}",
                    selection.field.name,
                )
            labels += 1
            if isinstance(label.get("label"), str):
                used.add(label["label"])
    if labels and left.reasons.total() == labels:
        raise FieldError(
            "polylines of one ring to send to CVAT",
            told(left.reasons),
            selection.field.name,
        )
    require_class_names(sorted(used))
    n = len(selection.flagged)
    return Upload(
        n,
        labels,
        sum(map(len, selection.flagged.values())),
        _size(_paths(samples, selection.sample_ids)),
        -(-n // options.task_size),
        sent,
        _classes(samples, selection, used),
        left,
    )


def told(reasons: Mapping[str, int]) -> str:
    """Returns how many labels stay here and why, in words."""
    return ", ".join(f"{n:,} that {reason}" for reason, n in reasons.items())


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


def _paths(samples: foc.SampleCollection, ids: list[ObjectId]) -> Iterable[str]:
    found = samples._dataset._sample_collection.find(
        {"_id": {"$in": ids}}, {"filepath": True}
    )
    for doc in found:
        yield doc["filepath"]


def _size(paths: Iterable[str]) -> int:
    size = 0
    for path in paths:
        try:
            size += os.path.getsize(path)
        except OSError:
            raise CvatError("images that can be read", path, "filepath") from None
    return size


def _classes(
    samples: foc.SampleCollection, selection: Selection, used: set[str]
) -> list[str]:
    """Returns the classes that are used, and the field's others that CVAT takes."""
    dataset = samples._root_dataset
    others = dataset._sample_collection.distinct(f"{selection.field.list_path}.label")
    fit = {
        name
        for name in others
        if isinstance(name, str) and name == name.strip() and 0 < len(name) <= 64
    }
    return sorted(used | fit)
