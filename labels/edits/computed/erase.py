"""Removal of tags and attributes that were written to the labels of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone as fo

from ....iou_core.errors import FieldError, ParamsError
from ...fields import (
    FRAMES,
    label_fields,
    require_label_field,
    require_writable,
)
from .own_attributes import require_attribute


def require_names(where: str, value: object) -> None:
    """Raises an error unless a value is a list of names, or None.

    Raises:
        ParamsError: if it is something else
    """
    if value is None:
        return
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(name, str) and name for name in value
    ):
        raise ParamsError("a list of names", repr(value), where)


def paths(dataset: fo.Dataset, names: Sequence[str]) -> list[str]:
    """Returns where the label fields of a dataset have attributes of these names.

    Raises:
        FieldError: if no label has an attribute of a name, or it is read-only
        ParamsError: if it is an attribute that FiftyOne's labels have themselves
    """
    fields = [require_label_field(dataset, name) for name in label_fields(dataset)]
    found = []
    for name in names:
        here = []
        for field in fields:
            path = f"{field.full_path}.{name}"
            kind = type(dataset.get_field(path))
            if issubclass(kind, (fo.FloatField, fo.StringField)):
                require_attribute(dataset, field, name, kind, "attributes")
                here.append(path)
        if not here:
            raise FieldError("a number or text of labels", repr(name), "attributes")
        found += here
    return found


def count_tags(dataset: fo.Dataset, tags: Sequence[str]) -> dict[str, int]:
    """Returns how many labels carry each of some tags."""
    counts: dict[str, Any] = dataset.count_label_tags() if tags else {}
    return {tag: int(counts.get(tag, 0)) for tag in tags}


def remove_tags(dataset: fo.Dataset, tags: Sequence[str]) -> None:
    """Removes tags from all labels; that cannot be undone.

    Raises:
        FieldError: if a field is read-only
    """
    names = label_fields(dataset) if tags else []
    for name in names:
        require_writable(dataset, name)
    if names:
        dataset.untag_labels(list(tags), label_fields=list(names))


def delete(dataset: fo.Dataset, attributes: Sequence[str]) -> None:
    """Deletes attributes, of which :func:`paths` returned the paths."""
    for path in attributes:
        if path.startswith(FRAMES):
            dataset.delete_frame_field(path.removeprefix(FRAMES))
        else:
            dataset.delete_sample_field(path)
