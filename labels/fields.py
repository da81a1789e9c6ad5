"""Which label fields there are, of which kind, and whether they may be written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.labels as fol

from ..iou_core.errors import FieldError, ParamsError

LIST_OF = {fol.Detections: "detections"}
"""The label types that can be compared, with the name of their list."""


@dataclass(frozen=True)
class LabelField:
    """A label field of a dataset.

    Attributes:
        name: its name
        list_path: the path of its list of labels in a stored sample
    """

    name: str
    list_path: str


def label_fields(samples: foc.SampleCollection) -> list[str]:
    """Returns the names of the fields that can be compared, in schema order."""
    schema = samples.get_field_schema(embedded_doc_type=tuple(LIST_OF))
    return [name for name in schema if "." not in name]


def require_comparable(samples: foc.SampleCollection) -> None:
    """Refuses collections whose samples are not stored samples.

    Raises:
        FieldError: for patches, clips, frames and dynamic groups
    """
    kind = (
        "a patches view"
        if samples._is_patches
        else "a frames view"
        if samples._is_frames
        else "a clips view"
        if samples._is_clips
        else "a view of dynamic groups"
        if samples._is_dynamic_groups
        else None
    )
    if kind is not None:
        raise FieldError(
            "the dataset or a view of its samples (clear the view, or select the "
            "samples that hold these labels)",
            kind,
            "view",
        )


def require_label_field(
    samples: foc.SampleCollection, name: str, where: str = "label_field"
) -> LabelField:
    """Returns a label field that can be compared.

    Args:
        samples: a dataset or a view
        name: the name of the field
        where ("label_field"): the parameter that named it

    Raises:
        FieldError: if there is no such field, or it holds something else
    """
    usable = label_fields(samples)
    if name in usable:
        field = samples.get_field(name)
        list_name = LIST_OF[field.document_type]
        return LabelField(name, f"{name}.{list_name}")

    found = samples.get_field(name)
    expected = "a field of type Detections"
    if usable:
        expected += " (" + ", ".join(usable) + ")"
    if found is None:
        raise FieldError(expected, f"{name!r}, which the samples do not have", where)

    kind = getattr(found, "document_type", type(found)).__name__
    raise FieldError(expected, f"{name!r} of type {kind}", where)


def require_fields(
    samples: foc.SampleCollection, names: Sequence[str | None]
) -> list[LabelField]:
    """Returns the label field, and the other one if there is one."""
    require_comparable(samples)
    wheres = ("label_field", "other_field")
    return [
        require_label_field(samples, name, where)
        for name, where in zip(names, wheres)
        if name is not None
    ]


def require_writable(samples: foc.SampleCollection, name: str) -> None:
    """Refuses a field whose labels must not be changed.

    Raises:
        FieldError: if the field is read-only
    """
    dataset = samples._root_dataset
    list_name = LIST_OF[dataset.get_field(name).document_type]
    for path in (name, f"{name}.{list_name}"):
        if dataset._is_read_only_field(path):
            raise FieldError("a field that can be edited", "a read-only one", name)


def require_attribute(
    samples: foc.SampleCollection,
    field: LabelField,
    attr: str,
    ftype: type,
    where: str,
) -> None:
    """Refuses an attribute name that cannot hold the values.

    Args:
        samples: a dataset or a view
        field: the label field
        attr: the name of the attribute
        ftype: the field type of the values: ``FloatField`` or ``StringField``
        where: the parameter that named the attribute

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
    if attr in fol.Detection._fields or attr in ("detections", "instance"):
        raise ParamsError(
            "a name that FiftyOne's labels do not use themselves", repr(attr), where
        )

    dataset = samples._root_dataset
    path = f"{field.list_path}.{attr}"
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
    """Refuses an undeclared attribute that holds values of another type."""
    mongo_type = "number" if ftype is fo.FloatField else "string"
    other = {"$exists": True, "$not": {"$type": [mongo_type, "null"]}}
    holds = {field.list_path: {"$elemMatch": {attr: other}}}
    sample = dataset._sample_collection.find_one(holds, {"_id": True})
    if sample is not None:
        raise FieldError(
            f"an attribute of {what}",
            f"other values, as in sample {sample['_id']}",
            f"{where} {field.list_path}.{attr}",
        )
