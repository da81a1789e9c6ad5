"""The operator that sends labels to CVAT."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..iou_core.params import FindParams
from ..labels import fields
from ..labels.cvat.send import selection, send, upload
from ..labels.cvat.server import settings
from ..labels.cvat.server.options import TASK_IMAGES, Options
from ..labels.cvat.shapes import attributes
from ..labels.cvat.trips import annotation_runs, trips
from ..labels.plurals import counted
from ..labels.scans import plans, stored
from . import caller, choices, forms, host
from .base import DuplicatesOperator, running
from .cvat_trips import server_of

_OPTIONS = tuple(Options.__dataclass_fields__)
_SOURCES = ("label_field", "tag", "scan_key", "label_ids", "iou_thresh", "method")
_LABELS = {
    "tag": "Labels with a tag",
    "scan": "The duplicates of a scan",
    "selected": "The labels selected in the App",
}


def selected(ctx: Any) -> selection.Selection:
    """Returns the labels that the parameters select.

    Raises:
        ParamsError: if they select no labels
    """
    given = {name: ctx.params.get(name) or None for name in _SOURCES}
    what, label_ids = ctx.params.get("what"), ctx.params.get("label_ids")
    if label_ids is not None and not label_ids:
        none = "no label of the field is selected in the App"
        got = none if what == "selected" else repr(label_ids)
        raise ParamsError("the ids of labels to send", got, "label_ids")
    if what == "scan" and not given["scan_key"]:
        raise ParamsError("the key of a scan", "none", "scan_key")
    if not any(given[name] for name in ("tag", "scan_key", "label_ids")):
        given["tag"] = "duplicate"
    scope = ctx.params.get("scope") or selection.WHOLE
    if given["scan_key"]:
        changes = {k: given[k] for k in ("iou_thresh", "method")}
        plan = plans.plan(ctx.dataset, given["scan_key"], **changes)
        return selection.select(
            ctx.dataset, scope, scan_key=given["scan_key"], plan=plan
        )
    name = forms.only_field(ctx)
    field = selection.require_sendable(ctx.dataset, name)
    samples = host.flat_target(ctx)
    changes = {k: given[k] for k in ("iou_thresh", "method") if given[k] is not None}
    return selection.select(
        samples,
        scope,
        field.name,
        tag=given["tag"],
        label_ids=given["label_ids"],
        params=FindParams.parse({"label_field": field.name, **changes}),
    )


class SendToCvat(DuplicatesOperator):
    name_ = "send_to_cvat"
    label = "Send duplicate labels to CVAT"
    description = "Upload images and labels to your CVAT server for editing"
    icon = "cloud_upload"
    writes = "tasks in CVAT, and a round trip; no label"
    returns = (
        *("count", "samples", "anno_key", "upload", "not_sent", "skipped"),
        *("links", "run_id"),
    )
    risk = "medium"
    delegable = True
    parameters = ("iou_thresh", "method", *_OPTIONS, "scope", "url", "anno_key")
    choices = MappingProxyType(
        {
            "tag": ("label_field", "tag"),
            "scan": ("scan_key",),
            "selected": ("label_field", "label_ids"),
        }
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        what = choices.field(ctx, inputs, "Send", _LABELS)
        if what == "scan":
            forms.scan(ctx, inputs, choices.WHAT in ctx.params)
        else:
            host.flat_target(ctx)
            forms.label_field(ctx, inputs)
            if what != "selected":
                forms.tag(ctx, inputs)
        scopes = types.RadioGroup(orientation="vertical")
        for name, words in selection.SCOPES.items():
            scopes.add_choice(name, label=words)
        inputs.enum(
            "scope", list(selection.SCOPES), default=selection.WHOLE, view=scopes
        )
        if settings.configured_url(ctx.secret) is None:
            inputs.str(
                "url",
                required=False,
                label="CVAT server",
                description=f"Required, as {settings.URL} is not set",
            )
        _attributes(ctx, inputs)
        _options(inputs)
        self._notice(ctx, inputs)

    def _notice(self, ctx: Any, inputs: types.Object) -> None:
        """Adds a notice of what will be uploaded, and to which server."""
        if not self.is_filled_in(ctx) or caller.is_python(ctx):
            return
        found, server = self._estimate(ctx)
        upload = found.to_dict(server)
        names = ", ".join(upload["attributes"])
        forms.notice(
            inputs,
            f"{counted(upload['images'], 'image')} ({upload['megabytes']:,} MB) with "
            f"{counted(upload['labels'], 'label')} will be uploaded to {server.host}",
            f"{upload['flagged']:,} of the labels are duplicates. Tasks to be created: "
            f"{upload['tasks']:,}. Attributes: {names or 'none'}. No label is changed.",
        )
        if found.left_texts:
            forms.warning(inputs, f"Not sent: {'; '.join(found.left_texts)}")

    def _estimate(self, ctx: Any) -> tuple[upload.Upload, settings.Server]:
        server = server_of(ctx, ctx.params.get("url"))
        options = Options.parse(ctx.params)
        return upload.estimate(ctx.dataset, _of_choice(ctx), options), server

    def is_filled_in(self, ctx: Any) -> bool:
        if not settings.configured_url(ctx.secret) and not ctx.params.get("url"):
            return False
        if ctx.params.get("what") == "scan" or ctx.params.get("scan_key"):
            return bool(ctx.params.get("scan_key"))
        return bool(forms.only_field(ctx))

    def check(self, ctx: Any) -> None:
        if ctx.params.get("anno_key"):
            failed = trips.failed_keys(ctx.dataset)
            annotation_runs.require_free_key(
                ctx.dataset, ctx.params["anno_key"], failed
            )
        # a call from Python executes at once, which estimates it
        if not caller.is_python(ctx):
            self._estimate(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        chosen = _of_choice(ctx)
        server = server_of(ctx, ctx.params.get("url"))
        options = Options.parse(ctx.params)
        key = ctx.params.get("anno_key") or None
        with running(ctx, self.name_, chosen.field.name, ctx.dataset, False) as run:
            done = send.send(ctx.dataset, server, chosen, options, key, run)
        return {**done.to_dict(server), "run_id": run.id}


def _of_choice(ctx: Any) -> selection.Selection:
    """Returns the labels that the user chose in the form."""
    if ctx.params.get(choices.WHAT) == "selected":
        name = forms.only_field(ctx)
        ctx.params["label_ids"] = [
            label["label_id"]
            for label in ctx.selected_labels
            if label.get("field") == name
        ]
    return selected(ctx)


def _attributes(ctx: Any, inputs: types.Object) -> None:
    """Adds a choice of attributes to send; by default, none are sent."""
    name = forms.only_field(ctx)
    if ctx.params.get("what") in (None, "scan") and ctx.params.get("scan_key"):
        name = stored.open_scan(ctx.dataset, ctx.params["scan_key"]).params.label_field
    label = "Attributes to send"
    if isinstance(ctx.params.get("attributes"), bool):
        # Python callers pass True for all attributes, or False for none
        inputs.bool("attributes", default=False, label=label)
        return
    if name not in fields.label_fields(ctx.dataset):
        return
    field = selection.require_sendable(ctx.dataset, name)
    choices = [
        types.Choice(each.name, label=f"{each.name} ({each.words})")
        for each in attributes.offered(ctx.dataset, field)
    ]
    if not choices:
        return
    inputs.list(
        "attributes",
        types.String(),
        required=False,
        label=label,
        description="None by default. CVAT stores values as text; only values that "
        "are edited there change here",
        view=types.AutocompleteView(
            multiple=True,
            choices=choices,
            allow_duplicates=False,
            allow_user_input=False,
        ),
    )


def _options(inputs: types.Object) -> None:
    """Adds the options for creating tasks."""
    inputs.int("task_size", default=TASK_IMAGES, label="Images per task")
    inputs.int("segment_size", required=False, label="Images per job")
    inputs.int("image_quality", default=75, label="Image quality, in percent")
    inputs.str("project_name", required=False, label="Project")
    inputs.str("task_assignee", required=False, label="Assignee of the tasks")
    inputs.str(
        "job_assignees",
        required=False,
        label="Assignees of the jobs",
        description="Comma-separated user names; jobs are assigned in turn",
    )
