"""The fields of a form that choose what labels are compared by."""

from __future__ import annotations

from typing import Any

import fiftyone.core.labels as fol
import fiftyone.core.media as fom
from fiftyone.operators import types

from ..iou_core.params import ROTATION_UNITS
from ..labels import fields
from ..labels.reading.kinds import contents
from . import caller, forms


def options(ctx: Any, inputs: types.Object) -> None:
    """Adds the options of a comparison that apply to the type of the field."""
    inputs.bool(
        "classwise",
        default=False,
        label="Only within a class",
        description="If off, labels of different classes can be duplicates too",
    )
    document = forms.document(ctx)
    if document in (fol.Detections, fol.Polylines):
        inputs.str(
            "iscrowd",
            required=False,
            label="Crowd attribute",
            description="Marks crowd regions, which never cause a label to be removed",
        )
    if document is fol.Detections:
        _mask_options(ctx, inputs)
        _rotation_unit(ctx, inputs, str(forms.only_field(ctx)))
    if document is fol.Polylines:
        inputs.bool(
            "use_boxes",
            default=False,
            label="Compare bounding boxes",
            description="Faster, but ignores the shapes of the polylines",
        )
    if document in (fol.Keypoints, fol.Polylines):
        inputs.list(
            "keypoint_sigmas",
            types.Number(min=0),
            required=False,
            label="Keypoint sigmas",
            description=(
                "The falloff of each point. By default 1 for all points, which is "
                "lenient: COCO uses 0.05 to 0.21"
            ),
        )
    if document is fol.Keypoints:
        inputs.bool(
            "unmarked_as_missing",
            default=False,
            label="Treat unmarked points as missing",
            description="Those at (0, 0) or (-1, -1), or with a confidence of 0",
        )
    group_slices(ctx, inputs)


def _mask_options(ctx: Any, inputs: types.Object) -> None:
    inputs.bool(
        "use_masks",
        default=False,
        label="Compare instance masks",
        description="Instead of their bounding boxes",
    )
    if ctx.params.get("use_masks"):
        inputs.float(
            "tolerance",
            required=False,
            label="Tolerance, in pixels",
            description="Simplifies masks to polygons. By default, compares pixels",
        )


def evidence(ctx: Any, inputs: types.Object) -> None:
    """Adds what only the likelihood uses: attributes, predictions, and masks."""
    inputs.list(
        "evidence",
        types.String(),
        required=False,
        label="Attributes that are evidence",
        description="For the likelihood, such as the annotator, the job or a time",
    )
    forms.label_field(ctx, inputs, "predictions")
    name = forms.only_field(ctx)
    if forms.document(ctx) is not fol.Detections or ctx.params.get("use_masks"):
        return
    field = fields.require_label_field(ctx.dataset, str(name))
    given = ctx.params.get("with_masks") is not None
    if given or (not caller.is_python(ctx) and contents.has_masks(ctx.dataset, field)):
        inputs.bool(
            "with_masks",
            default=contents.begins_with_masks(ctx.dataset, field),
            label="Compare masks beside boxes",
            description="Makes the likelihood more certain. Masks in files take longer",
        )


def _rotation_unit(ctx: Any, inputs: types.Object, name: str) -> None:
    """Adds a choice of the unit of rotations, if the field has rotated boxes."""
    given = ctx.params.get("rotation_unit")
    field = fields.require_label_field(ctx.dataset, name)
    # a call from Python displays no form, and the search may read all samples
    is_seen = not caller.is_python(ctx)
    if given is None and not (
        is_seen and contents.has_turned_boxes(ctx.dataset, field)
    ):
        return
    options = dict(
        required=False,
        label="Unit of rotations",
        description=(
            "This field has rotated boxes. By default, the unit is detected from the "
            "values and the version of FiftyOne; the scan reports it"
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
            "By default, the active slice. Slices are compared separately: all, or "
            + ", ".join(ctx.dataset.group_slices)
        ),
    )
    if isinstance(ctx.params.get("group_slices"), str):
        # from Python: one, or all
        inputs.str("group_slices", **options)
    else:
        inputs.list("group_slices", types.String(), **options)
