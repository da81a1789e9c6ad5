"""Datasets as FiftyOne stores them, made in a third of its time.

Most tests make one. FiftyOne adds each field to the stored schema in a separate step,
and makes an object of each label; here both are documents, copied and inserted.
``tests/dev/test_datasets.py`` compares them with FiftyOne's.
"""

import datetime
import random

import fiftyone as fo
import fiftyone.core.dataset as fod
import fiftyone.core.odm as foo
from bson import ObjectId

KNOWN = {"tags": list, "confidence": float, "index": int}
PLAIN = (str, bool, int, float)


def make(samples, label_field, is_of_images=None, **schema):
    """Returns a new dataset of images with boxes.

    Args:
        samples: a list of lists of ``(class, box)`` or ``(class, box, attributes)``;
            None for a sample without a value
        label_field: the name of the field
        is_of_images (None): whether the dataset is one of images. By default, if it has
            samples
        schema: see :func:`empty`
    """
    is_of_images = bool(samples) if is_of_images is None else is_of_images
    made = empty(label_field, is_of_images, **schema)
    if samples:
        now = datetime.datetime.now(datetime.timezone.utc)
        made._sample_collection.insert_many(
            [
                {
                    "_id": ObjectId(),
                    "filepath": f"/images/{k:06d}.jpg",
                    "tags": [],
                    "_media_type": "image",
                    "_rand": random.random(),
                    **_value(label_field, labels),
                    "_dataset_id": made._doc.id,
                    "created_at": now,
                    "last_modified_at": now,
                }
                for k, labels in enumerate(samples)
            ]
        )
    return made


def empty(label_field, is_of_images, kind="Detections", others=(), attributes=()):
    """Returns a new dataset without samples.

    Args:
        label_field: the name of the field
        is_of_images: whether the dataset is one of images; the first sample sets its
            media type otherwise
        kind ("Detections"): the name of the field's type
        others (()): the names of other fields of boxes
        attributes (()): the names of the labels' attributes, and of their types
    """

    def build():
        dataset = fo.Dataset()
        types = {**dict.fromkeys(others, "Detections"), label_field: kind}
        for field, name in reversed(types.items()):
            dataset.add_sample_field(
                field, fo.EmbeddedDocumentField, embedded_doc_type=getattr(fo, name)
            )
        for name, of in attributes:
            path = f"{label_field}.{getattr(fo, kind)._LABEL_LIST_FIELD}.{name}"
            dataset.add_sample_field(path, getattr(fo, of))
        if is_of_images:
            dataset.media_type = "image"
        return dataset

    return copy_of((label_field, is_of_images, kind, others, attributes), build)


def copy_of(name, build):
    """Returns a dataset as ``build()`` makes it, which is called once for each name.

    Copies have other ids, in the same order.
    """
    if name not in _BUILT:
        made = build()
        _BUILT[name] = _documents(made)
        return made
    of_dataset, samples, frames = _BUILT[name]
    new = {old: ObjectId() for old in sorted(ids_in([of_dataset, samples, frames]))}
    of_dataset, samples, frames = with_ids([of_dataset, samples, frames], new)
    dataset_id, database = of_dataset["_id"], foo.get_db_conn()
    of_dataset["name"] = of_dataset["slug"] = str(dataset_id)
    names = [f"samples.{dataset_id}", None]
    of_dataset["sample_collection_name"] = names[0]
    if of_dataset.get("frame_collection_name"):
        names[1] = of_dataset["frame_collection_name"] = f"frames.{names[0]}"
    database.datasets.insert_one(of_dataset)
    fod._create_indexes(*names)
    for collection, documents in zip(names, (samples, frames), strict=True):
        if documents:
            database[collection].insert_many(documents)
    return fo.load_dataset(of_dataset["name"])


_BUILT = {}
"""The stored documents of each built dataset: its own, its samples', its frames'."""


def _documents(dataset):
    frames = dataset._frame_collection
    return (
        foo.get_db_conn().datasets.find_one({"_id": dataset._doc.id}),
        list(dataset._sample_collection.find()),
        [] if frames is None else list(frames.find()),
    )


def ids_in(value):
    """Returns the set of all ids in documents."""
    if isinstance(value, ObjectId):
        return {value}
    items = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return set()
    return set().union(*map(ids_in, items))


def with_ids(value, new):
    """Returns a copy of documents with new ids."""
    if isinstance(value, ObjectId):
        return new[value]
    if isinstance(value, dict):
        return {key: with_ids(item, new) for key, item in value.items()}
    if isinstance(value, list):
        return [with_ids(item, new) for item in value]
    return value


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
