"""From the bytes of one label field of many samples to its columns.

Labels are read many at once; a label or a list of any other shape than FiftyOne writes
is decoded on its own, to the same values, or reported as a :class:`.columns.BadLabel`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from bson import ObjectId

from ...iou_core.arrays import Bools, Floats, Ints
from ...iou_core.errors import FieldError
from ...iou_core.flags import SPELLINGS, read_flag
from ..fields import list_at
from . import faults
from .columns import BadLabel, LabelColumns
from .kinds.cuboids import is_in_space, which_in_space
from .kinds.shapes import NO_BOX, Shape, ShapeError
from .kinds.turned import NO_SIZE, turn_digests
from .raw import values, walk
from .raw.decoded import decode_at

_NO_CLASS = 0
"""The hash that stands for a label without a class."""

_NO_VALUES = dict(
    boxes=NO_BOX,
    shapes=None,
    digests=0,
    rotation=0.0,
    classes=0,
    class_hashes=_NO_CLASS,
    iscrowd=False,
    good=True,
)

_SOMETIMES = dict(shapes=np.object_, digests=np.uint64, rotation=np.float64)
"""The columns that are there only if a label has a value there."""

UNDECIDED = np.int8(-1)
"""Stands for samples of which no label has been read."""


class FieldDecoder:
    """Decodes one field of one batch."""

    def __init__(
        self,
        decoder: Any,
        raw: walk.Raw,
        field: str,
        path: list[str],
        document_ids: walk.Bytes,
        bad: list[BadLabel],
        in_space: npt.NDArray[np.int8],
    ) -> None:
        self.raw = raw
        self.field = field
        self.path = path
        self.on_frames = decoder.on_frames
        self.kind = decoder.kind
        self.keys_below = decoder.keys_below
        self.keys = decoder.keys
        self.crowd_attr = decoder.crowd_attr
        self.classes = decoder.classes
        self.document_ids = document_ids
        self.bad = bad
        self.turning = decoder.turning
        self.is_one_of_two = len(decoder.fields) > 1
        # (S,) whether the labels of a sample are cuboids; its first label decides
        self.in_space = in_space

    def decode(
        self,
        element: walk.Element,
        starts: Ints,
        regular: Bools,
        odd: dict[int, dict[str, Any]],
    ) -> LabelColumns:
        """Returns the columns of the labels of ``S`` samples.

        Args:
            element: the first document on the way to the list, in each sample
            starts: ``(S,)`` where the samples begin
            regular: ``(S,)`` bool, whose elements are known
            odd: the other samples, decoded
        """
        lists, lengths, regular = self._lists(element, regular)
        counts, at, plain = walk.array_documents(self.raw, lists)
        has_list = np.flatnonzero(lengths >= 0)
        lengths[has_list] = counts
        regular[has_list[~plain]] = False
        sample = np.repeat(has_list, counts)
        position = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        columns = self._labels(at, sample, position)

        extra = [
            (k, odd.get(k) or decode_at(self.raw, int(starts[k])))
            for k in np.flatnonzero(~regular).tolist()
        ]
        return self._finish(columns, sample, position, lengths, extra)

    def _lists(self, element: walk.Element, regular: Bools) -> tuple[Ints, Ints, Bools]:
        """Returns where the label lists begin, and -1 for samples without one."""
        regular = regular.copy()
        rows = np.flatnonzero(regular)
        element = walk.Element(element.type[rows], element.at[rows])
        for depth, key in enumerate(self.path[1:], 1):
            holds = self._such(element, walk.DOCUMENT, rows, regular)
            rows, at = rows[holds], element.at[holds]
            below = self.keys_below(self.path[:depth])
            found, plain = walk.elements(self.raw, at, below)
            regular[rows[~plain]] = False
            rows = rows[plain]
            element = walk.Element(found[key].type[plain], found[key].at[plain])
        has = self._such(element, walk.ARRAY, rows, regular)
        lengths = np.full(len(regular), -1, dtype=np.int64)
        lengths[rows[has]] = 0
        return element.at[has], lengths, regular

    def _such(
        self, element: walk.Element, kind: int, rows: Ints, regular: Bools
    ) -> Bools:
        """Tells where a type is; what is neither it nor nothing is not regular."""
        such = element.type == kind
        nothing = np.isin(element.type, (walk.ABSENT, walk.NULL))
        regular[rows[~such & ~nothing]] = False
        return such

    def _labels(self, at: Ints, sample: Ints, position: Ints) -> dict[str, Any]:
        """Decodes label documents: vectorized, then the odd ones one by one."""
        raw = self.raw
        found, regular = walk.elements(raw, at, self.keys)
        if self.kind.may_be_in_space:
            in_space = which_in_space(
                raw, found, regular, at, position == 0, sample, self.in_space
            )
            if in_space is None and self.is_one_of_two:
                self.in_space[sample] = 0
            shapes = self.kind.columns_of(raw, found, regular, in_space)
        else:
            shapes = self.kind.columns_of(raw, found, regular)
        regular = shapes.known & (found["_id"].type == walk.OBJECT_ID)
        ids = walk.object_ids(raw, found["_id"].at)
        label = found["label"]
        regular &= np.isin(label.type, (walk.STRING, walk.NULL, walk.ABSENT))
        text = (label.type == walk.STRING) & regular
        hashes = np.full(len(at), _NO_CLASS, dtype=np.uint64)
        hashes[text], lengths = walk.string_hashes(raw, label.at[text])
        classes = np.zeros(len(at), dtype=np.int64)
        classes[regular] = self._numbers(
            hashes[regular], text[regular], label.at[text], lengths
        )
        iscrowd = np.zeros(len(at), dtype=np.bool_)
        if self.crowd_attr is not None:
            iscrowd, known = values.flags(raw, found[self.crowd_attr])
            regular &= known

        good = np.ones(len(at), dtype=np.bool_)
        columns = dict(
            ids=ids,
            boxes=shapes.bounds,
            classes=classes,
            class_hashes=hashes,
            iscrowd=iscrowd,
            good=good,
        )
        for name in _SOMETIMES:
            if (column := getattr(shapes, name)) is not None:
                columns[name] = column
        for row in np.flatnonzero(~regular).tolist():
            label_doc = decode_at(raw, int(at[row]))
            own = self._one(label_doc, int(sample[row]), int(position[row]))
            own = own or dict(good=False)
            _add_missing(columns, [own])
            for name, value in own.items():
                columns[name][row] = value
        return columns

    def _numbers(self, hashes: Any, text: Bools, at: Ints, lengths: Ints) -> Ints:
        """Returns the class numbers of hashes; reads only names that are new."""
        numbers, known = self.classes.known_numbers(hashes)
        if known.all():
            return numbers
        rest = np.flatnonzero(~known)
        unique, first, inverse = np.unique(
            hashes[rest], return_index=True, return_inverse=True
        )
        row_of_text = np.cumsum(text) - 1
        found = np.zeros(len(unique), dtype=np.int64)
        for k in np.argsort(first).tolist():
            at_row = rest[first[k]]
            name = None
            if text[at_row] and not self.classes.has(int(unique[k])):
                row = row_of_text[at_row]
                begin = int(at[row]) + 4
                name = self.raw.data[begin : begin + int(lengths[row])].decode()
            found[k] = self.classes.number(int(unique[k]), name)
        numbers[rest] = found[inverse]
        return numbers

    def _one(self, label: Any, sample: int, position: int) -> dict[str, Any] | None:
        """Returns the values of one odd label.

        A bad label is reported, and only its id is returned, if it has one.
        """
        if not isinstance(label, dict):
            self._report(sample, position, None, "is no label")
            return None

        label_id = label.get("_id")
        if not isinstance(label_id, ObjectId):
            self._report(sample, position, None, "has no id")
            return None
        try:
            shape = self._shape(label, sample)
        except ShapeError as error:
            self._report(sample, position, str(label_id), str(error))
            return dict(ids=np.frombuffer(label_id.binary, np.uint8), good=False)

        name = label.get("label")
        name = name if name is None or isinstance(name, str) else str(name)
        name_hash = _hash_of(name)
        sometimes: dict[str, Any] = {}
        if shape.data is not None:
            sometimes = dict(shapes=shape.data, digests=shape.digest)
        elif shape.rotation:
            sometimes = dict(rotation=shape.rotation)
        return dict(
            ids=np.frombuffer(label_id.binary, np.uint8),
            boxes=shape.bounds,
            **sometimes,
            class_hashes=name_hash,
            classes=self.classes.number(int(name_hash), name),
            iscrowd=self._is_crowd(label, sample),
        )

    def _is_crowd(self, label: dict[str, Any], sample: int) -> bool:
        """Returns whether an odd label is a crowd.

        Raises:
            FieldError: if its attribute is neither yes nor no: read as no, a crowd
                would remove labels; read as yes, it would hide duplicates
        """
        if self.crowd_attr is None:
            return False
        value = label.get(self.crowd_attr)
        flag = read_flag(value)
        if flag is None:
            sample_id = self.document_ids[sample].tobytes().hex()
            raise FieldError(
                f"a number, a bool or one of {', '.join(SPELLINGS)} as "
                f"'{self.crowd_attr}' of every label of '{self.field}'",
                f"{value!r} in {'frame' if self.on_frames else 'sample'} {sample_id}",
                "iscrowd",
            )
        return flag

    def _shape(self, label: dict[str, Any], sample: int) -> Shape:
        if not self.kind.may_be_in_space:
            return self.kind.shape_of(label)
        if self.in_space[sample] < 0:
            self.in_space[sample] = is_in_space(label)
        return self.kind.shape_of(label, self.in_space[sample] == 1)

    def _report(
        self, sample: int, position: int, label_id: str | None, reason: str
    ) -> None:
        sample_id = self.document_ids[sample].tobytes().hex()
        self.bad.append(BadLabel(sample_id, self.field, position, label_id, reason))

    def _finish(
        self,
        columns: dict[str, Any],
        sample: Ints,
        position: Ints,
        lengths: Ints,
        extra: list[tuple[int, dict[str, Any]]],
    ) -> LabelColumns:
        """Adds the labels of odd samples, and drops the bad labels."""
        rows: list[dict[str, Any]] = []
        for k, doc in extra:
            labels = list_at(doc, self.path)
            if labels is None:
                continue
            lengths[k] = len(labels)
            for p, label in enumerate(labels):
                own = self._one(label, k, p)
                if own is not None:
                    rows.append({**_NO_VALUES, **own, "sample": k, "position": p})
        if rows:
            _add_missing(columns, rows)
            sample = np.append(sample, [row["sample"] for row in rows])
            position = np.append(position, [row["position"] for row in rows])
            for name, column in columns.items():
                more = np.empty((len(rows), *column.shape[1:]), column.dtype)
                for row, given in enumerate(rows):
                    more[row] = given[name]
                columns[name] = np.concatenate((column, more))

        good = columns.pop("good")
        ids = columns["ids"]
        for row, reason in faults.box_faults(columns["boxes"]):
            self._drop(row, reason, ids, sample, position, good)
        for row in faults.repeated_ids(ids, sample).tolist():
            self._drop(row, faults.REPEATED_ID, ids, sample, position, good)
        self._turn(columns, sample, position, good)
        keep = np.flatnonzero(good)
        if rows:
            keep = keep[np.lexsort((position[keep], sample[keep]))]
        if len(keep) < len(good) or rows:
            columns = {name: column[keep] for name, column in columns.items()}
            sample, position = sample[keep], position[keep]
        counts = np.bincount(sample, minlength=len(lengths))
        offsets = np.concatenate(([0], np.cumsum(counts)))
        return LabelColumns(
            offsets=offsets, position=position, lengths=lengths, **columns
        )

    def _turn(
        self, columns: dict[str, Any], sample: Ints, position: Ints, good: Bools
    ) -> None:
        """Makes the column of turns of that of rotations, if a box is turned."""
        rotation = columns.pop("rotation", None)
        if rotation is None:
            return
        ids = columns["ids"]
        rows = np.flatnonzero(good & (rotation != 0))
        for row in rows[faults.far_boxes(columns["boxes"][rows])].tolist():
            self._drop(row, faults.TOO_LARGE, ids, sample, position, good)
        rows = rows[good[rows]]
        aspect = self._aspects(sample[rows])
        for row in rows[~np.isfinite(aspect)].tolist():
            self._drop(row, NO_SIZE, ids, sample, position, good)
        rows, aspect = rows[good[rows]], aspect[np.isfinite(aspect)]
        if self.turning is None or not len(rows):
            return
        columns["turns"] = turns = np.zeros((len(rotation), 2))
        turns[rows, 0] = self.turning.radians(self.field, rotation[rows])
        turns[rows, 1] = aspect
        _add_missing(columns, [dict(digests=0)])
        columns["digests"][rows] = turn_digests(rotation[rows], aspect)

    def _aspects(self, sample: Ints) -> Floats:
        """Returns the width over the height of the images of some labels."""
        if self.turning is None or not len(sample):
            return np.full(len(sample), np.nan)
        owners, owner = np.unique(sample, return_inverse=True)
        return self.turning.aspects(self.document_ids[owners])[owner]

    def _drop(
        self,
        row: int,
        reason: str,
        ids: walk.Bytes,
        sample: Ints,
        position: Ints,
        good: Bools,
    ) -> None:
        """Reports a label, and marks it as one that takes no part."""
        if good[row]:
            good[row] = False
            label_id = ids[row].tobytes().hex()
            self._report(int(sample[row]), int(position[row]), label_id, reason)


def _add_missing(columns: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Adds the columns that some rows have a value for, with none for the others."""
    for name, dtype in _SOMETIMES.items():
        if name not in columns and any(name in row for row in rows):
            n = len(columns["ids"])
            columns[name] = np.full(n, _NO_VALUES[name], dtype)


def _hash_of(name: str | None) -> np.uint64:
    """Returns the hash that :func:`.raw.walk.string_hashes` gives a name."""
    if name is None:
        return np.uint64(_NO_CLASS)
    text = name.encode()
    raw = walk.Raw((len(text) + 1).to_bytes(4, "little") + text + b"\x00")
    return walk.string_hashes(raw, np.zeros(1, np.int64))[0][0]
