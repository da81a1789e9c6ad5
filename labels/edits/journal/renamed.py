"""The field that an action changed, under its present name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import bson
import fiftyone.core.collections as foc

from ....iou_core.errors import FieldError, ParamsError
from ...fields import FRAMES, LabelField, label_fields, require_label_field
from . import journal
from .lists import id_bytes

_LOOKED_AT = 500  # samples of an action


def field_of(
    samples: foc.SampleCollection,
    action: dict[str, Any],
    label_field: str | None = None,
) -> LabelField:
    """Returns the label field that an action changed.

    A field that was renamed is found by the labels that were in its lists: that is
    certain where no other field holds any of them.

    Args:
        samples: the dataset, or a view of it
        action: the action, as :func:`.journal.load` returns it
        label_field (None): the present name of the field, if the caller knows it

    Raises:
        FieldError: if it is gone, or it is not certain which one it is
        ParamsError: if another field is named while it still exists
    """
    dataset, name = samples._root_dataset, action["field"]
    known = label_fields(dataset)
    if name in known:
        if label_field not in (None, name):
            expected = f"{name!r}, the field of this action"
            raise ParamsError(expected, repr(label_field), "label_field")
        return require_label_field(dataset, name)

    documents = list(islice(journal.entries(action["_id"]), _LOOKED_AT))
    fitting = [
        field
        for field in (require_label_field(dataset, other) for other in known)
        if field.on_frames == name.startswith(FRAMES) and _fits(field, documents)
    ]
    if label_field is not None:
        found = [field for field in fitting if field.name == label_field]
        if not found:
            expected = f"what {name!r} is called now, a field of its kind"
            raise FieldError(expected, repr(label_field), "label_field")
        return found[0]

    holding = [field for field in fitting if _holds(dataset, field, documents)]
    if len(holding) != 1:
        names = ", ".join(field.name for field in holding or fitting)
        expected = f"what {name!r} is called now, as label_field ({names or 'none'})"
        raise FieldError(expected, "no field of that name", "label_field")
    return holding[0]


def _fits(field: LabelField, documents: Iterable[dict[str, Any]]) -> bool:
    """Returns whether the recorded labels are of the type of a field."""
    kinds = {
        bson.decode(entry["before"])["_cls"]
        for document in documents
        for entry in document["entries"]
        if isinstance(entry.get("before"), bytes)
    }
    return kinds <= {field.document.__name__.removesuffix("s")}


def _holds(
    samples: foc.SampleCollection,
    field: LabelField,
    documents: Iterable[dict[str, Any]],
) -> bool:
    """Returns whether a field holds any label of the recorded lists."""
    orders = {document["sample_id"]: document["order"] for document in documents}
    found = field.collection(samples).find(
        {"_id": {"$in": list(orders)}}, {f"{field.list_path}._id": True}
    )
    for document in found:
        order = orders[document["_id"]]
        recorded = {order[k : k + 12] for k in range(0, len(order), 12)}
        if any(
            id_bytes(label.get("_id")) in recorded
            for label in field.labels_in(document)
            if "_id" in label
        ):
            return True
    return False
