"""The operator that loads edits from CVAT: a preview first, then the changes."""

from __future__ import annotations

import json
from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels.cvat.load import load
from ..labels.cvat.load.preview import Preview
from ..labels.cvat.trips import store, trips
from ..labels.review import grid
from . import forms, planned
from .base import DuplicatesOperator, listed, running
from .cvat_trips import trip, trip_of

LISTED_CHANGES = 1000
"""The largest number of changes that a preview lists."""

LISTED_EDITS = 20
"""The largest number of attribute edits that a form shows."""

_SHOWN = ("anno_key", "digest", "table", "edits", "title", "words")
"""The parts of a preview that the form stores, so that it applies what it shows."""

_NAMES = {
    "attributes": "attributes edited",
    "conflicts": "edited on both sides",
    "refused": "with values that cannot be read",
    "still_duplicate": "still duplicate",
}


class LoadFromCvat(DuplicatesOperator):
    name_ = "load_from_cvat"
    label = "Load duplicate labels from CVAT"
    description = "View what was edited in CVAT, and apply it once that is confirmed"
    icon = "cloud_download"
    risk = types.RiskLevel.HIGH
    delegable = True
    parameters = ("anno_key", "confirm", "cleanup", "digest", "shown", "table", "edits")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        trip(ctx, inputs, (trips.OPEN, trips.LOADED), newest=True)
        if not self.is_filled_in(ctx):
            return
        inputs.bool("confirm", default=False, label="Apply these changes")
        inputs.bool(
            "cleanup", default=False, label="Delete the tasks in CVAT afterwards"
        )
        shown = _shown(ctx)
        if shown is None or shown["anno_key"] != ctx.params["anno_key"]:
            shown = _to_show(load.preview(ctx.dataset, *trip_of(ctx)))
        inputs.str(
            "shown",
            required=False,
            view=types.HiddenView(read_only=True),
            default=json.dumps(shown),
        )
        for name, label in (("table", "What came back"), ("edits", "Attributes")):
            if shown[name]:
                view = types.MarkdownView(label=label, read_only=True)
                inputs.str(name, required=False, view=view, default=shown[name])
        forms.notice(inputs, shown["title"], shown["words"])

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("anno_key"))

    def check(self, ctx: Any) -> None:
        trips.require_open(ctx.dataset, ctx.params.get("anno_key"))
        _digest(ctx)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        server, key = trip_of(ctx)
        confirmed = ctx.params.get("confirm", False)
        field = store.require(ctx.dataset, key)["field"]
        with running(ctx, self.name_, field, ctx.dataset, confirmed) as run:
            if not confirmed:
                return _previewed(load.preview(ctx.dataset, server, key, run), run.id)
            done = load.load(
                ctx.dataset,
                server,
                key,
                _digest(ctx),
                ctx.params.get("cleanup", False),
                run,
            )
        grid.reload(ctx)
        text = planned.message(done.written, "are as in CVAT")
        text += f"; {done.remaining:,} duplicates remain"
        if done.problem is not None:
            text += f". {done.problem}"
        return {
            **planned.result(done.written, {}),
            **listed(done.written.label_ids),
            "applied": True,
            "preview": done.preview.to_dict(LISTED_CHANGES),
            "remaining": done.remaining,
            "is_removed": done.is_removed,
            "problem": done.problem,
            "restore_key": done.written.restore_key,
            "run_id": run.id,
            "message": text,
        }


def _to_show(found: Preview) -> dict[str, str]:
    """Returns what the form shows of a preview, with the preview's trip and digest."""
    told = found.to_dict(LISTED_CHANGES)
    rows = "".join(f"| {k} | {v:,} |\n" for k, v in words(told).items())
    texts = edits(told)
    rest = len(texts) - LISTED_EDITS
    more = [f"and {rest:,} others"] if rest > 0 else []
    jobs = told["jobs"]
    return {
        "anno_key": told["anno_key"],
        "digest": told["digest"],
        "table": f"| labels | |\n|---|---|\n{rows}",
        "edits": "\n".join(f"- {t}" for t in (*texts[:LISTED_EDITS], *more)),
        "title": f"{told['to_apply']:,} labels would change",
        "words": f"{jobs['done']:,} of {jobs['total']:,} jobs are completed. The load "
        "can be undone.",
    }


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
        isinstance(shown.get(name), str) for name in _SHOWN
    ):
        raise ParamsError("what the form has shown", "something else", "shown")
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
        got = "another round trip" if shown else "nothing"
        raise ParamsError("what the form has shown of this round trip", got, "digest")
    return ctx.params.get("digest")


def _previewed(found: Preview, run_id: str) -> dict[str, Any]:
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
    """Returns the counts of a preview, by their descriptions for users."""
    return {_NAMES.get(name, name): n for name, n in told["counts"].items()}


def edits(told: dict[str, Any]) -> list[str]:
    """Returns the text of each attribute edit that a preview lists."""
    return [
        edit_text(edit, change["kind"])
        for change in told["changes"]
        if change["kind"] != "added"
        for edit in change["edits"]
    ]


def edit_text(edit: dict[str, Any], kind: str) -> str:
    """Returns the text of one attribute edit: ``color: red → blue``."""
    was, now = (edit[key] or "(empty)" for key in ("was", "now"))
    text = f"{edit['name']}: {was} → {now}"
    if kind == "conflict" and edit["here"] is not None:
        text += f" in CVAT, {edit['here'] or '(empty)'} here"
    return f"{text}, which cannot be taken" if kind == "refused" else text
