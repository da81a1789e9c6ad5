"""Messages about groups and verdicts; they change no label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from ...iou_core.errors import NoLabelError, ParamsError
from ...iou_core.params import FindParams
from ...labels.fields import FRAMES, require_label_field
from ...labels.reading.kinds.registry import kind_named
from ...labels.review import groups as group_list
from ...labels.review import views
from ...labels.scans import stored
from ...labels.scans.decisions import verdicts
from .. import own_view
from ..jobs import rescans
from ..pictures.crops import SIDE, Photographer
from ..pictures.draw import draw
from ..requests import Answer, Failed, classes, decision, text, text_or_none, whole
from ..stored_labels import (
    confidence,
    field_documents,
    scan_documents,
    stored_labels,
)
from .table import message

MOST_GROUPS = 50
"""The largest number of groups on a page of the panel."""

VERDICTS = 50
"""The number of listed verdicts, the newest ones."""

_MOST_LABELS = 200
_MOST_SIDE = 1600  # pixels of a crop
_GROUP = frozenset({"sample_id", "kind", "size", "likelihood", "n_pairs", "pairs"})


@message
def list_groups(ctx: Any) -> Answer:
    """Returns a page of groups, those most likely one object first."""
    scan_key = text(ctx, "scan_key")
    page = group_list.list_groups(
        ctx.dataset,
        scan_key,
        whole(ctx, "offset"),
        whole(ctx, "limit", MOST_GROUPS),
        classes(ctx),
        class_pair(ctx),
        iou_thresh=ctx.params.get("iou_thresh"),
        **decision(ctx),
    )
    params = scan_params(ctx, scan_key)
    samples = scan_documents(ctx.dataset, params, map(document_of, page.groups))
    return {
        "groups": [group_data(group, samples) for group in page.groups],
        "total": page.count,
        "chains": page.chains,
        "verdicts": verdicts.count_verdicts(ctx.dataset),
    }


def scan_params(ctx: Any, scan_key: str) -> FindParams:
    """Returns the parameters of a scan."""
    return stored.open_scan(ctx.dataset, scan_key).params


def document_of(group: dict[str, Any]) -> str:
    """Returns the id of the frame or sample of a group."""
    return str(group.get("frame_id") or group["sample_id"])


def group_data(
    group: dict[str, Any], samples: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Returns a group as the browser takes it, with files and confidences.

    Args:
        group: the group
        samples: what :func:`scan_documents` returned
    """
    document = samples.get(document_of(group), {"filepath": "", "labels": {}})
    labels = document["labels"]
    known = {name: value for name, value in group.items() if name in _GROUP}
    return {
        **known,
        "document_id": document_of(group),
        "frame_number": group.get("frame_number"),
        "filepath": document["filepath"],
        "members": [
            {
                **{
                    k: v
                    for k, v in member.items()
                    if k not in ("class", "bounding_box", "area")
                },
                "label": member["class"],
                "confidence": confidence(labels.get(member["label_id"], {})),
            }
            for member in group["members"]
        ],
    }


@message
def draw_crop(ctx: Any) -> Answer:
    """Returns a picture of some labels of one sample or frame.

    ``side`` is that of the crop in pixels, if it is not the default. If the sample or
    the frame was deleted, the picture says so.
    """
    side = SIDE if ctx.params.get("side") is None else whole(ctx, "side", _MOST_SIDE)
    scan_key, document_id = text(ctx, "scan_key"), text(ctx, "document_id")
    scan = stored.open_scan(ctx.dataset, scan_key)
    document = stored_labels(
        ctx.dataset,
        scan.params,
        object_id(document_id, "document_id"),
        label_ids(ctx)[:_MOST_LABELS],
    )
    kind = kind_named(scan.config["kind"], scan.params)
    return draw(kind, document, Photographer(max(side, 1))).to_dict()


@message
def show_group(ctx: Any) -> Answer:
    """Opens a sample with some of its labels selected; the grid keeps its view.

    Frames of videos, and an App that cannot open a sample, show a view instead.
    """
    params = scan_params(ctx, text(ctx, "scan_key"))
    sample_id = str(object_id(text(ctx, "sample_id"), "sample_id"))
    ids = label_ids(ctx)
    can_open = hasattr(ctx.ops, "open_sample")
    if can_open and not params.label_field.startswith(FRAMES):
        ctx.ops.set_selected_labels(_selection(ctx.dataset, params, sample_id, ids))
        ctx.ops.open_sample(id=sample_id)
        return {"own_view": None, "opened": True}
    own = own_view.replaced(ctx)
    ctx.ops.set_view(views.group_view(ctx.dataset, params, [sample_id], ids))
    return {"own_view": own, "opened": False}


