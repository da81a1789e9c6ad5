"""The fields of a stored scan that were renamed since."""

from __future__ import annotations

from typing import Any

import fiftyone as fo
from bson import ObjectId

from ....iou_core.errors import DuplicatesError
from ....iou_core.params import FindParams
from ...reading.columns import to_object_ids
from ...reading.kinds.registry import kind_named
from ...reading.places import Held, field_now
from . import block_store

FIELDS = ("label_field", "other_field")
"""The parameters that name fields."""

_LOOKED_AT = 500  # samples of a scan


def names_now(dataset: fo.Dataset, config: dict[str, Any]) -> dict[str, str]:
    """Returns the present names of the fields of a scan that were renamed.

    They are found by the labels of the stored pairs, see :func:`.places.field_now`.

    Args:
        dataset: the dataset
        config: the config of the scan, as it is stored

    Returns:
        the present name by the old one; nothing for fields that have kept their names,
        and those that are gone or not certain
    """
    names = [config["params"].get(where) for where in FIELDS]
    gone = [name for name in names if name and dataset.get_field(name) is None]
    return {
        old: now
        for old, now in ((name, _name_now(dataset, config, name)) for name in gone)
        if now is not None
    }


def _name_now(dataset: fo.Dataset, config: dict[str, Any], name: str) -> str | None:
    def held() -> Held:
        return _held(config, name)

    def types() -> set[str]:
        kind = kind_named(config["kind"], FindParams.parse(config["params"]))
        return {kind.document.__name__.removesuffix("s")}

    try:
        return field_now(dataset, name, held, types).name
    except DuplicatesError:
        # whatever needs the field says that it is gone
        return None


def _held(config: dict[str, Any], name: str) -> dict[ObjectId, set[ObjectId]]:
    """Returns the labels of a field in the first pairs of a scan, by sample."""
    uuid, params = config["scan_uuid"], config["params"]
    names = block_store.classes(uuid)["names"]
    of_two = params.get("other_field") not in (None, params["label_field"])
    found: dict[ObjectId, set[ObjectId]] = {}
    for block in block_store.blocks(uuid, names):
        # across two fields, the label of label_field is the later one of a pair
        rows = range(len(block.label_ids))
        if of_two:
            is_own = name == params["label_field"]
            rows = set((block.pairs.j if is_own else block.pairs.i).tolist())
        samples = to_object_ids(block.document_ids)
        labels = to_object_ids(block.label_ids)
        for row in rows:
            found.setdefault(samples[block.image[row]], set()).add(labels[row])
        if len(found) >= _LOOKED_AT:
            break
    return found
