"""Seeded datasets whose documents have the bytes that FiftyOne would write."""

from __future__ import annotations

from datetime import datetime, timezone

import fiftyone as fo
import numpy as np
from bson import ObjectId

N_CLASSES = 80
_INSERT = 2000


def coco_like(n_samples, seed=51, mean_labels=7.3):
    """Returns counts and boxes like COCO's: many small ones, a few near-duplicates.

    Returns:
        ``(counts, boxes, classes)``: ``(n_samples,)``, ``(N, 4)``, ``(N,)``
    """
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(1.1, 1.1 / (1.1 + mean_labels), n_samples)
    n = int(counts.sum())
    side = np.clip(rng.lognormal(-1.9, 0.95, (n, 2)), 0.01, 1.0)
    boxes = np.concatenate([rng.random((n, 2)) * (1 - side), side], axis=1)
    classes = np.minimum(rng.geometric(0.06, n) - 1, N_CLASSES - 1)
    owner = np.repeat(np.arange(n_samples), counts)
    # one label in eighty is a jittered copy of the label before it
    copies = (
        np.flatnonzero((owner[1:] == owner[:-1]) & (rng.random(n - 1) < 1 / 80)) + 1
    )
    jitter = 1 + rng.normal(0, 0.03, (len(copies), 4))
    boxes[copies] = np.clip(boxes[copies - 1] * jitter, 0.001, 1.0)
    return counts, boxes, classes


def uniform(n_samples, n_labels, side, seed=51):
    """Returns the same number of boxes, of similar size, in every image."""
    rng = np.random.default_rng(seed)
    n = n_samples * n_labels
    sides = rng.uniform(0.5, 1.5, (n, 2)) * side
    boxes = np.concatenate([rng.random((n, 2)) * (1 - sides), sides], axis=1)
    return np.full(n_samples, n_labels), boxes, rng.integers(0, N_CLASSES, n)


def make(name, drawn, other_field=False):
    """Stores drawn labels as the dataset ``name``.

    Args:
        name: the name; an existing dataset of that name is replaced
        drawn: ``(counts, boxes, classes)``
        other_field (False): whether samples hold a second, larger label field

    Returns:
        the dataset
    """
    if fo.dataset_exists(name):
        fo.delete_dataset(name)
    dataset = fo.Dataset(name)
    dataset.media_type = "image"
    for field in ("ground_truth", "other")[: 1 + other_field]:
        dataset.add_sample_field(
            field, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
        )
    counts, boxes, classes = drawn
    rng = np.random.default_rng(0)
    offsets = np.concatenate(([0], np.cumsum(counts))).tolist()
    boxes, classes = boxes.tolist(), classes.tolist()
    names = [f"class {k:02d}" for k in range(N_CLASSES)]
    dataset_id = dataset._doc.id
    stamp = datetime.now(timezone.utc)
    documents = []
    for k, (a, b) in enumerate(zip(offsets, offsets[1:])):
        document = {
            "_id": ObjectId(),
            "filepath": f"/images/{k:012d}.jpg",
            "tags": [],
            "metadata": {"_cls": "ImageMetadata", "width": 640, "height": 480},
            "_media_type": "image",
            "_rand": float(rng.random()),
            "_dataset_id": dataset_id,
            "created_at": stamp,
            "last_modified_at": stamp,
            "ground_truth": _detections(boxes[a:b], classes[a:b], names),
        }
        if other_field:
            more = [[0.1, 0.1, 0.5, 0.5]] * 15
            document["other"] = _detections(more, [0] * 15, names)
        documents.append(document)
        if len(documents) == _INSERT:
            dataset._sample_collection.insert_many(documents)
            documents = []
    if documents:
        dataset._sample_collection.insert_many(documents)
    return dataset


def _detections(boxes, classes, names):
    return {
        "_cls": "Detections",
        "detections": [
            {
                "_id": ObjectId(),
                "_cls": "Detection",
                "attributes": {},
                "tags": [],
                "label": names[number],
                "bounding_box": box,
            }
            for box, number in zip(boxes, classes)
        ],
    }
