"""The plugin's record of a round trip: the trip, its images, and the labels sent.

Each label is stored byte for byte as it was when it was read to be sent, and again as a
load left it, so that every later load can distinguish edited labels from unchanged
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import bson
import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import CvatError
from ... import store
from .records import Document, Image, Sent, State, Trip

_SOME = 5000  # labels by which a renamed field is found


def _trips() -> Any:
    return store.collection("cvat_trips", journaled=True)


def _labels() -> Any:
    return store.collection("cvat_labels", journaled=True)


def _images() -> Any:
    return store.collection("cvat_images", journaled=True)


def begin(samples: foc.SampleCollection, anno_key: str, further: Document) -> Trip:
    """Records a trip that is about to begin, under a key that is free."""
    dataset = samples._root_dataset
    trip_id = ObjectId()
    document = {
        "_id": trip_id,
        "format": store.FORMAT,
        "dataset_id": dataset._doc.id,
        "dataset": dataset.name,
        "anno_key": anno_key,
        "state": "sending",
        "task_ids": [],
        "project_ids": [],
        "created": store.now(),
        "loads": [],
        **further,
    }
    for collection in (_labels(), _images()):
        store.index(collection, [[("trip", 1), ("sample_id", 1)]])
    _trips().insert_one(document)
    return Trip(trip_id, anno_key, document)


def find(samples: foc.SampleCollection, anno_key: str) -> Trip | None:
    """Returns the trip of a dataset with a key, or with an id; None if there is none.

    Raises:
        CvatError: if two trips have the key, as earlier versions allowed
    """
    given = store.key("anno_key", anno_key)
    own = {"dataset_id": samples._root_dataset._doc.id}
    names: list[Document] = [{"anno_key": given}]
    if ObjectId.is_valid(given):
        names.append({"_id": ObjectId(given)})
    found = list(_trips().find({**own, "$or": names}).limit(2))
    if len(found) > 1:
        got = f"{given!r}, which two trips have"
        raise CvatError("the trip_id of one of them, see list_cvat", got, "anno_key")
    return _trip(found[0]) if found else None


def require(samples: foc.SampleCollection, anno_key: str) -> Trip:
    """Returns the trip with a key on a dataset.

    Raises:
        CvatError: if there is no such trip
        ParamsError: if the key is not a string
    """
    trip = find(samples, anno_key)
    if trip is None:
        raise CvatError("the key of a round trip", repr(anno_key), "anno_key")
    return trip


def all_trips(samples: foc.SampleCollection | None = None) -> list[Trip]:
    """Returns the trips of a dataset, by default of all datasets, newest first."""
    wanted = {} if samples is None else {"dataset_id": samples._root_dataset._doc.id}
    return [_trip(found) for found in _trips().find(wanted).sort("created", -1)]


def _trip(document: Document) -> Trip:
    store.require_format(document["format"], document["anno_key"])
    return Trip(document["_id"], document["anno_key"], document)


def record(trip: Trip, **values: Any) -> None:
    """Records values of a trip."""
    trip.document |= values
    _trips().update_one({"_id": trip.id}, {"$set": values})


def record_created(trip: Trip, name: str, made: int) -> None:
    """Records a task or a project that the server created for a trip."""
    trip.document[name].append(made)
    _trips().update_one({"_id": trip.id}, {"$push": {name: made}})


def delete(trip: Trip) -> None:
    """Deletes the records of a trip, its images and its labels."""
    _labels().delete_many({"trip": trip.id})
    _images().delete_many({"trip": trip.id})
    _trips().delete_one({"_id": trip.id})


def insert_images(trip: Trip, images: Iterable[Image]) -> None:
    """Stores the images of a trip."""
    documents = [
        {"trip": trip.id, **vars(image), "size": list(image.size)} for image in images
    ]
    if documents:
        _images().insert_many(documents)


def images(trip: Trip) -> list[Image]:
    """Returns the images of a trip."""
    return [
        Image(d["sample_id"], d["task_id"], d["frame"], tuple(d["size"]))
        for d in _images().find({"trip": trip.id})
    ]


def sizes_of(images: Iterable[Image]) -> dict[int, dict[int, tuple[float, float]]]:
    """Returns the sizes of the images of a trip, by task and position in it."""
    found: dict[int, dict[int, tuple[float, float]]] = {}
    for image in images:
        found.setdefault(image.task_id, {})[image.frame] = image.size
    return found


def insert_sent(trip: Trip, labels: Iterable[Sent]) -> None:
    """Stores the labels of a trip."""
    documents = [_sent_document(trip, label) for label in labels]
    for k in range(0, len(documents), 1000):
        _labels().insert_many(documents[k : k + 1000])


def _sent_document(trip: Trip, label: Sent) -> Document:
    return {
        "trip": trip.id,
        **vars(label),
        "ring_ids": list(label.ring_ids),
        "sent": label.sent.to_document(),
        "loaded": None if label.loaded is None else label.loaded.to_document(),
    }


def sent(trip: Trip, sample_ids: Sequence[ObjectId]) -> dict[ObjectId, list[Sent]]:
    """Returns the stored labels of a trip, by sample."""
    found: dict[ObjectId, list[Sent]] = {sample_id: [] for sample_id in sample_ids}
    wanted = {"trip": trip.id, "sample_id": {"$in": list(sample_ids)}}
    for d in _labels().find(wanted).sort("_id", 1):
        found[d["sample_id"]].append(
            Sent(
                d["sample_id"],
                d["label_id"],
                d["server_id"],
                State.from_document(d["sent"]),
                None if d["loaded"] is None else State.from_document(d["loaded"]),
                d["flagged"],
                d["load_key"],
                tuple(d.get("ring_ids", ())),
            )
        )
    return found


def some_label_ids(trip: Trip) -> dict[ObjectId, set[ObjectId]]:
    """Returns the ids of some labels of a trip, by sample."""
    found: dict[ObjectId, set[ObjectId]] = {}
    known = {"trip": trip.id, "label_id": {"$ne": None}}
    for label in _labels().find(known, {"sample_id": 1, "label_id": 1}).limit(_SOME):
        found.setdefault(label["sample_id"], set()).add(label["label_id"])
    return found


def some_types(trip: Trip) -> set[str]:
    """Returns FiftyOne's types of the labels of a trip, as ``Detection``."""
    label = _labels().find_one({"trip": trip.id, "sent.label": {"$ne": None}})
    return set() if label is None else {bson.decode(label["sent"]["label"])["_cls"]}


def record_loaded(trip: Trip, labels: Iterable[Sent]) -> None:
    """Stores the state of labels after a load, and adds new labels."""
    for label in labels:
        document = _sent_document(trip, label)
        key = {"trip": trip.id, "label_id": label.label_id}
        _labels().replace_one(
            {**key, "sample_id": label.sample_id}, document, upsert=True
        )
