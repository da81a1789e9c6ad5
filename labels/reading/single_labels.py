"""Labels read one by one: those that are stored in another way than FiftyOne's."""

from __future__ import annotations

from typing import Any

import numpy as np
from bson import ObjectId

from ...iou_core.errors import FieldError
from ...iou_core.flags import SPELLINGS, read_flag
from ..fields import class_of
from .columns import BadLabel
from .documents import Documents, Reading
from .kinds.cuboids import is_in_space
from .kinds.shapes import Shape, ShapeError
from .raw.class_names import hash_of
from .raw.clues import number_of


class SingleLabels:
    """Reads single labels of one field, to the same values as those of many.

    Args:
        reading: what is read
        documents: the documents that hold the labels
        field: the name of the field
    """

    def __init__(self, reading: Reading, documents: Documents, field: str) -> None:
        self._reading = reading
        self._documents = documents
        self._field = field

    def read(self, label: Any, number: int, position: int) -> dict[str, Any] | None:
        """Returns the values of a label, by the names of the columns.

        A bad label is reported; only its id is returned, or None if it has no id.

        Args:
            label: the label, decoded
            number: the number of its document
            position: its place in its list
        """
        if not isinstance(label, dict):
            self.report(number, position, None, "is not a label")
            return None

        label_id = label.get("_id")
        if not isinstance(label_id, ObjectId):
            self.report(number, position, None, "has no id")
            return None
        try:
            shape = self._shape(label, number)
        except ShapeError as error:
            self.report(number, position, str(label_id), str(error))
            return dict(ids=np.frombuffer(label_id.binary, np.uint8), good=False)

        name = class_of(label)
        name_hash = hash_of(name)
        sometimes: dict[str, Any] = {}
        if shape.data is not None:
            sometimes = dict(shapes=shape.data, digests=shape.digest)
            if shape.unmarked:
                sometimes["unmarked"] = shape.unmarked
        elif shape.rotation:
            sometimes = dict(rotation=shape.rotation)
        elif shape.mask is not None:
            sometimes = dict(masks=shape.mask, digests=shape.digest)
        return dict(
            ids=np.frombuffer(label_id.binary, np.uint8),
            boxes=shape.bounds,
            **sometimes,
            class_hashes=name_hash,
            classes=self._reading.classes.number(int(name_hash), name),
            iscrowd=self._is_crowd(label, number),
            **self._clues(label),
        )

    def report(
        self, number: int, position: int, label_id: str | None, reason: str
    ) -> None:
        """Adds a bad label to those of the documents."""
        document_id = self._documents.id_of(number)
        bad = BadLabel(document_id, self._field, position, label_id, reason)
        self._documents.bad.append(bad)

    def _shape(self, label: dict[str, Any], number: int) -> Shape:
        kind, in_space = self._reading.kind, self._documents.in_space
        if not kind.may_be_in_space:
            return kind.shape_of(label)
        if in_space[number] < 0:
            in_space[number] = is_in_space(label)
        return kind.shape_of(label, in_space[number] == 1)

    def _clues(self, label: dict[str, Any]) -> dict[str, Any]:
        names = self._reading.clues
        numbers = [number_of(label.get(name)) for name in names]
        return {"clues": np.array(numbers, np.uint64)} if names else {}

    def _is_crowd(self, label: dict[str, Any], number: int) -> bool:
        """Returns whether a label is a crowd.

        Raises:
            FieldError: if its attribute is neither yes nor no: read as no, a crowd
                would remove labels; read as yes, it would hide duplicates
        """
        attr = self._reading.crowd_attr
        if attr is None:
            return False
        value = label.get(attr)
        flag = read_flag(value)
        if flag is None:
            unit = "frame" if self._reading.on_frames else "sample"
            raise FieldError(
                f"a number, a bool or one of {', '.join(SPELLINGS)} as "
                f"'{attr}' of every label of '{self._field}'",
                f"{value!r} in {unit} {self._documents.id_of(number)}",
                "iscrowd",
            )
        return flag
