"""Plans of deletions, and both ways to carry them out."""

from bson import ObjectId

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete, tag
from duplicates.labels.scans import plans, search

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
BOX = [0.1, 0.1, 0.2, 0.2]


def plan_for(samples, iou_thresh=0.5, **options):
    found = search.find_duplicates(
        samples, FindParams(FIELD, iou_thresh=iou_thresh, **options)
    )
    return plans.plan(samples, found.scan_key)


def label(**values):
    return {"_id": ObjectId(), "label": "cat", "bounding_box": BOX, **values}


def detections(*labels):
    return {FIELD: {"_cls": "Detections", "detections": list(labels)}}


def delete_by_tag(dataset, plan):
    tag.tag_plan(dataset, plan, "duplicate")
    return delete.delete_tagged(dataset, FIELD, "duplicate")


def delete_by_plan(dataset, plan):
    return delete.delete_plan(dataset, plan)
