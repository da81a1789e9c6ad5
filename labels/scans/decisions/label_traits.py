"""The values that keep rules compare, read for the labels of some pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ....iou_core.arrays import Floats, Ints
from ....iou_core.decisions.preference import Traits
from ....iou_core.keep_rule import AGE, AREA, CLASS, N_ATTRIBUTES, PLACE, KeepRule
from ...fields import BUILTIN_NAMES, LabelField
from ...reading.raw.ids import Bytes, to_bytes, to_object_ids

_HEAVY = ("mask", "map")


def read_traits(
    samples: foc.SampleCollection,
    field: LabelField,
    rules: Sequence[KeepRule],
    document_ids: Bytes,
    image: Ints,
    label_ids: Bytes,
    area: Floats,
    class_names: Sequence[str | None],
    units: Sequence[str] = (),
) -> Traits:
    """Returns the traits of labels, as they are stored now.

    Only what the rules ask for is read; labels that are gone have none.

    Args:
        samples: a dataset or a view
        field: the label field
        rules: the rules
        document_ids: ``(S, 12)`` the samples of a block
        image: ``(N,)`` the sample of each label
        label_ids: ``(N, 12)`` the labels
        area: ``(N,)`` their areas
        class_names: ``(N,)`` their classes
        units (()): of the areas; see :class:`....iou_core.decisions.reasons.Reason`
    """
    keys = to_bytes(label_ids)
    paths = {rule.path for rule in rules if rule.path and rule.path != CLASS}
    found = _read(samples, field, rules, paths, document_ids[np.unique(image)])
    docs: list[dict[str, Any]] = [found.get(key, {}) for key in keys]
    values: dict[str, Any] = {
        PLACE: np.arange(len(keys)),
        AREA: area,
        AGE: np.array([int.from_bytes(key[:4], "big") for key in keys], np.int64) << 24
        | np.array([int.from_bytes(key[9:], "big") for key in keys], np.int64),
        N_ATTRIBUTES: np.array([_count_attributes(doc) for doc in docs], np.int64),
        CLASS: list(class_names),
    }
    values |= {path: [_at(doc, path) for doc in docs] for path in paths}
    return Traits(len(keys), values, units)


def _read(
    samples: foc.SampleCollection,
    field: LabelField,
    rules: Sequence[KeepRule],
    paths: set[str],
    document_ids: Bytes,
) -> dict[bytes, dict[str, Any]]:
    everything = any(rule.trait == N_ATTRIBUTES for rule in rules)
    if not paths and not everything:
        return {}
    path = field.list_path
    keys = {"_id", *paths}
    whole = {k for k in keys if not any(k.startswith(f"{one}.") for one in keys)}
    projection: dict[str, bool] = {f"{path}.{key}": True for key in whole}
    if everything:
        projection = {f"{path}.{key}": False for key in _HEAVY}
    docs = field.collection(samples).find(
        {"_id": {"$in": to_object_ids(document_ids)}}, projection
    )
    return {
        label["_id"].binary: label for doc in docs for label in field.labels_in(doc)
    }


def _at(label: dict[str, Any], name: str) -> Any:
    """Returns an attribute; after a dot, one within it."""
    held: Any = label
    for key in name.split("."):
        held = held.get(key) if isinstance(held, dict) else None
    return held


def _count_attributes(label: dict[str, Any]) -> int:
    names = (name for name, value in label.items() if value is not None)
    n = sum(name not in BUILTIN_NAMES and name[:1] != "_" for name in names)
    held = label.get("attributes")
    return n + (len(held) if isinstance(held, (dict, list)) else 0)
