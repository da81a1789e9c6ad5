"""Messages about duplicate tracks of videos."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from ...iou_core.errors import ParamsError
from ...iou_core.params import METRICS
from ...labels.review import tracks, views
from ...labels.scans import stored
from .. import own_view, plan_answers
from ..requests import Answer, Failed, choice, classes, same_class, text, whole
from ..stored_labels import files_of
from .review import object_id
from .table import message

MOST_TRACKS = 50
"""The largest number of pairs of tracks on a page of the panel."""


@message
def list_tracks(ctx: Any) -> Answer:
    """Returns a page of pairs of tracks that overlap, longest overlap first."""
    page = tracks.page_of_tracks(
        ctx.dataset,
        text(ctx, "scan_key"),
        whole(ctx, "min_frames"),
        whole(ctx, "offset"),
        whole(ctx, "limit", MOST_TRACKS),
        classes(ctx),
        **_cut(ctx),
    )
    ids = {ObjectId(pair["sample_id"]) for pair in page.tracks}
    files = files_of(ctx.dataset, ids)
    return {
        "tracks": [
            {
                **pair,
                "filepath": files.get(ObjectId(pair["sample_id"]), ""),
            }
            for pair in page.tracks
        ],
        "total": page.count,
        "unidentified": page.unidentified,
    }


@message
def show_tracks(ctx: Any) -> Answer:
    """Shows in the grid a video with the labels in which two of its tracks overlap."""
    own = own_view.replaced(ctx)
    ctx.ops.set_view(tracks_view(ctx))
    return {"own_view": own}


def tracks_view(ctx: Any) -> Any:
    """Returns a view of a video with the labels in which two of its tracks overlap."""
    scan_key = text(ctx, "scan_key")
    sample_id = str(object_id(text(ctx, "sample_id"), "sample_id"))
    label_ids = tracks.overlapping_labels(
        ctx.dataset, scan_key, sample_id, _two_tracks(ctx), **_cut(ctx)
    )
    if not label_ids:
        raise Failed("These two tracks no longer overlap this much.", "Scan again.")
    params = stored.open_scan(ctx.dataset, scan_key).params
    return views.group_view(ctx.dataset, params, [sample_id], label_ids)


def _cut(ctx: Any) -> dict[str, Any]:
    """Returns the part of the decision that decides whether labels overlap."""
    return {
        "iou_thresh": plan_answers.threshold_of(ctx),
        "metric": choice(ctx, "metric", METRICS),
        "classwise": same_class(ctx),
    }


def _two_tracks(ctx: Any) -> list[tuple[str | None, str]]:
    value = ctx.params.get("tracks")
    if not value or len(value) != 2 or not all(map(_names, value)):
        raise ParamsError("class and identity of two tracks", repr(value), "tracks")
    return [(track["class"], track["identity"]) for track in value]


def _names(value: Any) -> bool:
    """Returns whether a value names a track."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("class"), (str, type(None)))
        and isinstance(value.get("identity"), str)
    )
