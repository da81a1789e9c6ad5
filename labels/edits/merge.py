"""Merging of duplicates into the kept label, which the journal records first."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import bson
import fiftyone.core.collections as foc
from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from ...iou_core.cancellation import check_cancelled
from ...iou_core.errors import ParamsError
from ..fields import LabelField, require_writable, tags_of
from ..jobs.runs import Run
from ..reading.kinds.turned import Turning, turning_of
from ..scans.plans import Plan
from .apply import carry_out
from .change import Written
from .confirm import Check, Confirmed, confirm
from .journal.entries import DocumentEntries, Entry, Removed, Replaced
from .journal.lists import ListNow
from .merging.merge_shapes import merged_shape, require_how
from .merging.merge_turned import Turns
from .writing import own_tags
from .writing.raw_labels import RawLabels

NOT_MERGED = "overlaps no kept label (it is in a chain of duplicates)"
NO_SIZE = (
    "has a turned box to merge, and the size of the image is not known "
    "(compute the metadata)"
)

_SHAPE = ("bounding_box", "rotation", "mask", "mask_path", "points", "closed", "filled")
_OWN = frozenset({"_id", "_cls", "tags", "label", "attributes", *_SHAPE})


def merge_plan(
    samples: foc.SampleCollection,
    plan: Plan,
    how: str = "union",
    run: Run | None = None,
) -> Written:
    """Merges the labels that a plan removes into the labels that they duplicate.

    Each removed label is merged into the kept label that it overlaps most. That label
    keeps its id, class and attributes; it gets the merged shape, the tags of all
    in order, and the attributes that it lacks (or that are None) from the labels
    merged into it, the one it overlaps most first. It does not get the tags by which
    the plugin marks labels for removal. A label that overlaps no kept label, as in a
    chain, is skipped.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; labels that changed since are skipped
        how ("union"): a key of :data:`.merging.merge_shapes.HOW`
        run (None): receives the progress, and can cancel

    Returns:
        the :class:`.change.Written`: the labels that were removed, with
        the key that undoes it

    Raises:
        ParamsError: if there is no such way to merge
        FieldError: if the field cannot be written to
    """
    field = require_writable(samples, plan.params.label_field)
    require_how(field, how)
    if plan.params.two_fields:
        raise ParamsError("a scan of one field", "one of two fields", "scan_key")

    return carry_out(
        samples,
        _Merging(
            samples,
            field,
            _keepers(plan),
            how,
            turning_of(samples, [field], plan.params),
        ),
        field,
        {"scan_key": plan.scan_key, "how": how, **plan.params.to_dict()},
        [ObjectId(document_id) for document_id in plan.seen],
        mergeable(samples, plan),
        run,
        plan.reasons,
    )


def mergeable(samples: foc.SampleCollection, plan: Plan) -> Check:
    """Returns a check that confirms the labels of a plan that can be merged."""
    keeper = _keepers(plan)

    def check(document_ids: Sequence[ObjectId]) -> Confirmed:
        confirmed = confirm(samples, plan, document_ids, merges_all=True)
        for document_id, label_ids in list(confirmed.labels.items()):
            wanted = [label_id for label_id in label_ids if label_id in keeper]
            if len(wanted) < len(label_ids):
                dropped = confirmed.dropped[document_id]
                dropped[NOT_MERGED] += len(label_ids) - len(wanted)
            confirmed.labels[document_id] = wanted
            if not wanted:
                del confirmed.labels[document_id]
        return confirmed

    return check


def _keepers(plan: Plan) -> dict[ObjectId, tuple[float, ObjectId]]:
    """Returns the kept label that each removed one overlaps most, with their IoU."""
    removed = {removal.label_id for removal in plan.removals}
    return {
        ObjectId(removal.label_id): (removal.iou, ObjectId(removal.partner_id))
        for removal in plan.removals
        if removal.partner_id is not None and removal.partner_id not in removed
    }


class _Merging(RawLabels):
    name = "merge"

    def __init__(
        self,
        samples: foc.SampleCollection,
        field: LabelField,
        keeper: dict[ObjectId, tuple[float, ObjectId]],
        how: str,
        turning: Turning,
    ) -> None:
        super().__init__(samples, field)
        self._turning = turning
        self._keeper = keeper
        self._how = how

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        own = own_tags.given(self._samples, self._field, list(confirmed.labels))

        def entries_of(now: ListNow) -> list[Entry] | None:
            wanted = confirmed.labels[now.document_id]
            parts = self._parts(wanted)
            if not now.places.keys() >= {*wanted, *parts}:
                return None
            unmerged = [_id for _id in wanted if _id not in self._keeper]
            entries: list[Entry] = [*_removed(now, unmerged)]
            for keeper_id, part_ids in parts.items():
                check_cancelled()
                before = now.labels[now.places[keeper_id]]
                removed = _removed(now, part_ids)
                others = [entry.before for entry in removed]
                turns = self._turns(now.document_id, [before, *others])
                if turns is not None and math.isnan(turns.aspect):
                    _skip(confirmed, now.document_id, part_ids)
                    continue
                after = merged(before, others, self._how, turns, own)
                entries += [Replaced(keeper_id, before, after), *removed]
            return entries

        return self.prepared(list(confirmed.labels), confirmed.stamps, entries_of)

    def _parts(self, label_ids: Sequence[ObjectId]) -> dict[ObjectId, list[ObjectId]]:
        """Returns the labels to merge by the label that is kept, in their order."""
        merging = [label_id for label_id in label_ids if label_id in self._keeper]
        parts: dict[ObjectId, list[ObjectId]] = {}
        for label_id in sorted(merging, key=lambda k: -self._keeper[k][0]):
            parts.setdefault(self._keeper[label_id][1], []).append(label_id)
        return parts

    def _turns(
        self, document_id: ObjectId, labels: Sequence[RawBSONDocument]
    ) -> Turns | None:
        angles = [self._turning.angle(self._field.name, label) for label in labels]
        return Turns(angles, self._turning.aspect(document_id)) if any(angles) else None


class MergingDeletion(_Merging):
    """The deletion of a plan in which verdicts merge some labels.

    Args:
        samples: the dataset, or a view of it
        field: the label field
        plan: the plan

    Raises:
        FieldError: if labels of the field cannot be merged
    """

    name = "delete"

    def __init__(
        self, samples: foc.SampleCollection, field: LabelField, plan: Plan
    ) -> None:
        require_how(field, "union")
        merging = [removal for removal in plan.removals if removal.merges]
        keeper = _keepers(replace(plan, removals=merging))
        turning = turning_of(samples, [field], plan.params)
        super().__init__(samples, field, keeper, "union", turning)


def _removed(now: ListNow, label_ids: Sequence[ObjectId]) -> list[Removed]:
    """Returns the entries of labels that are removed from their list."""
    places = [now.places[label_id] for label_id in label_ids]
    return [Removed(_id, k, now.labels[k]) for _id, k in zip(label_ids, places)]


def _skip(
    confirmed: Confirmed, document_id: ObjectId, label_ids: Sequence[ObjectId]
) -> None:
    """Leaves labels alone whose merged box cannot be computed."""
    confirmed.dropped[document_id][NO_SIZE] += len(label_ids)
    skipped = set(label_ids)
    left = [k for k in confirmed.labels[document_id] if k not in skipped]
    confirmed.labels[document_id] = left
    if not left:
        del confirmed.labels[document_id]


def merged(
    keeper: RawBSONDocument,
    others: Sequence[RawBSONDocument],
    how: str,
    turns: Turns | None = None,
    plugin_tags: Mapping[ObjectId, Collection[str]] | None = None,
) -> RawBSONDocument:
    """Returns the label that is made of several.

    Args:
        keeper: the kept label
        others: the labels merged into it, the one it overlaps most first
        how: a key of :data:`.merging.merge_shapes.HOW`
        turns (None): the rotations of their boxes, if any is rotated
        plugin_tags (None): by label, tags that are not passed on
    """
    label: dict[str, Any] = bson.decode(keeper.raw)
    parts = [bson.decode(other.raw) for other in others]
    label |= merged_shape([label, *parts], how, turns)
    held = label.get("tags")
    tags = [*held] if isinstance(held, list) else []
    plugin_tags = plugin_tags or {}
    for part in parts:
        left_out = [*tags, *plugin_tags.get(part["_id"], ())]
        tags += [tag for tag in tags_of(part) if tag not in left_out]
        for name, value in part.items():
            if name not in _OWN and value is not None and label.get(name) is None:
                label[name] = value
        attributes, others_have = label.get("attributes"), part.get("attributes")
        if isinstance(attributes, dict) and isinstance(others_have, dict):
            for name, value in others_have.items():
                attributes.setdefault(name, value)
    if tags or "tags" in label:
        label["tags"] = tags
    return RawBSONDocument(bson.encode(label))
