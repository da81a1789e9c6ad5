"""The queue of a review of crowded images."""

import fiftyone as fo
import numpy as np
from reviewed import session

from duplicates.iou_core.params import FindParams
from duplicates.labels.review.groups import list_groups
from duplicates.labels.review.judging.filters import Filters
from duplicates.labels.review.judging.queue import review_queue
from duplicates.labels.scans import search


def _drawn(n_images=60, seed=3):
    """Returns crowded images with labels of four classes; some have tags and names."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(n_images):
        labels = []
        for _ in range(rng.integers(0, 9)):
            x, y = rng.uniform(0.1, 0.3, 2)
            box = [x, y, *rng.uniform(0.15, 0.4, 2)]
            if labels and rng.random() < 0.6:
                box = [side + rng.normal(0, 0.01) for side in labels[-1][1]]
            name = ["car", "truck", "person", None][rng.integers(4)]
            known = {"confidence": float(rng.random())}
            if rng.random() < 0.3:
                known["tags"] = ["odd", "night"][: rng.integers(1, 3)]
            if rng.random() < 0.3:
                known["annotator"] = ["anna", "bob"][rng.integers(2)]
            labels.append((name, box, known))
        images.append(labels)
    return images


def crowded(make_dataset):
    """Returns a scanned dataset of these images, which have random sizes."""
    dataset = make_dataset(_drawn())
    sizes = np.random.default_rng(8).integers(100, 2000, (len(dataset), 2)).tolist()
    dataset.set_values(
        "metadata", [fo.ImageMetadata(width=w, height=h) for w, h in sizes]
    )
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


def queue(dataset, order="image", classes=None, cut=0.5, **filters):
    found = review_queue(
        session(dataset, iou_thresh=cut), order, Filters.parse(filters), classes
    )
    assert found.total == len(found.groups)
    return [tuple(group["label_ids"]) for group in found.groups]


def described(dataset, cut=0.5):
    """Returns the groups of the list of groups, by the labels of each."""
    page = list_groups(dataset, "scan", limit=10_000, iou_thresh=cut)
    return {tuple(m["label_id"] for m in g["members"]): g for g in page.groups}


def labels_of(dataset):
    return {
        label.id: (label, sample.metadata)
        for sample in dataset
        for label in sample.ground_truth.detections
    }
