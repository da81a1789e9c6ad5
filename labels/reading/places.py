"""The sample of a label, its frame in a video, and the current name of its field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.errors import FieldError, ParamsError
from ..fields import FRAMES, LabelField, label_fields, require_label_field


class Place(NamedTuple):
    """The place of labels.

    Attributes:
        sample_id: the sample
        frame_number: the number of its frame; None for labels of samples
        frame_id: the frame; None for labels of samples
    """

    sample_id: str
    frame_number: int | None = None
    frame_id: str | None = None


def find_places(
    samples: foc.SampleCollection, label_field: str, document_ids: Iterable[str]
) -> dict[str, Place]:
    """Returns the places of documents that hold labels.

    Args:
        samples: a dataset or a view
        label_field: the label field
        document_ids: the ids of samples, or of frames for a field of frames

    Returns:
        the :class:`Place` by id. That of a deleted frame names only the frame
    """
    ids = list(dict.fromkeys(document_ids))
    if not label_field.startswith(FRAMES):
        return {_id: Place(_id) for _id in ids}
    places = {_id: Place("", None, _id) for _id in ids}
    found = samples._root_dataset._frame_collection.find(
        {"_id": {"$in": [ObjectId(_id) for _id in ids]}},
        {"_sample_id": True, "frame_number": True},
    )
    for doc in found:
        frame_id = str(doc["_id"])
        places[frame_id] = Place(str(doc["_sample_id"]), doc["frame_number"], frame_id)
    return places


def name_places(
    samples: foc.SampleCollection, label_field: str, rows: list[dict[str, Any]]
) -> None:
    """Adds the sample and the frame to rows whose ``sample_id`` is that of a frame."""
    if not label_field.startswith(FRAMES):
        return
    places = find_places(samples, label_field, (row["sample_id"] for row in rows))
    for row in rows:
        row |= places[row["sample_id"]]._asdict()


Held = Mapping[ObjectId, Collection[ObjectId]]
"""By sample, or frame, the ids of labels that it held."""


def field_now(
    samples: foc.SampleCollection,
    name: str,
    held: Callable[[], Held],
    types: Callable[[], Collection[str]],
    label_field: str | None = None,
) -> LabelField:
    """Returns a label field that may have been renamed.

    It is found by the labels that were in it: that is certain where exactly one other
    field holds any of them.

    Args:
        samples: the dataset, or a view of it
        name: its name when the labels were recorded
        held: returns some of the labels that it held. Called only if the name is gone
        types: returns FiftyOne's types of these labels, as ``Detection``
        label_field (None): its present name, if the caller knows it

    Raises:
        FieldError: if it is gone, or it is not certain which one it is
        ParamsError: if another field is named while it still exists
    """
    dataset = samples._root_dataset
    known = label_fields(dataset)
    if name in known:
        if label_field not in (None, name):
            expected = f"{name!r}, as the field is still called"
            raise ParamsError(expected, repr(label_field), "label_field")
        return require_label_field(dataset, name)

    fitting = _fitting(dataset, name, types())
    if label_field is not None:
        found = [field for field in fitting if field.name == label_field]
        if not found:
            expected = f"the current name of the field {name!r}, with the same type"
            raise FieldError(expected, repr(label_field), "label_field")
        return found[0]

    labels = held()
    holding = [field for field in fitting if _holds(dataset, field, labels)]
    if len(holding) != 1:
        names = ", ".join(field.name for field in holding or fitting)
        expected = f"the current name of the field {name!r} as label_field"
        expected += f" ({names or 'none'})"
        raise FieldError(expected, "no field of that name", "label_field")
    return holding[0]


def _fitting(
    dataset: fo.Dataset, name: str, types: Collection[str]
) -> list[LabelField]:
    """Returns the fields that may hold labels of some types."""
    fields = (require_label_field(dataset, other) for other in label_fields(dataset))
    return [
        field
        for field in fields
        if field.on_frames == name.startswith(FRAMES)
        and {*types} <= {field.document.__name__.removesuffix("s")}
    ]


def _holds(dataset: fo.Dataset, field: LabelField, held: Held) -> bool:
    """Returns whether a field holds any of some labels."""
    found = field.collection(dataset).find(
        {"_id": {"$in": list(held)}}, {f"{field.list_path}._id": True}
    )
    return any(
        label["_id"] in held[document["_id"]]
        for document in found
        for label in field.labels_in(document)
    )
