"""The documents of a batch, which are samples or frames, and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ...iou_core.arrays import Bools, Ints
from .columns import NO_STAMP, BadLabel
from .kinds.boxes import BOXES
from .kinds.kind import Kind
from .kinds.turned import Turning
from .raw import buffer, values, walk
from .raw.class_names import ClassNames
from .raw.ids import Bytes

UNDECIDED = np.int8(-1)


@dataclass(frozen=True)
class Reading:
    """The options of reading labels.

    Attributes:
        kind (BOXES): the kind of the labels
        crowd_attr (None): the attribute that marks a crowd region
        classes: numbers the classes
        turning (None): reads how boxes are turned; without it, turned boxes are bad
            labels
        on_frames (False): whether the labels are those of frames
        clues (()): the attributes whose agreement is evidence; see :mod:`.raw.clues`
    """

    kind: Kind = BOXES
    crowd_attr: str | None = None
    classes: ClassNames = field(default_factory=ClassNames)
    turning: Turning | None = None
    on_frames: bool = False
    clues: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The keys that are read of each label."""
        keys = ["_id", "label", *self.kind.keys, self.crowd_attr, *self.clues]
        return [key for key in dict.fromkeys(keys) if key is not None]


@dataclass(frozen=True)
class Documents:
    """The ``S`` documents of a batch.

    Attributes:
        raw: the bytes that hold them
        starts: ``(S,)`` where each begins
        ids: ``(S, 12)`` uint8, their ObjectIds
        stamps: ``(S,)`` int64, ``last_modified_at``; see :class:`.columns.Block`
        roots: the first element on the way to each label field, by its name
        regular: ``(S,)`` bool, which documents have no other elements
        odd: the other documents by their number, decoded
        in_space: ``(S,)`` 1 for documents of cuboids, 0 for documents of boxes, and
            :data:`UNDECIDED`: the first label that is read of a document decides
        bad: takes the labels that cannot be compared
    """

    raw: buffer.Raw
    starts: Ints
    ids: Bytes
    stamps: Ints
    roots: dict[str, buffer.Element]
    regular: Bools
    odd: dict[int, dict[str, Any]]
    in_space: npt.NDArray[np.int8]
    bad: list[BadLabel]

    @classmethod
    def find(cls, raw: buffer.Raw, starts: Ints, roots: list[str]) -> Documents:
        """Returns the documents of a batch.

        Args:
            raw: the bytes
            starts: ``(S,)`` where the documents begin
            roots: what is read of each besides its id and stamp
        """
        found, regular = walk.elements(raw, starts, ["_id", "last_modified_at", *roots])
        regular &= found["_id"].type == buffer.OBJECT_ID
        ids = values.object_ids(raw, found["_id"].at)
        stamp = found["last_modified_at"]
        stamps = np.where(
            stamp.type == buffer.DATE, raw.i64[stamp.at], np.int64(NO_STAMP)
        )
        odd: dict[int, dict[str, Any]] = {}
        for k in np.flatnonzero(~regular).tolist():
            odd[k] = raw.decoded(int(starts[k]))
            ids[k] = np.frombuffer(odd[k]["_id"].binary, np.uint8)
            stamps[k] = NO_STAMP
        in_space = np.full(len(starts), UNDECIDED)
        return cls(raw, starts, ids, stamps, found, regular, odd, in_space, [])

    def decoded(self, number: int) -> dict[str, Any]:
        """Returns a document, decoded."""
        return self.odd.get(number) or self.raw.decoded(int(self.starts[number]))

    def id_of(self, number: int) -> str:
        """Returns the id of a document, as FiftyOne displays it."""
        return self.ids[number].tobytes().hex()
