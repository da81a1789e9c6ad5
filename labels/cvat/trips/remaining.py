"""The number of duplicates in samples, as they are or after changes."""

from __future__ import annotations

from collections.abc import Sequence

import bson
import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from ....iou_core.params import FindParams
from ...fields import require_label_field
from ...reading.decoder import LabelDecoder
from ...scans.blocks.block import to_stored
from ...scans.blocks.compare import compare_block, decoder_for
from ...scans.decisions.decider import Decider

_SAMPLES = 500
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)

Changes = dict[ObjectId, list[tuple[ObjectId, bytes | None]]]


def count_duplicates(
    samples: foc.SampleCollection,
    params: FindParams,
    sample_ids: Sequence[ObjectId],
    changes: Changes,
) -> int:
    """Returns how many labels of the samples would be duplicates after the changes.

    Args:
        samples: the dataset, or a view of it
        params: the parameters that define duplicates
        sample_ids: the samples
        changes: for each sample, the new labels by id; None for a deleted label
    """
    decoder = decoder_for(samples._root_dataset, params)
    decider = Decider(samples, params, decoder.classes.names)
    count = 0
    for k in range(0, len(sample_ids), _SAMPLES):
        data = _documents(
            samples, params, decoder, sample_ids[k : k + _SAMPLES], changes
        )
        if data:
            block = decoder.decode(data)
            part = compare_block(block, params, decoder, params.min_iou)
            stored = to_stored(part, decoder.classes.names)
            count += len(decider.decide(stored).decided.labels)
    return count


def _documents(
    samples: foc.SampleCollection,
    params: FindParams,
    decoder: LabelDecoder,
    sample_ids: Sequence[ObjectId],
    changes: Changes,
) -> bytes:
    """Returns samples as the database would return them after the changes."""
    field = require_label_field(samples._root_dataset, params.label_field)
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
