"""The parameters of all operators: type and meaning of each, and how they are read.

A name means the same for every operator. Once all types are right, the operator checks
the values (that a field exists, that a key is stored).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..iou_core import values
from ..iou_core.errors import ParamsError
from ..iou_core.params import require_fraction
from ..iou_core.values import Check
from .choices import WHAT, Choices, choice

SCAN_PARAMS = ("label_field", "other_field", "classwise", "iscrowd", "error_level")
"""The parameters of a scan that a caller may repeat to an operator on that scan."""


def _fraction(where: str, value: object) -> Any:
    require_fraction(where, value)
    return value


_BY_TYPE: Mapping[str, tuple[Check, Mapping[str, str]]] = {
    "key": (
        values.key,
        {
            "scan_key": "the key of a stored scan; for `find_duplicates`, the key to "
            "store the scan under (by default `duplicates_1`, `duplicates_2`, …)",
            "new_scan_key": "the new key of the scan",
            "since": "the key of an earlier scan, whose unchanged samples are reused",
            "restore_key": "the key of an action, from the result of the action",
            "anno_key": "the key of a round trip; for `send_to_cvat`, of the new one",
            "run_id": "the id of a run, to follow and to cancel it",
            "kept": "the id of the label that is kept, for `duplicate` and `merge`",
        },
    ),
    "text": (
        values.text,
        {
            "label_field": "the field with the labels, such as `ground_truth` or "
            "`frames.detections`; by default, the only one",
            "other_field": "a second field to compare with, of the same type",
            "predictions": "a field of the same type with a model's predictions, as "
            "evidence for the likelihood: whether one prediction matches both labels, "
            "or each label has its own; not available with `other_field`",
            "iscrowd": "the name of the attribute that marks crowd regions",
            "method": "`simple`, `greedy`, `nms` or `fewest` (`simple`)",
            "metric": "the value that the threshold is compared with: `iou`, `ios`, or "
            "`likelihood`, which is not available with `other_field` (`iou`)",
            "engine": "`local`, `processes` or `ray` (`local`)",
            "address": "the address of a Ray cluster",
            "iou_attr": "the attribute for the IoU (`max_iou`)",
            "id_attr": "an attribute for the id of the label with that IoU",
            "title": "the title of the scan in the panel",
            "tag": "the tag (`duplicate`)",
            "what": "the choice in the form: `tag`, `scan`, `new` or `selected`; by "
            "default inferred from the parameters",
            "how": "how boxes are merged: `union`, `mean` or `weighted_mean` (`union`)",
            "mode": "`samples`, `labels` or `patches` (`samples`)",
            "cursor": "the `cursor` of the previous page, to continue after it",
            "verdict": "`real`, `duplicate`, `merge` or `remove_both`",
            "who": "the name of the person who decided",
            "url": "the address of the CVAT server; by default the configured one",
            "scope": "`samples`, to send all labels of their samples, or `labels`, to "
            "send only those that they overlap (`samples`)",
            "digest": "identifies the edits that were shown; other edits are an error",
            "dataset_name": "the name of a deleted dataset, instead of this one",
            "project_name": "the CVAT project for the tasks",
            "task_assignee": "the CVAT user to whom tasks are assigned",
            "first_class": "a class",
            "second_class": "another class",
            "rule": "`may_overlap`, `iou_thresh` (their own threshold) or `none`",
            "format": "the format of `content`: `csv` or `json` (`csv`)",
        },
    ),
    "path": (
        values.text_of(4_000),
        {"path": "the file to write (or read), ending in `.csv` or `.json`"},
    ),
    "long text": (
        values.long_text,
        {
            "shown": "used only by the form",
            "table": "used only by the form",
            "edits": "used only by the form",
            "content": "the content of a file, instead of `path`",
        },
    ),
    "bool": (
        values.flag,
        {
            "classwise": "whether to compare only labels of one class (False)",
            "use_masks": "whether to compare instance masks instead of boxes (False)",
            "with_masks": "whether to compare the masks of boxes as well, for the "
            "likelihood; by default, if the first samples have masks in the database",
            "use_boxes": "whether to compare the boxes of polylines (False)",
            "unmarked_as_missing": "whether keypoints at (0, 0) or (-1, -1), or with a "
            "confidence of 0, are missing (False)",
            "dry_run": "whether to return the plan and to write nothing (False)",
            "overwrite": "whether to replace a file, or values that the plugin did not "
            "store (False)",
            "forget": "whether to delete the record of a trip whose tasks cannot be "
            "deleted (False)",
            "recalibrate": "whether to recalibrate the likelihoods with the verdicts; "
            "if not, a scan `since` a recalibrated one keeps its calibration (False)",
            "confirm": "whether to apply what is shown (False)",
            "cleanup": "whether to delete the tasks in CVAT afterwards (False)",
            "cvat_tasks": "whether to delete the tasks in CVAT as well (False)",
            "allow_emptied": "whether an object may lose every label (False)",
            "intervals": "whether to return 95 % intervals (False)",
            "by_class_pair": "whether to return thresholds of class pairs too (False)",
            "allow_mass_delete": "whether more than half of the sent labels, or labels "
            "of a class that no longer exists in CVAT, may be deleted (False)",
            "discard_rest": "whether `cleanup` deletes tasks with edits that were not "
            "loaded (False)",
            "replace": "whether to remove the tag from labels of other plans (False)",
        },
    ),
    "int": (
        values.whole,
        {
            "error_level": "accepted for compatibility with FiftyOne",
            "workers": "the number of worker processes; by default, one per processor",
            "limit": "the largest number of rows to return",
            "offset": "the number of rows to skip (0)",
            "min_frames": "the smallest number of frames in common (2)",
            "task_size": "the number of images in each CVAT task (500)",
            "segment_size": "the number of images in each CVAT job",
            "image_quality": "the quality of the images in CVAT, 0 to 100 (75)",
        },
    ),
    "number": (
        values.number,
        {"tolerance": "with `use_masks`, the tolerance of outlines in pixels"},
    ),
    "number in [0, 1]": (
        _fraction,
        {
            "iou_thresh": "the threshold: labels whose IoU, or the value that `metric` "
            "names, exceeds it are duplicates (0.75)",
            "min_iou": "the smallest IoU of the pairs (0)",
            "max_iou": "the largest IoU of the pairs (1)",
            "precision": "the minimum expected share of correct removals (0.9)",
        },
    ),
    "list of numbers": (
        values.numbers,
        {"keypoint_sigmas": "the falloff of each keypoint; by default all 1"},
    ),
    "list of texts": (
        values.texts,
        {
            "classes": "the classes to which the plan is restricted",
            "class_pair": "the two classes of the groups",
            "label_ids": "the ids of labels",
            "tags": "tags to remove from the labels of this dataset",
        },
    ),
    "text or list of texts": (
        values.either(values.text, values.texts),
        {
            "evidence": "attributes whose agreement is evidence for the likelihood, "
            "such as `annotator`; times agree within a minute",
            "keep": "one or more rules that choose the kept label, such as `largest`",
            "group_slices": "the slices of a grouped dataset, or `all`; by default the "
            "active one",
            "job_assignees": "the CVAT users to whom jobs are assigned in turn",
            "rotation_unit": "the unit of `rotation`: `degrees` or `radians`; by "
            "default inferred from the values",
        },
    ),
    "bool or list of texts": (
        values.either(values.flag, values.texts),
        {"attributes": "the names of attributes; True for all that can be sent"},
    ),
    "list of records": (
        values.records,
        {
            "class_pairs": "rules of class pairs, instead of the three parameters",
            "pairs": "an earlier name of `class_pairs`",
        },
    ),
}

CHECKS: Mapping[str, Check] = {
    name: check for check, described in _BY_TYPE.values() for name in described
}
"""The check of each parameter."""

TYPES: Mapping[str, str] = {
    name: words for words, (_, described) in _BY_TYPE.items() for name in described
}
"""The type of each parameter, in words."""

DESCRIPTIONS: Mapping[str, str] = {
    name: words
    for _, described in _BY_TYPE.values()
    for name, words in described.items()
}
"""The description of each parameter, with its default in parentheses."""


def read(
    params: Mapping[str, Any], names: Sequence[str], choices: Choices
) -> tuple[dict[str, Any], list[ParamsError]]:
    """Returns the parameters of a request that an operator can use.

    A form still holds the fields of choices made before: these are left out. For a
    call from Python, a parameter of another choice is an error.

    Args:
        params: the request; null means not given
        names: the parameters of the operator for all choices
        choices: what the operator can act on; may be empty

    Returns:
        the valid values by name, and an error for each invalid one
    """
    params = {name: value for name, value in params.items() if value is not None}
    what = choice(params, choices)
    is_form = params.get(WHAT) is not None
    of_choices = {name for some in choices.values() for name in some}
    own = set(choices.get(what, ()))
    known = {*names, *(of_choices if is_form else own), "run_id"}
    known |= {WHAT} if choices else set()
    found, faults = {}, []
    for name, value in params.items():
        try:
            if name not in known:
                expected = "one of " + ", ".join(sorted(known))
                raise values.refused("parameter", expected, name)
            found[name] = CHECKS[name](name, value)
            if name == WHAT and value not in choices:
                del found[name]
                raise values.refused(WHAT, " or ".join(choices), value)
        except ParamsError as error:
            faults.append(error)
    if is_form:
        own -= set(SCAN_PARAMS) if what == "scan" else set()
        found = {k: v for k, v in found.items() if k in own or k not in of_choices}
    return found, faults
