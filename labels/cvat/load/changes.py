"""Changes to labels in CVAT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import bson
from bson import ObjectId

from ..shapes.masks import MaskFile, array_of, file_of
from ..shapes.relabel import raw_bytes
from ..shapes.shapes import CvatShape
from ..trips.records import Sent, State

ADDED, DELETED, CONFLICT, REFUSED = "added", "deleted", "conflict", "refused"
MOVED, RELABELED, BOTH = "moved", "relabeled", "moved and relabeled"
ATTRIBUTES = "attributes edited"

KINDS = (MOVED, RELABELED, BOTH, ATTRIBUTES, DELETED, ADDED, CONFLICT, REFUSED)
"""The kinds of changes to a label."""

_LEFT_ALONE = (CONFLICT, REFUSED)


@dataclass(frozen=True)
class Edit:
    """An attribute that was edited in CVAT; texts are empty if it has no value.

    Attributes:
        name: its name
        was: its text when FiftyOne and CVAT last agreed
        now: its text in CVAT
        here: its text in FiftyOne now; None if the label does not exist or CVAT
            cannot hold its value
    """

    name: str
    was: str
    now: str
    here: str | None


@dataclass(frozen=True)
class LabelChange:
    """The change to one label in CVAT.

    Attributes:
        kind: one of :data:`KINDS`; ``ATTRIBUTES`` only if the label was not moved
            and not relabeled
        sample_id: its sample
        label_id: its id; for an added label, the id that it will get
        was: its class when it was sent; None for an added label
        now: its class in CVAT; None for a deleted label
        before: its bytes in FiftyOne now; None if it does not exist
        after: its bytes after the change; None if it is removed
        sent: the stored record of the label
        state: the state on which FiftyOne and CVAT agree after the change
        edits: its attributes that were edited in CVAT, for every kind
        mask_file: the file that ``after`` names and the load writes; None if no file
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
    edits: tuple[Edit, ...] = ()
    mask_file: MaskFile | None = field(default=None, repr=False)

    @property
    def with_mask(self) -> bytes | None:
        """Its bytes after the change, with the mask of a file that is not written."""
        if self.mask_file is None or self.after is None:
            return self.after
        document = dict(raw_bytes(self.after))
        document |= {"mask": array_of(self.mask_file.shape), "mask_path": None}
        return bson.encode(document)

    def to_dict(self) -> dict[str, Any]:
        """Returns the change as it is shown to users, ready for JSON."""
        return {
            "kind": self.kind,
            "sample_id": str(self.sample_id),
            "label_id": str(self.label_id),
            "was": self.was,
            "now": self.now,
            "edits": [vars(edit).copy() for edit in self.edits],
        }


@dataclass(frozen=True)
class Comparison:
    """The result of comparing a trip with CVAT.

    Attributes:
        expected: the number of labels expected back
        unchanged: how many of them are unchanged
        changes: the changes to the other labels, and the added labels
        agreed: labels that are equal in FiftyOne and CVAT, but not as they were sent
        skipped: labels that are left alone, and why
        classes_gone: how many of the deleted labels have a class that CVAT no longer
            has, by class
        skipped_labels: the skipped labels that are known, with their ids and reasons
        gone_here: how many labels were deleted in FiftyOne, and not edited in CVAT
    """

    expected: int
    unchanged: int
    changes: tuple[LabelChange, ...]
    agreed: tuple[Sent, ...]
    skipped: Counter[str]
    classes_gone: Counter[str] = field(default_factory=Counter)
    skipped_labels: tuple[dict[str, str | None], ...] = ()
    gone_here: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The number of labels for each kind of change."""
        kinds = Counter(change.kind for change in self.changes)
        return {
            "expected": self.expected,
            "unchanged": self.unchanged,
            "moved": kinds[MOVED] + kinds[BOTH],
            "relabeled": kinds[RELABELED] + kinds[BOTH],
            "attributes": sum(
                bool(change.edits) and change.kind != ADDED for change in self.to_apply
            ),
            "deleted": kinds[DELETED],
            "gone_here": self.gone_here,
            "added": kinds[ADDED],
            "conflicts": kinds[CONFLICT],
            "refused": kinds[REFUSED],
        }

    @property
    def to_apply(self) -> tuple[LabelChange, ...]:
        """The changes that are neither conflicts nor refused."""
        return tuple(c for c in self.changes if c.kind not in _LEFT_ALONE)


def kind_of(was: CvatShape | None, now: CvatShape | None) -> str:
    """Returns the kind of change to a label in CVAT.

    Args:
        was: its shape when FiftyOne and CVAT last agreed; None if there was none
        now: its shape in CVAT; None if there is none
    """
    if was is None:
        return ADDED
    if now is None:
        return DELETED
    if was.is_at(now):
        return ATTRIBUTES if was.class_name == now.class_name else RELABELED
    return MOVED if was.class_name == now.class_name else BOTH


def mask_file(
    base: State, theirs: CvatShape | None, target: bytes | None
) -> MaskFile | None:
    """Returns the file that the new bytes of a label name, if a load writes it."""
    if base.label is None or theirs is None or target is None:
        return None
    if theirs.kind != "mask":
        return None
    found = file_of(raw_bytes(base.label), theirs)
    path = raw_bytes(target).get("mask_path")
    return found if found is not None and found.path == path else None


def by_sample(
    changes: Iterable[LabelChange],
) -> Iterator[tuple[ObjectId, list[LabelChange]]]:
    """Yields samples with their changes."""
    found: dict[ObjectId, list[LabelChange]] = {}
    for change in changes:
        found.setdefault(change.sample_id, []).append(change)
    yield from found.items()
