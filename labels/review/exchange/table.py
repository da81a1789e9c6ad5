"""The verdicts of a dataset as a table: one row for each pair that a person judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import ParamsError
from ...fields import collection_of
from ...reading.raw.ids import to_bytes
from ...scans.decisions import verdict_places, verdicts
from ...scans.decisions.verdict_kinds import Verdict
from ...scans.stored import Scan
from ...tables import AT_ONCE, Page, Row
from ..judging import cached_scan

COLUMNS = (
    "sample_id",
    "frame_number",
    "filepath",
    "field_1",
    "field_2",
    "label_id_1",
    "label_id_2",
    "class_1",
    "class_2",
    "iou",
    "mask_iou",
    "verdict",
    "kept_label_id",
    "who",
    "at",
)
"""The columns of a row. Labels that were deleted have neither field nor class."""

_KEY_BYTES = 24


def rows(
    samples: foc.SampleCollection,
    scan: Scan | None = None,
    cursor: str | None = None,
    limit: int = AT_ONCE,
) -> Page:
    """Returns the verdicts that hold on a dataset, in the order of their labels' ids.

    Args:
        samples: the dataset, or a view of it
        scan (None): the scan whose overlaps are given; those of other pairs, and all
            without a scan, are None
        cursor (None): where the page before ended
        limit (20000): the largest number of rows to return

    Returns:
        a page of rows with :data:`COLUMNS`

    Raises:
        ParamsError: if the cursor is not one of this table
    """
    dataset = samples._root_dataset
    found = verdicts.page(samples, _after(cursor), limit)
    found_at = verdict_places.of_verdicts(dataset, map(vars, found))
    overlaps: dict[bytes, _Overlap] = {} if scan is None else _overlaps(scan, found)
    documents = {
        verdict.key: verdict.document_id
        or verdict_places.common_document(found_at, verdict.label_ids)
        for verdict in found
    }
    places = _places(dataset, filter(None, documents.values()))
    page = [
        _row(
            verdict,
            documents[verdict.key],
            found_at,
            places,
            *overlaps.get(verdict.key, (None, None)),
        )
        for verdict in found
    ]
    return page, found[-1].key.hex() if len(found) == limit else None


def _after(cursor: str | None) -> bytes | None:
    if cursor is None:
        return None
    try:
        key = bytes.fromhex(cursor)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ParamsError("the cursor of a page", repr(cursor), "cursor")
    return key


_Overlap = tuple[float, "float | None"]
"""The IoU of a pair, and that of its masks if a scan compared them as well."""


def _overlaps(scan: Scan, found: Sequence[Verdict]) -> dict[bytes, _Overlap]:
    """Returns the overlaps of pairs that a scan stored, by their verdicts' keys."""
    wanted = {verdict.key for verdict in found}
    documents = {str(verdict.document_id) for verdict in found if verdict.document_id}
    overlaps = {}
    for block in cached_scan.read(scan).of_documents(documents):
        ids, pairs = to_bytes(block.label_ids), block.pairs
        both = zip(pairs.iou.tolist(), pairs.mask_ious())
        for i, j, overlap in zip(pairs.i.tolist(), pairs.j.tolist(), both):
            key = b"".join(sorted((ids[i], ids[j])))
            if key in wanted:
                overlaps[key] = overlap
    return overlaps


_Place = tuple[str, "int | None", str]
"""The sample, the frame number and the file of a stored sample or frame."""


def _places(dataset: fo.Dataset, ids: Iterable[ObjectId]) -> dict[ObjectId, _Place]:
    """Returns the places of samples and frames; deleted ones are missing."""
    wanted = list(set(ids))
    frames: dict[ObjectId, tuple[ObjectId, int]] = {}
    if dataset._contains_videos(any_slice=True):
        keys = {"_sample_id": True, "frame_number": True}
        documents = collection_of(dataset, True).find({"_id": {"$in": wanted}}, keys)
        frames = {d["_id"]: (d["_sample_id"], d["frame_number"]) for d in documents}
    of_samples = {*wanted, *(sample_id for sample_id, _ in frames.values())}
    found = collection_of(dataset, False).find(
        {"_id": {"$in": list(of_samples)}}, {"filepath": True}
    )
    files = {document["_id"]: document.get("filepath", "") for document in found}
    own: dict[ObjectId, _Place] = {
        _id: (str(_id), None, files[_id]) for _id in wanted if _id in files
    }
    return own | {
        _id: (str(sample_id), number, files.get(sample_id, ""))
        for _id, (sample_id, number) in frames.items()
    }


def _row(
    verdict: Verdict,
    document_id: ObjectId | None,
    found_at: verdict_places.LabelPlaces,
    places: dict[ObjectId, _Place],
    iou: float | None,
    mask_iou: float | None,
) -> Row:
    sample_id, frame_number, filepath = None, None, None
    if document_id in places:
        sample_id, frame_number, filepath = places[document_id]
    one, other = (
        _within(document_id, found_at.get(_id, ())) for _id in verdict.label_ids
    )
    ids = [str(label_id) for label_id in verdict.label_ids]
    said: dict[str, Any] = verdict.to_dict()
    return {
        "sample_id": sample_id,
        "frame_number": frame_number,
        "filepath": filepath,
        "field_1": one and one.field.name,
        "field_2": other and other.field.name,
        "label_id_1": ids[0],
        "label_id_2": ids[1],
        "class_1": one and one.class_name,
        "class_2": other and other.class_name,
        "iou": iou,
        "mask_iou": mask_iou,
        "verdict": verdict.verdict,
        "kept_label_id": said["kept"],
        "who": verdict.who,
        "at": said["at"],
    }


def _within(
    document_id: ObjectId | None, places: Iterable[verdict_places.LabelPlace]
) -> verdict_places.LabelPlace | None:
    """Returns the place of a label in a document; None if it is not there."""
    return next((place for place in places if place.document_id == document_id), None)
