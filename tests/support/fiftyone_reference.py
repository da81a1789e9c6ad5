"""Results of FiftyOne's functions, and stored documents for comparisons."""

import bson
import fiftyone.utils.iou as foui


def max_ious(samples, label_field, other_field=None, **options):
    """Stores FiftyOne's max IoUs under separate names, reads and removes them.

    Returns:
        for each field, the IoUs and the ids of each sample, as ``values`` returns them
    """
    dataset = samples._root_dataset
    foui.compute_max_ious(
        samples,
        label_field,
        other_field,
        iou_attr="theirs",
        id_attr="their_id",
        progress=False,
        **options,
    )
    fields = [label_field, *([other_field] if other_field else [])]
    found = [
        samples.values([f"{f}.detections.theirs", f"{f}.detections.their_id"])
        for f in fields
    ]
    for field in fields:
        for attr in ("theirs", "their_id"):
            dataset._sample_collection.update_many(
                {f"{field}.detections.0": {"$exists": True}},
                {"$unset": {f"{field}.detections.$[].{attr}": ""}},
            )
    dataset.reload()
    return found


def duplicates(samples, label_field, **options):
    return foui.find_duplicates(samples, label_field, progress=False, **options)


def stored(samples, *, without=("last_modified_at",)):
    """Returns the bytes of each stored sample by id, except for some fields."""
    collection = samples._root_dataset._sample_collection
    return {
        document["_id"]: bson.encode(
            {key: value for key, value in document.items() if key not in without}
        )
        for document in collection.find()
    }


def documents(samples):
    """Returns the stored samples by id."""
    found = samples._root_dataset._sample_collection.find()
    return {document["_id"]: document for document in found}
