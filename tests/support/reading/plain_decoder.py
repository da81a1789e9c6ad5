"""A plain Python decoder of label documents, for comparison with the fast one."""

import math

from bson import ObjectId


def read(documents, field, crowd_attr=None):
    """Returns the expected result of reading samples.

    Args:
        documents: the samples, as dicts
        field: the label field
        crowd_attr (None): the attribute that marks a crowd region

    Returns:
        ``(labels, lengths, bad)``: for each sample its labels as ``(position, id,
        box, class, iscrowd)`` and the length of its list, -1 if there is none; and
        the sorted ``(sample_id, position, label_id, reason)`` of skipped labels
    """
    labels, lengths, bad = [], [], []
    for document in documents:
        stored = _list_of(document.get(field))
        lengths.append(-1 if stored is None else len(stored))
        ids = [_id_of(label) for label in stored or []]
        mine = []
        for position, label in enumerate(stored or []):
            reason = _fault(label, ids)
            if reason is None:
                mine.append((position, *_values(label, crowd_attr)))
            else:
                label_id = None if ids[position] is None else str(ids[position])
                bad.append((str(document["_id"]), position, label_id, reason))
        labels.append(mine)
    return labels, lengths, sorted(bad, key=lambda entry: entry[:2])


def _list_of(holder):
    stored = holder.get("detections") if isinstance(holder, dict) else None
    return stored if isinstance(stored, list) else None


def _id_of(label):
    label_id = label.get("_id") if isinstance(label, dict) else None
    return label_id if isinstance(label_id, ObjectId) else None


def _fault(label, ids):
    if not isinstance(label, dict):
        return "is not a label"
    label_id = _id_of(label)
    if label_id is None:
        return "has no id"
    box = label.get("bounding_box")
    if box is None or box == []:
        return "has no bounding_box"
    if not _is_four_numbers(box):
        return "has a bounding_box that is not four numbers"
    box = [float(value) for value in box]
    if not all(map(math.isfinite, box)):
        return "has a bounding_box that is not finite"
    if box[2] < 0 or box[3] < 0:
        return "has a bounding_box with a negative side"
    if not all(map(math.isfinite, (box[0] + box[2], box[1] + box[3], box[2] * box[3]))):
        return "has a bounding_box that is too large"
    if ids.count(label_id) > 1:
        return "has the id of another label of its sample"
    return None


def _is_four_numbers(box):
    return (
        isinstance(box, list)
        and len(box) == 4
        and all(type(value) is not bool for value in box)
        and all(isinstance(value, int | float) for value in box)
    )


def _values(label, crowd_attr):
    name = label.get("label")
    return (
        str(label["_id"]),
        [float(value) for value in label["bounding_box"]],
        name if name is None or isinstance(name, str) else str(name),
        crowd_attr is not None and _is_crowd(label.get(crowd_attr)),
    )


def _is_crowd(value):
    if isinstance(value, str):
        return value.strip().lower() in ("1", "true", "yes")
    return bool(value) and value == value
