"""Deletes labels, after putting them into the journal."""

from __future__ import annotations

from typing import Any

import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from . import tagged, write
from .columns import NO_STAMP
from .fields import LabelField
from .journal import Action, Entry
from .plans import Confirmed, Plan, confirm
from .runs import Run
from .tag import Confirm, Written, require_tag, require_writable_field, write_confirmed

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)


def delete_plan(
    samples: foc.SampleCollection, plan: Plan, run: Run | None = None
) -> Written:
    """Deletes the labels that a plan removes.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; what of it no longer holds is skipped
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`.tag.Written`, with the key that undoes it

    Raises:
        FieldError: if the field cannot be written to
    """
    label_field = require_writable_field(samples, plan.params.label_field)
    params = {"scan_key": plan.scan_key, **plan.params.to_dict()}
    return _delete(
        samples,
        label_field,
        [ObjectId(sample_id) for sample_id in plan.seen],
        lambda ids: confirm(samples, plan, ids),
        params,
        run,
    )


def delete_tagged(
    samples: foc.SampleCollection,
    label_field: str,
    tag: str,
    run: Run | None = None,
) -> Written:
    """Deletes the labels that carry a tag.

    Args:
        samples: a dataset or a view; labels that it filters out stay
        label_field: the label field
        tag: the tag
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`.tag.Written`, with the key that undoes it

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable_field(samples, label_field)
    found = tagged.find_tagged(samples, field, tag)
    done = _delete(
        samples,
        field,
        list(found.labels),
        lambda ids: tagged.confirm(samples, field, tag, found, ids),
        {"tag": tag},
        run,
    )
    done.skipped.count("has no id", found.without_id)
    return done


def _delete(
    samples: foc.SampleCollection,
    field: LabelField,
    sample_ids: list[ObjectId],
    confirm_labels: Confirm,
    params: dict[str, Any],
    run: Run | None,
) -> Written:
    if not sample_ids:
        return Written()

    action = Action(samples, "delete", field.name, params)
    removed = 0

    def remove(writer: write.Writer, confirmed: Confirmed) -> list[ObjectId]:
        nonlocal removed
        entries, stale = _entries(samples, field, confirmed)
        action.record([entry for part in entries.values() for entry in part])
        labels = {
            sample_id: [entry.before for entry in part]
            for sample_id, part in entries.items()
        }
        failed = writer.write(write.delete_updates(field, labels))
        action.forget(failed)
        removed += sum(len(labels[s]) for s in labels.keys() - set(failed))
        return failed + stale

    try:
        done = write_confirmed(samples, sample_ids, confirm_labels, remove, run)
    finally:
        action.close(removed)
    done.restore_key = action.restore_key if removed else None
    return done


def _entries(
    samples: foc.SampleCollection, field: LabelField, confirmed: Confirmed
) -> tuple[dict[ObjectId, list[Entry]], list[ObjectId]]:
    """Returns the labels as they are stored, and the samples edited meanwhile."""
    holder, list_name = field.list_path.split(".")
    keys = {field.list_path: True, "last_modified_at": True}
    collection = samples._dataset._sample_collection.with_options(_RAW)
    entries: dict[ObjectId, list[Entry]] = {}
    for doc in collection.find({"_id": {"$in": list(confirmed.labels)}}, keys):
        sample_id = doc["_id"]
        stamp = doc.get("last_modified_at")
        if (NO_STAMP if stamp is None else int(stamp)) != confirmed.stamps[sample_id]:
            continue
        wanted = set(confirmed.labels[sample_id])
        found = [
            Entry(sample_id, k, label)
            for k, label in enumerate(doc[holder][list_name])
            if isinstance(label, RawBSONDocument) and label.get("_id") in wanted
        ]
        if {entry.before["_id"] for entry in found} == wanted and len(found) == len(
            wanted
        ):
            entries[sample_id] = found
    stale = [sample_id for sample_id in confirmed.labels if sample_id not in entries]
    return entries, stale
