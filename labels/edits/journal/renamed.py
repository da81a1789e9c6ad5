"""The field that an action changed, under its present name."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Any

import bson
import fiftyone.core.collections as foc

from ...fields import LabelField
from ...reading.places import Held, field_now
from . import journal
from .lists import ids_in

_LOOKED_AT = 500  # samples of an action


def field_of(
    samples: foc.SampleCollection,
    action: dict[str, Any],
    label_field: str | None = None,
) -> LabelField:
    """Returns the label field that an action changed; see :func:`field_now`.

    Args:
        samples: the dataset, or a view of it
        action: the action, as :func:`.journal.load` returns it
        label_field (None): the present name of the field, if the caller knows it

    Raises:
        FieldError: if it is gone, or it is not certain which one it is
        ParamsError: if another field is named while it still exists
    """

    @cache
    def documents() -> list[dict[str, Any]]:
        return list(islice(journal.entries(action["_id"]), _LOOKED_AT))

    def held() -> Held:
        return {one["sample_id"]: ids_in(one["order"]) for one in documents()}

    def types() -> set[str]:
        return {
            bson.decode(entry["before"])["_cls"]
            for one in documents()
            for entry in one["entries"]
            if isinstance(entry.get("before"), bytes)
        }

    return field_now(samples, action["field"], held, types, label_field)
