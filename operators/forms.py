"""Fields that the operators' forms share, each one function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import fiftyone.core.labels as fol
import fiftyone.core.media as fom
from fiftyone.operators import types

from ..iou_core.params import (
    METHODS,
    METRICS,
    ROTATION_UNITS,
    ComputeParams,
    FindParams,
)
from ..iou_core.rules import RULES
from ..labels import fields
from ..labels.edits.journal import journal
from ..labels.jobs import engines
from ..labels.jobs.engines import ENGINES, Engine
from ..labels.reading.kinds import contents
from ..labels.scans import stored as scans
from . import caller

RECIPE_THRESH = 0.75
ENGINE_PARAMS = ("engine", "workers", "address")
COMPUTE_PARAMS = tuple(ComputeParams.__dataclass_fields__)
FIND_PARAMS = tuple(FindParams.__dataclass_fields__)


def label_field(ctx: Any, inputs: types.Object, name: str = "label_field") -> None:
    """Adds a choice among the fields that can be compared."""
    names = fields.label_fields(ctx.dataset)
    other = name == "other_field"
    choices = types.Dropdown()
    for value in names:
        choices.add_choice(value, label=value)
    inputs.enum(
        name,
        names,
        required=len(names) > 1 and not other,
        default=names[0] if len(names) == 1 and not other else None,
        label="Compare with another field" if other else "Label field",
        description=(
            "By default, the labels of the field are compared with each other"
            if other
            else "The field whose labels may mark an object twice"
        ),
        view=choices,
    )
    if not names:
        inputs.view(
            "no_field",
            types.Warning(
                label="No label field holds objects",
                description="Duplicate objects works on fields of type "
                + ", ".join(document.__name__ for document in fields.LIST_OF),
            ),
        )


def only_field(ctx: Any) -> str | None:
    """Returns the label field that was chosen, or the only one there is."""
    names = fields.label_fields(ctx.dataset)
    chosen = ctx.params.get("label_field")
    return chosen or (names[0] if len(names) == 1 else None)


def _document(ctx: Any) -> type | None:
    """Returns the type of the label field that was chosen; None before that."""
    name = only_field(ctx)
    field = ctx.dataset.get_field(name) if isinstance(name, str) else None
    return getattr(field, "document_type", None)


def compute_options(ctx: Any, inputs: types.Object) -> None:
    """Adds what is compared with what: of the options, those for the field's kind."""
    inputs.bool(
        "classwise",
        default=False,
        label="Only within a class",
        description="Off: one object under two classes counts as a duplicate too",
    )
    document = _document(ctx)
    if document in (fol.Detections, fol.Polylines):
        inputs.str(
            "iscrowd",
            required=False,
            label="Crowd attribute",
            description=(
                "Marks crowd regions, which are never a reason to remove a label"
            ),
        )
    if document is fol.Detections:
        _mask_options(ctx, inputs)
        _rotation_unit(ctx, inputs, str(only_field(ctx)))
    if document is fol.Polylines:
        inputs.bool(
            "use_boxes",
            default=False,
            label="Compare bounding boxes",
            description="Faster, and blind to the shapes of the polylines",
        )
    if document in (fol.Keypoints, fol.Polylines):
        inputs.list(
            "keypoint_sigmas",
            types.Number(min=0),
            required=False,
            label="Keypoint sigmas",
            description=(
                "The falloff of each point. By default 1 for all, which is lenient: "
                "COCO's are 0.05 to 0.21"
            ),
        )
    group_slices(ctx, inputs)


def _mask_options(ctx: Any, inputs: types.Object) -> None:
    inputs.bool(
        "use_masks",
        default=False,
        label="Compare instance masks",
        description="Rather than the boxes around them",
    )
    if ctx.params.get("use_masks"):
        inputs.float(
            "tolerance",
            required=False,
            label="Tolerance, in pixels",
            description=("Turns masks into polygons first. By default, pixel by pixel"),
        )


def _rotation_unit(ctx: Any, inputs: types.Object, name: str) -> None:
    """Adds a choice of the unit of rotations, where boxes of the field are turned."""
    given = ctx.params.get("rotation_unit")
    field = fields.require_label_field(ctx.dataset, name)
    if given is None and not contents.has_turned_boxes(ctx.dataset, field):
        return
    options = dict(
        required=False,
        label="Unit of rotations",
        description=(
            "Boxes of this field are turned. By default, the values and the version of "
            "FiftyOne decide; the scan says which unit was used"
        ),
    )
    if isinstance(given, (list, tuple)):
        # from Python: one for each field
        inputs.list("rotation_unit", types.String(), **options)
        return
    choices = types.RadioGroup(orientation="horizontal")
    for unit in ROTATION_UNITS:
        choices.add_choice(unit, label=unit)
    inputs.enum("rotation_unit", list(ROTATION_UNITS), view=choices, **options)


def group_slices(ctx: Any, inputs: types.Object) -> None:
    """Adds a choice of the slices of a grouped dataset."""
    if ctx.dataset.media_type != fom.GROUP:
        return
    options = dict(
        required=False,
        label="Group slices",
        description=(
            "By default the active one. Each slice is looked at on its own: all, or "
            + ", ".join(ctx.dataset.group_slices)
        ),
    )
    if isinstance(ctx.params.get("group_slices"), str):
        # from Python: one, or all
        inputs.str("group_slices", **options)
    else:
        inputs.list("group_slices", types.String(), **options)


