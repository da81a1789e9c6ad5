"""Changes of tags: what tagging and untagging write, and when a sample is done."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from .. import store
from ..fields import LabelField
from ..scans.plans import Plan
from .confirm import Confirmed, confirm
from .journal.entries import DocumentEntries, Retagged
from .journal.lists import MISSING
from .writing import own_tags, read_tags, updates

Labels = dict[ObjectId, list[ObjectId]]
"""Labels by the id of their sample or frame."""

NO_TAGS = "has tags that are not a list"
"""The reason why a label cannot get a tag."""


class _Retagging(ABC):
    """A base for giving a tag to labels, and taking it."""

    has_state = False

    def __init__(
        self, samples: foc.SampleCollection, field: LabelField, tag: str
    ) -> None:
        self._samples = samples
        self._field = field
        self._tag = tag
        self._known: dict[str, Any] = {}

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        prepared = []
        stale = set(confirmed.labels)
        ids = list(confirmed.labels)
        own: own_tags.OwnTags = {}
        if not all(map(self._gets, itertools.chain(*confirmed.labels.values()))):
            own = own_tags.read(self._samples, self._field, self._tag, ids)
        for document_id, found in self._read(ids).items():
            wanted = confirmed.labels[document_id]
            places = [found.find(label_id) for label_id in wanted]
            if min(places) < 0:
                continue
            stale.discard(document_id)
            tags = dict(zip(wanted, map(found.tags_at, places)))
            can = [one for one in wanted if self._can_change(one, tags[one])]
            if len(can) < len(wanted):
                dropped = confirmed.dropped.setdefault(document_id, Counter())
                dropped[NO_TAGS] += len(wanted) - len(can)
                wanted = confirmed.labels[document_id] = can
                if not can:
                    del confirmed.labels[document_id]
            mine = own.get(document_id, {})
            entries = [
                self._entry(label_id, tags[label_id], mine.get(label_id))
                for label_id in wanted
                if self._is_due(label_id, tags[label_id])
            ]
            if entries:
                prepared.append(
                    DocumentEntries(document_id, found.order, list(entries))
                )
        return prepared, list(stale)

    def _entry(
        self, label_id: ObjectId, before: Any, own: dict[str, Any] | None
    ) -> Retagged:
        tags = before if isinstance(before, list) else []
        if self._gets(label_id):
            return Retagged(label_id, before, [*tags, self._tag])
        return Retagged(label_id, before, [t for t in tags if t != self._tag], own)

    def updates(self, samples: Sequence[DocumentEntries]) -> Iterator[updates.Update]:
        stamp = store.now()
        changes = {part.document_id: self._change(part) for part in samples}
        own_tags.intend(self._samples, self._field, self._tag, changes, stamp)
        yield from updates.tag_updates(self._field, samples, stamp)

    def _change(self, part: DocumentEntries) -> own_tags.TagChange:
        ids = [entry.label_id for entry in part.entries]
        given = {label_id: self._known for label_id in ids if self._gets(label_id)}
        return own_tags.TagChange(given, set(ids) - set(given))

    def happened(self, samples: Sequence[DocumentEntries]) -> set[ObjectId]:
        now = self._read([part.document_id for part in samples])
        return {
            part.document_id
            for part in samples
            if part.document_id in now and self._is_done(part, now[part.document_id])
        }

    def _is_done(self, part: DocumentEntries, now: read_tags.TagList) -> bool:
        """Returns whether the labels that still exist have their new tags."""
        there = [
            entry.label_id for entry in part.entries if now.find(entry.label_id) >= 0
        ]
        due = (self._is_due(label_id, now.tags(label_id)) for label_id in there)
        return bool(there) and not any(due)

    def _is_due(self, label_id: ObjectId, tags: Any) -> bool:
        """Returns whether a label with these tags has to change."""
        return self._gets(label_id) != (isinstance(tags, list) and self._tag in tags)

    def _can_change(self, label_id: ObjectId, tags: Any) -> bool:
        """Returns whether a label with these tags can get the tag, or lose it."""
        is_list = tags is None or tags == MISSING or isinstance(tags, list)
        return is_list or not self._gets(label_id)

    def _read(self, document_ids: list[ObjectId]) -> dict[ObjectId, read_tags.TagList]:
        return read_tags.read(self._samples, self._field, document_ids)

    @abstractmethod
    def _gets(self, label_id: ObjectId) -> bool:
        """Returns whether a label gets the tag; otherwise it loses it."""


class Tagging(_Retagging):
    """Gives a tag to the labels of a plan, and takes it from those of earlier ones."""

    name = "tag"

    def __init__(
        self,
        samples: foc.SampleCollection,
        field: LabelField,
        tag: str,
        plan: Plan,
        earlier: Labels,
    ) -> None:
        super().__init__(samples, field, tag)
        self._plan = plan
        self._earlier = earlier
        self._losing = {_id for labels in earlier.values() for _id in labels}
        self._known = {"scan_key": plan.scan_key, "created": store.now()}

    def confirm(self, document_ids: Sequence[ObjectId]) -> Confirmed:
        """Returns those of the labels to change that are still as planned."""
        planned = [_id for _id in document_ids if str(_id) in self._plan.seen]
        confirmed = confirm(self._samples, self._plan, planned)
        losing = [_id for _id in document_ids if _id in self._earlier]
        if losing:
            own = own_tags.read(self._samples, self._field, self._tag, losing)
            for document_id, now in self._read(list(own)).items():
                # a label that was deleted is still known to have had the tag
                known = [_id for _id in own[document_id] if now.find(_id) >= 0]
                left = [_id for _id in self._earlier[document_id] if _id in known]
                if left:
                    held = confirmed.labels.get(document_id, [])
                    confirmed.labels[document_id] = [*held, *left]
        return confirmed

    def _gets(self, label_id: ObjectId) -> bool:
        return label_id not in self._losing


class Untagging(_Retagging):
    """Takes a tag from labels."""

    name = "untag"

    def _gets(self, label_id: ObjectId) -> bool:
        return False
