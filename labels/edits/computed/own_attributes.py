"""Attributes of labels that the plugin made: others are not overwritten unasked."""

from __future__ import annotations

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import FieldError
from ...fields import FRAMES, LabelField

RECOMPUTED = "max_iou"
"""The name that FiftyOne's function and earlier versions gave to what is computed."""

_MARK = {"made_by": "@iou/duplicates"}  # in the field's info


def require_own(
    samples: foc.SampleCollection, field: LabelField, attr: str, where: str
) -> None:
    """Raises an error if an attribute holds values that the plugin did not store.

    Args:
        samples: a dataset or a view
        field: the label field
        attr: the name of the attribute
        where: the parameter that named the attribute

    Raises:
        FieldError: if a label of the dataset has such a value
    """
    found = other_origin(samples, field, attr)
    if found is not None:
        raise FieldError(
            "an attribute without values, or one that this operator made",
            f"values of other origin, as in {'frame' if field.on_frames else 'sample'} "
            f"{found} (choose another name, or overwrite=True, which can be undone)",
            f"{where} {field.full_path}.{attr}",
        )


def other_origin(
    samples: foc.SampleCollection, field: LabelField, attr: str
) -> ObjectId | None:
    """Returns a sample, or frame, with values that the plugin did not store, if any."""
    dataset = samples._root_dataset
    path = f"{field.full_path}.{attr}"
    if attr == RECOMPUTED or _is_marked(dataset.get_field(path)):
        return None
    holds = {field.list_path: {"$elemMatch": {attr: {"$ne": None}}}}
    found = field.collection(dataset).find_one(holds, {"_id": True})
    return None if found is None else found["_id"]


def declare(samples: foc.SampleCollection, path: str, ftype: type) -> bool:
    """Declares an attribute in the schema, so that the App can filter by it.

    Args:
        samples: a dataset or a view
        path: the path of the attribute
        ftype: the type of its field

    Returns:
        whether the schema changed
    """
    dataset = samples._root_dataset
    field = dataset.get_field(path)
    if field is not None:
        if not _is_marked(field):
            field.info = {**(field.info or {}), **_MARK}
            field.save()
        return False
    if path.startswith(FRAMES):
        dataset.add_frame_field(path.removeprefix(FRAMES), ftype, info=dict(_MARK))
    else:
        dataset.add_sample_field(path, ftype, info=dict(_MARK))
    return True


def _is_marked(field: fo.Field | None) -> bool:
    return field is not None and _MARK.items() <= dict(field.info or {}).items()
