"""Tags labels, and takes tags off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import fiftyone.core.collections as foc
from bson import ObjectId

from ..iou_core.errors import ParamsError
from . import tagged, write
from .fields import LabelField, require_label_field, require_writable
from .plans import Confirmed, Plan, confirm
from .runs import Run
from .scan import Skipped

ROUNDS = 5
"""How often samples that somebody edits meanwhile are looked at again."""

SAMPLES_AT_ONCE = 1000
"""How many samples are confirmed and written together."""

EDITED = "is in a sample that was edited again and again meanwhile"

Confirm = Callable[[Sequence[ObjectId]], Confirmed]


@dataclass
class Written:
    """What was done to labels.

    Attributes:
        count: how many labels
        samples: how many samples hold them
        label_ids: their ids
        skipped: the labels that were left alone, and why
        restore_key: what undoes it; None where nothing was done
    """

    count: int = 0
    samples: int = 0
    label_ids: list[str] = field(default_factory=list)
    skipped: Skipped = field(default_factory=Skipped)
    restore_key: str | None = None


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
        what was :class:`Written`; labels that had the tag already count as well

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    label_field = require_writable_field(samples, plan.params.label_field)
    sample_ids = [ObjectId(sample_id) for sample_id in plan.seen]

    def add(writer: write.Writer, confirmed: Confirmed) -> list[ObjectId]:
        labels = confirmed.labels
        failed = writer.write(write.tag_updates(label_field, labels, tag))
        if not failed:
            return []
        # labels whose tags are null refuse to be added to
        again = {sample_id: labels[sample_id] for sample_id in failed}
        writer.write(write.tag_lists_updates(label_field, again))
        return writer.write(write.tag_updates(label_field, again, tag))

    return write_confirmed(
        samples, sample_ids, lambda ids: confirm(samples, plan, ids), add, run
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
        what was :class:`Written`

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    path = require_writable_field(samples, label_field)
    found = tagged.find_tagged(samples, path, tag)
    return write_confirmed(
        samples,
        list(found.labels),
        lambda ids: tagged.confirm(samples, path, tag, found, ids),
        lambda writer, confirmed: writer.write(
            write.untag_updates(path, confirmed.labels, tag)
        ),
        run,
    )


def write_confirmed(
    samples: foc.SampleCollection,
    sample_ids: Sequence[ObjectId],
    confirm_labels: Confirm,
    act: Callable[[write.Writer, Confirmed], list[ObjectId]],
    run: Run | None = None,
) -> Written:
    """Writes to labels as long as they are what they were decided to be.

    Args:
        samples: the dataset, or a view of it
        sample_ids: the samples
        confirm_labels: returns the labels of some samples, as they are now
        act: writes to labels; returns the samples whose guard did not hold
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`Written`
    """
    done = Written()
    written: list[ObjectId] = []
    try:
        with write.Writer(samples) as writer:
            for k, chunk in enumerate(chunks(sample_ids)):
                if run is not None:
                    run.progress(k * SAMPLES_AT_ONCE, len(sample_ids))
                todo: Sequence[ObjectId] = chunk
                for _ in range(ROUNDS):
                    confirmed = confirm_labels(todo)
                    for reason, n in confirmed.dropped.items():
                        done.skipped.count(reason, n)
                    labels = confirmed.labels
                    failed = set(act(writer, confirmed)) if labels else set()
                    for sample_id in [s for s in labels if s not in failed]:
                        done.count += len(labels[sample_id])
                        done.label_ids += map(str, labels[sample_id])
                        written.append(sample_id)
                    todo = list(failed)
                    if not todo:
                        break
                done.skipped.count(EDITED, sum(len(labels[s]) for s in todo))
    finally:
        write.reload_held(samples, written)
    done.samples = len(written)
    return done


def chunks(sample_ids: Sequence[ObjectId]) -> Iterator[Sequence[ObjectId]]:
    """Yields samples in groups that are confirmed and written together."""
    for k in range(0, len(sample_ids), SAMPLES_AT_ONCE):
        yield sample_ids[k : k + SAMPLES_AT_ONCE]


def require_writable_field(samples: foc.SampleCollection, name: str) -> LabelField:
    """Returns a label field whose labels may be changed.

    Raises:
        FieldError: if there is no such field, or it is read-only
    """
    label_field = require_label_field(samples._root_dataset, name)
    require_writable(samples, name)
    return label_field
