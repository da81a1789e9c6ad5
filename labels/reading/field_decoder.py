"""Decodes the bytes of one label field of many documents to its columns.

Labels are read many at once. A label or a list that is stored in another way than
FiftyOne's is decoded on its own, to the same values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...iou_core.arrays import Bools, Floats, Ints
from ..fields import list_at
from . import faults
from .columns import LabelColumns
from .documents import Documents, Reading
from .kinds.cuboids import which_in_space
from .kinds.shapes import NO_BOX, ShapeColumns
from .kinds.turned import NO_SIZE, turn_digests
from .raw import buffer, clues, values, walk
from .raw.class_names import NO_CLASS
from .single_labels import SingleLabels

_NO_VALUES = dict(
    boxes=NO_BOX,
    shapes=None,
    digests=0,
    rotation=0.0,
    unmarked=0,
    clues=0,
    masks=None,
    classes=0,
    class_hashes=NO_CLASS,
    iscrowd=False,
    good=True,
)

_SOMETIMES = dict(
    shapes=np.object_,
    digests=np.uint64,
    rotation=np.float64,
    unmarked=np.int64,
    masks=np.object_,
)
"""The columns that exist only if a label has a value there."""


class FieldDecoder:
    """Decodes one field of one batch.

    Args:
        reading: what is read of each label
        documents: the ``S`` documents of the batch
        field: the name of the field
        path: the keys on the way to its list
        paths: those of all fields that are read
    """

    def __init__(
        self,
        reading: Reading,
        documents: Documents,
        field: str,
        path: list[str],
        paths: Sequence[list[str]],
    ) -> None:
        self._reading = reading
        self._documents = documents
        self._raw = documents.raw
        self._field = field
        self._path = path
        self._paths = paths
        self._single = SingleLabels(reading, documents, field)

    def decode(self) -> LabelColumns:
        """Returns the columns of the labels of the field."""
        lists, lengths, regular = self._lists()
        counts, at, plain = walk.array_documents(self._raw, lists)
        has_list = np.flatnonzero(lengths >= 0)
        lengths[has_list] = counts
        regular[has_list[~plain]] = False
        owner = np.repeat(has_list, counts)
        position = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        columns = self._labels(at, owner, position)

        rows = self._rows(np.flatnonzero(~regular).tolist(), lengths)
        if rows:
            _append(columns, rows)
        self._drop_bad(columns)
        self._turn(columns)
        good = columns.pop("good")
        keep = np.flatnonzero(good)
        if rows:
            order = np.lexsort((columns["position"][keep], columns["owner"][keep]))
            keep = keep[order]
        if len(keep) < len(good) or rows:
            columns = {name: column[keep] for name, column in columns.items()}
        counts = np.bincount(columns.pop("owner"), minlength=len(lengths))
        offsets = np.concatenate(([0], np.cumsum(counts)))
        return LabelColumns(offsets=offsets, lengths=lengths, **columns)

    def _lists(self) -> tuple[Ints, Ints, Bools]:
        """Returns where the label lists begin, and -1 for documents without one.

        Returns:
            ``(at, lengths, regular)``: the offsets of the lists; ``(S,)`` 0 for
            documents with a list, or -1; and ``(S,)`` bool, False for documents that
            have to be decoded
        """
        regular = self._documents.regular.copy()
        rows = np.flatnonzero(regular)
        root = self._documents.roots[self._path[0]]
        element = buffer.Element(root.type[rows], root.at[rows])
        for depth, key in enumerate(self._path[1:], 1):
            holds = _are(element, buffer.DOCUMENT, rows, regular)
            rows, at = rows[holds], element.at[holds]
            found, plain = walk.elements(self._raw, at, self._keys_at(depth))
            regular[rows[~plain]] = False
            rows = rows[plain]
            element = buffer.Element(found[key].type[plain], found[key].at[plain])
        has = _are(element, buffer.ARRAY, rows, regular)
        lengths = np.full(len(regular), -1, dtype=np.int64)
        lengths[rows[has]] = 0
        return element.at[has], lengths, regular

    def _keys_at(self, depth: int) -> list[str]:
        """Returns the keys that are read of the document at a depth of the path."""
        way = self._path[:depth]
        paths = (path for path in self._paths if path[:depth] == way)
        return list(dict.fromkeys(path[depth] for path in paths if len(path) > depth))

    def _labels(self, at: Ints, owner: Ints, position: Ints) -> dict[str, Any]:
        """Returns the columns of labels: all at once, then the odd ones one by one.

        Args:
            at: ``(M,)`` where the labels begin
            owner: ``(M,)`` the number of the document of each
            position: ``(M,)`` the place of each in its list
        """
        raw = self._raw
        found, regular = walk.elements(raw, at, self._reading.keys)
        shapes = self._shapes(found, regular, at, owner, position)
        regular = shapes.known & (found["_id"].type == buffer.OBJECT_ID)
        classes, hashes = self._reading.classes.read(raw, found["label"], regular)
        iscrowd = np.zeros(len(at), dtype=np.bool_)
        if self._reading.crowd_attr is not None:
            iscrowd, known = values.flags(raw, found[self._reading.crowd_attr])
            regular &= known

        columns = dict(
            ids=values.object_ids(raw, found["_id"].at),
            boxes=shapes.bounds,
            classes=classes,
            class_hashes=hashes,
            iscrowd=iscrowd,
            good=np.ones(len(at), dtype=np.bool_),
            owner=owner,
            position=position,
        )
        if self._reading.clues:
            elements = [found[name] for name in self._reading.clues]
            columns["clues"] = clues.of_labels(raw, elements)
        for name in _SOMETIMES:
            if (column := getattr(shapes, name)) is not None:
                columns[name] = column
        for row in np.flatnonzero(~regular).tolist():
            label = raw.decoded(int(at[row]))
            own = self._single.read(label, int(owner[row]), int(position[row]))
            own = own or dict(good=False)
            _add_missing(columns, [own])
            for name, value in own.items():
                columns[name][row] = value
        return columns

    def _shapes(
        self,
        found: dict[str, buffer.Element],
        regular: Bools,
        at: Ints,
        owner: Ints,
        position: Ints,
    ) -> ShapeColumns:
        kind, decided = self._reading.kind, self._documents.in_space
        if not kind.may_be_in_space:
            return kind.columns_of(self._raw, found, regular)
        in_space = which_in_space(
            self._raw, found, regular, at, position == 0, owner, decided
        )
        if in_space is None and len(self._paths) > 1:
            decided[owner] = 0
        return kind.columns_of(self._raw, found, regular, in_space)

    def _rows(self, numbers: list[int], lengths: Ints) -> list[dict[str, Any]]:
        """Returns the values of the labels of documents that have to be decoded.

        Args:
            numbers: the numbers of the documents
            lengths: ``(S,)`` takes the lengths of their lists
        """
        rows = []
        for number in numbers:
            labels = list_at(self._documents.decoded(number), self._path)
            if labels is None:
                continue
            lengths[number] = len(labels)
            for position, label in enumerate(labels):
                own = self._single.read(label, number, position)
                if own is not None:
                    place = dict(owner=number, position=position)
                    rows.append({**_NO_VALUES, **own, **place})
        return rows

    def _drop_bad(self, columns: dict[str, Any]) -> None:
        """Drops labels without a valid box, and labels whose id is not their own."""
        for row, reason in faults.box_faults(columns["boxes"]):
            self._drop(columns, row, reason)
        for row in faults.repeated_ids(columns["ids"], columns["owner"]).tolist():
            self._drop(columns, row, faults.REPEATED_ID)

    def _turn(self, columns: dict[str, Any]) -> None:
        """Replaces the column of rotations by that of turns, if a box is turned."""
        rotation, turning = columns.pop("rotation", None), self._reading.turning
        if rotation is None:
            return
        good = columns["good"]
        rows = np.flatnonzero(good & (rotation != 0))
        for row in rows[faults.far_boxes(columns["boxes"][rows])].tolist():
            self._drop(columns, row, faults.TOO_LARGE)
        rows = rows[good[rows]]
        aspect = self._aspects(columns["owner"][rows])
        for row in rows[~np.isfinite(aspect)].tolist():
            self._drop(columns, row, NO_SIZE)
        rows, aspect = rows[good[rows]], aspect[np.isfinite(aspect)]
        if turning is None or not len(rows):
            return
        columns["turns"] = turns = np.zeros((len(rotation), 2))
        turns[rows, 0] = turning.radians(self._field, rotation[rows])
        turns[rows, 1] = aspect
        _add_missing(columns, [dict(digests=0)])
        columns["digests"][rows] = turn_digests(rotation[rows], aspect)

    def _aspects(self, owner: Ints) -> Floats:
        """Returns the width over the height of the images of some labels."""
        turning = self._reading.turning
        if turning is None or not len(owner):
            return np.full(len(owner), np.nan)
        owners, which = np.unique(owner, return_inverse=True)
        return turning.aspects(self._documents.ids[owners])[which]

    def _drop(self, columns: dict[str, Any], row: int, reason: str) -> None:
        """Reports a label, and marks it as one that is not compared."""
        if columns["good"][row]:
            columns["good"][row] = False
            number, position = (int(columns[key][row]) for key in ("owner", "position"))
            label_id = columns["ids"][row].tobytes().hex()
            self._single.report(number, position, label_id, reason)


def _are(element: buffer.Element, kind: int, rows: Ints, regular: Bools) -> Bools:
    """Returns which elements are of a type.

    Args:
        element: the elements of some documents
        kind: the type
        rows: the numbers of these documents
        regular: set to False in place for documents whose element exists, is not
            null, and is of another type
    """
    such = element.type == kind
    nothing = np.isin(element.type, (buffer.ABSENT, buffer.NULL))
    regular[rows[~such & ~nothing]] = False
    return such


def _append(columns: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Adds the values of some labels to the columns."""
    _add_missing(columns, rows)
    for name, column in columns.items():
        more = np.empty((len(rows), *column.shape[1:]), column.dtype)
        for row, given in enumerate(rows):
            more[row] = given[name]
        columns[name] = np.concatenate((column, more))


def _add_missing(columns: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Adds the columns that some rows have a value for, with none for the others."""
    for name, dtype in _SOMETIMES.items():
        if name not in columns and any(name in row for row in rows):
            n = len(columns["ids"])
            columns[name] = np.full(n, _NO_VALUES[name], dtype)
