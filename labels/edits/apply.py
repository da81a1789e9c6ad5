"""Carries out a change of labels as one action that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ...iou_core.errors import RunCancelled
from .. import store
from ..fields import LabelField
from ..jobs.runs import Run
from .change import Change, ChangeCancelled, Operation, Watch, Written
from .confirm import Check
from .journal.action import Action, Reasons
from .journal.entries import DocumentEntries
from .tagged import NO_ID, Tagged
from .tagged import confirm as confirm_tagged
from .writing import writer as write


def carry_out(
    samples: foc.SampleCollection,
    operation: Operation,
    label_field: LabelField,
    params: dict[str, Any],
    document_ids: Sequence[ObjectId],
    confirm: Check,
    run: Run | None = None,
    reasons: Reasons | None = None,
    watch: Watch | None = None,
) -> Written:
    """Changes labels that are still as they were when the change was decided.

    Args:
        samples: the dataset, or a view of it
        operation: the kind of change
        label_field: the label field
        params: the parameters of the change, for the journal
        document_ids: the samples
        confirm: returns the labels of some samples to change
        run (None): receives the progress, and can cancel
        reasons (None): the reasons, for the journal
        watch (None): observes the changes

    Returns:
        a :class:`Written`

    Raises:
        ChangeCancelled: if the run is canceled; changes made so far are in the
            journal
        DatabaseError: if the connection is lost; changes made so far are in the
            journal
    """
    done = Written(on_frames=label_field.on_frames)
    if not document_ids:
        return done

    with store.answering(operation.name):
        action = Action(samples, operation.name, label_field.name, params, reasons)
        change = Change(operation, action, done, watch)
        try:
            if watch is not None:
                watch.begun(action.restore_key)
            with write.Writer(samples, label_field.on_frames) as writer:
                dataset = samples._root_dataset
                change.go_through(dataset, writer, document_ids, confirm, run)
        except RunCancelled as error:
            raise ChangeCancelled.after(error, done) from error
        finally:
            held = change.written if change.is_whole else None
            write.reload_held(samples, label_field.on_frames, held)
            # these also change labels that others are merged into
            removed = done.count if operation.name in ("delete", "merge") else 0
            count = removed or change.changed
            action.close(count, len(change.written), change.is_whole)
            done.restore_key = action.restore_key if change.changed else None
    return done


def carry_out_tagged(
    samples: foc.SampleCollection,
    operation: Operation,
    label_field: LabelField,
    tag: str,
    found: Tagged,
    run: Run | None = None,
) -> Written:
    """Changes labels that still carry a tag.

    Args:
        samples: a dataset or a view; labels that it filters out are not changed
        operation: the kind of change
        label_field: the label field
        tag: the tag
        found: the labels, as :func:`.tagged.find_tagged` found them
        run (None): receives the progress, and can cancel

    Returns:
        a :class:`Written`; labels without an id are skipped
    """
    done = carry_out(
        samples,
        operation,
        label_field,
        {"tag": tag},
        list(found.labels),
        lambda ids: confirm_tagged(samples, label_field, tag, found, ids),
        run,
    )
    done.skipped.count(NO_ID, found.without_id)
    return done


def carry_out_part(
    samples: foc.SampleCollection,
    operation: Operation,
    label_field: LabelField,
    action: Action,
    document_ids: Sequence[ObjectId],
    confirm: Check,
    recorded: Sequence[DocumentEntries],
) -> Written:
    """Changes the labels of some samples, in a worker, as a part of an action.

    Args:
        samples: the dataset, or a view of it
        operation: the kind of change
        label_field: the label field
        action: the action
        document_ids: the samples
        confirm: returns the labels of some samples to change
        recorded: entries of these samples by a worker that died

    Returns:
        a :class:`Written`
    """
    left = operation.happened(recorded)
    action.forget([r.document_id for r in recorded if r.document_id not in left])
    change = Change(operation, action, Written())
    with write.Writer(samples, label_field.on_frames) as writer:
        change.go_through(samples._root_dataset, writer, document_ids, confirm, None)
    return change.done
