"""Scans and plans of the tests of decisions."""

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import plans, search

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
METHODS = ("simple", "greedy", "nms", "fewest")
KEEPS = ((), ("last",), ("largest", "newest"), ("classes:dog,cat", "smallest"))
SMALL, LARGE = [0.1, 0.1, 0.2, 0.2], [0.1, 0.1, 0.2, 0.22]


def scanned(dataset, **options):
    return search.find_duplicates(dataset, FindParams(FIELD, **options))


def scan_key(dataset, **options):
    """Returns the key of a new scan."""
    return str(scanned(dataset, **options).scan_key)


def planned(dataset, found, **options):
    return plans.plan(dataset, str(found.scan_key), **options)


def require_counts(counts, k, plan):
    """Requires the counts at the ``k``-th threshold to be those of a plan."""
    assert counts["labels"][k] == len(plan)
    assert counts["images"][k] == len(plan.seen)
    assert plan.by_class == {
        entry["name"]: entry["labels"][k]
        for entry in counts["classes"]
        if entry["labels"][k]
    }


def ids(dataset):
    return [
        label_id for found in dataset.values(f"{PATH}.id") for label_id in found or ()
    ]


def removed(plan):
    """Returns the kept label and the reason of each removed label."""
    return {r.label_id: (r.kept_id, str(r.reason)) for r in plan.removals}
