"""From the bytes of samples to label columns, with a fallback for odd ones.

A label or a sample of any other shape than FiftyOne writes (integers for
coordinates, a missing field, a null in a list) is decoded on its own; one that
cannot be compared at all is reported as a :class:`.columns.BadLabel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bson
import numpy as np
from bson import ObjectId

from ..iou_core.boxes import Bools, Ints, is_valid
from . import bson_walk as walk
from .columns import NO_STAMP, BadLabel, Block, ClassNames, LabelColumns
from .fields import FRAMES
from .kinds import BOXES, NO_BOX, Kind, ShapeError

_NO_CLASS = 0
"""The hash that stands for a label without a class."""

_NO_VALUES = dict(
    boxes=NO_BOX,
    shapes=None,
    digests=0,
    classes=0,
    class_hashes=_NO_CLASS,
    iscrowd=False,
    good=True,
)


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
    ) -> None:
        self.fields = tuple(fields)
        self.on_frames = on_frames or any(f.startswith(FRAMES) for f in fields)
        self.holders = tuple(field.removeprefix(FRAMES) for field in fields)
        self.kind = kind
        self.list_name = list_name
        self.crowd_attr = crowd_attr
        self.whole_lists = whole_lists
        self.classes = classes if classes is not None else ClassNames()
        self._keys = ["_id", "label", *kind.keys]
        if crowd_attr is not None and crowd_attr not in self._keys:
            self._keys.append(crowd_attr)

    @property
    def projection(self) -> dict[str, bool]:
        """What has to be read of a sample."""
        paths = {"_id": True, "last_modified_at": True}
        for holder in self.holders:
            path = f"{holder}.{self.list_name}"
            keys = [""] if self.whole_lists else [f".{key}" for key in self._keys]
            paths |= {path + key: True for key in keys}
        return paths

    def with_whole_lists(self) -> LabelDecoder:
        """Returns a decoder that knows the place of every label."""
        return LabelDecoder(
            self.fields,
            self.crowd_attr,
            self.classes,
            whole_lists=True,
            kind=self.kind,
            list_name=self.list_name,
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
            raw, starts, ["_id", "last_modified_at", *self.holders]
        )
        regular &= found["_id"].type == walk.OBJECT_ID
        sample_ids = walk.object_ids(raw, found["_id"].at)
        stamp = found["last_modified_at"]
        stamps = np.where(
            stamp.type == walk.DATE, raw.i64[stamp.at], np.int64(NO_STAMP)
        )
        odd: dict[int, dict[str, Any]] = {}
        for k in np.flatnonzero(~regular).tolist():
            odd[k] = _decode_at(raw, int(starts[k]))
            sample_ids[k] = np.frombuffer(odd[k]["_id"].binary, np.uint8)
            stamps[k] = NO_STAMP

        bad: list[BadLabel] = []
        columns = tuple(
            _FieldDecoder(self, raw, field, sample_ids, bad).decode(
                found[holder], starts, regular, odd
            )
            for field, holder in zip(self.fields, self.holders)
        )
        return Block(sample_ids, stamps, columns, bad)


class _FieldDecoder:
    """Decodes one field of one batch."""

    def __init__(
        self,
        decoder: LabelDecoder,
        raw: walk.Raw,
        field: str,
        sample_ids: walk.Bytes,
        bad: list[BadLabel],
    ) -> None:
        self.raw = raw
        self.field = field
        self.holder = field.removeprefix(FRAMES)
        self.kind = decoder.kind
        self.list = decoder.list_name
        self.keys = decoder._keys
        self.crowd_attr = decoder.crowd_attr
        self.classes = decoder.classes
        self.sample_ids = sample_ids
        self.bad = bad

    def decode(
        self,
        element: walk.Element,
        starts: Ints,
        regular: Bools,
        odd: dict[int, dict[str, Any]],
    ) -> LabelColumns:
        if self.kind is not BOXES:
            regular = np.zeros(len(regular), dtype=np.bool_)
        lists, lengths, regular = self._lists(element, regular)
        counts, at, plain = walk.array_documents(self.raw, lists)
        has_list = np.flatnonzero(lengths >= 0)
        lengths[has_list] = counts
        regular[has_list[~plain]] = False
        sample = np.repeat(has_list, counts)
        position = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        columns = self._labels(at, sample, position)

        extra = [
            (k, odd.get(k) or _decode_at(self.raw, int(starts[k])))
            for k in np.flatnonzero(~regular).tolist()
        ]
        return self._finish(columns, sample, position, lengths, extra)

    def _lists(self, element: walk.Element, regular: Bools) -> tuple[Ints, Ints, Bools]:
        """Returns where the label lists begin, and -1 for samples without one."""
        n = len(regular)
        regular = regular & np.isin(
            element.type, (walk.ABSENT, walk.NULL, walk.DOCUMENT)
        )
        holders = np.flatnonzero(regular & (element.type == walk.DOCUMENT))
        inner, plain = walk.elements(self.raw, element.at[holders], [self.list])
        plain &= np.isin(inner[self.list].type, (walk.ABSENT, walk.NULL, walk.ARRAY))
        regular[holders[~plain]] = False
        has = plain & (inner[self.list].type == walk.ARRAY)
        lengths = np.full(n, -1, dtype=np.int64)
        lengths[holders[has]] = 0
        return inner[self.list].at[has], lengths, regular

    def _labels(self, at: Ints, sample: Ints, position: Ints) -> dict[str, Any]:
        """Decodes label documents: vectorized, then the odd ones one by one."""
        raw = self.raw
        # labels that are no boxes are decoded one by one, and none stand here
        keys = self.keys if self.kind is BOXES else [*self.keys, "bounding_box"]
        found, regular = walk.elements(raw, at, keys)
        boxes, is_box = walk.boxes(raw, found["bounding_box"])
        regular &= is_box & (found["_id"].type == walk.OBJECT_ID)
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
            iscrowd, known = _truth(raw, found[self.crowd_attr])
            regular &= known

        good = np.ones(len(at), dtype=np.bool_)
        columns = dict(
            ids=ids,
            boxes=boxes,
            classes=classes,
            class_hashes=hashes,
            iscrowd=iscrowd,
            good=good,
        )
        if self.kind is not BOXES:
            columns["shapes"] = np.empty(len(at), dtype=np.object_)
            columns["digests"] = np.zeros(len(at), dtype=np.uint64)
        for row in np.flatnonzero(~regular).tolist():
            label_doc = _decode_at(raw, int(at[row]))
            values = self._one(label_doc, int(sample[row]), int(position[row]))
            for name, value in (values or dict(good=False)).items():
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
            shape = self.kind.shape(label)
        except ShapeError as error:
            self._report(sample, position, str(label_id), str(error))
            return dict(ids=np.frombuffer(label_id.binary, np.uint8), good=False)

        name = label.get("label")
        name = name if name is None or isinstance(name, str) else str(name)
        name_hash = _hash_of(name)
        own = (
            {} if self.kind is BOXES else dict(shapes=shape.data, digests=shape.digest)
        )
        return dict(
            ids=np.frombuffer(label_id.binary, np.uint8),
            boxes=shape.bounds,
            **own,
            class_hashes=name_hash,
            classes=self.classes.number(int(name_hash), name),
            iscrowd=bool(self.crowd_attr and label.get(self.crowd_attr)),
        )

    def _report(
        self, sample: int, position: int, label_id: str | None, reason: str
    ) -> None:
        sample_id = self.sample_ids[sample].tobytes().hex()
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
            holder = doc.get(self.holder)
            labels = holder.get(self.list) if isinstance(holder, dict) else None
            if not isinstance(labels, list):
                continue
            lengths[k] = len(labels)
            for p, label in enumerate(labels):
                values = self._one(label, k, p)
                if values is not None:
                    rows.append({**_NO_VALUES, **values, "sample": k, "position": p})
        if rows:
            sample = np.append(sample, [row["sample"] for row in rows])
            position = np.append(position, [row["position"] for row in rows])
            for name, values in columns.items():
                more = np.empty((len(rows), *values.shape[1:]), values.dtype)
                for row, given in enumerate(rows):
                    more[row] = given[name]
                columns[name] = np.concatenate((values, more))

        good = columns.pop("good")
        self._drop_invalid(columns, sample, position, good)
        self._drop_repeated_ids(columns["ids"], sample, position, good)
        keep = np.flatnonzero(good)
        if rows:
            keep = keep[np.lexsort((position[keep], sample[keep]))]
        if len(keep) < len(good) or rows:
            columns = {name: values[keep] for name, values in columns.items()}
            sample, position = sample[keep], position[keep]
        counts = np.bincount(sample, minlength=len(lengths))
        offsets = np.concatenate(([0], np.cumsum(counts)))
        return LabelColumns(
            offsets=offsets, position=position, lengths=lengths, **columns
        )

    def _drop_invalid(
        self, columns: dict[str, Any], sample: Ints, position: Ints, good: Bools
    ) -> None:
        for row in np.flatnonzero(good & ~is_valid(columns["boxes"])).tolist():
            good[row] = False
            box = columns["boxes"][row]
            reason = (
                "has a bounding_box that is not finite"
                if not np.isfinite(box).all()
                else "has a bounding_box with a negative side"
                if (box[2:] < 0).any()
                else "has a bounding_box that is too large"
            )
            label_id = columns["ids"][row].tobytes().hex()
            self._report(int(sample[row]), int(position[row]), label_id, reason)

    def _drop_repeated_ids(
        self, ids: walk.Bytes, sample: Ints, position: Ints, good: Bools
    ) -> None:
        """Drops labels that share their id with another label of their sample.

        They cannot be told apart, so a write meant for one would hit the other.
        """
        if _rise(ids, sample):
            return
        words = np.ascontiguousarray(ids[:, :8]).view(np.uint64)[:, 0]
        tails = np.ascontiguousarray(ids[:, 8:]).view(np.uint32)[:, 0]
        key = walk.mix(words ^ walk.mix(tails + (sample.astype(np.uint64) << 32)))
        ordered = np.sort(key)
        repeated = ordered[1:][ordered[1:] == ordered[:-1]]
        if not len(repeated):
            return

        for row in np.flatnonzero(good & np.isin(key, repeated)).tolist():
            good[row] = False
            self._report(
                int(sample[row]),
                int(position[row]),
                ids[row].tobytes().hex(),
                "has the id of another label of its sample",
            )


def _rise(ids: walk.Bytes, sample: Ints) -> bool:
    """Tells whether the ids of each sample rise, as those made one by one do."""
    head = np.ascontiguousarray(ids[:, :8]).view(">u8")[:, 0].astype(np.uint64)
    tail = np.ascontiguousarray(ids[:, 8:]).view(">u4")[:, 0].astype(np.uint32)
    rises = head[1:] > head[:-1]
    rises |= (head[1:] == head[:-1]) & (tail[1:] > tail[:-1])
    rises |= sample[1:] != sample[:-1]
    return bool(rises.all())


def _decode_at(raw: walk.Raw, at: int) -> dict[str, Any]:
    return bson.decode(raw.data[at : at + int(raw.i32[at])])


def _hash_of(name: str | None) -> np.uint64:
    """Returns the hash that :func:`.bson_walk.string_hashes` gives a name."""
    if name is None:
        return np.uint64(_NO_CLASS)
    text = name.encode()
    raw = walk.Raw((len(text) + 1).to_bytes(4, "little") + text + b"\x00")
    return walk.string_hashes(raw, np.zeros(1, np.int64))[0][0]


def _truth(raw: walk.Raw, element: walk.Element) -> tuple[Bools, Bools]:
    """Returns the truth of numbers and booleans, and where it is known."""
    kind, at = element.type, element.at
    truth = np.zeros(len(kind), dtype=np.bool_)
    truth |= (kind == walk.BOOL) & (raw.u8[at] != 0)
    truth |= (kind == walk.INT32) & (raw.i32[at] != 0)
    truth |= (kind == walk.INT64) & (raw.i64[at] != 0)
    truth |= (kind == walk.DOUBLE) & (raw.f64[at] != 0)
    known = np.isin(
        kind,
        (walk.ABSENT, walk.NULL, walk.BOOL, walk.INT32, walk.INT64, walk.DOUBLE),
    )
    return truth, known
