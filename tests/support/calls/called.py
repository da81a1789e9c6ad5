"""Calls of operators from Python."""

import json

import fiftyone.operators as foo
from bson import ObjectId

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
BOX = [0.1, 0.1, 0.2, 0.2]


def operator(name):
    return foo.get_operator(f"@iou/duplicates/{name}")


def call(name, samples, /, **params):
    """Runs an operator, and checks that its result is plain JSON."""
    result = operator(name)(samples, **params).result
    return json.loads(json.dumps(result))


def dataset_ids(dataset):
    return [ObjectId(sample_id) for sample_id in dataset.values("id")]
