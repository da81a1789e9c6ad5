"""Messages of the review: which groups to decide, and what is known of them."""

from __future__ import annotations

from typing import Any

from ...iou_core.errors import ParamsError
from ...iou_core.values import quoted
from ...labels.review.judging import label_properties, queue
from ...labels.review.judging.filters import Filters
from ...labels.review.judging.order import ORDERS, SAMPLE
from ...labels.review.judging.progress import verdicts_of_others
from ...labels.review.judging.reliability import sample_session
from ...labels.review.judging.session import Session
from ...labels.scans.decisions.verdict_kinds import require_who
from ..requests import Answer, choice, classes, decision, text, text_or_none
from ..stored_labels import scan_documents
from .review import document_of, group_data, object_id
from .table import message

MOST_GROUPS = 12
"""The largest number of groups that are described at once."""


@message
def review_queue(ctx: Any) -> Answer:
    """Returns the groups at a cut, in the order in which they are reviewed."""
    order = choice(ctx, "order", tuple(ORDERS))
    # before the groups are listed, so that what others decide meanwhile is noticed
    others = verdicts_of_others(ctx.dataset, text_or_none(ctx, "browser"))
    found = queue.review_queue(session_of(ctx), order, filters(ctx), classes(ctx))
    return {**vars(found), "limit": queue.MOST, "others": others}


@message
def review_groups(ctx: Any) -> Answer:
    """Returns some groups with their pairs, verdicts, and properties of labels.

    Groups are left out if all of their labels, or all but one, were deleted.
    """
    session = session_of(ctx)
    person = require_who(ctx.params.get("who")), text_or_none(ctx, "browser")
    groups = queue.review_groups(session, _wanted(ctx), person)
    params = session.scan.params
    document_ids = [document_of(group) for group in groups]
    samples = scan_documents(ctx.dataset, params, document_ids)
    known = label_properties.of_groups(ctx.dataset, params, groups, document_ids)
    described = []
    for group in groups:
        if not _is_there(group, samples):
            continue
        data = group_data(group, samples)
        for member in data["members"]:
            member["properties"] = known[member["label_id"]]
        described.append({**data, "decided": group["decided"]})
    return {"groups": described}


def _is_there(group: dict[str, Any], samples: dict[str, dict[str, Any]]) -> bool:
    """Returns whether at least two labels of a group are still stored."""
    labels = samples.get(document_of(group), {"labels": {}})["labels"]
    return sum(member["label_id"] in labels for member in group["members"]) > 1


def session_of(ctx: Any) -> Session:
    """Returns the scan and the decision of a request.

    A sample is drawn from all pairs that are likely enough, whatever the cut.
    """
    if ctx.params.get("order") == SAMPLE:
        chosen = {name: decision(ctx)[name] for name in ("method", "keep")}
        return sample_session(ctx.dataset, text(ctx, "scan_key"), **chosen)
    return Session(
        ctx.dataset,
        text(ctx, "scan_key"),
        iou_thresh=ctx.params.get("iou_thresh"),
        **decision(ctx),
    )


def filters(ctx: Any) -> Filters:
    """Returns the filters of a request; none if they are not given."""
    return Filters.parse(ctx.params.get("filters") or {})


def _wanted(ctx: Any) -> list[tuple[str, list[str]]]:
    """Returns the groups of a request: the sample or frame, and the labels of each."""
    wanted = []
    for group in (ctx.params.get("groups") or [])[:MOST_GROUPS]:
        ids = group.get("label_ids") if group else None
        if not isinstance(ids, list):
            raise ParamsError("groups with label_ids", quoted(group), "groups")
        document_id = object_id(group.get("document_id"), "groups")
        wanted.append(
            (str(document_id), [str(object_id(_id, "groups")) for _id in ids])
        )
    return wanted
