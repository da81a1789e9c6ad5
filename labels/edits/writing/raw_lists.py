"""Lists of labels in documents as MongoDB sends them, found without decoding them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from bson import ObjectId
from bson.datetime_ms import DatetimeMS

from ....iou_core.arrays import Bools, Ints
from ...reading.raw import batches, buffer, values, walk

IdsOf = Callable[[buffer.Raw, Ints], tuple[buffer.Bytes, Bools]]
"""Returns the ids of ``n`` labels by where they begin, and which of them are known."""


class RawList(NamedTuple):
    """The list of labels of one document.

    Attributes:
        document_id: the document
        stamp: its ``last_modified_at``; None where it was not read, or is absent
        order: the ids of the labels, 12 bytes each
        places: where each label begins in the bytes of the batch
    """

    document_id: ObjectId
    stamp: DatetimeMS | None
    order: bytes
    places: Sequence[int]


def of_batch(
    batch: batches.Batch, path: Sequence[str], ids_of: IdsOf
) -> Iterator[tuple[int, RawList | None]]:
    """Yields the list of each document.

    Args:
        batch: documents with the list, and perhaps ``last_modified_at``
        path: the keys that lead to the list
        ids_of: returns the ids of labels

    Yields:
        where the document begins, and its list; None for one that has to be decoded,
        as it has no list, or holds values of other types than FiftyOne stores
    """
    raw = buffer.Raw(batch.data)
    starts = np.asarray(batch.starts, dtype=np.int64)
    key, *rest = path
    outer, regular = walk.elements(raw, starts, ["_id", key, "last_modified_at"])
    stamps = outer["last_modified_at"]
    regular &= outer["_id"].type == buffer.OBJECT_ID
    regular &= np.isin(stamps.type, (buffer.DATE, buffer.ABSENT))
    rows, held = np.flatnonzero(regular), outer[key]
    at, kinds = held.at[rows], held.type[rows]
    for key in rest:
        inside = kinds == buffer.DOCUMENT
        rows, at = rows[inside], at[inside]
        inner, plain = walk.elements(raw, at, ["_id", "_cls", key])
        rows, at, kinds = rows[plain], inner[key].at[plain], inner[key].type[plain]
    rows, at = rows[kinds == buffer.ARRAY], at[kinds == buffer.ARRAY]
    counts, labels, plain = walk.array_documents(raw, at)
    ids, known = ids_of(raw, labels)
    owner = np.repeat(np.arange(len(rows)), counts)
    plain &= np.bincount(owner[~known], minlength=len(rows)) == 0

    row_of = np.full(len(starts), -1)
    row_of[rows[plain]] = np.flatnonzero(plain)
    order, places = ids.tobytes(), labels.tolist()
    document_ids = values.object_ids(raw, outer["_id"].at).tobytes()
    has_stamp = (stamps.type == buffer.DATE).tolist()
    ends = np.cumsum(counts)
    begins, ends = (ends - counts).tolist(), ends.tolist()
    for k, (start, row) in enumerate(zip(batch.starts, row_of.tolist())):
        if row < 0:
            yield start, None
            continue
        a, b = begins[row], ends[row]
        stamp = DatetimeMS(int(raw.i64[stamps.at[k]])) if has_stamp[k] else None
        _id = ObjectId(document_ids[12 * k : 12 * k + 12])
        yield start, RawList(_id, stamp, order[12 * a : 12 * b], places[a:b])
