"""Lists the tracks of videos that cover one object."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels import tracks
from . import forms, planned
from .base import DuplicatesOperator

_NAMES = ("scan_key", "min_frames", "iou_thresh")


class ListTracks(DuplicatesOperator):
    name_ = "list_tracks"
    label = "List duplicate tracks"
    description = "Answers pairs of tracks of a video that cover one object"
    icon = "list"
    risk = types.RiskLevel.LOW

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        inputs.int("min_frames", default=2, label="In how many frames at least")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        planned.require_known(ctx, _NAMES)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        given = {name: ctx.params.get(name) for name in _NAMES}
        given = {name: value for name, value in given.items() if value is not None}
        found = tracks.list_tracks(ctx.dataset, **given)
        videos = len({track["sample_id"] for track in found})
        return {
            "count": len(found),
            "samples": videos,
            "tracks": found,
            "message": f"{len(found):,} pairs of tracks, in {videos:,} videos",
        }
