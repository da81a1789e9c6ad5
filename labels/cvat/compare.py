"""What came back, held against what was sent and against what is there now.

Three states of a label decide: the one that FiftyOne and CVAT last agreed on, the one
in CVAT, and the one in FiftyOne. Only what somebody edited in CVAT, and nobody in
FiftyOne, is a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bson import ObjectId

from .shapes import Returned, Shape, edited, made, new_id, refusal
from .store import Image, Sent, State

ADDED, DELETED, CONFLICT = "added", "deleted", "conflict"
MOVED, RELABELED, BOTH = "moved", "relabeled", "moved and relabeled"

KINDS = (MOVED, RELABELED, BOTH, DELETED, ADDED, CONFLICT)
"""What can have happened to a label."""


@dataclass(frozen=True)
class Change:
    """What happened to one label in CVAT.

    Attributes:
        kind: one of :data:`KINDS`
        sample_id: its sample
        label_id: its id; that which it gets, for one that was added
        was: its class when it was sent; None for one that was added
        now: its class in CVAT; None for one that was deleted
        before: its bytes in FiftyOne now; None where it is not there
        after: its bytes when the change is applied; None where it goes
        sent: what is kept of it
        state: what FiftyOne and CVAT agree on afterwards
    """

    kind: str
    sample_id: ObjectId
    label_id: ObjectId
    was: str | None
    now: str | None
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)
    sent: Sent = field(repr=False)
    state: State = field(repr=False)


@dataclass(frozen=True)
class Comparison:
    """What came back of a trip.

    Attributes:
        expected: how many labels were expected back
        unchanged: how many of them came back as they were
        changes: the others, and those that were added
        agreed: labels that are the same in FiftyOne and CVAT, though not as sent
        skipped: what is left alone, and why
    """

    expected: int
    unchanged: int
    changes: tuple[Change, ...]
    agreed: tuple[Sent, ...]
    skipped: Counter[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many labels each thing happened to."""
        kinds = Counter(change.kind for change in self.changes)
        return {
            "expected": self.expected,
            "unchanged": self.unchanged,
            "moved": kinds[MOVED] + kinds[BOTH],
            "relabeled": kinds[RELABELED] + kinds[BOTH],
            "deleted": kinds[DELETED],
            "added": kinds[ADDED],
            "conflicts": kinds[CONFLICT],
        }

    @property
    def to_apply(self) -> tuple[Change, ...]:
        """The changes that are no conflicts."""
        return tuple(change for change in self.changes if change.kind != CONFLICT)


class Comparer:
    """Compares image by image; see :func:`compare_image`.

    Args:
        trip: the trip's id
        document: the type of its label field
    """

    def __init__(self, trip: ObjectId, document: type) -> None:
        self._trip = trip
        self._document = document
        self._expected = 0
        self._unchanged = 0
        self._changes: list[Change] = []
        self._agreed: list[Sent] = []
        self._skipped: Counter[str] = Counter()

    def skip(self, reason: str, n: int) -> None:
        """Counts labels that are left alone."""
        if n:
            self._skipped[reason] += n

    def expect(self, n: int) -> None:
        """Counts labels that were sent, and are not compared."""
        self._expected += n

    def result(self) -> Comparison:
        """Returns what came of it."""
        return Comparison(
            self._expected,
            self._unchanged,
            tuple(self._changes),
            tuple(self._agreed),
            self._skipped,
        )

    def add(
        self,
        image: Image,
        sent: Sequence[Sent],
        returned: Sequence[Returned],
        labels: dict[ObjectId, bytes],
    ) -> None:
        """Compares one image.

        Args:
            image: the image
            sent: what was sent of it, and what loads have added
            returned: the shapes that the server holds of it
            labels: its labels in FiftyOne now
        """
        self._expected += sum(one.sent.label is not None for one in sent)
        matched, new = match(sent, returned)
        for one, shape in matched:
            self._compare(image, one, shape, labels)
        for shape in new:
            label_id = new_id(self._trip, shape.task_id, shape.server_id)
            one = Sent(image.sample_id, label_id, shape.server_id, State())
            self._compare(image, one, shape, labels)

    def _compare(
        self,
        image: Image,
        one: Sent,
        returned: Returned | None,
        labels: dict[ObjectId, bytes],
    ) -> None:
        theirs = returned.shape if returned else None
        last = one.last
        if _is_same(last.shape, theirs):
            self._unchanged += one.sent.label is not None
            return
        if one.label_id is None:
            self.skip("cannot be told from another label of its image", 1)
            return
        reason = None if theirs is None else refusal(theirs, self._document)
        if theirs is not None and last.shape is not None and reason is None:
            reason = _other_kind(last.shape, theirs)
        if reason is not None:
            self.skip(reason, 1)
            return

        ours = labels.get(one.label_id)
        target = self._target(image, one, theirs)
        state = State(target, theirs)
        if ours == target:
            self._unchanged += one.sent.label is not None
            self._agreed.append(replace(one, loaded=state))
            return
        kind = _kind(last.shape, theirs) if ours == last.label else CONFLICT
        self._changes.append(
            Change(
                kind,
                image.sample_id,
                one.label_id,
                last.shape.class_name if last.shape else None,
                theirs.class_name if theirs else None,
                ours,
                target,
                one,
                state,
            )
        )

    def _target(self, image: Image, one: Sent, theirs: Shape | None) -> bytes | None:
        """Returns the bytes that a label has after the change."""
        last = one.last
        if theirs is None:
            return None
        if _is_same(one.sent.shape, theirs):
            return one.sent.label
        if last.label is not None and last.shape is not None:
            return bytes(edited(last.label, last.shape, theirs, image.size).raw)
        if one.sent.label is not None and one.sent.shape is not None:
            was = one.sent
            return bytes(edited(one.sent.label, was.shape, theirs, image.size).raw)
        return bytes(made(_id(one), theirs, image.size).raw)


