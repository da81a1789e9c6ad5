"""The label fields of a dataset, and where their labels are stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.fields as fof
import fiftyone.core.labels as fol
from bson import ObjectId
from pymongo.collection import Collection

from ..iou_core.errors import FieldError

LIST_OF: dict[type, str] = {
    fol.Detections: "detections",
    fol.Polylines: "polylines",
    fol.Keypoints: "keypoints",
    fol.TemporalDetections: "detections",
}
"""The label types that can be compared, with the name of their list."""

MERGEABLE = (fol.Detections, fol.Polylines)
"""The label types that can be merged."""

BUILTIN_NAMES = frozenset(
    {
        *fol.Detection._fields,
        *fol.Polyline._fields,
        *fol.Keypoint._fields,
        *fol.TemporalDetection._fields,
        *LIST_OF.values(),
        *("instance", "location", "dimensions", "rotation", "points3d"),
    }
)
"""The names of what FiftyOne's labels hold themselves: all others are attributes."""

FRAMES = "frames."
"""The prefix of the names of frame fields."""


@dataclass(frozen=True)
class LabelField:
    """A label field of a dataset.

    Attributes:
        name: its name, as FiftyOne's functions take it
        list_path: the path of its list of labels in a stored sample, or frame
        document: its type
    """

    name: str
    list_path: str
    document: type = fol.Detections

    @property
    def root(self) -> str:
        """The name of the field in a stored sample, or frame."""
        return self.name.removeprefix(FRAMES)

    @property
    def full_path(self) -> str:
        """The path of the list in FiftyOne's API."""
        return f"{self.name}.{LIST_OF[self.document]}"

    @property
    def on_frames(self) -> bool:
        """Whether the field is one of frames."""
        return self.name.startswith(FRAMES)

    @property
    def parent_exists(self) -> dict[str, Any]:
        """The guard of an update that makes the field inside its document."""
        parent = self.root.rpartition(".")[0]
        return {parent: {"$type": "object"}} if parent else {}

    def list_in(self, document: Mapping[str, Any]) -> list[Any]:
        """Returns the list of labels of a stored document; empty if it has none."""
        return list_at(document, self.list_path.split(".")) or []

    def holding(self, labels: Sequence[Any]) -> dict[str, Any]:
        """Returns the document in which FiftyOne stores a list of labels."""
        return {"_cls": self.document.__name__, LIST_OF[self.document]: labels}

    def labels_in(self, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yields the labels of a stored document that have an id, and no other entry.

        Nothing else is sure of a label: a data set can hold values of any type.
        """
        labels = (one for one in self.list_in(document) if isinstance(one, Mapping))
        return (label for label in labels if isinstance(label.get("_id"), ObjectId))

    def picked(
        self, keys: Sequence[str] | str, condition: Any = True
    ) -> dict[str, Any]:
        """Returns an aggregation expression for some values of some labels.

        MongoDB then sends no other labels, and nothing else of these: to decode whole
        lists takes longer than all that is done with them.

        Args:
            keys: the keys of each label, in a document; a text for the values of
                that key alone, null where a label has none
            condition (True): an expression, in which ``$$label`` is a label
        """
        path, parent = f"${self.list_path}", f"${self.list_path.rpartition('.')[0]}"
        is_list = [{"$eq": [{"$type": parent}, "object"]}, {"$isArray": [path]}]
        is_label = {"$eq": [{"$type": "$$label"}, "object"]}
        some = {"$and": [is_label, condition]}
        value: Any = {key: f"$$label.{key}" for key in keys}
        if isinstance(keys, str):
            value = {"$ifNull": [f"$$label.{keys}", None]}
        labels = {"$filter": {"input": path, "as": "label", "cond": some}}
        picked = {"$map": {"input": labels, "as": "label", "in": value}}
        return {"$cond": [{"$and": is_list}, picked, []]}

    def collection(self, samples: foc.SampleCollection) -> Collection[dict[str, Any]]:
        """Returns the collection of the samples, or frames, that hold the labels."""
        return collection_of(samples, self.on_frames)


def tags_of(label: Mapping[str, Any]) -> list[str]:
    """Returns the tags of a stored label; what is no list of texts holds none."""
    tags = label.get("tags")
    return [t for t in tags if isinstance(t, str)] if isinstance(tags, list) else []


def class_of(label: Mapping[str, Any]) -> str | None:
    """Returns the class of a stored label, as text whatever its type is."""
    name = label.get("label")
    return name if name is None or isinstance(name, str) else str(name)


def list_at(document: Any, path: Sequence[str]) -> list[Any] | None:
    """Returns the list at a path of a stored document; None if there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document if isinstance(document, list) else None


def collection_of(
    samples: foc.SampleCollection, on_frames: bool
) -> Collection[dict[str, Any]]:
    """Returns the collection of samples, or of frames."""
    dataset = samples._dataset
    return dataset._frame_collection if on_frames else dataset._sample_collection


def view_pipeline(
    samples: foc.SampleCollection, on_frames: bool
) -> tuple[Collection[dict[str, Any]], list[dict[str, Any]]]:
    """Returns the aggregation that yields the samples, or frames, of a view.

    Returns:
        the collection, and the stages; no stages for a whole dataset
    """
    if not on_frames:
        return samples._dataset._sample_collection, samples._pipeline()
    if isinstance(samples, fo.Dataset):
        return samples._dataset._frame_collection, []
    return samples._dataset._sample_collection, samples._pipeline(frames_only=True)


def label_fields(samples: foc.SampleCollection) -> list[str]:
    """Returns the names of the fields that can be compared, in schema order.

    Frame fields come last. Fields inside embedded documents are included, as
    ``meta.boxes``, but not fields inside lists of such documents.
    """
    types = tuple(LIST_OF)
    schema = samples.get_field_schema(embedded_doc_type=types, flat=True)
    names = [
        name
        for name in _outside_lists(schema, samples.get_field)
        if not name.startswith(FRAMES)
    ]
    if samples._contains_videos(any_slice=True):
        of_frames = samples.get_frame_field_schema(embedded_doc_type=types, flat=True)
        in_frames = [FRAMES + name for name in of_frames]
        names += _outside_lists(in_frames, samples.get_field)
    return names


def _outside_lists(names: Iterable[str], field_at: Callable[[str], Any]) -> list[str]:
    """Returns the fields that are not inside a list of documents."""
    return [
        name
        for name in names
        if not any(
            isinstance(field_at(name[:k]), fof.ListField)
            for k in (match.start() for match in re.finditer(r"\.", name))
            if name[:k] != FRAMES[:-1]
        )
    ]


def require_comparable(samples: foc.SampleCollection) -> None:
    """Raises an error unless the samples of a collection are stored samples.

    Raises:
        FieldError: for patches, clips, frames and dynamic groups
    """
    kind = (
        "a patches view"
        if samples._is_patches
        else "a frames view"
        if samples._is_frames
        else "a clips view"
        if samples._is_clips
        else "a view of dynamic groups"
        if samples._is_dynamic_groups
        else None
    )
    if kind is not None:
        raise FieldError(
            "the dataset or a view of its samples (clear the view, or select the "
            "samples that hold these labels)",
            kind,
            "view",
        )


def require_label_field(
    samples: foc.SampleCollection, name: str, where: str = "label_field"
) -> LabelField:
    """Returns a label field that can be compared.

    Args:
        samples: a dataset or a view
        name: the name of the field
        where ("label_field"): the parameter that names it

    Raises:
        FieldError: if there is no such field, or it holds something else
    """
    usable = label_fields(samples)
    if name in usable:
        document = samples.get_field(name).document_type
        path = f"{name.removeprefix(FRAMES)}.{LIST_OF[document]}"
        return LabelField(name, path, document)

    found = samples.get_field(name) if isinstance(name, str) else None
    expected = "a field of type " + ", ".join(cls.__name__ for cls in LIST_OF)
    if usable:
        expected += " (" + ", ".join(usable) + ")"
    if found is None:
        got = f"{name!r}, which the samples do not have"
        advice = "if it was renamed, rename it back"
        if name in label_fields(samples._root_dataset):
            advice = "the view leaves it out"
        raise FieldError(expected, f"{got} ({advice})", where)

    kind = getattr(found, "document_type", type(found)).__name__
    raise FieldError(expected, f"{name!r} of type {kind}", where)


def require_fields(
    samples: foc.SampleCollection,
    names: Sequence[str | None],
    other: str = "other_field",
) -> list[LabelField]:
    """Returns the label field, and the one that ``other`` names if it is given."""
    require_comparable(samples)
    wheres = ("label_field", other)
    found = [
        require_label_field(samples, name, where)
        for name, where in zip(names, wheres)
        if name is not None
    ]
    if len(found) > 1:
        one, two = found
        if one.document is not two.document or one.on_frames != two.on_frames:
            expected = f"a field of type {one.document.__name__}"
            if one.on_frames or two.on_frames:
                expected += f" of the {'frames' if one.on_frames else 'samples'}"
            raise FieldError(
                expected, f"{two.name!r} of type {two.document.__name__}", wheres[1]
            )
    return found


def require_writable(samples: foc.SampleCollection, name: str) -> LabelField:
    """Returns a label field whose labels may be changed.

    Raises:
        FieldError: if there is no such field, or it is read-only
    """
    dataset = samples._root_dataset
    field = require_label_field(dataset, name)
    for path in (name, field.full_path):
        if dataset._is_read_only_field(path):
            raise FieldError("a field that can be edited", "a read-only one", name)
    return field
