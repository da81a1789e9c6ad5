"""The parameters of all operators: the type of each, and how they are read.

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


_BY_TYPE: Mapping[Check, str] = {
    values.key: "scan_key new_scan_key since restore_key anno_key run_id kept",
    values.text: "label_field other_field iscrowd method metric engine address "
    "iou_attr id_attr title tag what how mode cursor verdict who url scope digest "
    "dataset_name project_name task_assignee first_class second_class rule format",
    values.text_of(4_000): "path",
    values.long_text: "shown table edits content",
    values.flag: "classwise use_masks use_boxes unmarked_as_missing dry_run overwrite "
    "forget confirm cleanup cvat_tasks allow_emptied replace",
    values.whole: "error_level workers limit offset min_frames task_size segment_size "
    "image_quality",
    values.number: "tolerance",
    _fraction: "iou_thresh min_iou max_iou",
    values.numbers: "keypoint_sigmas",
    values.texts: "classes class_pair label_ids tags",
    values.either(
        values.text, values.texts
    ): "keep group_slices job_assignees rotation_unit",
    values.either(values.flag, values.texts): "attributes",
    values.records: "pairs",
}

CHECKS: Mapping[str, Check] = {
    name: check for check, names in _BY_TYPE.items() for name in names.split()
}
"""The check of each parameter."""


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