@message
def leave_sample(ctx: Any) -> Answer:
    """Clears the selection that :func:`show_group` made."""
    ctx.ops.clear_selected_labels()
    return {}


def _selection(
    dataset: Any, params: FindParams, sample_id: str, ids: Sequence[str]
) -> list[dict[str, str]]:
    """Returns labels of a sample as the App selects them; deleted ones are missing."""
    wanted = {"_id": ObjectId(sample_id)}
    return [
        {"sample_id": sample_id, "label_id": label_id, "field": name}
        for name in filter(None, [params.label_field, params.other_field])
        for document in field_documents(dataset, [name], wanted).values()
        for label_id in document["labels"]
        if label_id in ids
    ]


@message
def judge_labels(ctx: Any) -> Answer:
    """Stores the verdict that some labels mark different objects."""
    scan_key = text_or_none(ctx, "scan_key")
    who = ctx.params.get("who")
    try:
        n = verdicts.set_verdict(ctx.dataset, label_ids(ctx), who=who)
    except NoLabelError as error:
        raise Failed(
            "A label of this group was deleted since the scan.", "Scan again."
        ) from error
    return {**_judged(ctx, scan_key), "pairs": n}


@message
def clear_verdicts(ctx: Any) -> Answer:
    """Deletes the verdicts among some labels, or all verdicts."""
    scan_key = text_or_none(ctx, "scan_key")
    which = None if ctx.params.get("label_ids") is None else label_ids(ctx)
    n = verdicts.clear_verdicts(ctx.dataset, which)
    return {**_judged(ctx, scan_key), "pairs": n}


def _judged(ctx: Any, scan_key: str | None) -> Answer:
    return {
        "total": verdicts.count_verdicts(ctx.dataset),
        "summary": rescans.judged_summary(ctx, scan_key),
    }


@message
def list_verdicts(ctx: Any) -> Answer:
    """Returns the newest verdicts, with the sample and classes of their labels."""
    params = scan_params(ctx, text(ctx, "scan_key"))
    found = verdicts.list_verdicts(ctx.dataset, VERDICTS)
    ids = {ObjectId(_id) for verdict in found for _id in verdict["label_ids"]}
    path = require_label_field(ctx.dataset, params.label_field).list_path
    wanted = {f"{path}._id": {"$in": list(ids)}}
    samples = field_documents(ctx.dataset, [params.label_field], wanted) if ids else {}
    place = {
        label_id: (document["sample_id"], label.get("label"))
        for document in samples.values()
        for label_id, label in document["labels"].items()
    }
    return {
        "verdicts": [
            {
                "label_ids": verdict["label_ids"],
                **{name: verdict[name] for name in ("verdict", "kept", "who")},
                "created_at": verdict["created"],
                "sample_id": next(
                    (place[_id][0] for _id in verdict["label_ids"] if _id in place),
                    None,
                ),
                "labels": [
                    place[_id][1] for _id in verdict["label_ids"] if _id in place
                ],
            }
            for verdict in found
        ],
        "total": verdicts.count_verdicts(ctx.dataset),
    }


def label_ids(ctx: Any) -> list[str]:
    """Returns the label ids of a request."""
    value = ctx.params.get("label_ids")
    if not value:
        raise ParamsError("a list of label ids", repr(value), "label_ids")
    return [str(object_id(_id, "label_ids")) for _id in value]


def class_pair(ctx: Any) -> list[str | None] | None:
    """Returns the two classes of a request; None for all."""
    value = ctx.params.get("class_pair")
    if value is None:
        return None
    if len(value) != 2:
        raise ParamsError("two classes", repr(value), "class_pair")
    return [*value]


def object_id(value: Any, where: str) -> ObjectId:
    """Returns an id of a request.

    Raises:
        ParamsError: if it is not an id
    """
    # of None, ObjectId would make a new id
    if not isinstance(value, str) or not ObjectId.is_valid(value):
        raise ParamsError("an id", repr(value), where)
    return ObjectId(value)
