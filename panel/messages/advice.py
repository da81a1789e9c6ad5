"""Messages of the review that look at more than one group; they change no label."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import ParamsError
from ...iou_core.values import quoted
from ...labels.review.judging import accept, advice, progress, reliability, two_labels
from ...labels.review.judging.session import Session
from ...labels.scans import stored
from ..requests import Answer, Failed, classes, text, text_or_none
from .queue import filters, session_of
from .review import object_id
from .table import message


@message
def accept_above(ctx: Any) -> Answer:
    """Stores what the plan removes as duplicates, of pairs above a likelihood."""
    digest = text_or_none(ctx, "digest")
    found = accept.accept_above(
        session_of(ctx),
        ctx.params.get("likelihood"),
        filters(ctx),
        classes(ctx),
        text_or_none(ctx, "who"),
        digest,
        text_or_none(ctx, "browser"),
    )
    if digest not in (None, found.digest):
        raise Failed(
            "The pairs that are this likely are no longer those you confirmed.",
            "Check the number again, then accept.",
        )
    return {**vars(found), "labels": found.pairs}


@message
def review_progress(ctx: Any) -> Answer:
    """Returns how many pairs each person judged, and how.

    ``others`` changes whenever the verdicts of other browsers do.
    """
    scan = stored.open_scan(ctx.dataset, text(ctx, "scan_key"))
    others = progress.verdicts_of_others(scan.samples, text_or_none(ctx, "browser"))
    return {**progress.review_progress(scan.samples), "others": others}


@message
def review_advice(ctx: Any) -> Answer:
    """Returns how often people agreed with the plan, and a threshold."""
    return advice.review_advice(session_of(ctx))


@message
def check_likelihoods(ctx: Any) -> Answer:
    """Returns how often the likelihoods of random pairs were true."""
    session = reliability.sample_session(ctx.dataset, text(ctx, "scan_key"))
    return reliability.reliability(session)


@message
def compare_labels(ctx: Any) -> Answer:
    """Returns how much two labels overlap, and what was decided about them."""
    session = Session(ctx.dataset, text(ctx, "scan_key"))
    return two_labels.compare_labels(session, _labels(ctx))


def _labels(ctx: Any) -> list[tuple[str, str, str]]:
    """Returns the labels of a request: their ids, samples and fields."""
    found = []
    for label in ctx.params.get("labels") or []:
        name = (label or {}).get("field")
        if not isinstance(name, str):
            expected = "labels with label_id, sample_id and field"
            raise ParamsError(expected, quoted(label), "labels")
        ids = (object_id(label.get(key), "labels") for key in ("label_id", "sample_id"))
        label_id, sample_id = map(str, ids)
        found.append((label_id, sample_id, name))
    return found
