"""Samples with many duplicates, whose labels have all possible content.

That is missing, null or many tags, masks, dates, 32- and 64-bit integers, keys in
another order, and labels without an id in between. Labels that are removed from such a
list and restored must be unchanged, byte for byte.
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

    Each object has two or three labels with an IoU above 0.8; objects are far apart.

    Args:
        n_samples: the number of samples
        n_objects (4): the number of objects per sample
        seed (1): the seed
        odd (True): whether they have content that FiftyOne cannot load, and one label
            without an id each
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
    """Returns the bytes of each stored sample by id, except for its stamp."""
    found = dataset._sample_collection.with_options(_RAW).find()
    return {
        document["_id"]: bson.encode(
            {key: document[key] for key in document if key != "last_modified_at"}
        )
        for document in found
    }


def raw_in_any_order(dataset):
    """Returns the same as :func:`raw`, with each list sorted by bytes."""
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
    """Returns the bytes of each label by id, as a list for labels that share an id."""
    found = {}
    for document in dataset._sample_collection.with_options(_RAW).find():
        for label in (document.get(FIELD) or {}).get("detections") or ():
            # FiftyOne saves by position, and pads a list that has become shorter
            if label is not None and "_id" in label:
                found.setdefault(label["_id"], []).append(label.raw)
    return found


def label_ids(dataset):
    """Returns the ids of each sample's labels in order, None for a missing id."""
    return {
        document["_id"]: [
            # FiftyOne saves by position, and pads a list that has become shorter
            None if label is None else label.get("_id")
            for label in (document.get(FIELD) or {}).get("detections") or ()
        ]
        for document in dataset._sample_collection.find({}, {PATH: True})
    }
