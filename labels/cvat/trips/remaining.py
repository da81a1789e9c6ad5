"""The number of duplicates in the samples of a trip, now or after changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import bson
import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from ....iou_core.errors import ScanError
from ....iou_core.params import LIKELIHOOD, FindParams
from ...fields import LabelField, require_label_field
from ...reading.decoder import LabelDecoder
from ...review.emptied import count_in
from ...scans import stored
from ...scans.blocks.block import StoredBlock, to_stored
from ...scans.blocks.compare import compare_block, decoder_for
from ...scans.decisions.decider import Decider
from . import store
from .records import Trip

_SAMPLES = 500
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)

Changes = Mapping[ObjectId, Sequence[tuple[ObjectId, bytes | None]]]
"""For each sample, the new labels by id; None for a deleted label."""


def count_duplicates(
    samples: foc.SampleCollection, trip: Trip, changes: Changes | None = None
) -> int:
    """Returns how many labels of the samples of a trip are duplicates.

    Args:
        samples: the dataset, or a view of it
        trip: the trip, with the parameters that define duplicates
        changes (None): count as if these changes were already made
    """
    sample_ids = [image.sample_id for image in store.images(trip)]
    blocks, decider = _compared(samples, trip, sample_ids, changes or {})
    return sum(len(decider.decide(block).decided.labels) for block in blocks)


def count_emptied(
    samples: foc.SampleCollection, trip: Trip, changes: Changes, added: Changes
) -> int:
    """Returns how many objects would lose every label by changes.

    An object over which a label was drawn in CVAT does not.

    Args:
        samples: the dataset, or a view of it
        trip: the trip, with the parameters that define duplicates
        changes: for each sample, the new labels by id; None for a deleted label
        added: those of the changes that add a label
    """
    params = trip.params
    removed = {
        sample_id: [label_id for label_id, label in some if label is None]
        for sample_id, some in changes.items()
    }
    removed = {
        sample_id: label_ids for sample_id, label_ids in removed.items() if label_ids
    }
    if not removed or params.two_fields:
        return 0
    blocks, decider = _compared(samples, trip, list(removed), added)
    return count_in(blocks, decider, removed).count


def _compared(
    samples: foc.SampleCollection,
    trip: Trip,
    sample_ids: Sequence[ObjectId],
    changes: Changes,
) -> tuple[Iterator[StoredBlock], Decider]:
    """Returns samples as they are after changes, compared, and what decides them."""
    dataset, params = samples._root_dataset, trip.params
    field = require_label_field(dataset, params.label_field)
    decoder = decoder_for(dataset, params, trip.document.get("kind"))

    def blocks() -> Iterator[StoredBlock]:
        for k in range(0, len(sample_ids), _SAMPLES):
            part_ids = sample_ids[k : k + _SAMPLES]
            data = _documents(samples, field, decoder, part_ids, changes)
            if data:
                block = decoder.decode(data)
                part = compare_block(block, params, decoder, params.min_iou)
                yield to_stored(part, decoder.classes.names)

    names, scan_key = decoder.classes.names, trip.document.get("scan_key")
    return blocks(), decider_of(samples, params, names, scan_key)


def decider_of(
    samples: foc.SampleCollection,
    params: FindParams,
    names: Sequence[str | None],
    scan_key: str | None,
) -> Decider:
    """Returns what decides which labels are duplicates.

    Args:
        samples: the dataset, or a view of it
        params: the parameters that define duplicates
        names: the class names by number; may grow
        scan_key: the scan whose likelihoods are meant. If it is deleted, labels are
            duplicates above the default threshold of the IoU
    """
    if params.metric != LIKELIHOOD:
        return Decider(samples, params, names)
    with suppress(ScanError):
        if scan_key is not None:
            return stored.open_scan(samples, scan_key).decider_by(params, names)
    by_iou = replace(params, metric="iou", iou_thresh=FindParams.iou_thresh)
    return Decider(samples, by_iou, names)


def _documents(
    samples: foc.SampleCollection,
    field: LabelField,
    decoder: LabelDecoder,
    sample_ids: Sequence[ObjectId],
    changes: Changes,
) -> bytes:
    """Returns samples as the database would return them after the changes."""
    paths = ["last_modified_at", *decoder.fields]
    found = samples._dataset._sample_collection.with_options(_RAW).find(
        {"_id": {"$in": list(sample_ids)}}, dict.fromkeys(paths, True)
    )
    documents = []
    for doc in found:
        wanted = dict(changes.get(doc["_id"], ()))
        if not wanted:
            documents.append(doc.raw)
            continue
        after = []
        for label in field.list_in(doc):
            label_id = label.get("_id") if isinstance(label, RawBSONDocument) else None
            if label_id not in wanted:
                after.append(label)
            elif (changed := wanted.pop(label_id)) is not None:
                after.append(RawBSONDocument(changed, _RAW))
        after += [RawBSONDocument(new, _RAW) for new in wanted.values() if new]
        documents.append(bson.encode({**doc, field.root: field.holding(after)}))
    return b"".join(documents)
