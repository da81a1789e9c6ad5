"""The sample of a label, and its frame in a video."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import fiftyone.core.collections as foc
from bson import ObjectId

from ..fields import FRAMES


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
