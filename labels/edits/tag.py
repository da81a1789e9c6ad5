"""Adding tags to labels, and removing them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.decisions.reasons import Reason
from ...iou_core.errors import ParamsError
from ...iou_core.params import FindParams
from .. import store
from ..fields import LabelField
from ..jobs import engines
from ..jobs.engines import LOCAL, Engine
from ..jobs.runs import Run
from ..jobs.shards import describe, open_samples, part_size
from ..scans.plans import Plan, Removal
from . import tagged
from .apply import Written, carry_out, carry_out_part, require_writable_field
from .confirm import Confirmed, confirm
from .journal.action import Action
from .journal.entries import DocumentEntries, Retagged
from .writing import read_tags, updates, writer


def require_tag(tag: object) -> str:
    """Returns a tag.

    Raises:
        ParamsError: if it is no text, or empty
    """
    if not isinstance(tag, str) or not tag.strip():
        raise ParamsError("a tag", repr(tag), "tag")
    return tag.strip()


def tag_plan(
    samples: foc.SampleCollection,
    plan: Plan,
    tag: str,
    run: Run | None = None,
    engine: Engine = LOCAL,
) -> Written:
    """Tags the labels that a plan would remove.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; labels that changed since are skipped
        tag: the tag
        run (None): receives the progress, and can cancel
        engine: where the work runs; the result is the same

    Returns:
        the :class:`.apply.Written`; labels that already had the tag count
        as well

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable_field(samples, plan.params.label_field)
    params = {"tag": tag, "scan_key": plan.scan_key, **plan.params.to_dict()}
    if engine.is_local or not plan.seen:
        done = carry_out(
            samples,
            _Tagging(samples, field, tag),
            field,
            params,
            [ObjectId(document_id) for document_id in plan.seen],
            lambda ids: confirm(samples, plan, ids),
            run,
            plan.reasons,
        )
    else:
        done = _by_engine(samples, plan, field, params, engine, run)
    tagged_ids = set(done.label_ids)
    in_order = (removal.label_id for removal in plan.removals)
    done.label_ids = [label_id for label_id in in_order if label_id in tagged_ids]
    return done


def _by_engine(
    samples: foc.SampleCollection,
    plan: Plan,
    field: LabelField,
    params: dict[str, Any],
    engine: Engine,
    run: Run | None,
) -> Written:
    """Has workers tag the labels of a plan, as one action that can be undone."""
    done = Written(on_frames=field.on_frames)
    with store.answering("tag"):
        action = Action(samples, "tag", field.name, params)
        job = {
            "work": "tag",
            "samples": describe(samples),
            "params": plan.params.to_dict(),
            "scan_key": plan.scan_key,
            "label_changes": list(plan.label_changes),
            "tag": params["tag"],
            "restore_key": action.restore_key,
        }
        counts, is_whole = (0, 0), False
        try:
            with engine.open() as workers:
                tasks, sizes = _parts(plan, workers.count)
                for plain in engines.carry_out(workers, job, tasks, sizes, run):
                    done.merge(plain)
            counts, is_whole = action.counted(), True
        finally:
            writer.reload_held(samples, field.on_frames, None)
            action.close(*counts, is_whole)
    done.restore_key = action.restore_key if counts[0] else None
    return done


def _parts(plan: Plan, n_workers: int) -> tuple[list[dict[str, Any]], list[int]]:
    """Returns a plan cut into parts for workers, and how many samples each has."""
    owners = list(plan.seen)
    size = part_size(len(owners), n_workers)
    cuts = [owners[k : k + size] for k in range(0, len(owners), size)]
    labels: dict[str, list[tuple[str, str | None, dict[str, Any]]]] = {}
    for removal in plan.removals:
        label = removal.label_id, removal.partner_id, removal.reason.to_dict()
        labels.setdefault(removal.document_id, []).append(label)
    tasks = [
        {
            "labels": {s: labels[s] for s in cut if s in labels},
            "seen": {document_id: plan.seen[document_id] for document_id in cut},
        }
        for cut in cuts
    ]
    return tasks, [len(cut) for cut in cuts]


