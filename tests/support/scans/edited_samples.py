"""Edits between two scans, by people and by the plugin."""

import datetime

from bson import ObjectId
from engine_cases import FIELD

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import max_iou, tag
from duplicates.labels.scans import plans
from duplicates.labels.scans import search as find
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.class_pair_rules import set_class_pairs

PARAMS = FindParams(FIELD, iou_thresh=0.5)
EDITS = {}


def edit(function):
    EDITS[function.__name__] = function
    return function


def stamp():
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def some(rng, dataset, n=3):
    documents = list(dataset._sample_collection.find())
    return rng.sample(documents, min(n, len(documents)))


def change(dataset, document):
    document["last_modified_at"] = stamp()
    dataset._sample_collection.replace_one({"_id": document["_id"]}, document)


def labels_of(document):
    return (document.get(FIELD) or {}).get("detections") or []


@edit
def delete_samples(rng, dataset):
    ids = [document["_id"] for document in some(rng, dataset)]
    dataset._sample_collection.delete_many({"_id": {"$in": ids}})


@edit
def add_samples(rng, dataset):
    copies = some(rng, dataset)
    for document in copies:
        document["_id"] = ObjectId()
        for label in labels_of(document):
            label["_id"] = ObjectId()
    dataset._sample_collection.insert_many(copies)


@edit
def reinsert_samples_at_the_end(rng, dataset):
    for document in some(rng, dataset):
        dataset._sample_collection.delete_one({"_id": document["_id"]})
        dataset._sample_collection.insert_one(document)


@edit
def move_boxes(rng, dataset):
    for document in some(rng, dataset):
        for label in labels_of(document):
            label["bounding_box"] = [rng.random() / 2 for _ in range(4)]
        change(dataset, document)


@edit
def change_classes(rng, dataset):
    for document in some(rng, dataset):
        for label in labels_of(document):
            label["label"] = rng.choice(["cat", "zebra", "aardvark", None])
        change(dataset, document)


@edit
def delete_labels(rng, dataset):
    for document in some(rng, dataset):
        del labels_of(document)[::2]
        change(dataset, document)


@edit
def reorder_labels(rng, dataset):
    for document in some(rng, dataset):
        rng.shuffle(labels_of(document))
        change(dataset, document)


@edit
def break_or_repair_labels(rng, dataset):
    for document in some(rng, dataset):
        labels = labels_of(document)
        labels[:] = [label for label in labels if "bounding_box" in label]
        if labels and rng.random() < 0.5:
            labels.append({"_id": ObjectId(), "_cls": "Detection", "label": "odd"})
        change(dataset, document)


@edit
def touch_samples(rng, dataset):
    for document in some(rng, dataset, 10):
        document["tags"] = [*document["tags"], "touched"]
        change(dataset, document)


@edit
def remove_stamps(rng, dataset):
    for document in some(rng, dataset, 1):
        dataset._sample_collection.update_one(
            {"_id": document["_id"]}, {"$unset": {"last_modified_at": ""}}
        )


@edit
def set_verdicts(rng, dataset):
    for document in some(rng, dataset):
        pair = {label["_id"] for label in labels_of(document)[:2]}
        if len(pair) == 2:
            verdicts.set_verdict(dataset, list(pair))


@edit
def set_class_pair_rules(rng, dataset):
    classes = rng.sample(["cat", "dog", "bird"], 2)
    set_class_pairs(dataset, [{"classes": classes, "may_overlap": True}])


@edit
def tag_the_duplicates(rng, dataset):
    found = find.find_duplicates(dataset, PARAMS)
    tag.tag_plan(dataset, plans.plan(dataset, found.scan_key), "duplicate")


@edit
def store_max_ious(rng, dataset):
    max_iou.compute_max_ious(dataset, ComputeParams(FIELD), "max_iou", "partner")
