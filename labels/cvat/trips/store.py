"""The plugin's record of a round trip: the trip, its images, and the labels sent.

Each label is stored byte for byte as it was when it was read to be sent, and again as a
load left it, so that every later load can distinguish edited labels from unchanged
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import bson
import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import CvatError
from ....iou_core.params import FindParams
from ... import store
from ..shapes.shapes import Shape

Document = dict[str, Any]

_SOME = 5000  # labels by which a renamed field is found


@dataclass(frozen=True)
class State:
    """A label at one time: its bytes and its shape, both None if it did not exist.

    Attributes:
        label: its bytes
        shape: its shape in CVAT
    """

    label: bytes | None = None
    shape: Shape | None = None

    def to_document(self) -> Document:
        """Returns the state as it is stored."""
        shape = None if self.shape is None else self.shape.to_document()
        return {"label": self.label, "shape": shape}

    @classmethod
    def from_document(cls, document: Document) -> State:
        """Returns a stored state."""
        shape = document["shape"]
        return cls(
            None if document["label"] is None else bytes(document["label"]),
            None if shape is None else Shape.from_document(shape),
        )


@dataclass(frozen=True)
class Sent:
    """A label that was sent, or that a load added.

    Attributes:
        sample_id: its sample
        label_id: its id; None for a shape that cannot be matched to one label
        server_id: the id of its shape on the server
        sent: its state when it was sent
        loaded: its state after the last load; None before any load, or after an undo
        flagged: whether it was sent for review, and not only as context
        load_key: the restore key of the last load that wrote it
        ring_ids: for a label of several rings, the ids of their shapes, ring by ring
    """

    sample_id: ObjectId
    label_id: ObjectId | None
    server_id: int
    sent: State
    loaded: State | None = None
    flagged: bool = False
    load_key: str | None = None
    ring_ids: tuple[int, ...] = ()

    @property
    def last(self) -> State:
        """The last state on which FiftyOne and CVAT agreed."""
        return self.loaded or self.sent


@dataclass(frozen=True)
class Image:
    """An image that was sent.

    Attributes:
        sample_id: its sample
        task_id: its task
        frame: its position in the task
        size: width and height
    """

    sample_id: ObjectId
    task_id: int
    frame: int
    size: tuple[float, float]


@dataclass
class Trip:
    """A round trip.

    Attributes:
        id: its id
        anno_key: the key of FiftyOne's annotation run
        document: the whole stored record
    """

    id: ObjectId
    anno_key: str
    document: Document = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.document[name]

    @property
    def params(self) -> FindParams:
        """The parameters that define duplicates."""
        return FindParams.parse(self.document["params"])

    def with_field(self, name: str) -> Trip:
        """Returns the trip with another name of its label field; stores nothing."""
        params = {**self.document["params"], "label_field": name}
        return replace(
            self, document={**self.document, "field": name, "params": params}
        )

    @property
    def attributes(self) -> list[dict[str, str]]:
        """The attributes sent with the trip; older trips sent none."""
        return list(self.document.get("attributes", ()))

    @property
    def rotation_unit(self) -> str | None:
        """The unit of the boxes' rotations; None for older trips."""
        unit: str | None = self.document.get("rotation_unit")
        return unit

    @property
    def left(self) -> Document:
        """How many labels were not sent, and why; empty for older trips."""
        return dict(self.document.get("left", {"count": 0, "reasons": {}}))


def _trips() -> Any:
    return store.collection("cvat_trips", journaled=True)


def _labels() -> Any:
    return store.collection("cvat_labels", journaled=True)


def _images() -> Any:
    return store.collection("cvat_images", journaled=True)


def begin(samples: foc.SampleCollection, anno_key: str, facts: Document) -> Trip:
    """Records a trip that is about to begin.

    Raises:
        CvatError: if another trip has this key
    """
    dataset = samples._root_dataset
    if find(samples, anno_key) is not None:
        got = f"{anno_key!r}, which another trip uses"
        raise CvatError("an unused key", got, "anno_key")
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
        **facts,
    }
    _labels().create_index([("trip", 1), ("sample_id", 1)])
    _images().create_index([("trip", 1), ("sample_id", 1)])
    _trips().insert_one(document)
    return Trip(trip_id, anno_key, document)


def find(samples: foc.SampleCollection, anno_key: str) -> Trip | None:
    """Returns the trip with a key on a dataset; None if there is none."""
    wanted = {
        "dataset_id": samples._root_dataset._doc.id,
        "anno_key": store.key("anno_key", anno_key),
    }
    found = _trips().find_one(wanted)
    return None if found is None else _trip(found)


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


def record(trip: Trip, **facts: Any) -> None:
    """Records facts about a trip."""
    trip.document |= facts
    _trips().update_one({"_id": trip.id}, {"$set": facts})


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
