"""The rules of class pairs: they may overlap, or have their own threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ....iou_core.arrays import Floats, Ints
from ....iou_core.errors import ParamsError
from ....iou_core.pairs import MIN_IOU, Pairs
from ....iou_core.params import require_fraction
from ... import store


def set_class_pairs(
    samples: foc.SampleCollection, class_pairs: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Replaces the rules of all class pairs.

    Args:
        samples: the dataset, or a view of it
        class_pairs: for each ``{"classes": [a, b]}`` and one of
            ``"may_overlap": True`` (their labels are never duplicates of each
            other) and ``"iou_thresh": t`` (they are above ``t``, whatever the
            threshold of the rest). An empty list deletes all rules

    Returns:
        the rules as they are stored

    Raises:
        ParamsError: if one of them is not of this form
    """
    rules = [checked(one) for one in class_pairs]
    seen = [frozenset(rule["classes"]) for rule in rules]
    if len(set(seen)) < len(seen):
        given = repr(list(class_pairs))
        raise ParamsError("each class pair once", given, "class_pairs")
    load_class_pairs(samples)  # raises if a newer version stored them
    dataset = samples._root_dataset
    store.collection("class_pairs").replace_one(
        {"_id": dataset._doc.id},
        {
            "_id": dataset._doc.id,
            "dataset": dataset.name,
            "format": store.FORMAT,
            "pairs": rules,
        },
        upsert=True,
    )
    return rules


def set_class_pair(
    samples: foc.SampleCollection,
    classes: Sequence[str | None],
    may_overlap: bool = False,
    iou_thresh: float | None = None,
) -> list[dict[str, Any]]:
    """Sets or deletes the rule of one class pair; other rules are kept.

    Args:
        samples: the dataset, or a view of it
        classes: the two classes; None stands for labels without a class
        may_overlap (False): whether labels of the two are never duplicates
        iou_thresh (None): their own threshold. With neither, the rule is deleted

    Returns:
        the rules as they are stored

    Raises:
        ParamsError: if these are no two classes, or the threshold is out of range
    """
    rules = [
        {name: value for name, value in rule.items() if value not in (None, False)}
        for rule in load_class_pairs(samples)
        if set(rule["classes"]) != set(classes)
    ]
    if may_overlap:
        rules.append({"classes": list(classes), "may_overlap": True})
    elif iou_thresh is not None:
        rules.append({"classes": list(classes), "iou_thresh": iou_thresh})
    return set_class_pairs(samples, rules)


def load_class_pairs(samples: foc.SampleCollection) -> list[dict[str, Any]]:
    """Returns the rules of class pairs of a dataset."""
    found = store.collection("class_pairs").find_one(
        {"_id": samples._root_dataset._doc.id}
    )
    if found is None:
        return []
    store.require_format(found["format"], "class pairs")
    return list(found["pairs"])


def own_thresholds(
    rules: Sequence[dict[str, Any]],
    names: Sequence[str | None],
    pairs: Pairs,
    classes: Ints,
) -> Floats | None:
    """Returns the thresholds of pairs whose classes have a rule; None without rules.

    Args:
        rules: what :func:`load_class_pairs` returned
        names: the class names
        pairs: ``M`` pairs of ``N`` labels
        classes: ``(N,)`` the class of each, an index into ``names``

    Returns:
        an ``(M,)`` array: NaN where there is none, infinity where the classes
        may overlap
    """
    if not rules or not len(pairs):
        return None
    numbers = {name: k for k, name in enumerate(names)}
    low = np.minimum(classes[pairs.i], classes[pairs.j]).astype(np.int64)
    high = np.maximum(classes[pairs.i], classes[pairs.j]).astype(np.int64)
    own = np.full(len(pairs), np.nan)
    for rule in rules:
        a, b = (numbers.get(name, -1) for name in rule["classes"])
        if a < 0 or b < 0:
            continue
        which = (low == min(a, b)) & (high == max(a, b))
        own[which] = np.inf if rule["may_overlap"] else rule["iou_thresh"]
    return own


def checked(class_pair: Any) -> dict[str, Any]:
    """Returns the rule of one class pair as it is stored.

    Raises:
        ParamsError: if it is not of the form that :func:`set_class_pairs` takes
    """
    expected = "{'classes': [a, b], and 'may_overlap': True or 'iou_thresh': t}"
    keys = set(class_pair) if isinstance(class_pair, dict) else set()
    classes = class_pair.get("classes") if isinstance(class_pair, dict) else None
    if (
        not keys <= {"classes", "may_overlap", "iou_thresh"}
        or not isinstance(classes, (list, tuple))
        or len(classes) != 2
        or not all(name is None or isinstance(name, str) for name in classes)
    ):
        raise ParamsError(expected, repr(class_pair), "class_pairs")

    may_overlap, iou_thresh = (
        class_pair.get("may_overlap"),
        class_pair.get("iou_thresh"),
    )
    if may_overlap not in (None, True, False) or (may_overlap is True) == (
        iou_thresh is not None
    ):
        raise ParamsError(expected, repr(class_pair), "class_pairs")
    if iou_thresh is not None:
        require_fraction("iou_thresh", iou_thresh)
        if iou_thresh < MIN_IOU:
            expected = f"a threshold of at least {MIN_IOU}"
            raise ParamsError(expected, repr(iou_thresh), "class_pairs")
    return {
        "classes": list(classes),
        "may_overlap": may_overlap is True,
        "iou_thresh": iou_thresh,
    }
