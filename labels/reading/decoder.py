"""From the bytes of samples to label columns, with a fallback for odd ones.

A label or a sample of any other shape than FiftyOne writes (integers for
coordinates, a missing field, a null in a list) is decoded on its own; one that
cannot be compared at all is reported as a :class:`.columns.BadLabel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...iou_core.arrays import Ints
from ..fields import FRAMES
from .columns import NO_STAMP, BadLabel, Block, ClassNames, LabelColumns
from .field_decoder import UNDECIDED, FieldDecoder
from .kinds.boxes import BOXES
from .kinds.kind import Kind
from .kinds.turned import Turning
from .raw import walk
from .raw.decoded import decode_at


class LabelDecoder:
    """Decodes batches of samples into blocks.

    Args:
        fields: the names of the label fields; all of the samples, or all of the
            frames
        crowd_attr (None): the attribute that marks a crowd region
        classes (None): the :class:`.columns.ClassNames` to number classes with
        whole_lists (False): whether to read whole lists: slow, but only so does
            MongoDB hand out entries that are no labels, which take up positions
        kind (BOXES): the kind of the labels
        list_name ("detections"): the name of their lists
        on_frames (False): whether to read frames; fields of frames imply it
        turning (None): how turned boxes are to be read; without it they are bad labels
    """

    def __init__(
        self,
        fields: Sequence[str],
        crowd_attr: str | None = None,
        classes: ClassNames | None = None,
        whole_lists: bool = False,
        kind: Kind = BOXES,
        list_name: str = "detections",
        on_frames: bool = False,
        turning: Turning | None = None,
    ) -> None:
        self.fields = tuple(fields)
        self.on_frames = on_frames or any(f.startswith(FRAMES) for f in fields)
        names = [field.removeprefix(FRAMES) for field in fields]
        self.paths = [[*name.split("."), list_name] for name in names]
        self.roots = list(dict.fromkeys(path[0] for path in self.paths))
        self.kind = kind
        self.turning = turning
        self.list_name = list_name
        self.crowd_attr = crowd_attr
        self.whole_lists = whole_lists
        self.classes = classes if classes is not None else ClassNames()
        self.keys = ["_id", "label", *kind.keys]
        if crowd_attr is not None and crowd_attr not in self.keys:
            self.keys.append(crowd_attr)

    @property
    def projection(self) -> dict[str, bool]:
        """What has to be read of a sample."""
        paths = {"_id": True, "last_modified_at": True}
        for path in map(".".join, self.paths):
            keys = [""] if self.whole_lists else [f".{key}" for key in self.keys]
            paths |= {path + key: True for key in keys}
        return paths

    def keys_below(self, path: Sequence[str]) -> list[str]:
        """Returns what of a document at a path is read."""
        n = len(path)
        keys = (own[n] for own in self.paths if own[:n] == path and len(own) > n)
        return list(dict.fromkeys(keys))

    def with_whole_lists(self) -> LabelDecoder:
        """Returns a decoder that knows the place of every label."""
        return LabelDecoder(
            self.fields,
            self.crowd_attr,
            self.classes,
            whole_lists=True,
            kind=self.kind,
            list_name=self.list_name,
            turning=self.turning,
        )

    def for_stamps(self) -> LabelDecoder:
        """Returns a decoder of the same samples, or frames, without any label."""
        return LabelDecoder([], on_frames=self.on_frames)

    def decode(self, data: bytes, starts: Sequence[int] | None = None) -> Block:
        """Returns the block that a batch of projected samples holds.

        Args:
            data: the bytes
            starts (None): where the samples begin; one after the other by default
        """
        raw = walk.Raw(data)
        if starts is None:
            starts = walk.document_starts(raw)
        return self._block(raw, np.array(starts, dtype=np.int64))

    def _block(self, raw: walk.Raw, starts: Ints) -> Block:
        found, regular = walk.elements(
            raw, starts, ["_id", "last_modified_at", *self.roots]
        )
        regular &= found["_id"].type == walk.OBJECT_ID
        document_ids = walk.object_ids(raw, found["_id"].at)
        stamp = found["last_modified_at"]
        stamps = np.where(
            stamp.type == walk.DATE, raw.i64[stamp.at], np.int64(NO_STAMP)
        )
        odd: dict[int, dict[str, Any]] = {}
        for k in np.flatnonzero(~regular).tolist():
            odd[k] = decode_at(raw, int(starts[k]))
            document_ids[k] = np.frombuffer(odd[k]["_id"].binary, np.uint8)
            stamps[k] = NO_STAMP

        bad: list[BadLabel] = []
        columns: list[LabelColumns] = []
        in_space = np.full(len(starts), UNDECIDED)
        # of two fields the labels of the other one decide, as in FiftyOne
        for field, path in zip(self.fields[::-1], self.paths[::-1]):
            own = FieldDecoder(self, raw, field, path, document_ids, bad, in_space)
            columns.insert(0, own.decode(found[path[0]], starts, regular, odd))
        return Block(document_ids, stamps, tuple(columns), bad)
