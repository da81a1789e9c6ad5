"""Decodes the bytes of samples or frames to label columns.

Labels and documents that are stored in another way than FiftyOne's (integers for
coordinates, a missing field, a null in a list) are decoded one by one. A label that
cannot be compared is reported as a :class:`.columns.BadLabel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..fields import FRAMES
from .columns import Block, LabelColumns
from .documents import Documents, Reading
from .field_decoder import FieldDecoder
from .kinds.boxes import BOXES
from .kinds.kind import Kind
from .kinds.turned import Turning
from .raw import buffer
from .raw.class_names import ClassNames


class LabelDecoder:
    """Decodes batches of samples or frames into blocks.

    Args:
        fields: the names of the label fields; all of the samples, or all of the
            frames
        crowd_attr (None): the attribute that marks a crowd region
        classes (None): the :class:`.raw.class_names.ClassNames` to number classes with
        whole_lists (False): whether to read whole lists. This is slow, but MongoDB
            returns entries that are no labels, which take up positions, only so
        kind (BOXES): the kind of the labels
        list_name ("detections"): the name of their lists
        on_frames (False): whether to read frames; fields of frames imply it
        turning (None): reads how boxes are turned; without it, turned boxes are bad
            labels
        clues (()): the attributes whose agreement is evidence
        predictions (None): the decoder of a field of the same documents whose labels
            are evidence
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
        clues: Sequence[str] = (),
        predictions: LabelDecoder | None = None,
    ) -> None:
        self.fields = tuple(fields)
        self.predictions = predictions
        self.whole_lists = whole_lists
        self._list_name = list_name
        names = [field.removeprefix(FRAMES) for field in fields]
        self._paths = [[*name.split("."), list_name] for name in names]
        self._reading = Reading(
            kind,
            crowd_attr,
            classes if classes is not None else ClassNames(),
            turning,
            on_frames or any(field.startswith(FRAMES) for field in fields),
            tuple(clues),
        )

    @property
    def kind(self) -> Kind:
        """The kind of the labels."""
        return self._reading.kind

    @property
    def classes(self) -> ClassNames:
        """The classes that were read so far."""
        return self._reading.classes

    @property
    def turning(self) -> Turning | None:
        """Reads how boxes are turned."""
        return self._reading.turning

    @property
    def on_frames(self) -> bool:
        """Whether frames are read, not samples."""
        return self._reading.on_frames

    @property
    def list_paths(self) -> list[str]:
        """The paths of the lists of labels, and of predictions, in a document."""
        return [".".join(path) for path in self._all_paths]

    @property
    def projection(self) -> dict[str, bool]:
        """The fields of a document that MongoDB has to return."""
        paths = {"_id": True, "last_modified_at": True}
        for path in map(".".join, self._paths):
            keys = [f".{key}" for key in self._reading.keys]
            paths |= {path + key: True for key in ([""] if self.whole_lists else keys)}
        return paths | ({} if self.predictions is None else self.predictions.projection)

    @property
    def _all_paths(self) -> list[list[str]]:
        more = [] if self.predictions is None else self.predictions._paths
        return [*self._paths, *more]

    def with_whole_lists(self) -> LabelDecoder:
        """Returns a decoder of the same fields that reads whole lists."""
        return LabelDecoder(
            self.fields,
            self._reading.crowd_attr,
            self.classes,
            whole_lists=True,
            kind=self.kind,
            list_name=self._list_name,
            turning=self.turning,
            clues=self._reading.clues,
            predictions=self.predictions and self.predictions.with_whole_lists(),
        )

    def for_stamps(self) -> LabelDecoder:
        """Returns a decoder of the same samples, or frames, that reads no labels."""
        return LabelDecoder([], on_frames=self.on_frames)

    def decode(self, data: bytes, starts: Sequence[int] | None = None) -> Block:
        """Returns the block that a batch of projected documents holds.

        Args:
            data: the bytes
            starts (None): where the documents begin; by default, one after the other
        """
        raw = buffer.Raw(data)
        if starts is None:
            starts = buffer.document_starts(raw)
        paths, more = self._all_paths, None
        roots = list(dict.fromkeys(path[0] for path in paths))
        documents = Documents.find(raw, np.array(starts, dtype=np.int64), roots)
        columns: list[LabelColumns] = []
        # of two fields, the labels of the other field decide, as in FiftyOne
        for field, path in zip(self.fields[::-1], self._paths[::-1]):
            decoder = FieldDecoder(self._reading, documents, field, path, paths)
            columns.insert(0, decoder.decode())
        if self.predictions is not None:
            more = self.predictions._columns(replace(documents, bad=[]), paths)
        ids, stamps = documents.ids, documents.stamps
        return Block(ids, stamps, tuple(columns), documents.bad, more)

    def _columns(self, documents: Documents, paths: list[list[str]]) -> LabelColumns:
        """Returns the columns of the first field; see :meth:`decode`."""
        field, path = self.fields[0], self._paths[0]
        return FieldDecoder(self._reading, documents, field, path, paths).decode()
