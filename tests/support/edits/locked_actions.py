"""Actions and undos with the lock on the field, and the labels they journal."""

import odd_labels
from odd_labels import FIELD

from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits import delete, max_iou, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.jobs import runs

ACTIONS = {
    "delete": delete.delete_plan,
    "merge": lambda dataset, plan, run: merge.merge_plan(dataset, plan, "union", run),
    "tag": lambda dataset, plan, run: tag.tag_plan(dataset, plan, "new", run),
    "untag": lambda dataset, plan, run: tag.untag(dataset, FIELD, "x", run),
}

KILLED = {
    **ACTIONS,
    "overwrite": lambda dataset, plan, run: max_iou.compute_max_ious(
        dataset, ComputeParams(FIELD), "score", "annotator", run, overwrite=True
    ),
}


def run_action(dataset, name, plan):
    """Runs an action as its operator does, with the lock on the field."""
    with runs.start(dataset, name, FIELD) as run:
        return KILLED[name](dataset, plan, run)


def run_restore(dataset, restore_key):
    with runs.start(dataset, "restore_deleted", FIELD) as run:
        return restore.restore(dataset, restore_key, run)


def journaled(dataset):
    """Returns the bytes of the labels that the listed actions can restore."""
    return {
        (entry["label_id"], bytes(entry["before"]))
        for action in journal.list_actions(dataset)
        for document in journal.entries(action["restore_key"])
        for entry in document["entries"]
        if entry["op"] in ("remove", "replace")
    }


def lost_or_duplicated(dataset, before):
    """Returns the labels that are neither in the dataset nor journaled, or in it twice.

    Args:
        dataset: the dataset
        before: the earlier result of ``odd_labels.raw_labels``
    """
    now, recorded = odd_labels.raw_labels(dataset), journaled(dataset)
    twice = [label_id for label_id, found in now.items() if len(found) > 1]
    return twice + [
        label_id
        for label_id, (label,) in before.items()
        if label_id not in now and (label_id, label) not in recorded
    ]


def restore_everything(dataset):
    for action in journal.list_actions(dataset):
        restore.restore(dataset, action["restore_key"])
