"""Adding tags to labels, and removing them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import compress
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.decisions.reasons import Reason
from ...iou_core.errors import ParamsError
from ...iou_core.params import FindParams
from .. import store
from ..fields import LabelField, require_writable
from ..jobs import engines
from ..jobs.engines import LOCAL, Engine
from ..jobs.runs import Run
from ..jobs.shards import describe, open_samples, part_size
from ..scans import freshness
from ..scans.plans import Plan, Removal
from . import tagged
from .apply import carry_out, carry_out_part, carry_out_tagged
from .change import ChangeCancelled, Written
from .confirm import CHANGED, confirm
from .journal import journal
from .journal.action import Action
from .journal.entries import DocumentEntries, Retagged
from .retagging import Labels, Tagging, Untagging
from .writing import own_tags, tag_records, writer


def require_tag(tag: object) -> str:
    """Returns a tag.

    Raises:
        ParamsError: if it is no text, or empty
    """
    if not isinstance(tag, str) or not tag.strip():
        raise ParamsError("a tag", repr(tag), "tag")
    return tag.strip()


@dataclass
class TagResult(Written):
    """The result of tagging a plan.

    Attributes:
        untagged: how many labels of earlier plans lost the tag
    """

    untagged: int = 0


def tag_plan(
    samples: foc.SampleCollection,
    plan: Plan,
    tag: str,
    run: Run | None = None,
    engine: Engine = LOCAL,
    replace: bool = False,
) -> TagResult:
    """Tags the labels that a plan would remove.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; labels that changed since are skipped
        tag: the tag
        run (None): receives the progress, and can cancel
        engine: where the work runs; the result is the same
        replace (False): whether other labels of the scan's samples lose the tag, if
            the plugin gave it to them. Labels that a person tagged keep it

    Returns:
        the :class:`TagResult`; labels that already had the tag count
        as well

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable(samples, plan.params.label_field)
    tag_records.ensure_indexes()
    earlier = _of_earlier_plans(samples, plan, field, tag) if replace else {}
    plan, n_changed = _without(plan, earlier)
    params = {
        "tag": tag,
        "scan_key": plan.scan_key,
        "replace": replace,
        **plan.params.to_dict(),
    }
    document_ids = [ObjectId(document_id) for document_id in plan.seen]
    if engine.is_local or not document_ids:
        tagging = Tagging(samples, field, tag, plan, earlier)
        document_ids += [_id for _id in earlier if str(_id) not in plan.seen]
        check, why = tagging.confirm, plan.reasons
        try:
            written = carry_out(
                samples, tagging, field, params, document_ids, check, run, why
            )
        except ChangeCancelled as error:
            raise ChangeCancelled.after(error, _noted(error.done, plan)) from error
    else:
        written = _by_engine(samples, plan, field, params, engine, run, earlier)
    written.skipped.count(CHANGED, n_changed)
    return _noted(written, plan)


def _without(plan: Plan, labels: Labels) -> tuple[Plan, int]:
    """Returns a plan without some labels, and how many of them it had."""
    among = {str(label_id) for ids in labels.values() for label_id in ids}
    left = [removal for removal in plan.removals if removal.label_id not in among]
    return dataclasses.replace(plan, removals=left), len(plan.removals) - len(left)


def _noted(written: Written, plan: Plan) -> TagResult:
    """Returns what was written of a plan, and lists the action with these numbers."""
    done = _of_plan(written, plan)
    if done.restore_key is not None:
        journal.note_tagging(
            done.restore_key, done.count, done.samples, untagged=done.untagged
        )
    return done


def _of_plan(written: Written, plan: Plan) -> TagResult:
    """Returns the labels of the plan that were written, and how many others were."""
    done = set(written.label_ids)
    tagged_now = [removal for removal in plan.removals if removal.label_id in done]
    of_plan = {removal.label_id for removal in tagged_now}
    return TagResult(
        **{
            **vars(written),
            "count": len(of_plan),
            "samples": len({removal.document_id for removal in tagged_now}),
            "label_ids": list(dict.fromkeys(r.label_id for r in tagged_now)),
        },
        untagged=len(done - of_plan),
    )


def _of_earlier_plans(
    samples: foc.SampleCollection, plan: Plan, field: LabelField, tag: str
) -> Labels:
    """Returns the labels of the scan's samples that only earlier plans tagged.

    A label of the plan is among them if the plan no longer holds for it.
    """
    own = own_tags.read(samples, field, tag)
    if not own:
        return {}
    planned = {removal.label_id for removal in plan.removals}
    seen = freshness.are_scanned(plan.scan(samples), own)
    own = {document_id: own[document_id] for document_id in compress(own, seen)}
    again = [_id for _id, labels in own.items() if planned & set(map(str, labels))]
    confirmed = confirm(samples, plan, again).labels
    found = {
        document_id: [
            _id for _id in labels if _id not in confirmed.get(document_id, ())
        ]
        for document_id, labels in own.items()
    }
    return {document_id: labels for document_id, labels in found.items() if labels}


def _by_engine(
    samples: foc.SampleCollection,
    plan: Plan,
    field: LabelField,
    params: dict[str, Any],
    engine: Engine,
    run: Run | None,
    earlier: Labels,
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
                tasks, sizes = _parts(plan, earlier, workers.count)
                for plain in engines.carry_out(workers, job, tasks, sizes, run):
                    done.merge(plain)
            counts, is_whole = action.counted(), True
        finally:
            writer.reload_held(samples, field.on_frames, None)
            action.close(*counts, is_whole)
    done.restore_key = action.restore_key if counts[0] else None
    return done


def _parts(
    plan: Plan, earlier: Labels, n_workers: int
) -> tuple[list[dict[str, Any]], list[int]]:
    """Returns a plan cut into parts for workers, and how many samples each has."""
    losing = {str(_id): list(map(str, labels)) for _id, labels in earlier.items()}
    owners = list({**plan.seen, **losing})
    size = part_size(len(owners), n_workers)
    cuts = [owners[k : k + size] for k in range(0, len(owners), size)]
    labels: dict[str, list[tuple[str, str | None, dict[str, Any]]]] = {}
    for removal in plan.removals:
        label = removal.label_id, removal.partner_id, removal.reason.to_dict()
        labels.setdefault(removal.document_id, []).append(label)
    tasks = [
        {
            "labels": {s: labels[s] for s in cut if s in labels},
            "seen": {s: plan.seen[s] for s in cut if s in plan.seen},
            "earlier": {s: losing[s] for s in cut if s in losing},
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
    field = require_writable(samples, params.label_field)
    action = Action(
        samples, "tag", field.name, {}, plan.reasons, restore_key=job["restore_key"]
    )
    earlier = {
        ObjectId(document_id): list(map(ObjectId, labels))
        for document_id, labels in shard["earlier"].items()
    }
    document_ids = [ObjectId(_id) for _id in {**plan.seen, **shard["earlier"]}]
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
    tagging = Tagging(samples, field, job["tag"], plan, earlier)
    done = carry_out_part(
        samples, tagging, field, action, document_ids, tagging.confirm, recorded
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
        the :class:`.change.Written`

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable(samples, label_field)
    found = tagged.find_tagged(samples, field, tag, run)
    operation = Untagging(samples, field, tag)
    return carry_out_tagged(samples, operation, field, tag, found, run)
