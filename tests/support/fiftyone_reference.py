"""What FiftyOne's own functions answer, and how stored documents are compared."""

import bson
import fiftyone.utils.iou as foui


def max_ious(samples, label_field, other_field=None, **options):
    """FiftyOne's max IoUs: stored under names of their own, read, and removed.

    Returns:
        for each field, the IoUs and the ids, sample by sample as ``values`` gives them
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
    """The bytes of each stored sample by id, but for some of its fields."""
    collection = samples._root_dataset._sample_collection
    return {
        document["_id"]: bson.encode(
            {key: value for key, value in document.items() if key not in without}
        )
        for document in collection.find()
    }


def documents(samples):
    """The stored samples by id."""
    found = samples._root_dataset._sample_collection.find()
    return {document["_id"]: document for document in found}