def match(
    sent: Sequence[Sent], returned: Sequence[Returned]
) -> tuple[list[tuple[Sent, Returned | None]], list[Returned]]:
    """Tells which shape is which label.

    By the label's id that the shape carries; of several that carry it, which a copy in
    CVAT makes, the one that the server knows as sent, else one that is as it was, else
    the nearest. What carries no known id is known by the server's own id, or by being
    as it was.

    Args:
        sent: the labels of an image
        returned: its shapes

    Returns:
        each label with its shape, None where it has none; and the other shapes
    """
    free = {shape.server_id: shape for shape in returned}
    found: dict[int, Returned] = {}

    def take(k: int, shape: Returned | None) -> None:
        if shape is not None:
            found[k] = free.pop(shape.server_id)

    for k, one in enumerate(sent):
        claims = [
            s
            for s in free.values()
            if one.label_id is not None and s.label_id == str(one.label_id)
        ]
        take(k, _nearest(one, claims))
    for k, one in enumerate(sent):
        if k not in found:
            take(k, free.get(one.server_id))
    known = {str(one.label_id) for one in sent}
    for k, one in enumerate(sent):
        if k not in found:
            alike = (
                s
                for s in free.values()
                if s.label_id not in known and _is_same(one.last.shape, s.shape)
            )
            take(k, next(alike, None))
    pairs = [(one, found.get(k)) for k, one in enumerate(sent)]
    return pairs, list(free.values())


def _nearest(one: Sent, claims: Iterable[Returned]) -> Returned | None:
    def rank(shape: Returned) -> tuple[bool, bool, float, int]:
        last = one.last.shape
        return (
            shape.server_id == one.server_id,
            _is_same(last, shape.shape),
            last.iou(shape.shape) if last is not None else 0.0,
            -shape.server_id,
        )

    return max(claims, key=rank, default=None)


def _is_same(one: Shape | None, other: Shape | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.is_same(other)


def _other_kind(was: Shape, now: Shape) -> str | None:
    if was.kind == now.kind:
        return None
    return f"is a {now.kind} in CVAT, and was a {was.kind}"


def _kind(was: Shape | None, now: Shape | None) -> str:
    if was is None:
        return ADDED
    if now is None:
        return DELETED
    if was.is_at(now):
        return RELABELED
    return MOVED if was.class_name == now.class_name else BOTH


def _id(one: Sent) -> ObjectId:
    if one.label_id is None:
        raise ValueError("a shape without an id is never made a label")
    return one.label_id


def by_sample(changes: Iterable[Change]) -> Iterator[tuple[ObjectId, list[Change]]]:
    """Yields samples with their changes."""
    found: dict[ObjectId, list[Change]] = {}
    for change in changes:
        found.setdefault(change.sample_id, []).append(change)
    yield from found.items()
