"""The stored record of the labels that were sent, as the server stored them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from bson import ObjectId
from bson.errors import InvalidId

from ...edits.delete import RawLabels
from ...fields import LabelField
from ...reading.columns import BadLabel
from ...reading.kinds.mask_arrays import Mask, mask_of
from ...scans.blocks.compare import Skipped
from ..shapes.fit import label_fault
from ..shapes.relabel import raw_bytes
from ..shapes.rings import joined, ring_of
from ..shapes.shapes import Returned
from ..trips.records import Sent, State
from .upload import Upload

Labels = dict[ObjectId, dict[ObjectId, tuple[int, bytes] | None]]
"""Labels by sample and id, each with its index in its list and its bytes."""


def snapshot(
    samples: foc.SampleCollection, field: LabelField, sample_ids: list[ObjectId]
) -> Labels:
    """Returns the labels of the samples; None for an id that several labels share."""
    found: Labels = {}
    raw = RawLabels(samples, field)
    for now in raw.read(sample_ids):
        own = found.setdefault(now.document_id, {})
        for k, (label_id, label) in enumerate(zip(now.ids, now.labels)):
            if isinstance(label_id, ObjectId):
                known = label_id in own
                own[label_id] = None if known else (k, bytes(label.raw))
    return found


def label_of(labels: Labels, sample_id: str, label_id: str) -> Mapping[str, Any] | None:
    """Returns a label; None if no label, or more than one, has the id."""
    found = labels.get(ObjectId(sample_id), {}).get(ObjectId(label_id))
    return None if found is None else raw_bytes(found[1])


def mask(labels: Labels, sample_id: str, label_id: str) -> Mask | None:
    """Returns the mask of a label; None if the label has no mask.

    Raises:
        UnreadableError: if the mask cannot be read
    """
    found = labels.get(ObjectId(sample_id), {}).get(ObjectId(label_id))
    # most labels have no such attribute; to look into one takes much longer
    if found is None or b"mask" not in found[1]:
        return None
    return mask_of(raw_bytes(found[1]))


def of_image(
    sample_id: ObjectId,
    shapes: Iterable[Returned],
    own: Mapping[ObjectId, tuple[int, bytes] | None],
    flagged: Collection[ObjectId],
) -> Iterator[Sent]:
    """Yields the labels of an image as the server stored them."""
    found: dict[str, dict[int | None, Returned]] = {}
    for shape in shapes:
        text, ring = ring_of(shape.label_id)
        found.setdefault(text, {})[ring] = shape
    for text, rings in found.items():
        label_id = _object_id(text)
        known = own.get(label_id) if label_id else None
        whole = rings.get(None) or joined(
            {ring: shape for ring, shape in rings.items() if ring is not None}
        )
        order = sorted(ring for ring in rings if ring is not None)
        yield Sent(
            sample_id,
            label_id if known is not None else None,
            whole.server_id,
            State(None if known is None else known[1], whole.shape),
            flagged=label_id in flagged,
            ring_ids=tuple(rings[ring].server_id for ring in order),
        )


def not_sent_labels(
    field: LabelField,
    upload: Upload,
    labels: Labels,
    kept: set[tuple[ObjectId, ObjectId | None]],
    classes: set[str],
    masks_left: Mapping[tuple[ObjectId, ObjectId], str],
) -> Skipped:
    """Returns the labels that were not sent, or that the server did not store."""
    left = Skipped()
    left.merge(upload.left)
    of_polylines = field.document is fol.Polylines
    for sample_id, own in labels.items():
        wanted = own.keys()
        if upload.sent_ids is not None:
            wanted &= upload.sent_ids[sample_id]
        for label_id in wanted:
            found = own[label_id]
            if found is None or (sample_id, label_id) in kept:
                continue
            label = raw_bytes(found[1])
            if label_fault(label, of_polylines) is None:
                reason = masks_left.get((sample_id, label_id))
                reason = reason or _rejection(label, classes)
                name, k = field.name, found[0]
                left.add([BadLabel(str(sample_id), name, k, str(label_id), reason)])
    return left


def _rejection(label: Mapping[str, Any], classes: set[str]) -> str:
    if label["label"] not in classes:
        return "has a class that the project in CVAT lacks"
    return "was not stored by CVAT"


def _object_id(text: str) -> ObjectId | None:
    try:
        return ObjectId(text)
    except InvalidId:
        return None
