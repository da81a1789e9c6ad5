"""Datasets of image files for tests of CVAT trips."""

import datetime

from bson import Binary, Int64, ObjectId
from PIL import Image

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
SIZE = (640, 480)
WHEN = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)

NEAR = [0.1037, 0.1011, 0.3001, 0.4003]
ALIKE = [0.1041, 0.1013, 0.2999, 0.4021]
FAR = [0.6013, 0.6007, 0.2011, 0.1999]

EXTRAS = (
    {"confidence": 0.93, "index": 7},
    {"confidence": 1, "count": Int64(7), "none": None, "iscrowd": 0},
    {"padded": "007", "truth": "True", "empty": "", "no": "None", "spaces": "  x "},
    {"list": [1, "b", None], "deep": {"a": [1, {"b": None}], "ключ": "значение"}},
    {"when": WHEN, "whole": 3, "real": 3.0, "flag": False, "long": "x" * 5000},
    {"attributes": {"old": {"_cls": "CategoricalAttribute", "value": "v"}}},
    {"bytes": Binary(bytes(range(256))), "max_iou": 0.875, "tags": ["x", "duplicate"]},
)
"""Further attributes of labels, of every type."""


def label(box, name="cat", **extra):
    return {
        "_id": ObjectId(),
        "_cls": "Detection",
        "attributes": {},
        "tags": [],
        "label": name,
        "bounding_box": list(box),
        **extra,
    }


def polyline(*rings, name="cat", filled=True, **extra):
    return {
        "_id": ObjectId(),
        "_cls": "Polyline",
        "attributes": {},
        "tags": [],
        "label": name,
        "points": [[list(point) for point in ring] for ring in rings],
        "closed": filled,
        "filled": filled,
        **extra,
    }


def draw(folder, n, size=SIZE):
    """Draws image files; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"im{k}.jpg" for k in range(n)]
    for k, path in enumerate(paths):
        Image.new("RGB", size, (40, 9 * k % 256, 90)).save(path)
    return [str(path) for path in paths]


def documents(folder, lists, size=SIZE, holder="Detections"):
    """Returns samples for ``raw_dataset``: one for each list of labels, or None."""
    return [
        {
            "filepath": path,
            FIELD: None if labels is None else {"_cls": holder, holder.lower(): labels},
        }
        for path, labels in zip(draw(folder, len(lists), size), lists)
    ]


def pairs(n, **extra):
    """Returns ``n`` lists with two boxes of one cat, and a dog."""
    return [
        [label(NEAR, **extra), label(ALIKE, **extra), label(FAR, "dog", **extra)]
        for _ in range(n)
    ]


def stored(dataset):
    """Returns every label of a dataset as bytes, by its id, in order."""
    import bson
    from bson.raw_bson import RawBSONDocument

    raw = dataset._sample_collection.with_options(
        bson.CodecOptions(document_class=RawBSONDocument)
    )
    found = {}
    for doc in raw.find():
        held = doc.get(FIELD) or {}
        for one in held.get("detections") or held.get("polylines") or ():
            found[one["_id"]] = bytes(one.raw)
    return found


def fields(dataset):
    """Returns the whole label field of every sample as bytes, in order."""
    import bson
    from bson.raw_bson import RawBSONDocument

    raw = dataset._sample_collection.with_options(
        bson.CodecOptions(document_class=RawBSONDocument)
    )
    return [bson.encode({"field": doc.get(FIELD)}) for doc in raw.find()]


def send_all(dataset, account, **options):
    """Sends all labels of a dataset to CVAT, and returns the key of the trip."""
    from duplicates.labels.cvat.send import selection, send, upload

    ids = [str(_id) for _id in stored(dataset)]
    chosen = selection.select(dataset, label_field=FIELD, label_ids=ids)
    return send.send(dataset, account, chosen, upload.Options.parse(options)).anno_key
