"""The words for what a scan compared, in titles, in the panel and in reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol

from ...iou_core.geometry import unmarked
from ...iou_core.geometry.keypoints import AT_MINUS_ONE, AT_ZERO, NO_CONFIDENCE
from ...iou_core.params import LIKELIHOOD, METRICS
from ..fields import LabelField
from ..plurals import counted
from ..reading.kinds.keypoints import KEYPOINTS

COCO_SIGMAS = {
    "nose": 0.052,
    **{f"{side}_eye": 0.05 for side in ("left", "right")},
    **{f"{side}_ear": 0.07 for side in ("left", "right")},
    **{f"{side}_shoulder": 0.158 for side in ("left", "right")},
    **{f"{side}_elbow": 0.144 for side in ("left", "right")},
    **{f"{side}_wrist": 0.124 for side in ("left", "right")},
    **{f"{side}_hip": 0.214 for side in ("left", "right")},
    **{f"{side}_knee": 0.174 for side in ("left", "right")},
    **{f"{side}_ankle": 0.178 for side in ("left", "right")},
}
"""The falloffs of COCO's 17 keypoints of a person, by name and in COCO's order.

COCO's formula divides by twice a standard deviation, FiftyOne's by the sigma itself:
these are twice the values that COCO and pycocotools list.

Source: https://cocodataset.org/#keypoints-eval
"""

SIGMAS_INFO = "keypoint_sigmas"
"""The key of ``dataset.info`` that holds sigmas: a list, or lists by field."""

_NAMES = {"iou": "IoU", "ios": "IoS", LIKELIHOOD: LIKELIHOOD}


def measure_of(kind: str, metric: str = METRICS[0]) -> str:
    """Returns what the numbers of a comparison are, such as ``IoU`` or ``OKS``.

    Args:
        kind: the name of the kind of the labels
        metric ("iou"): what is compared with the threshold; the IoU and the IoS of
            keypoints are one value
    """
    is_oks = kind == KEYPOINTS.name and metric != LIKELIHOOD
    return "OKS" if is_oks else _NAMES[metric]


def words(params: Mapping[str, Any], kind: str) -> list[str]:
    """Returns what was compared where that is not the usual thing, part by part.

    Args:
        params: the parameters of a scan, by name; those of an earlier version may
            lack some
        kind: the name of the kind of the labels

    Returns:
        no words for boxes, and for anything else that there is one way to compare
    """
    found = []
    if params.get("use_masks"):
        tolerance = params.get("tolerance")
        found.append("masks")
        if tolerance is not None:
            found.append(f"outlines within {tolerance:g} pixels")
    if params.get("with_masks"):
        found.append("masks beside boxes")
    evidence = [*(params.get("evidence") or ())]
    if params.get("predictions"):
        evidence.append(f"predictions in {params['predictions']}")
    if evidence:
        found.append(f"evidence by {', '.join(evidence)}")
    if params.get("use_boxes"):
        found.append("bounding boxes")
    sigmas = params.get("keypoint_sigmas")
    if sigmas or kind == KEYPOINTS.name:
        found.append(sigma_words(sigmas))
    if params.get("unmarked_as_missing"):
        found.append("unmarked points are missing")
    if params.get("iscrowd"):
        found.append(f"crowds by {params['iscrowd']}")
    return found


_UNMARKED = {
    AT_ZERO: "lie exactly at (0, 0)",
    AT_MINUS_ONE: "lie exactly at (-1, -1)",
    AT_ZERO | AT_MINUS_ONE: "lie exactly at (0, 0) or (-1, -1)",
    NO_CONFIDENCE: "have a confidence of 0",
}


def unmarked_words(rows: Iterable[Mapping[str, int]], as_missing: bool) -> str | None:
    """Returns how many points are probably not marked, and how they were compared.

    Args:
        rows: as :func:`unmarked.to_rows` returns them
        as_missing: whether these points were compared as missing ones

    Returns:
        None where all points are marked
    """
    found = unmarked.totals(rows)
    if not found["labels"]:
        return None
    some, of = found["each"] or (found["unmarked"], found["points"])
    where = found["why"] & ~NO_CONFIDENCE
    why = [_UNMARKED[bits] for bits in (where, found["why"] & NO_CONFIDENCE) if bits]
    labels = counted(found["labels"], "label")
    how = "treated as missing" if as_missing else "compared like any other point"
    return f"{some:,} of {counted(of, 'point')} of {labels} {' or '.join(why)}, {how}"


def sigma_words(sigmas: Sequence[float] | None) -> str:
    """Returns words for sigmas, different ones for different sigmas."""
    if not sigmas:
        return "sigmas of 1"
    values = list(sigmas)
    if values == list(COCO_SIGMAS.values()):
        return "COCO's sigmas"
    if [2 * value for value in values] == list(COCO_SIGMAS.values()):
        return "half of COCO's sigmas"
    if len(set(values)) == 1:
        return f"{counted(len(values), 'sigma')} of {values[0]:g}"
    return "sigmas " + ", ".join(f"{value:g}" for value in values)


def sigma_choices(
    samples: foc.SampleCollection, field: LabelField
) -> list[dict[str, Any]]:
    """Returns the sigmas that a field of keypoints may be compared with.

    Where the field's skeleton names COCO's keypoints, theirs come in its order.

    Returns:
        dicts of ``name`` and ``values``, those stored with the dataset first; none
        for a field of another type
    """
    if field.document is not fol.Keypoints:
        return []
    dataset = samples._root_dataset
    stored = dataset.info.get(SIGMAS_INFO)
    if isinstance(stored, Mapping):
        stored = stored.get(field.name)
    choices = []
    if isinstance(stored, (list, tuple)) and stored:
        choices.append({"name": "the dataset's sigmas", "values": list(stored)})
    skeleton = dataset.skeletons.get(field.name) or dataset.default_skeleton
    names = [] if skeleton is None else skeleton.labels or []
    keys = ["_".join(name.lower().replace("-", " ").split()) for name in names]
    order = keys if set(keys) == COCO_SIGMAS.keys() else COCO_SIGMAS
    values = [COCO_SIGMAS[key] for key in order]
    choices.append({"name": "COCO's 17 sigmas", "values": values})
    return choices
