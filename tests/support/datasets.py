"""Datasets as FiftyOne stores them, made in a third of its time.

Most tests make one. FiftyOne adds each field to the stored schema in a separate step,
and makes an object of each label; here both are documents, copied and inserted.
``tests/dev/test_datasets.py`` compares them with FiftyOne's.
"""

import datetime
import functools
import random

import fiftyone as fo
import fiftyone.core.dataset as fod
import fiftyone.core.odm as foo
from bson import ObjectId

KNOWN = {"tags": list, "confidence": float, "index": int}
PLAIN = (str, bool, int, float)


def make(samples, label_field, is_of_images=None):
    """Returns a new dataset of images with boxes.

    Args:
        samples: a list of lists of ``(class, box)`` or ``(class, box, attributes)``;
            None for a sample without a value
        label_field: the name of the field
        is_of_images (None): whether the dataset is one of images. By default, if it has
            samples
    """
    is_of_images = bool(samples) if is_of_images is None else is_of_images
    database, dataset_id = foo.get_db_conn(), ObjectId()
    now = datetime.datetime.now(datetime.timezone.utc)
    document = {
        **_empty(label_field, is_of_images),
        "_id": dataset_id,
        "name": str(dataset_id),
        "slug": str(dataset_id),
        "sample_collection_name": f"samples.{dataset_id}",
        "created_at": now,
        "last_modified_at": now,
    }
    database.datasets.insert_one(document)
    fod._create_indexes(document["sample_collection_name"], None)
    if samples:
        database[document["sample_collection_name"]].insert_many(
            [
                {
                    "_id": ObjectId(),
                    "filepath": f"/images/{k:06d}.jpg",
                    "tags": [],
                    "_media_type": "image",
                    "_rand": random.random(),
                    **_value(label_field, labels),
                    "_dataset_id": dataset_id,
                    "created_at": now,
                    "last_modified_at": now,
                }
                for k, labels in enumerate(samples)
            ]
        )
    return fo.load_dataset(document["name"])


@functools.cache
def _empty(label_field, is_of_images):
    """Returns the document of a dataset without samples; the first sets its media."""
    dataset = fo.Dataset()
    dataset.add_sample_field(
        label_field, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    if is_of_images:
        dataset.media_type = "image"
    document = foo.get_db_conn().datasets.find_one({"_id": dataset._doc.id})
    dataset.delete()
    return document


def _value(label_field, labels):
    if labels is None:
        return {}
    detections = [_detection(*label) for label in labels]
    return {label_field: {"_cls": "Detections", "detections": detections}}


def _detection(label, box, attributes=None):
    attributes = attributes or {}
    if not (_is_plain(label, box) and all(map(_is_as_given, attributes.items()))):
        return fo.Detection(label=label, bounding_box=box, **attributes).to_dict()
    first = {name: attributes[name] for name in KNOWN if name in attributes}
    return {
        "_id": ObjectId(),
        "_cls": "Detection",
        "attributes": {},
        "tags": [],
        "label": label,
        "bounding_box": box,
        **first,
        **attributes,
    }


def _is_plain(label, box):
    is_box = type(box) is list and all(type(edge) is float for edge in box)
    return type(label) is str and is_box


def _is_as_given(attribute):
    """Returns whether FiftyOne stores an attribute as it is given."""
    name, value = attribute
    if name in KNOWN:
        return type(value) is KNOWN[name]
    return name not in fo.Detection._fields and type(value) in PLAIN
