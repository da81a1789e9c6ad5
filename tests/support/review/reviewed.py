"""Reviews of scans, and the labels that they are about."""

import numpy as np

from duplicates.iou_core.params import FindParams
from duplicates.labels.review.judging.session import Session
from duplicates.labels.scans import plans, search

PATH = "ground_truth.detections"
BOX = [0.1, 0.1, 0.4, 0.4]


def spread(make_dataset):
    """Returns images of two labels each, whose IoUs are spread from 0.5 to 1."""
    shifts = np.linspace(0, 0.13, 40)
    dataset = make_dataset(
        [
            [("car", BOX), (["car", "truck"][k % 2], [0.1 + x, 0.1, 0.4, 0.4])]
            for k, x in enumerate(shifts)
        ]
    )
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


def session(dataset, scan_key="scan", **changes):
    return Session(dataset, scan_key, **changes)


def ids(dataset):
    return dataset.values(f"{PATH}.id")


def removed(dataset):
    return {removal.label_id for removal in plans.plan(dataset, "scan").removals}