def work_shard(job: dict[str, Any], shard: dict[str, Any]) -> dict[str, Any]:
    """Tags the labels of a part of a plan, in a worker; may be repeated."""
    samples = open_samples(job["samples"])
    params = FindParams.parse(job["params"])
    removals = [
        Removal(document_id, label_id, "", 0.0, partner_id, Reason.from_dict(reason))
        for document_id, labels in shard["labels"].items()
        for label_id, partner_id, reason in labels
    ]
    plan = Plan(job["scan_key"], params, removals, shard["seen"], job["label_changes"])
    field = require_writable_field(samples, params.label_field)
    action = Action(
        samples, "tag", field.name, {}, plan.reasons, restore_key=job["restore_key"]
    )
    document_ids = [ObjectId(document_id) for document_id in plan.seen]
    recorded = [
        DocumentEntries(
            document["sample_id"],
            b"",
            [
                Retagged(entry["label_id"], entry["before"], entry["after"])
                for entry in document["entries"]
            ],
        )
        for document in action.recorded(document_ids)
    ]
    done = carry_out_part(
        samples,
        _Tagging(samples, field, job["tag"]),
        field,
        action,
        document_ids,
        lambda ids: confirm(samples, plan, ids),
        recorded,
    )
    return done.to_plain()


def untag(
    samples: foc.SampleCollection,
    label_field: str,
    tag: str,
    run: Run | None = None,
) -> Written:
    """Removes a tag from the labels of a collection.

    Args:
        samples: a dataset or a view; labels that it filters out keep the tag
        label_field: the label field
        tag: the tag
        run (None): receives the progress, and can cancel

    Returns:
        the :class:`.apply.Written`

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable_field(samples, label_field)
    found = tagged.find_tagged(samples, field, tag, run)
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
    """A base for adding and removing a tag."""

    def __init__(
        self, samples: foc.SampleCollection, field: LabelField, tag: str
    ) -> None:
        self._samples = samples
        self._field = field
        self._tag = tag

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        prepared = []
        stale = set(confirmed.labels)
        for document_id, found in self._read(list(confirmed.labels)).items():
            wanted = confirmed.labels[document_id]
            if any(found.find(label_id) < 0 for label_id in wanted):
                continue
            stale.discard(document_id)
            tags = {label_id: found.tags(label_id) for label_id in wanted}
            entries = [
                Retagged(label_id, before, self._after(before))
                for label_id, before in tags.items()
                if self._is_due(before)
            ]
            if entries:
                prepared.append(
                    DocumentEntries(document_id, found.order, list(entries))
                )
        return prepared, list(stale)

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
        return bool(there) and not any(self._is_due(now.tags(_id)) for _id in there)

    def _read(self, document_ids: list[ObjectId]) -> dict[ObjectId, read_tags.TagList]:
        return read_tags.read(self._samples, self._field, document_ids)

    @abstractmethod
    def _is_due(self, tags: Any) -> bool:
        """Returns whether a label with these tags has to change."""

    @abstractmethod
    def _after(self, tags: Any) -> list[str]:
        """Returns the tags that it gets."""


class _Tagging(_Retagging):
    name = "tag"

    def _is_due(self, tags: Any) -> bool:
        return not isinstance(tags, list) or self._tag not in tags

    def _after(self, tags: Any) -> list[str]:
        return [*(tags if isinstance(tags, list) else ()), self._tag]

    def updates(self, samples: Sequence[DocumentEntries]) -> Iterator[updates.Update]:
        return updates.tag_updates(self._field, samples, self._tag)


class _Untagging(_Retagging):
    name = "untag"

    def _is_due(self, tags: Any) -> bool:
        return isinstance(tags, list) and self._tag in tags

    def _after(self, tags: Any) -> list[str]:
        return [tag for tag in tags if tag != self._tag]

    def updates(self, samples: Sequence[DocumentEntries]) -> Iterator[updates.Update]:
        return updates.untag_updates(self._field, samples, self._tag)
