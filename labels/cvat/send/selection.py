"""The selection of labels to send: by tag, by scan, or by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.media as fom
from bson import ObjectId
from bson.errors import InvalidId

from ....iou_core.errors import FieldError, ParamsError
from ....iou_core.params import FindParams
from ...edits import tagged
from ...edits.confirm import confirm
from ...fields import LabelField, require_comparable, require_label_field
from ...reading.decoder import LabelDecoder
from ...reading.raw.ids import to_object_ids
from ...scans import plans, stored
from ...scans.blocks.block import to_stored
from ...scans.blocks.compare import compare_collection, decoder_for
from ..shapes.shapes import CVAT_TYPES
from ..trips.remaining import decider_of

WHOLE, FLAGGED = "samples", "labels"

SCOPES = {
    WHOLE: "whole samples, with all their labels",
    FLAGGED: "only the duplicates, with the labels that they overlap",
}
"""The choices of which labels of the samples are sent."""


@dataclass(frozen=True)
class Selection:
    """The labels to send.

    Attributes:
        field: the label field
        params: the parameters that define duplicates
        flagged: the ids of the labels to review, by sample
        scope: a key of :data:`SCOPES`
        source: where the labels come from, as shown to users
        decoder: reads the labels as the scan read them, if there is one
        scan_key: the scan whose plan defines duplicates; None without one
    """

    field: LabelField
    params: FindParams
    flagged: dict[ObjectId, list[ObjectId]]
    scope: str
    source: dict[str, Any]
    decoder: LabelDecoder = field(repr=False)
    scan_key: str | None = None

    @property
    def sample_ids(self) -> list[ObjectId]:
        """The ids of the samples with labels to review."""
        return list(self.flagged)


def require_scope(scope: object) -> str:
    """Returns a valid scope.

    Raises:
        ParamsError: if it is not a key of :data:`SCOPES`
    """
    if not isinstance(scope, str) or scope not in SCOPES:
        raise ParamsError(" or ".join(SCOPES), repr(scope), "scope")
    return scope


def require_sendable(samples: foc.SampleCollection, name: object) -> LabelField:
    """Returns a label field whose labels can be sent to CVAT.

    Raises:
        FieldError: if the samples or the type of the field cannot be sent
    """
    dataset = samples._root_dataset
    media = dataset.media_type
    if media not in (None, fom.IMAGE):
        what = "a grouped dataset" if media == fom.GROUP else f"one of {media}s"
        raise FieldError("a dataset of images to send to CVAT", what, "dataset")
    require_comparable(samples)
    held = dataset.get_field(name) if isinstance(name, str) else None
    kind = getattr(held, "document_type", None)
    if kind is not None and kind not in CVAT_TYPES:
        names = " or ".join(document.__name__ for document in CVAT_TYPES)
        raise FieldError(
            f"a field of type {names} to send to CVAT", kind.__name__, "label_field"
        )
    field = require_label_field(samples, str(name))
    if "." in field.root:
        expected = "a field that is not inside another one to send to CVAT"
        raise FieldError(expected, repr(name), "label_field")
    return field


def select(
    samples: foc.SampleCollection,
    scope: str = WHOLE,
    label_field: str | None = None,
    tag: str | None = None,
    scan_key: str | None = None,
    label_ids: Sequence[str] | None = None,
    params: FindParams | None = None,
    plan: plans.Plan | None = None,
) -> Selection:
    """Returns the labels to review, selected in one of three ways.

    Args:
        samples: a dataset or a view
        scope ("samples"): a key of :data:`SCOPES`
        label_field (None): the label field; a scan has its own
        tag (None): select the labels with this tag
        scan_key (None): select the labels that this scan would remove
        label_ids (None): select these labels
        params (None): the parameters that define duplicates, if there is no plan
        plan (None): the plan of a scan, which defines duplicates; by default, of
            ``scan_key`` all that it removes

    Raises:
        DuplicatesError: if not exactly one way is given, or an argument cannot be
            used
    """
    _require_one(tag=tag, scan_key=scan_key, label_ids=label_ids)
    scope = require_scope(scope)
    if scan_key is not None and plan is None:
        plan = plans.plan(samples, scan_key)
    if plan is not None:
        params, label_field = plan.params, plan.params.label_field
    field = require_sendable(samples, label_field)
    params = params or FindParams(field.name)
    if plan is not None and scan_key is not None:
        ids = [ObjectId(sample_id) for sample_id in plan.seen]
        flagged = confirm(samples, plan, ids).labels
        source: dict[str, Any] = {"scan_key": scan_key}
    elif tag is not None:
        flagged = tagged.find_tagged(samples, field, tag).labels
        source = {"tag": tag}
    else:
        flagged = _find_ids(samples, field, label_ids or ())
        source = {"label_ids": sum(map(len, flagged.values()))}
    dataset = samples._root_dataset
    decoder = (
        decoder_for(dataset, params)
        if plan is None
        else stored.open_scan(dataset, plan.scan_key).decoder()
    )
    planned_by = None if plan is None else plan.scan_key
    return Selection(field, params, flagged, scope, source, decoder, planned_by)


def _require_one(**ways: Any) -> None:
    """Raises an error unless exactly one way to select labels is given."""
    given = [name for name, value in ways.items() if value is not None]
    if len(given) != 1:
        expected = "a tag, a scan or label ids"
        raise ParamsError(expected, " and ".join(given) or "none", "tag")


def partners(
    samples: foc.SampleCollection, selection: Selection
) -> dict[ObjectId, set[ObjectId]]:
    """Returns the labels to review and the labels that they overlap, by sample."""
    found = {s: set(ids) for s, ids in selection.flagged.items()}
    params, names = selection.params, selection.decoder.classes.names
    if params.two_fields:
        return found
    decider = decider_of(samples, params, names, selection.scan_key)
    for part in compare_collection(
        samples._root_dataset,
        params,
        selection.decoder,
        document_ids=selection.sample_ids,
        min_iou=params.min_iou,
    ):
        block = to_stored(part, names)
        ids, owners = map(to_object_ids, (block.label_ids, block.document_ids))
        near = block.pairs.select(decider.overlap(block) > decider.params.iou_thresh)
        for a, b in zip(near.i.tolist(), near.j.tolist()):
            sample = owners[int(block.image[a])]
            flagged = selection.flagged[sample]
            if ids[a] in flagged or ids[b] in flagged:
                found[sample] |= {ids[a], ids[b]}
    return found


def _find_ids(
    samples: foc.SampleCollection, field: LabelField, label_ids: Sequence[str]
) -> dict[ObjectId, list[ObjectId]]:
    if isinstance(label_ids, str) or not isinstance(label_ids, Sequence):
        raise ParamsError("a list of label ids", repr(label_ids), "label_ids")
    try:
        wanted = {ObjectId(label_id) for label_id in label_ids}
    except (InvalidId, TypeError):
        raise ParamsError(
            "a list of label ids", repr(list(label_ids))[:100], "label_ids"
        ) from None
    path = f"{field.list_path}._id"
    found = samples._dataset._sample_collection.aggregate(
        [
            *samples._pipeline(),
            {"$match": {path: {"$in": list(wanted)}}},
            {"$project": {path: True}},
        ],
        allowDiskUse=True,
    )
    return {
        doc["_id"]: [
            label["_id"] for label in field.labels_in(doc) if label["_id"] in wanted
        ]
        for doc in found
    }
