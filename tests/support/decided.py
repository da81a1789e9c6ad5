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


def planned(dataset, found, **options):
    return plans.plan(dataset, str(found.scan_key), **options)


def ids(dataset):
    return [
        label_id for found in dataset.values(f"{PATH}.id") for label_id in found or ()
    ]
