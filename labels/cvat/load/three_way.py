"""Comparison of the labels in CVAT with the labels sent and the labels in FiftyOne.

Three states of a label are compared: the last one on which FiftyOne and CVAT agreed,
the one in CVAT, and the one in FiftyOne. A label is changed only if it was edited in
CVAT and not in FiftyOne.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import fiftyone.core.labels as fol
from bson import ObjectId

from ..shapes.attributes import Attribute, unsendable_values
from ..shapes.fit import KIND_WORDS, refusal
from ..shapes.relabel import Values, edited, made, new_id, raw_bytes
from ..shapes.rings import ring_of
from ..shapes.shapes import EXTRAS, CvatShape, Returned
from ..trips.download import BESIDE_TRACK, IN_TRACK
from ..trips.records import Image, Sent, State
from .changes import (
    CONFLICT,
    DELETED,
    REFUSED,
    Comparison,
    Edit,
    LabelChange,
    kind_of,
    mask_file,
)
from .match import match


class Comparer:
    """Compares the labels of a trip, image by image.

    Args:
        trip: the trip's id
        document: the type of its label field
        attributes: the attributes of the trip
        tracked: the ids of labels that became part of a track
        covered: images, as task and frame, where missing labels may be part of a track
        rotation_unit: the unit of the boxes' rotations; None if unknown
    """

    def __init__(
        self,
        trip: ObjectId,
        document: type,
        attributes: Sequence[Attribute] = (),
        tracked: Collection[str] = (),
        covered: Collection[tuple[int, int]] = (),
        rotation_unit: str | None = None,
    ) -> None:
        self._rotation_unit = rotation_unit
        self._tracked = tracked
        self._covered = covered
        self._trip = trip
        self._document = document
        self._attributes = {each.name: each for each in attributes}
        self._expected = 0
        self._unchanged = 0
        self._changes: list[LabelChange] = []
        self._agreed: list[Sent] = []
        self._skipped: Counter[str] = Counter()
        self._skipped_labels: list[dict[str, str | None]] = []
        self._gone_here = 0
        self._classes_gone: Counter[str] = Counter()
        self._closed: set[str] = set()

    def skip(self, reason: str, n: int) -> None:
        """Counts labels that are left alone."""
        if n:
            self._skipped[reason] += n

    def _skip_label(self, image: Image, one: Sent, reason: str) -> None:
        self.skip(reason, 1)
        label_id = None if one.label_id is None else str(one.label_id)
        self._skipped_labels.append(
            {
                "sample_id": str(image.sample_id),
                "label_id": label_id,
                "reason": reason,
            }
        )

    def leave(self, image: Image, sent: Sequence[Sent], reason: str) -> None:
        """Counts the labels of an image that is not compared."""
        for one in sent:
            if one.sent.label is not None:
                self._expected += 1
                self._skip_label(image, one, reason)

    def result(self) -> Comparison:
        """Returns the result of the comparison."""
        return Comparison(
            self._expected,
            self._unchanged,
            tuple(self._changes),
            tuple(self._agreed),
            self._skipped,
            self._classes_gone,
            tuple(self._skipped_labels),
            self._gone_here,
        )

    def add(
        self,
        image: Image,
        sent: Sequence[Sent],
        returned: Sequence[Returned],
        labels: dict[ObjectId, bytes],
        classes: Collection[str] | None = None,
    ) -> None:
        """Compares one image.

        Args:
            image: the image
            sent: the labels sent with the image, and those that loads have added
            returned: the shapes of the image on the server
            labels: the labels of the image in FiftyOne now
            classes (None): the classes that its task has now, if known
        """
        known = len(self._changes)
        self._closed = {str(one.label_id) for one in sent if self._is_closed(one)}
        self._expected += sum(one.sent.label is not None for one in sent)
        matched, new = match(sent, returned)
        for one, shape in matched:
            self._compare(image, one, shape, labels)
        for shape in new:
            label_id = new_id(self._trip, shape.task_id, shape.server_id)
            one = Sent(image.sample_id, label_id, shape.server_id, State())
            self._compare(image, one, shape, labels)
        for change in self._changes[known:] if classes is not None else ():
            if change.kind == DELETED and change.was not in classes:
                self._classes_gone[str(change.was)] += 1

    def _compare(
        self,
        image: Image,
        one: Sent,
        returned: Returned | None,
        labels: dict[ObjectId, bytes],
    ) -> None:
        theirs = returned.shape if returned else None
        ignored = theirs.other_extras(one.sent.shape) if theirs is not None else []
        for name in ignored:
            self._skip_label(image, one, f"{EXTRAS[name]}, which is not loaded")
        if _is_same(one.last.shape, theirs):
            was_sent = one.sent.label is not None
            is_gone = one.last.label is not None and one.label_id not in labels
            self._gone_here += was_sent and is_gone and one.label_id is not None
            self._unchanged += was_sent and not is_gone and not ignored
            return
        if one.label_id is None:
            reason = "cannot be distinguished from another label of its image"
            self._skip_label(image, one, reason)
            return
        reason = self._in_track(image, one, theirs)
        reason = reason or self._refusal(one.base.shape, returned)
        if reason is not None:
            self._skip_label(image, one, reason)
            return
        self._change(image, one, returned, labels.get(one.label_id))

    def _change(
        self, image: Image, one: Sent, returned: Returned | None, ours: bytes | None
    ) -> None:
        """Compares a label that was edited in CVAT with the label in FiftyOne."""
        theirs = returned.shape if returned else None
        last, base = one.last, one.base
        values, fault = self._read(base, theirs)
        target = self._target(image, one, returned, values) if fault is None else None
        state = State(target, theirs)
        if fault is not None:
            self._skip_label(image, one, fault)
            kind = REFUSED
        elif ours == target:
            self._unchanged += one.sent.label is not None
            self._agreed.append(replace(one, loaded=state))
            return
        else:
            kind = kind_of(last.shape, theirs) if ours == last.label else CONFLICT
        self._changes.append(
            LabelChange(
                kind,
                image.sample_id,
                one.label_id,
                last.shape.class_name if last.shape else None,
                theirs.class_name if theirs else None,
                ours,
                target,
                one,
                state,
                tuple(self._edits(last.shape, theirs, ours)),
                mask_file(base, theirs, target),
            )
        )

    def _in_track(
        self, image: Image, one: Sent, theirs: CvatShape | None
    ) -> str | None:
        """Returns why a missing label, or label with a missing ring, is not deleted."""
        if str(one.label_id) in self._tracked:
            return IN_TRACK
        was = one.last.shape
        is_whole = was is None or (
            theirs is not None and len(theirs.rings) >= len(was.rings)
        )
        is_covered = (image.task_id, image.frame) in self._covered
        return BESIDE_TRACK if is_covered and not is_whole else None

    def _refusal(self, was: CvatShape | None, returned: Returned | None) -> str | None:
        if returned is None:
            return None
        if returned.fault is not None:
            return returned.fault
        may_turn = self._rotation_unit is not None
        reason = refusal(returned.shape, self._document, was, may_turn)
        if reason is None and was is not None and was.kind != returned.shape.kind:
            now = KIND_WORDS.get(returned.shape.kind, returned.shape.kind)
            reason = f"is {now} in CVAT, and was {KIND_WORDS[was.kind]}"
        return reason

    def _read(self, base: State, theirs: CvatShape | None) -> tuple[Values, str | None]:
        """Returns the edited attributes, and why they cannot be loaded, or None."""
        values: Values = {}
        if theirs is None:
            return values, None
        held = {} if base.label is None else dict(raw_bytes(base.label))
        hidden = set(unsendable_values(list(self._attributes.values()), held))
        for name, _, now in _other_texts(base.shape, theirs):
            attribute = self._attributes[name]
            if name in hidden:
                why = f"has a {name} in CVAT, and here one that CVAT cannot represent"
                return {}, why
            try:
                values[name] = attribute, attribute.read(now)
            except ValueError:
                return {}, f"has a {name} in CVAT that is not {attribute.words}"
        return values, None

    def _edits(
        self, was: CvatShape | None, theirs: CvatShape | None, ours: bytes | None
    ) -> Iterator[Edit]:
        here = {} if not ours else dict(raw_bytes(ours))
        for name, before, now in _other_texts(was, theirs):
            text = self._attributes[name].to_text(here.get(name)) if ours else None
            yield Edit(name, before, now, text)

    def _is_closed(self, one: Sent) -> bool:
        """Returns whether a label is a closed line or polygon."""
        label = one.base.label if self._document is fol.Polylines else None
        return label is not None and bool(raw_bytes(label).get("closed"))

    def _target(
        self, image: Image, one: Sent, returned: Returned | None, values: Values
    ) -> bytes | None:
        """Returns the bytes of a label after the change."""
        if returned is None:
            return None
        theirs = returned.shape
        if _is_same(one.sent.shape, theirs):
            return one.sent.label
        base, unit = one.base, self._rotation_unit
        if base.label is not None and base.shape is not None:
            after = edited(base.label, base.shape, theirs, image.size, values, unit)
        else:
            # CVAT's lines are open; a copy names the label that it was copied from
            is_closed = ring_of(returned.label_id)[0] in self._closed
            after = made(_id(one), theirs, image.size, values, unit, is_closed)
        return bytes(after.raw)


def _other_texts(
    was: CvatShape | None, theirs: CvatShape | None
) -> Iterator[tuple[str, str, str]]:
    """Yields attributes whose texts differ; for a new shape, all that are set."""
    if theirs is None:
        return
    if was is None:
        yield from ((name, "", text) for name, text in theirs.texts if text)
        return
    for name, (before, now) in was.other_texts(theirs).items():
        yield name, before, now


def _is_same(one: CvatShape | None, other: CvatShape | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.is_same(other)


def _id(one: Sent) -> ObjectId:
    if one.label_id is None:
        raise ValueError("a shape without an id is never made a label")
    return one.label_id
