"""Tags labels, and takes tags off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ..iou_core.errors import ParamsError
from . import tagged, write
from .actions import Written, carry_out, require_writable_field
from .entries import MISSING, Retagged, SampleEntries
from .fields import LabelField
from .plans import Confirmed, Plan, confirm
from .runs import Run


def require_tag(tag: object) -> str:
    """Returns a tag.

    Raises:
        ParamsError: if it is no text, or empty
    """
    if not isinstance(tag, str) or not tag.strip():
        raise ParamsError("a tag", repr(tag), "tag")
    return tag.strip()


def tag_plan(
    samples: foc.SampleCollection, plan: Plan, tag: str, run: Run | None = None
) -> Written:
    """Tags the labels that a plan would remove.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; what of it no longer holds is skipped
        tag: the tag
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`.actions.Written`; labels that had the tag already count
        as well

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable_field(samples, plan.params.label_field)
    params = {"tag": tag, "scan_key": plan.scan_key, **plan.params.to_dict()}
    return carry_out(
        samples,
        _Tagging(samples, field, tag),
        field,
        params,
        [ObjectId(sample_id) for sample_id in plan.seen],
        lambda ids: confirm(samples, plan, ids),
        run,
        plan.reasons,
    )


def untag(
    samples: foc.SampleCollection,
    label_field: str,
    tag: str,
    run: Run | None = None,
) -> Written:
    """Takes a tag off the labels of a collection.

    Args:
        samples: a dataset or a view; labels that it filters out keep the tag
        label_field: the label field
        tag: the tag
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`.actions.Written`

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable_field(samples, label_field)
    found = tagged.find_tagged(samples, field, tag)
    done = carry_out(
        samples,
        _Untagging(samples, field, tag),
        field,
        {"tag": tag},
        list(found.labels),
        lambda ids: tagged.confirm(samples, field, tag, found, ids),
        run,
    )
    done.skipped.count("has no id", found.without_id)
    return done


class _Retagging(ABC):
    """What adding and taking off a tag have in common."""

    def __init__(
        self, samples: foc.SampleCollection, field: LabelField, tag: str
    ) -> None:
        self._samples = samples
        self._field = field
        self._tag = tag

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[SampleEntries], list[ObjectId]]:
        prepared = []
        stale = set(confirmed.labels)
        for sample_id, labels in self._tags(list(confirmed.labels)).items():
            found = dict(labels)
            wanted = confirmed.labels[sample_id]
            if not found.keys() >= set(wanted):
                continue
            stale.discard(sample_id)
            entries = [
                Retagged(label_id, found[label_id], self._after(found[label_id]))
                for label_id in wanted
                if self._is_due(found[label_id])
            ]
            if entries:
                order = [label_id for label_id, _ in labels]
                prepared.append(SampleEntries(sample_id, order, list(entries)))
        return prepared, list(stale)

    def happened(self, samples: Sequence[SampleEntries]) -> set[ObjectId]:
        now = self._tags([part.sample_id for part in samples])
        return {
            part.sample_id
            for part in samples
            if not any(
                self._is_due(dict(now.get(part.sample_id, ())).get(entry.label_id))
                for entry in part.entries
            )
        }

    def _tags(
        self, sample_ids: list[ObjectId]
    ) -> dict[ObjectId, list[tuple[ObjectId | None, Any]]]:
        """Returns the ids and tags of all labels of samples."""
        holder, list_name = self._field.list_path.split(".")
        path = self._field.list_path
        found = self._field.collection(self._samples).find(
            {"_id": {"$in": sample_ids}}, {f"{path}._id": True, f"{path}.tags": True}
        )
        return {
            doc["_id"]: [
                (label.get("_id"), label.get("tags", MISSING))
                for label in (doc.get(holder) or {}).get(list_name) or ()
                if isinstance(label, dict)
            ]
            for doc in found
        }

    @abstractmethod
    def _is_due(self, tags: Any) -> bool:
        """Tells whether a label with these tags is to be changed."""

    @abstractmethod
    def _after(self, tags: Any) -> list[str]:
        """Returns the tags that it gets."""


class _Tagging(_Retagging):
    name = "tag"

    def _is_due(self, tags: Any) -> bool:
        return not isinstance(tags, list) or self._tag not in tags

    def _after(self, tags: Any) -> list[str]:
        return [*(tags if isinstance(tags, list) else ()), self._tag]

    def updates(self, samples: Sequence[SampleEntries]) -> Iterator[write.Update]:
        return write.tag_updates(self._field, samples, self._tag)


class _Untagging(_Retagging):
    name = "untag"

    def _is_due(self, tags: Any) -> bool:
        return isinstance(tags, list) and self._tag in tags

    def _after(self, tags: Any) -> list[str]:
        return [tag for tag in tags if tag != self._tag]

    def updates(self, samples: Sequence[SampleEntries]) -> Iterator[write.Update]:
        return write.untag_updates(self._field, samples, self._tag)
