"""The fields of a stored scan that were renamed since."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import fiftyone as fo
import numpy as np
from bson import ObjectId

from ....iou_core.errors import DuplicatesError
from ....iou_core.params import FindParams
from ...reading.kinds.registry import kind_named
from ...reading.places import Held, field_now
from ...reading.raw.ids import to_object_ids
from . import block_store

FIELDS = ("label_field", "other_field")
"""The parameters that name fields."""

_LOOKED_AT = 500  # samples of a scan


def names_now(dataset: fo.Dataset, config: dict[str, Any]) -> dict[str, str]:
    """Returns the present names of the fields of a scan that were renamed.

    They are found by the labels of the stored pairs, see :func:`field_now`.

    Args:
        dataset: the dataset
        config: the config of the scan, as it is stored

    Returns:
        the present name by the old one; nothing for fields that have kept their names,
        and those that are gone or not certain
    """
    names = [name for name in (config["params"].get(f) for f in FIELDS) if name]
    gone = [name for name in names if dataset.get_field(name) is None]
    found = {name: _name_now(dataset, config, name) for name in gone}
    # two fields may hold the same labels, as one that was cloned does: none of them
    # is the other one
    taken = Counter([*found.values(), *(name for name in names if name not in gone)])
    return {
        old: now for old, now in found.items() if now is not None and taken[now] == 1
    }


def _name_now(dataset: fo.Dataset, config: dict[str, Any], name: str) -> str | None:
    params = config["params"]
    of_two = params.get("other_field") not in (None, params["label_field"])
    # across two fields, the label of label_field is the later one of a pair
    side = None if not of_two else "j" if name == params["label_field"] else "i"

    def held() -> Held:
        return _held(config["scan_uuid"], side)

    def types() -> set[str]:
        kind = kind_named(config["kind"], FindParams.parse(config["params"]))
        return {kind.document.__name__.removesuffix("s")}

    try:
        return field_now(dataset, name, held, types).name
    except DuplicatesError:
        # whatever needs the field says that it is gone
        return None


@lru_cache(maxsize=16)
def _held(scan_uuid: str, side: str | None) -> Held:
    """Returns the labels of the first samples with pairs, which never change.

    Args:
        scan_uuid: the key of the blocks
        side: "i" or "j" for only the first or second labels of pairs; None for both
    """
    names = block_store.classes(scan_uuid)["names"]
    found: dict[ObjectId, set[ObjectId]] = {}
    for block in block_store.blocks(scan_uuid, names):
        rows = np.arange(len(block.label_ids))
        if side is not None:
            rows = np.unique(getattr(block.pairs, side))
        first = np.unique(block.image[rows])[: _LOOKED_AT - len(found)]
        rows = rows[np.isin(block.image[rows], first)]
        samples = to_object_ids(block.document_ids[block.image[rows]])
        for sample, label in zip(samples, to_object_ids(block.label_ids[rows])):
            found.setdefault(sample, set()).add(label)
        if len(found) >= _LOOKED_AT:
            break
    return found
