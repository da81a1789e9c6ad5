"""Edits that another program makes while the plugin works."""

import datetime

from bson import ObjectId
from distinct_ious import FIELD, PATH


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def edit(dataset, sample_id, change, stamp=True):
    """Changes the list of a sample, as another program would."""
    collection = dataset._sample_collection
    document = collection.find_one({"_id": sample_id})
    labels = change(document[FIELD]["detections"])
    values = {PATH: labels, **({"last_modified_at": now()} if stamp else {})}
    collection.update_one({"_id": sample_id}, {"$set": values})


def new_label(k=0):
    return {
        "_id": ObjectId(),
        "_cls": "Detection",
        "label": "new",
        "tags": [],
        "bounding_box": [1000.0 + k, 0.0, 1.0, 1.0],
    }


def moved_box(labels):
    for label in labels[:1]:
        label["bounding_box"] = [-5.0, 0.0, 1.0, 1.0]
    return labels


EDITS = {
    "the first label is deleted": lambda labels: labels[1:],
    "the last label is deleted": lambda labels: labels[:-1],
    "a label is inserted first": lambda labels: [new_label(), *labels],
    "a label is appended": lambda labels: [*labels, new_label()],
    "a label is replaced by another": lambda labels: [new_label(), *labels[1:]],
    "the order is reversed": lambda labels: labels[::-1],
    "two labels are swapped": lambda labels: [labels[1], labels[0], *labels[2:]],
    "all labels are deleted": lambda labels: [],
    "a box is moved": moved_box,
}
