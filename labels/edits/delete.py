"""Deletion of labels, which the journal records first."""

from __future__ import annotations

import fiftyone.core.collections as foc
from bson import ObjectId

from ..fields import require_writable
from ..jobs.runs import Run
from ..scans.plans import Plan
from . import merge, tagged
from .apply import carry_out, carry_out_tagged
from .change import Written
from .confirm import Confirmed, confirm
from .journal.entries import DocumentEntries, Removed
from .journal.lists import ListNow
from .tag import require_tag
from .writing.raw_labels import RawLabels


def delete_plan(
    samples: foc.SampleCollection, plan: Plan, run: Run | None = None
) -> Written:
    """Deletes the labels that a plan removes.

    Those that a verdict merges are merged into the kept label, by the union of
    their shapes, in the same action.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; labels that changed since are skipped
        run (None): receives the progress, and can cancel

    Returns:
        the :class:`.change.Written`, with the key that undoes it

    Raises:
        FieldError: if the field cannot be written to, or a verdict merges labels that
            cannot be merged
    """
    label_field = require_writable(samples, plan.params.label_field)
    operation: RawLabels = _Deletion(samples, label_field)
    if any(removal.merges for removal in plan.removals):
        operation = merge.MergingDeletion(samples, label_field, plan)
    params = {"scan_key": plan.scan_key, **plan.params.to_dict()}
    return carry_out(
        samples,
        operation,
        label_field,
        params,
        [ObjectId(document_id) for document_id in plan.seen],
        lambda ids: confirm(samples, plan, ids),
        run,
        plan.reasons,
    )


def delete_tagged(
    samples: foc.SampleCollection,
    label_field: str,
    tag: str,
    run: Run | None = None,
    found: tagged.Tagged | None = None,
) -> Written:
    """Deletes the labels that carry a tag.

    Args:
        samples: a dataset or a view; labels that it filters out are kept
        label_field: the label field
        tag: the tag
        run (None): receives the progress, and can cancel
        found (None): the labels to delete, as :func:`.tagged.find_tagged` found them;
            looked up by default. Those that lost the tag since are skipped

    Returns:
        the :class:`.change.Written`, with the key that undoes it

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable(samples, label_field)
    if found is None:
        found = tagged.find_tagged(samples, field, tag, run)
    operation = _Deletion(samples, field)
    return carry_out_tagged(samples, operation, field, tag, found, run)


class _Deletion(RawLabels):
    name = "delete"
    has_state = False

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        def entries_of(now: ListNow) -> list[Removed] | None:
            wanted = set(confirmed.labels[now.document_id])
            entries = [
                Removed(label_id, k, now.labels[k])
                for k, label_id in enumerate(now.ids)
                if isinstance(label_id, ObjectId) and label_id in wanted
            ]
            return entries if len(entries) == len(wanted) else None

        return self.prepared(list(confirmed.labels), confirmed.stamps, entries_of)
