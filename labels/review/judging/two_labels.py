"""The comparison of any two labels: their overlap, and the verdict about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from bson import ObjectId

from ....iou_core.arrays import Floats
from ....iou_core.errors import ParamsError
from ....iou_core.pairs import MIN_IOS, MIN_IOU, Pairs
from ....iou_core.params import FindParams
from ....iou_core.values import quoted
from ...fields import require_label_field
from ...reading.raw.ids import to_bytes
from ...reading.read import read_stored
from ...scans.blocks.compare import ComparedBlock, compare_block, decoder_for
from ...scans.scan_words import measure_of
from .queue import verdicts_of_pairs
from .session import Session


def compare_labels(
    session: Session, labels: Sequence[tuple[str, str, str]]
) -> dict[str, Any]:
    """Compares two labels as they are stored, however little they overlap.

    Args:
        session: a scan, whose options of comparison and likelihood model are used
        labels: of each of the two, its id, its sample and its field

    Returns:
        ``{"iou": ..., "ios": ..., "mask_iou": ..., "measure": ..., "likelihood": ...,
        "verdict": ...}``. There is a likelihood for labels of the scanned fields that
        overlap enough to be in a scan, and None otherwise

    Raises:
        ParamsError: if these are no two labels of one sample, or frame, that can be
            compared with each other
        FieldError: if there is no such field
    """
    if len(labels) != 2 or labels[0] == labels[1]:
        raise ParamsError("two labels", quoted(labels), "labels")
    (one, sample, first), (other, other_sample, second) = labels
    if sample != other_sample:
        raise ParamsError("labels of one sample", "labels of two samples", "labels")
    dataset, params = session.scan.samples._root_dataset, session.scan.params
    fields = [require_label_field(dataset, name) for name in (first, second)]
    kinds = {(field.document, field.on_frames) for field in fields}
    if len(kinds) > 1:
        expected = "labels of the same kind"
        got = f"those of {first!r} and {second!r}"
        raise ParamsError(expected, got, "labels")
    document_id = _common_document(session, labels)
    scanned = {params.label_field, params.other_field or params.label_field}
    kind = session.scan.config["kind"] if {first, second} <= scanned else None
    compared = _params(session, first, second, kind)
    found = _overlap(session, compared, kind, document_id, labels)
    pairs, classes, boxes, measure = found
    return {
        "iou": float(pairs.iou[0]),
        "ios": float(pairs.ios[0]),
        "mask_iou": pairs.mask_ious()[0],
        "measure": measure,
        "likelihood": _likelihood(session, pairs, classes, boxes) if kind else None,
        "verdict": verdicts_of_pairs([[one, other]]).get(frozenset((one, other))),
    }


def _params(session: Session, first: str, second: str, kind: str | None) -> FindParams:
    """Returns the parameters that compare labels of two fields, or of one."""
    other = None if first == second else second
    if kind is None:
        return FindParams(first, other)
    params = session.scan.params
    names = (first,) if other is None else (first, other)
    units = [unit for unit in map(params.rotation_unit_of, names) if unit is not None]
    return replace(
        params,
        label_field=first,
        other_field=other,
        classwise=False,
        rotation_unit=tuple(units) or None,
    )


def _common_document(
    session: Session, labels: Sequence[tuple[str, str, str]]
) -> ObjectId:
    """Returns the sample or frame that holds both labels.

    Raises:
        ParamsError: if there is none
    """
    dataset = session.scan.samples._root_dataset
    document_ids: list[set[ObjectId]] = []
    for label_id, sample_id, name in labels:
        field = require_label_field(dataset, name)
        of = "_sample_id" if field.on_frames else "_id"
        query = {of: ObjectId(sample_id), f"{field.list_path}._id": ObjectId(label_id)}
        found = field.collection(dataset).find(query, {"_id": True})
        document_ids.append({document["_id"] for document in found})
        if not document_ids[-1]:
            got = f"{label_id}, which the sample does not have in {name!r}"
            raise ParamsError("labels that exist", got, "labels")
    both = set.intersection(*document_ids)
    if not both:
        raise ParamsError("labels of one frame", "labels of two frames", "labels")
    return min(both)


def _overlap(
    session: Session,
    params: FindParams,
    kind: str | None,
    document_id: ObjectId,
    labels: Sequence[tuple[str, str, str]],
) -> tuple[Pairs, list[str | None], Floats, str]:
    """Returns the pair, its labels' classes and boxes, and the name of the measure.

    Raises:
        ParamsError: if one of them cannot be compared
    """
    dataset = session.scan.samples._root_dataset
    decoder = decoder_for(dataset, params, kind)
    (block,) = read_stored(dataset, decoder, [document_id])
    part = compare_block(block, params, decoder, 0.0)
    rows = [_row(part, label_id) for label_id, _, _ in labels]
    low, high = sorted(rows)
    pairs = part.overlaps.pairs
    pair = pairs.select((pairs.i == low) & (pairs.j == high))
    if not len(pair):
        ends, nothing = np.array([[low], [high]], np.int32), np.zeros((2, 1))
        pair = Pairs(*ends, *nothing, np.ones(1, np.bool_))
    names = [decoder.classes.names[int(part.classes[row])] for row in (low, high)]
    return pair, names, part.boxes[[low, high]], measure_of(decoder.kind.name)


def _row(part: ComparedBlock, label_id: str) -> int:
    bad = next((label for label in part.bad if label.label_id == label_id), None)
    ids = to_bytes(part.ids)
    if bad is not None or ObjectId(label_id).binary not in ids:
        why = bad.reason if bad is not None else "cannot be read"
        raise ParamsError("labels that can be compared", f"one that {why}", "labels")
    return ids.index(ObjectId(label_id).binary)


def _likelihood(
    session: Session, pairs: Pairs, classes: Sequence[str | None], boxes: Floats
) -> float | None:
    """Returns the likelihood; None if a scan would not store the pair."""
    names = session.cached.names
    enough = pairs.iou[0] > MIN_IOU or pairs.ios[0] > MIN_IOS
    if not enough or not set(classes) <= set(names):
        return None
    numbers = np.array([names.index(name) for name in classes], np.int64)
    ends = np.array([[0], [1]], np.int32)
    own = replace(pairs, i=ends[0], j=ends[1])
    return float(session.cached.model.likelihood(own, numbers, boxes)[0])
