"""Likelihoods recalibrated by the verdicts whether pairs are one object or two."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ....iou_core.arrays import Bools, Ints
from ....iou_core.decisions.likelihood import (
    CalibratedModel,
    Likelihoods,
    calibrate,
    calibration_from,
    class_pairs,
    from_dict,
    size_bins,
    to_names,
)
from ....iou_core.pairs import Pairs
from ... import store
from ...reading.raw.ids import IdSet, to_bytes
from ..blocks.block import StoredBlock
from .verdict_kinds import ACCEPTED, KEEPING, REAL, Verdict, time_text

ANEW: dict[str, Any] = {}
"""Stands for the calibration that follows from the present verdicts."""

UNKNOWN, TWO, ONE = -1, 0, 1
"""The answers about a pair: not known, two objects, or one object."""


class Answers:
    """The answers of people about pairs: one object, or two.

    Two labels that are duplicates of a third one are one object too. Removing both
    labels says neither. Pairs that were accepted at once are left out, as no
    person reviewed them.

    Args:
        found: the verdicts
    """

    def __init__(self, found: Iterable[Verdict]) -> None:
        self._said: dict[bytes, int] = {}
        self._object: dict[bytes, bytes] = {}
        for verdict in found:
            if verdict.order == ACCEPTED:
                continue
            if verdict.verdict == REAL:
                self._said[verdict.key] = TWO
            elif verdict.verdict in KEEPING:
                self._said[verdict.key] = ONE
                one, other = (self._root(_id.binary) for _id in verdict.label_ids)
                self._object[one] = other
        named = {key[k : k + 12] for key in self._said for k in (0, 12)}
        self._named = IdSet(named)

    def __len__(self) -> int:
        return len(self._said)

    def _root(self, label: bytes) -> bytes:
        """Returns the label that stands for the object of a label."""
        while (further := self._object.get(label, label)) != label:
            self._object[label] = self._object.get(further, further)
            label = further
        return label

    def of(self, block: StoredBlock, pairs: Pairs) -> Ints:
        """Returns ``(M,)``: what is known of each of ``M`` pairs of a block."""
        said = np.full(len(pairs), UNKNOWN)
        named = self._named.among(block.label_ids)
        rows = np.flatnonzero(named[pairs.i] & named[pairs.j])
        if len(rows):
            ids = to_bytes(block.label_ids)
            i, j = pairs.i[rows].tolist(), pairs.j[rows].tolist()
            said[rows] = [self._of(ids[a], ids[b]) for a, b in zip(i, j)]
        return said

    def _of(self, one: bytes, other: bytes) -> int:
        known = self._said.get(b"".join(sorted((one, other))))
        if known is not None:
            return known
        return ONE if self._root(one) == self._root(other) else UNKNOWN


def usable(answers: Answers, block: StoredBlock) -> tuple[Pairs, Bools]:
    """Returns the judged pairs of a block that count, and which are one object."""
    said = answers.of(block, block.pairs)
    which = (said != UNKNOWN) & block.pairs.decides
    return block.pairs.select(which), said[which] == ONE


def recalibrated(
    blocks: Iterable[StoredBlock],
    counts: Mapping[str, Any],
    found: Iterable[Verdict],
) -> dict[str, Any] | None:
    """Returns what verdicts say about the likelihoods of a scan, ready for JSON.

    Args:
        blocks: its blocks
        counts: its counts per class, with the likelihood model and the class names
        found: the verdicts

    Returns:
        the calibration, which :func:`model_of` uses, with the number of ``verdicts``
        and when it was made (``at``); None without a verdict on a pair of the scan
    """
    at, answers = store.now(), Answers(found)
    model, names = model_of(counts), list(counts["names"])
    parts = []
    for block in blocks if len(answers) else ():
        pairs, one = usable(answers, block)
        if len(pairs):
            likelihood = model.likelihood(pairs, block.classes, block.boxes)
            ends = class_pairs(pairs, block.classes)
            parts.append((likelihood, ends, size_bins(pairs, block.boxes), one))
    if not parts:
        return None
    calibration = calibrate(*(np.concatenate(columns) for columns in zip(*parts)))
    return {**to_names(calibration, names), "at": time_text(at)}


def model_of(
    counts: Mapping[str, Any], calibration: dict[str, Any] | None = None
) -> Likelihoods:
    """Returns the likelihood model of a scan.

    Args:
        counts: its counts per class, as they are stored
        calibration (None): what verdicts said about its likelihoods
    """
    model = from_dict(json.loads(counts["model"]))
    if calibration is None:
        return model
    names = list(counts["names"])
    return CalibratedModel(model, calibration_from(calibration, names))
