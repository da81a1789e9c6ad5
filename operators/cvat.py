"""The CVAT round trip: out, back, what is on its way, and its end."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..iou_core.params import FindParams
from ..labels import plans
from ..labels.cvat import load, runs, selection, send, settings, store, trips, upload
from . import forms, planned
from .base import DuplicatesOperator, listed, running

_OPTIONS = tuple(upload.Options.__dataclass_fields__)
_SOURCES = ("label_field", "tag", "scan_key", "label_ids", "iou_thresh", "method")

_WHAT = {
    "tag": ("scan_key", "label_ids"),
    "scan": ("tag", "label_field", "label_ids"),
    "selected": ("tag", "scan_key"),
}
"""What can be sent, and the parameters that belong to the other choices."""

LISTED_CHANGES = 1000
"""How many changes a preview lists."""


def server_of(ctx: Any, url: str | None = None) -> settings.Server:
    """Returns the server that is configured, or at a URL where none is."""
    return settings.resolve(ctx.secret, url or None)


def selected(ctx: Any) -> selection.Selection:
    """Returns the labels that the parameters name."""
    given = {name: ctx.params.get(name) or None for name in _SOURCES}
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
    samples = ctx.target_view(require_flat=True)
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
    description = "Uploads images and labels to your CVAT server, to be edited there"
    icon = "cloud_upload"
    risk = types.RiskLevel.MEDIUM
    delegable = True

    def form(self, ctx: Any, inputs: types.Object) -> None:
        choices = types.RadioGroup(orientation="horizontal")
        choices.add_choice("tag", label="Labels with a tag")
        choices.add_choice("scan", label="The duplicates of a scan")
        choices.add_choice("selected", label="The labels selected in the App")
        inputs.enum("what", list(_WHAT), default="tag", label="Send", view=choices)
        if ctx.params.get("what") == "scan":
            forms.scan(ctx, inputs)
        else:
            ctx.target_view(require_flat=True)
            forms.label_field(ctx, inputs)
            if ctx.params.get("what") != "selected":
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
                description=f"Needed, as none is configured in {settings.URL}",
            )
        _options(inputs)
        self._notice(ctx, inputs)

    def _notice(self, ctx: Any, inputs: types.Object) -> None:
        """Says what will be uploaded, and to where."""
        if not self.is_filled_in(ctx):
            return
        found, server = self._estimate(ctx)
        told = found.to_dict(server)
        forms.notice(
            inputs,
            f"{told['images']:,} images ({told['megabytes']:,} MB) with "
            f"{told['labels']:,} labels will be uploaded to {server.host}",
            f"{told['flagged']:,} of the labels are duplicates; {told['tasks']:,} "
            "tasks are made. No label is changed here.",
        )
        if found.left.reasons:
            forms.warning(
                inputs, f"Stays here, untouched: {upload.told(found.left.reasons)}"
            )

    def _estimate(self, ctx: Any) -> tuple[upload.Upload, settings.Server]:
        server = server_of(ctx, ctx.params.get("url"))
        options = upload.Options.parse(ctx.params)
        return upload.estimate(ctx.dataset, _of_choice(ctx), options), server

    def is_filled_in(self, ctx: Any) -> bool:
        if not settings.configured_url(ctx.secret) and not ctx.params.get("url"):
            return False
        if ctx.params.get("what") == "scan" or ctx.params.get("scan_key"):
            return bool(ctx.params.get("scan_key"))
        return bool(forms.only_field(ctx))

    def check(self, ctx: Any) -> None:
        names = (*_SOURCES, *_OPTIONS, "what", "scope", "url", "anno_key")
        planned.require_known(ctx, names)
        if ctx.params.get("anno_key"):
            runs.require_free_key(ctx.dataset, ctx.params["anno_key"])
        self._estimate(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        chosen = _of_choice(ctx)
        server = server_of(ctx, ctx.params.get("url"))
        options = upload.Options.parse(ctx.params)
        key = ctx.params.get("anno_key") or None
        with running(ctx, self.name_, chosen.field.name, ctx.dataset, False) as run:
            done = send.send(ctx.dataset, server, chosen, options, key, run)
        return {**posted(done, server), "run_id": run.id}


def posted(done: send.Posted, server: settings.Server) -> dict[str, Any]:
    """Returns what was sent, ready for JSON."""
    told = done.upload.to_dict(server)
    text = f"{done.labels:,} labels in {told['images']:,} images are in CVAT"
    if done.not_sent:
        text += f"; {done.not_sent:,} were left here, as CVAT cannot hold them"
    left = done.upload.left
    if left.reasons:
        text += f" ({upload.told(left.reasons)})"
    return {
        "count": done.labels,
        "samples": told["images"],
        "anno_key": done.anno_key,
        "upload": told,
        "not_sent": done.not_sent,
        "skipped": left.to_dict(),
        "links": done.links,
        "message": text,
    }


def _of_choice(ctx: Any) -> selection.Selection:
    """Returns the labels of the choice made, whatever the form holds of the other."""
    what = ctx.params.get("what")
    if what not in (None, *_WHAT):
        raise ParamsError(" or ".join(_WHAT), repr(what), "what")
    for name in _WHAT.get(what, ()):
        ctx.params.pop(name, None)
    if what == "selected":
        name = forms.only_field(ctx)
        ctx.params["label_ids"] = [
            label["label_id"]
            for label in ctx.selected_labels
            if label.get("field") == name
        ]
    return selected(ctx)


def _options(inputs: types.Object) -> None:
    """Adds how tasks are made."""
    inputs.int("task_size", default=upload.TASK_IMAGES, label="Images per task")
    inputs.int("segment_size", required=False, label="Images per job")
    inputs.int("image_quality", default=75, label="Image quality, in percent")
    inputs.str("project_name", required=False, label="Project")
    inputs.str("task_assignee", required=False, label="Assignee of the tasks")
    inputs.str(
        "job_assignees",
        required=False,
        label="Assignees of the jobs",
        description="Names, divided by commas; the jobs go round",
    )


class LoadFromCvat(DuplicatesOperator):
    name_ = "load_from_cvat"
    label = "Load duplicate labels from CVAT"
    description = "Shows what was edited in CVAT, and applies it once that is confirmed"
    icon = "cloud_download"
    risk = types.RiskLevel.HIGH
    delegable = True

    def form(self, ctx: Any, inputs: types.Object) -> None:
        _trip(ctx, inputs, (trips.OPEN, trips.LOADED))
        if not self.is_filled_in(ctx):
            return
        inputs.bool("confirm", default=False, label="Apply these changes")
        inputs.bool(
            "cleanup", default=False, label="Delete the tasks in CVAT afterwards"
        )
        found = load.preview(ctx.dataset, *_trip_of(ctx)).to_dict(LISTED_CHANGES)
        rows = "".join(f"| {k} | {v:,} |\n" for k, v in words(found).items())
        inputs.str(
            "table",
            required=False,
            view=types.MarkdownView(label="What came back", read_only=True),
            default=f"| labels | |\n|---|---|\n{rows}",
        )
        jobs = found["jobs"]
        forms.notice(
            inputs,
            f"{found['to_apply']:,} labels would change",
            f"{jobs['done']:,} of {jobs['total']:,} jobs are completed. The load can "
            "be undone.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("anno_key"))

    def check(self, ctx: Any) -> None:
        known = ("anno_key", "confirm", "cleanup", "digest", "table")
        planned.require_known(ctx, known)
        for name in ("confirm", "cleanup"):
            if not isinstance(ctx.params.get(name, False), bool):
                value = repr(ctx.params[name])
                raise ParamsError("true or false", value, name)
        trips.require_open(ctx.dataset, ctx.params.get("anno_key"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        server, key = _trip_of(ctx)
        confirmed = ctx.params.get("confirm", False)
        trip = store.require(ctx.dataset, key)
        with running(ctx, self.name_, trip["field"], ctx.dataset, confirmed) as run:
            if not confirmed:
                return _previewed(load.preview(ctx.dataset, server, key, run), run.id)
            done = load.load(
                ctx.dataset,
                server,
                key,
                ctx.params.get("digest"),
                ctx.params.get("cleanup", False),
                run,
            )
        ctx.ops.reload_samples()
        text = planned.message(done.written, "are as in CVAT")
        return {
            **planned.result(done.written, {}),
            **listed(done.written.label_ids),
            "applied": True,
            "preview": done.preview.to_dict(LISTED_CHANGES),
            "remaining": done.remaining,
            "restore_key": done.written.restore_key,
            "run_id": run.id,
            "message": f"{text}; {done.remaining:,} duplicates remain",
        }


def _previewed(found: load.Preview, run_id: str) -> dict[str, Any]:
    told = found.to_dict(LISTED_CHANGES)
    text = ", ".join(f"{n:,} {name}" for name, n in words(told).items())
    return {
        "count": 0,
        "samples": 0,
        "applied": False,
        "preview": told,
        "skipped": told["skipped"],
        "restore_key": None,
        "run_id": run_id,
        "message": f"{text}. Nothing is changed; confirm=True applies it",
    }


def words(told: dict[str, Any]) -> dict[str, int]:
    """Returns the counts of a preview, by words for people."""
    names = {"conflicts": "edited on both sides", "still_duplicate": "still duplicate"}
    return {names.get(name, name): n for name, n in told["counts"].items()}


class ListCvat(DuplicatesOperator):
    name_ = "list_cvat"
    label = "List CVAT round trips"
    description = "Answers what is in CVAT, and how many of its jobs are completed"
    icon = "cloud_queue"

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ())

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        found = trips.list_trips(ctx.dataset, lambda url: server_of(ctx, url))
        return {
            "count": len(found),
            "trips": found,
            "message": f"{len(found):,} round trips",
        }


class DiscardCvat(DuplicatesOperator):
    name_ = "discard_cvat"
    label = "Discard a CVAT round trip"
    description = (
        "Deletes the tasks of a round trip in CVAT; labels here stay as they are"
    )
    icon = "cloud_off"
    risk = types.RiskLevel.HIGH

    def form(self, ctx: Any, inputs: types.Object) -> None:
        _trip(ctx, inputs, trips.STATES)
        inputs.bool(
            "forget",
            default=False,
            label="Only forget it here",
            description="For a server that is gone: its tasks stay there",
        )
        forms.warning(inputs, "What was edited in CVAT and not loaded is lost")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("anno_key"))

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, ("anno_key", "forget"))
        store.require(ctx.dataset, ctx.params.get("anno_key"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        key = ctx.params["anno_key"]
        if ctx.params.get("forget"):
            trips.forget(ctx.dataset, key)
            return {"count": 0, "message": "The round trip is forgotten here"}
        n = trips.discard(ctx.dataset, *_trip_of(ctx))
        return {"count": n, "message": f"{n:,} tasks are deleted in CVAT"}


def _trip(ctx: Any, inputs: types.Object, states: tuple[str, ...]) -> None:
    """Adds a choice among the round trips."""
    found = [t for t in store.all_trips(ctx.dataset) if trips.state(t) in states]
    choices = types.Dropdown()
    for trip in found:
        host = trip["url"].partition("//")[2]
        label = f"{trip.anno_key}: {trip['labels']:,} labels at {host}"
        choices.add_choice(trip.anno_key, label=label)
    inputs.enum(
        "anno_key",
        [trip.anno_key for trip in found],
        required=True,
        label="Round trip",
        description=None if found else "Nothing is in CVAT",
        view=choices,
    )


def _trip_of(ctx: Any) -> tuple[settings.Server, str]:
    """Returns the server and the key of the trip that the parameters name."""
    trip = store.require(ctx.dataset, ctx.params.get("anno_key"))
    return server_of(ctx, trip["url"]), trip.anno_key
