"""Fields that several forms share, one function each."""

from __future__ import annotations

from typing import Any

import fiftyone.core.labels as fol
from fiftyone.operators import types

from ..iou_core.keep_rule import RULES
from ..iou_core.params import LIKELIHOOD, METHODS, METRICS, ComputeParams, FindParams
from ..labels import fields
from ..labels.edits.journal import journal
from ..labels.plurals import counted
from ..labels.scans import freshness, register
from ..labels.scans import stored as scans

RECIPE_THRESH = 0.75
COMPUTE_PARAMS = tuple(ComputeParams.__dataclass_fields__)
FIND_PARAMS = tuple(FindParams.__dataclass_fields__)


_SECOND_FIELDS = {
    "other_field": (
        "Compare with another field",
        "By default, the labels of the field are compared with each other",
    ),
    "predictions": (
        "Predictions that are evidence",
        "A field that a model predicted: for the likelihood",
    ),
}
"""The label and the description of each further field."""


def label_field(ctx: Any, inputs: types.Object, name: str = "label_field") -> None:
    """Adds a choice among the fields that can be compared."""
    names = fields.label_fields(ctx.dataset)
    other = name in _SECOND_FIELDS
    usual = "Label field", "The field to search for duplicates"
    label, description = _SECOND_FIELDS.get(name, usual)
    choices = types.Dropdown()
    for value in names:
        choices.add_choice(value, label=value)
    inputs.enum(
        name,
        names,
        required=len(names) > 1 and not other,
        default=names[0] if len(names) == 1 and not other else None,
        label=label,
        description=description,
        view=choices,
    )
    if not names:
        inputs.view(
            "no_field",
            types.Warning(
                label="The dataset has no label field to compare",
                description="Duplicates can be found in fields of type "
                + ", ".join(document.__name__ for document in fields.LIST_OF),
            ),
        )


def only_field(ctx: Any) -> str | None:
    """Returns the chosen label field, or the only one of the dataset."""
    names = fields.label_fields(ctx.dataset)
    chosen = ctx.params.get("label_field")
    return chosen or (names[0] if len(names) == 1 else None)


def document(ctx: Any) -> type | None:
    """Returns the type of the chosen label field; None if none is chosen."""
    name = only_field(ctx)
    field = ctx.dataset.get_field(name) if isinstance(name, str) else None
    return getattr(field, "document_type", None)


def threshold(ctx: Any, inputs: types.Object, default: float = RECIPE_THRESH) -> None:
    """Adds a slider for the threshold."""
    likely = ctx.params.get("metric") == LIKELIHOOD
    measure = LIKELIHOOD if likely else "IoU"
    inputs.float(
        "iou_thresh",
        default=default,
        label=f"{'Likelihood' if likely else measure} threshold",
        description=f"Labels whose {measure} exceeds this are duplicates",
        view=types.SliderView(min=0, max=1, value_precision=3),
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
    for name, row in RULES.items():
        if not row.usage:
            choices.add_choice(name, label=name, description=f"keep {row.prefers}")
    if isinstance(ctx.params.get("keep"), (list, tuple)):
        # from Python: rules in order of preference
        inputs.list("keep", types.String(), label="Keep")
    else:
        _keep_rule(inputs, choices)
    metrics = types.RadioGroup(orientation="vertical")
    names = list(METRICS)
    if document(ctx) is fol.Keypoints:
        metrics.add_choice("iou", label="OKS", description="keypoint similarity")
        names.remove("ios")
    else:
        metrics.add_choice("iou", label="IoU", description="overlap over union")
        metrics.add_choice(
            "ios",
            label="IoS, overlap over the smaller",
            description=(
                "Finds boxes inside other boxes. It is noisy (a person in a car is "
                "inside it too), so use it for review and tagging, not for deletion"
            ),
        )
    metrics.add_choice(
        LIKELIHOOD,
        label="Likelihood",
        description=(
            "The likelihood that two labels are one object, estimated from all "
            "overlaps of the scan. Not with a second field"
        ),
    )
    inputs.enum("metric", names, default="iou", label="Threshold of", view=metrics)


def _keep_rule(inputs: types.Object, choices: types.View) -> None:
    examples = ", ".join(row.example for row in RULES.values() if row.example)
    inputs.str(
        "keep",
        required=False,
        label="Keep",
        description=(
            f"The rule that decides which label is kept, or {examples}. By default, "
            "FiftyOne's order"
        ),
        view=choices,
    )


def tag(ctx: Any, inputs: types.Object, label: str = "Tag") -> None:
    """Adds a text field for the tag."""
    inputs.str("tag", default="duplicate", label=label)


def scan(
    ctx: Any, inputs: types.Object, required: bool = True, otherwise: str = ""
) -> None:
    """Adds a choice of the stored scans, newest first; the default is up to date.

    Args:
        ctx: the execution context
        inputs: the form
        required (True): whether a scan must be chosen
        otherwise (""): what happens if none is chosen
    """
    stored = scans.list_scans(ctx.dataset)
    if isinstance(given := ctx.params.get("scan_key"), str):
        run = register.run_of(ctx.dataset, given)
        # a verdict may have replaced the scan
        ctx.params["scan_key"] = given if run is None else run["key"]
    choices = types.Dropdown()
    for found in stored:
        now = "".join(f", {a} is now {b}" for a, b in found["renamed"].items())
        n = counted(found["count"], "duplicate")
        label = f"{found['title']}{now}: {n} ({found['scan_key']})"
        choices.add_choice(found["scan_key"], label=label)
    inputs.enum(
        "scan_key",
        [found["scan_key"] for found in stored],
        required=required,
        default=ctx.params.get("scan_key") or freshness.newest_true(ctx.dataset),
        label="Scan",
        description=otherwise
        or (None if stored else "No scan is stored yet: find duplicates first"),
        view=choices,
    )


def action(ctx: Any, inputs: types.Object, required: bool, otherwise: str = "") -> None:
    """Adds a choice of the actions on the dataset, newest first.

    Args:
        ctx: the execution context
        inputs: the form
        required: whether an action must be chosen
        otherwise (""): what happens if none is chosen
    """
    actions = journal.list_actions(ctx.dataset)
    choices = types.Dropdown()
    for entry in actions:
        when = entry["created"][:16].replace("T", " ")
        label = f"{when}: {entry['operation']} {counted(entry['count'], 'label')}"
        choices.add_choice(entry["restore_key"], label=f"{label} of {entry['field']}")
    inputs.enum(
        "restore_key",
        [entry["restore_key"] for entry in actions],
        required=required,
        default=actions[0]["restore_key"] if actions and required else None,
        label="Action",
        description=otherwise or (None if actions else "There is nothing to undo"),
        view=choices,
    )


def notice(inputs: types.Object, text: str, description: str = "") -> None:
    """Adds a notice, of what an operator writes."""
    inputs.view("notice", types.Notice(label=text, description=description))


def warning(inputs: types.Object, text: str, description: str = "") -> None:
    """Adds a warning, of what an operator deletes."""
    inputs.view("warning", types.Warning(label=text, description=description))