def engine(ctx: Any, inputs: types.Object) -> None:
    """Adds who computes; how many and where, once that is not this process."""
    choices = types.Dropdown()
    clusters = engines.clusters()
    for name, words in ENGINES.items():
        if name != "ray" or clusters:
            choices.add_choice(name, label=name, description=words)
    inputs.enum(
        "engine",
        list(ENGINES),
        default="local",
        label="Computed",
        description="The result is the same; more workers pay from millions of images",
        view=choices,
    )
    chosen = ctx.params.get("engine") or "local"
    if chosen != "local" or ctx.params.get("workers") is not None:
        inputs.int(
            "workers",
            required=False,
            label="Workers",
            description="By default, one for each processor",
        )
    if chosen == "ray" or ctx.params.get("address") is not None:
        named = types.AutocompleteView()
        for address in clusters:
            named.add_choice(address, label=address)
        inputs.str(
            "address",
            required=False,
            label="Address of the Ray cluster",
            description=f"By default, the first in RAY_ADDRESS and {engines.CLUSTERS}",
            view=named,
        )


def without_engine(params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns parameters without those that say who computes."""
    return {name: v for name, v in params.items() if name not in ENGINE_PARAMS}


def engine_of(ctx: Any) -> Engine:
    """Returns the engine that is asked for, and that the caller may have.

    Raises:
        ParamsError: if there is no such engine, or not for this caller
    """
    return Engine.parse(ctx.params, caller.is_python(ctx))


def threshold(ctx: Any, inputs: types.Object, default: float = RECIPE_THRESH) -> None:
    """Adds a slider for the threshold."""
    inputs.float(
        "iou_thresh",
        default=default,
        label="IoU threshold",
        description="Labels whose IoU exceeds this are duplicates",
        view=types.SliderView(min=0, max=1),
    )


def method(ctx: Any, inputs: types.Object, default: str = "simple") -> None:
    """Adds a choice of method."""
    choices = types.RadioGroup(orientation="vertical")
    for name, words in METHODS.items():
        choices.add_choice(name, label=name, description=words)
    inputs.enum("method", list(METHODS), default=default, label="Method", view=choices)


def keep(ctx: Any, inputs: types.Object) -> None:
    """Adds the keep rule and the metric."""
    choices = types.AutocompleteView(allow_user_input=True)
    for name, words in RULES.items():
        if ":" not in words:
            choices.add_choice(name, label=name, description=f"keep {words}")
    if isinstance(ctx.params.get("keep"), (list, tuple)):
        # from Python: rules in order of preference
        inputs.list("keep", types.String(), label="Keep")
    else:
        _keep_rule(inputs, choices)
    metrics = types.RadioGroup(orientation="vertical")
    if _document(ctx) is fol.Keypoints:
        metrics.add_choice("iou", label="OKS", description="keypoint similarity")
        inputs.enum("metric", ["iou"], default="iou", label="Overlap", view=metrics)
        return
    metrics.add_choice("iou", label="IoU", description="overlap over union")
    metrics.add_choice(
        "ios",
        label="IoS, overlap over the smaller",
        description=(
            "Finds boxes inside boxes. It is noisy (a person in a car is inside it "
            "too): made for review and tagging, not for deletion"
        ),
    )
    inputs.enum("metric", list(METRICS), default="iou", label="Overlap", view=metrics)


def _keep_rule(inputs: types.Object, choices: types.View) -> None:
    inputs.str(
        "keep",
        required=False,
        label="Keep",
        description=(
            "Who stays: a rule, or tagged:reviewed, classes:car,truck, "
            "attribute:annotator=alice. By default FiftyOne's order"
        ),
        view=choices,
    )


def tag(ctx: Any, inputs: types.Object, label: str = "Tag") -> None:
    """Adds a text field for the tag."""
    inputs.str("tag", default="duplicate", label=label)


def scan(
    ctx: Any, inputs: types.Object, required: bool = True, otherwise: str = ""
) -> None:
    """Adds a choice among the stored scans, the newest first.

    Args:
        ctx: the execution context
        inputs: the form
        required (True): whether a scan must be chosen
        otherwise (""): what happens without one
    """
    stored = scans.list_scans(ctx.dataset)
    choices = types.Dropdown()
    for found in stored:
        label = f"{found['title']}: {found['count']:,} duplicates ({found['scan_key']})"
        choices.add_choice(found["scan_key"], label=label)
    inputs.enum(
        "scan_key",
        [found["scan_key"] for found in stored],
        required=required,
        default=stored[0]["scan_key"] if stored else None,
        label="Scan",
        description=otherwise
        or (None if stored else "Nothing is stored yet: find duplicates first"),
        view=choices,
    )


def action(ctx: Any, inputs: types.Object, required: bool, otherwise: str = "") -> None:
    """Adds a choice among the actions on the dataset, the newest first.

    Args:
        ctx: the execution context
        inputs: the form
        required: whether an action must be chosen
        otherwise (""): what happens without one
    """
    actions = journal.list_actions(ctx.dataset)
    choices = types.Dropdown()
    for entry in actions:
        when = entry["created"][:16].replace("T", " ")
        label = f"{when}: {entry['operation']} {entry['count']:,} labels"
        choices.add_choice(entry["restore_key"], label=f"{label} of {entry['field']}")
    inputs.enum(
        "restore_key",
        [entry["restore_key"] for entry in actions],
        required=required,
        default=actions[0]["restore_key"] if actions and required else None,
        label="Action",
        description=otherwise or (None if actions else "Nothing can be undone"),
        view=choices,
    )


def notice(inputs: types.Object, text: str, description: str = "") -> None:
    """Says what will be written."""
    inputs.view("notice", types.Notice(label=text, description=description))


def warning(inputs: types.Object, text: str, description: str = "") -> None:
    """Says what will be lost."""
    inputs.view("warning", types.Warning(label=text, description=description))
