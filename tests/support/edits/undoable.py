"""Actions that can be undone, and their plans."""

from odd_labels import FIELD

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete, merge, tag
from duplicates.labels.scans import plans, search

ACTIONS = {
    "delete": delete.delete_plan,
    "merge": lambda dataset, plan: merge.merge_plan(dataset, plan, "mean"),
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "new"),
    "untag": lambda dataset, plan: tag.untag(dataset, FIELD, "x"),
    "delete by tag": lambda dataset, plan: delete.delete_tagged(dataset, FIELD, "x"),
}


def planned(dataset, **options):
    """Returns the plan of a new scan."""
    found = search.find_duplicates(dataset, FindParams(FIELD, **options))
    return plans.plan(dataset, str(found.scan_key))
