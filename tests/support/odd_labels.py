"""Samples full of duplicates whose labels hold all that a label may hold.

Tags that are missing, null or many, masks, dates, whole numbers of both sizes, keys in
another order, and labels without an id between the others: what is taken out of such a
list and put back must be what it was, byte for byte.
"""

import datetime
import random

import bson
from bson import Binary, Int64, ObjectId
from bson.raw_bson import RawBSONDocument

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
WHEN = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)

_RAW = bson.CodecOptions(document_class=RawBSONDocument)
_MISSING = object()
_TAGS = (_MISSING, None, [], ["x"], ["x", "y", "x"], ["duplicate"])
_EXTRAS = (
    {},
    {"mask": Binary(bytes(range(256)) * 4), "confidence": 0.5, "annotator": "ann"},
    {"when": WHEN, "deep": {"a": [1, {"b": None}], "ключ": "значение"}},
    {"confidence": 1, "count": Int64(7), "none": None, "score": 0.25},
)


def documents(n_samples, n_objects=4, seed=1, odd=True):
    """Returns samples for ``raw_dataset``.

    Each object is marked by two or three labels of an IoU above 0.8 with each other;
    objects are far from each other.

    Args:
        n_samples: how many samples
        n_objects (4): how many objects each has
        seed (1): another seed gives other samples
        odd (True): whether they hold more than FiftyOne itself would load, and each
            a label without an id
    """
    rng = random.Random(seed)
    return [_sample(rng, n_objects, odd) for _ in range(n_samples)]


def _sample(rng, n_objects, odd):
    labels = []
    for k in range(n_objects):
        for copy in range(rng.choice([2, 2, 3])):
            labels.append(_label(rng, 10 * k + 0.02 * copy, odd))
    rng.shuffle(labels)
    holder = {"_cls": "Detections", "detections": labels}
    if odd:
        bare = _label(rng, -100)
        del bare["_id"]
        labels.insert(rng.randrange(len(labels) + 1), bare)
        holder["by"] = "annotator"
    other = {"other": {"_cls": "Detections", "detections": []}} if odd else {}
    return {FIELD: holder, **other}


def _label(rng, x, odd=True):
    label = {
        "_id": ObjectId(),
        "_cls": "Detection",
        "attributes": {},
        "tags": rng.choice(_TAGS if odd else _TAGS[2:]),
        "label": rng.choice(["cat", "dog", None]),
        "bounding_box": [x, 0, 1, 1.0],
        **(rng.choice(_EXTRAS) if odd else {}),
    }
    if label["tags"] is _MISSING:
        del label["tags"]
    keys = list(label)
    if rng.random() < 0.3:
        rng.shuffle(keys)
    return {key: label[key] for key in keys}


def raw(dataset):
    """The bytes of each stored sample by id, but for its time stamp."""
    found = dataset._sample_collection.with_options(_RAW).find()
    return {
        document["_id"]: bson.encode(
            {key: document[key] for key in document if key != "last_modified_at"}
        )
        for document in found
    }


def raw_in_any_order(dataset):
    """As :func:`raw`, but the labels of each list sorted by their bytes."""
    found = {}
    for document in dataset._sample_collection.with_options(_RAW).find():
        rest = {k: v for k, v in document.items() if k != "last_modified_at"}
        held = dict(rest.pop(FIELD, None) or {})
        labels = held.pop("detections", None) or ()
        found[document["_id"]] = (
            bson.encode(rest),
            bson.encode(held),
            sorted(label.raw if label is not None else b"" for label in labels),
        )
    return found


def raw_labels(dataset):
    """The bytes of each label by id; with the labels of one id in a list."""
    found = {}
    for document in dataset._sample_collection.with_options(_RAW).find():
        for label in (document.get(FIELD) or {}).get("detections") or ():
            # FiftyOne saves by position, and pads a list that has become shorter
            if label is not None and "_id" in label:
                found.setdefault(label["_id"], []).append(label.raw)
    return found


def label_ids(dataset):
    """The ids of the labels of each sample, in order; None for those without one."""
    return {
        document["_id"]: [
            # FiftyOne saves by position, and pads a list that has become shorter
            None if label is None else label.get("_id")
            for label in (document.get(FIELD) or {}).get("detections") or ()
        ]
        for document in dataset._sample_collection.find({}, {PATH: True})
    }
