"""Samples in which every pair of labels has a different IoU.

A label with the IoU of another pair was therefore changed by a write that was meant for
another label, whatever other edits its sample had.
"""

from bson import ObjectId

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"


def documents(n_samples, n_pairs):
    """Returns samples of ``2 * n_pairs`` labels for ``raw_dataset``."""
    found = []
    for sample in range(n_samples):
        labels = []
        for pair in range(n_pairs):
            shift = (1 + sample * n_pairs + pair) / (4 * n_samples * n_pairs + 4)
            iou = (1.0 - shift) / (1.0 + shift)
            for left in (0.0, shift):
                labels.append(
                    {
                        "_id": ObjectId(),
                        "_cls": "Detection",
                        "attributes": {},
                        "tags": [],
                        "label": f"class {pair % 3}",
                        "bounding_box": [10.0 * pair + left, 0.0, 1.0, 1.0],
                        "note": {"own_iou": iou},
                    }
                )
        found.append({FIELD: {"_cls": "Detections", "detections": labels}})
    return found


def misplaced(dataset, attr="max_iou"):
    """Returns the labels that have the value of another label, or no id."""
    return [
        label
        for document in dataset._sample_collection.find()
        for label in (document.get(FIELD) or {}).get("detections") or []
        if "_id" not in label or not _is_own_value(label, label.get(attr))
    ]


def _is_own_value(label, value):
    if value in (None, 0.0):
        return True
    own = label.get("note", {}).get("own_iou")
    return own is not None and abs(value - own) < 1e-9
