"""The attributes of labels that hold computed values.

Values that the plugin did not store are not overwritten unless the caller asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import FieldError, ParamsError
from ...fields import (
    BUILTIN_NAMES,
    FRAMES,
    LabelField,
    require_fields,
    require_writable,
)

RECOMPUTED = "max_iou"
"""The name that FiftyOne's function and earlier versions gave to what is computed."""

_MARK = {"made_by": "@iou/duplicates"}  # in the field's info


def require_attributes(
    samples: foc.SampleCollection,
    names: Sequence[str | None],
    iou_attr: str,
    id_attr: str | None,
    overwrite: bool = False,
) -> list[LabelField]:
    """Returns the label fields, if the values can be stored there.

    Args:
        samples: a dataset or a view
        names: the names of the label fields
        iou_attr: the attribute for the IoU
        id_attr: the attribute for the id of the other label, if any
        overwrite (False): whether values that the plugin did not store may be replaced

    Raises:
        DuplicatesError: if a field or an attribute cannot be written to
    """
    fields = require_fields(samples, names)
    wanted = [("iou_attr", iou_attr, fo.FloatField)]
    if id_attr is not None:
        wanted.append(("id_attr", id_attr, fo.StringField))
    for label_field in fields:
        require_writable(samples, label_field.name)
        for where, attr, ftype in wanted:
            require_attribute(samples, label_field, attr, ftype, where)
            if not overwrite:
                _require_own(samples, label_field, attr, where)
    if iou_attr == id_attr:
        raise ParamsError("another name than iou_attr", repr(id_attr), "id_attr")
    return fields


def require_attribute(
    samples: foc.SampleCollection,
    field: LabelField,
    attr: str,
    ftype: type,
    where: str,
) -> None:
    """Raises an error unless an attribute can hold the values.

    Args:
        samples: a dataset or a view
        field: the label field
        attr: the name of the attribute
        ftype: the field type of the values: ``FloatField`` or ``StringField``
        where: the parameter that names the attribute

    Raises:
        ParamsError: if it is no valid name, or the name of a built-in attribute
        FieldError: if the attribute exists with another type, or is read-only
    """
    if not isinstance(attr, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", attr):
        raise ParamsError(
            "letters, digits and underscores, beginning with a letter",
            repr(attr),
            where,
        )
    if attr in BUILTIN_NAMES:
        raise ParamsError(
            "a name that FiftyOne's labels do not use themselves", repr(attr), where
        )

    dataset = samples._root_dataset
    path = f"{field.full_path}.{attr}"
    declared = dataset.get_field(path)
    what = "numbers" if ftype is fo.FloatField else "text"
    if declared is not None:
        if not isinstance(declared, ftype):
            raise FieldError(
                f"an attribute of {what}", type(declared).__name__, f"{where} {path}"
            )
        if dataset._is_read_only_field(path):
            raise FieldError("an attribute that can be edited", "a read-only one", path)
    else:
        _require_no_other_values(dataset, field, attr, ftype, what, where)


def _require_no_other_values(
    dataset: fo.Dataset,
    field: LabelField,
    attr: str,
    ftype: type,
    what: str,
    where: str,
) -> None:
    """Raises an error if an undeclared attribute has values of another type."""
    mongo_type = "number" if ftype is fo.FloatField else "string"
    other = {"$exists": True, "$not": {"$type": [mongo_type, "null"]}}
    holds = {field.list_path: {"$elemMatch": {attr: other}}}
    sample = field.collection(dataset).find_one(holds, {"_id": True})
    if sample is not None:
        raise FieldError(
            f"an attribute of {what}",
            f"other values, as in {'frame' if field.on_frames else 'sample'} "
            f"{sample['_id']}",
            f"{where} {field.full_path}.{attr}",
        )


def _require_own(
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


def made(samples: foc.SampleCollection, field: LabelField) -> set[str]:
    """Returns the attributes of a label field that the plugin made."""
    labels = samples._root_dataset.get_field(field.full_path).field
    schema = labels.get_field_schema().items()
    return {name for name, attribute in schema if _is_marked(attribute)}


def _is_marked(field: fo.Field | None) -> bool:
    return field is not None and _MARK.items() <= dict(field.info or {}).items()
