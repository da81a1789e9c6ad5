"""Duplicates that are found, and not stored."""

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans.search import find_duplicates

THRESHOLDS = (0.05, 0.3, 0.6, 0.9)


def ids(samples, field, **options):
    params = FindParams(field, **options)
    return find_duplicates(samples, params, record=False).label_ids
