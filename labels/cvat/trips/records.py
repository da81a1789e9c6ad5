"""A round trip, its images and its labels, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId

from ....iou_core.params import FindParams
from ..shapes.shapes import CvatShape

Document = dict[str, Any]


@dataclass(frozen=True)
class State:
    """A label at one time: its bytes and its shape, both None if it did not exist.

    Attributes:
        label: its bytes
        shape: its shape in CVAT
    """

    label: bytes | None = None
    shape: CvatShape | None = None

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
            None if shape is None else CvatShape.from_document(shape),
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

    @property
    def base(self) -> State:
        """The state from which the label was edited: the last one, or as sent."""
        return self.last if self.last.label is not None else self.sent


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
        """The number of labels that were not sent, and the reasons, with their counts.

        Trips of older versions have no such record: 0 labels, without reasons.
        """
        return dict(self.document.get("left", {"count": 0, "reasons": {}}))
