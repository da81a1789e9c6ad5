"""The operator that lists duplicate tracks of videos."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels.plurals import counted
from ..labels.review import tracks
from ..labels.scans import stored
from . import forms
from .base import DuplicatesOperator


class ListTracks(DuplicatesOperator):
    name_ = "list_tracks"
    label = "List duplicate tracks"
    description = "List pairs of tracks of a video that mark the same object"
    icon = "list"
    returns = ("count", "samples", "tracks")
    risk = "low"
    unlisted = True
    parameters = ("scan_key", "min_frames", "iou_thresh")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        inputs.int("min_frames", default=2, label="Minimum number of frames")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        stored.open_scan(ctx.dataset, ctx.params.get("scan_key"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        given = {k: ctx.params[k] for k in self.parameters if k in ctx.params}
        found = tracks.list_tracks(ctx.dataset, **given)
        videos = len({track["sample_id"] for track in found})
        return {
            "count": len(found),
            "samples": videos,
            "tracks": found,
            "message": f"{counted(len(found), 'pair of tracks')}, in "
            f"{counted(videos, 'video')}",
        }
