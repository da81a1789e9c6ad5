"""The panel's messages about the CVAT round trip."""

from __future__ import annotations

from typing import Any

from ...labels.review import grid
from .. import plans
from ..requests import Answer, answers, text, text_or_none
from . import cvat

MESSAGES = (
    "cvat_status",
    "cvat_preview_upload",
    "send_to_cvat",
    "list_cvat",
    "preview_cvat_load",
    "load_from_cvat",
    "discard_cvat",
)
"""The messages; each reaches the method of its name."""


class CvatMessages:
    """Out to CVAT and back; only a load changes labels."""

    @answers()
    def cvat_status(self, ctx: Any) -> Answer:
        """Answers whether a CVAT server is configured, and which."""
        return cvat.status(ctx)

    @answers()
    def cvat_preview_upload(self, ctx: Any) -> Answer:
        """Answers what would be uploaded, and to where."""
        return cvat.preview_upload(ctx)

    @answers()
    def send_to_cvat(self, ctx: Any) -> Answer:
        """Starts an upload; no label is changed here."""
        return {"run": cvat.start_upload(ctx)}

    @answers()
    def list_cvat(self, ctx: Any) -> Answer:
        """Answers what is in CVAT, and how far it is."""
        return {"trips": cvat.list_trips(ctx)}

    @answers()
    def preview_cvat_load(self, ctx: Any) -> Answer:
        """Answers what came back from CVAT; nothing is changed."""
        return cvat.preview_load(ctx)

    @answers(writes=True)
    def load_from_cvat(self, ctx: Any) -> Answer:
        """Applies what was edited in CVAT, as it was shown."""
        scan_key, name = text_or_none(ctx, "scan_key"), text(ctx, "tag")
        done = cvat.load_edits(ctx)
        grid.reload(ctx)
        known = scan_key is not None
        return {
            **plans.written(ctx, scan_key, name, done.written),
            "remaining": done.remaining,
            "is_removed": done.is_removed,
            "problem": done.problem,
            "summary": plans.fresh_summary(ctx, scan_key) if known else None,
        }

    @answers()
    def discard_cvat(self, ctx: Any) -> Answer:
        """Deletes the tasks of a round trip; no label is changed here."""
        cvat.discard(ctx)
        return {"trips": cvat.list_trips(ctx)}
