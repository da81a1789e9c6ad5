"""The operator that loads edits from CVAT: a preview first, then the changes."""

from __future__ import annotations

import json
from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels.cvat.load import load, texts
from ..labels.cvat.server.settings import Server
from ..labels.cvat.trips import trips
from ..labels.cvat.trips.records import Trip
from ..labels.review import grid
from . import caller, forms, planned, returned
from .base import DuplicatesOperator, running
from .cvat_trips import server_of, trip


class LoadFromCvat(DuplicatesOperator):
    name_ = "load_from_cvat"
    label = "Load duplicate labels from CVAT"
    description = "View the edits made in CVAT, and apply them once you confirm"
    icon = "cloud_download"
    writes = "with `confirm`, the field; undone by `restore_deleted`"
    returns = (
        *returned.WRITTEN,
        *("applied", "preview", "remaining", "is_removed", "problem"),
    )
    risk = "high"
    delegable = True
    parameters = (
        "anno_key",
        "confirm",
        "cleanup",
        "label_field",
        "digest",
        "shown",
        "table",
        "edits",
        "allow_emptied",
        "allow_mass_delete",
        "discard_rest",
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        trip(ctx, inputs, (trips.OPEN, trips.LOADED), newest=True)
        # a call from Python shows no form, and execute asks the server
        if not self.is_filled_in(ctx) or caller.is_python(ctx):
            return
        inputs.bool("confirm", default=False, label="Apply these changes")
        inputs.bool(
            "cleanup", default=False, label="Delete the tasks in CVAT afterwards"
        )
        shown = _shown(ctx)
        if shown is None or shown["anno_key"] != ctx.params["anno_key"]:
            server, key, field = _where(ctx, _trip(ctx))
            found = load.preview(ctx.dataset, server, key, label_field=field)
            shown = texts.form_texts(found)
        inputs.str(
            "shown",
            required=False,
            view=types.HiddenView(read_only=True),
            default=json.dumps(shown),
        )
        for name, label in (("table", "Edits in CVAT"), ("edits", "Attributes")):
            if shown[name]:
                view = types.MarkdownView(label=label, read_only=True)
                inputs.str(name, required=False, view=view, default=shown[name])
        if shown["emptied"]:
            label, words = "Remove them anyway", shown["emptied"]
            inputs.bool("allow_emptied", default=False, label=label, description=words)
        if shown["mass"]:
            label, words = "Delete them anyway", shown["mass"]
            inputs.bool(
                "allow_mass_delete", default=False, label=label, description=words
            )
        forms.notice(inputs, shown["title"], shown["words"])

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("anno_key"))

    def check(self, ctx: Any) -> None:
        _trip(ctx)
        _digest(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        digest, one = _digest(ctx), _trip(ctx)
        server, key, field = _where(ctx, one)
        confirm, cleanup = (ctx.params.get(k, False) for k in ("confirm", "cleanup"))
        with running(ctx, self.name_, field, ctx.dataset, confirm) as run:
            if not confirm:
                preview = load.preview(ctx.dataset, server, key, run, field)
                return {**texts.previewed(preview), "run_id": run.id}
            done = load.load(
                ctx.dataset,
                server,
                key,
                digest,
                cleanup,
                run,
                field,
                None if ctx.params.get("allow_emptied") else 0,
                bool(ctx.params.get("allow_mass_delete")),
                bool(ctx.params.get("discard_rest")),
            )
        grid.reload(ctx)
        result = planned.written(done.written, "matches CVAT", run.id)
        return {**result, **texts.applied(done, result["message"])}


def _trip(ctx: Any) -> Trip:
    """Returns the trip that the parameters name, if it can be loaded."""
    given = ctx.params.get("label_field") or None
    return trips.require_open(ctx.dataset, ctx.params.get("anno_key"), given)


def _where(ctx: Any, one: Trip) -> tuple[Server, str, str]:
    """Returns the server of a trip, its id, and the present name of its field."""
    return server_of(ctx, one["url"]), str(one.id), one["field"]


def _shown(ctx: Any) -> dict[str, str] | None:
    """Returns what the form has shown; None if it has shown nothing yet.

    Raises:
        ParamsError: if the parameter is not what a form stores
    """
    given = ctx.params.get("shown")
    if not given:
        return None
    try:
        shown = json.loads(given)
    except (TypeError, ValueError):
        shown = None
    if not isinstance(shown, dict) or not all(
        isinstance(shown.get(name), str) for name in texts.SHOWN
    ):
        raise ParamsError("the preview that the form showed", "another value", "shown")
    return shown


def _digest(ctx: Any) -> str | None:
    """Returns the digest of the preview that the user confirmed.

    Raises:
        ParamsError: if the form has shown no preview, or one of another trip
    """
    shown = _shown(ctx)
    if shown is not None and shown["anno_key"] == ctx.params.get("anno_key"):
        return shown["digest"]
    is_form = shown is not None or bool(ctx.params.get("table"))
    if is_form and ctx.params.get("confirm"):
        got = "the preview of another trip" if shown else "no preview"
        expected = "the preview of this round trip that the form showed"
        raise ParamsError(expected, got, "digest")
    return ctx.params.get("digest")
