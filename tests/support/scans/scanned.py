"""Scans and plans of the tests of scans."""

from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.scans import plans, search

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"


def scan(samples, scan_key=None, title=None, **options):
    return search.find_duplicates(
        samples, FindParams(FIELD, **options), scan_key, title
    )


def planned(samples, scan_key, **changes):
    return [r.label_id for r in plans.plan(samples, scan_key, **changes).removals]


def blocks_of(config):
    found = store.collection("blocks")
    return found.count_documents({"scan_uuid": config["scan_uuid"]})
