"""The calibration of a scan's likelihoods, checked by judging random pairs."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ....iou_core.arrays import Bools, Ints
from ....iou_core.decisions.review_agreement import bands
from ....iou_core.pairs import Pairs
from ....iou_core.params import LIKELIHOOD
from ...reading.raw.hashes import mix
from ...reading.raw.ids import Bytes, IdSet, to_bytes
from ...scans.blocks.block import StoredBlock
from ...scans.decisions import verdicts
from ...scans.decisions.recalibration import ONE, UNKNOWN, Answers, usable
from ...scans.decisions.verdict_kinds import time_text
from ..graph import Graph
from .group_verdicts import GroupVerdicts
from .order import random_numbers
from .session import Session

SIZE = 100
"""The number of pairs in a random sample."""

ABOVE = 0.3
"""The likelihood above which pairs are drawn.

Nearly all pairs are less likely. A sample of them would hold few whose likelihood
matters for a cut.
"""


class Sample:
    """Random pairs of a scan, in their order.

    Args:
        keys: of each pair, its labels' ids, the smaller one first
    """

    def __init__(self, keys: list[bytes]) -> None:
        self.keys = keys
        self._place = {key: k for k, key in enumerate(keys)}
        labels = {key[k : k + 12] for key in keys for k in (0, 12)}
        self._labels = IdSet(labels)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def label_ids(self) -> list[list[str]]:
        """The ids of the two labels of each pair."""
        return [[key[:12].hex(), key[12:].hex()] for key in self.keys]

    def places(self, block: StoredBlock, graph: Graph) -> Ints:
        """Returns ``(G,)``: the place of each group's first pair; or the size."""
        place = np.full(len(graph.best), len(self))
        rows = self._rows(block, graph.pairs)
        found = [self._place[key] for key in _keys_of(block, graph.pairs, rows)]
        np.minimum.at(place, graph.group[rows], np.array(found, np.int64))
        return place

    def holds(self, block: StoredBlock, pairs: Pairs) -> Bools:
        """Returns which pairs of a block are in the sample."""
        holds = np.zeros(len(pairs), np.bool_)
        holds[self._rows(block, pairs)] = True
        return holds

    def _rows(self, block: StoredBlock, pairs: Pairs) -> Ints:
        named = self._labels.among(block.label_ids)
        rows = np.flatnonzero(named[pairs.i] & named[pairs.j])
        held = [key in self._place for key in _keys_of(block, pairs, rows)]
        return rows[np.array(held, np.bool_)]


def sample_session(
    samples: foc.SampleCollection, scan_key: str, **changes: Any
) -> Session:
    """Returns a session whose pairs are those that a sample is drawn from.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        **changes: method and keep rules, if they are not the scan's

    Raises:
        ScanError: if there is no such scan
        ParamsError: if it compared two fields, whose pairs have no likelihood
    """
    cut = {"iou_thresh": ABOVE, "metric": LIKELIHOOD}
    return Session(samples, scan_key, **{**changes, **cut})


def sample_of(session: Session) -> Sample:
    """Returns :data:`SIZE` random pairs of a session, or all if there are fewer.

    The draw depends on the labels, the field, and what recalibrated the likelihoods, so
    a rescan and a reload keep it. Pairs that were judged before the likelihoods were
    recalibrated are left out: they would be compared with themselves.

    Args:
        session: as of :func:`sample_session`
    """
    config, seed = session.scan.config, _seed(session)
    at = (config.get("calibration") or {"at": ""})["at"]
    used = GroupVerdicts(
        one
        for one in verdicts.of_dataset(session.scan.samples)
        if time_text(one.at) <= at
    )
    numbers, keys = [np.zeros(0, np.uint64)], []
    for block, graph, _ in session.graphs():
        pairs = graph.pairs
        rows = np.flatnonzero(pairs.decides & ~used.judged(block, pairs))
        number = _numbers(block.label_ids, pairs.select(rows), seed)
        first = np.argsort(number, kind="stable")[:SIZE]
        numbers.append(number[first])
        keys += _keys_of(block, pairs, rows[first])
    drawn = np.argsort(np.concatenate(numbers), kind="stable")[:SIZE]
    return Sample([keys[k] for k in drawn.tolist()])


def reliability(session: Session, sample: Sample | None = None) -> dict[str, Any]:
    """Returns how often the likelihoods of a sample are true, ready for JSON.

    Args:
        session: as of :func:`sample_session`
        sample (None): what :func:`sample_of` returned

    Returns:
        ``{"verdicts", "calibrated", "pairs", "judged", "bands"}``: on how many pairs of
        the scan people said whether they are one object; how many verdicts recalibrated
        its likelihoods; how many pairs the sample has, and how many of them are
        judged; and for each tenth of likelihood with a judged pair ``{"lo", "hi",
        "judged", "agreed", "low", "high"}``: how many pairs, how many of them are
        one object, and the 95 % interval of that share
    """
    sample, cached = sample_of(session) if sample is None else sample, session.cached
    answers = Answers(verdicts.of_dataset(session.scan.samples))
    n_verdicts, stated, one = 0, [np.zeros(0)], [np.zeros(0, np.bool_)]
    for block in cached.blocks() if len(answers) else ():
        n_verdicts += len(usable(answers, block)[0])
        pairs = block.pairs.select(sample.holds(block, block.pairs))
        said = answers.of(block, pairs)
        pairs, said = pairs.select(said != UNKNOWN), said[said != UNKNOWN]
        stated.append(cached.model.likelihood(pairs, block.classes, block.boxes))
        one.append(said == ONE)
    likelihood, is_one = np.concatenate(stated), np.concatenate(one)
    calibration = session.scan.config.get("calibration") or {"verdicts": 0}
    rows = []
    for lo, hi, agreement in bands(likelihood, is_one):
        low, high = agreement.interval
        counts = {"judged": agreement.judged, "agreed": agreement.agreed}
        rows.append({"lo": lo, "hi": hi, **counts, "low": low, "high": high})
    return {
        "verdicts": n_verdicts,
        "calibrated": calibration["verdicts"],
        "pairs": len(sample),
        "judged": len(likelihood),
        "bands": rows,
    }


def _seed(session: Session) -> str:
    calibration = session.scan.config.get("calibration") or {"at": ""}
    text = f"{session.params.label_field} {calibration['at']}"
    return blake2b(text.encode(), digest_size=4).hexdigest()


def _numbers(label_ids: Bytes, pairs: Pairs, seed: str) -> Any:
    """Returns ``(M,)`` random numbers of pairs, whatever the order of their labels."""
    of = random_numbers(label_ids, seed)
    return mix(of[pairs.i] + of[pairs.j])


def _keys_of(block: StoredBlock, pairs: Pairs, rows: Ints) -> list[bytes]:
    ids = to_bytes(block.label_ids)
    both = zip(pairs.i[rows].tolist(), pairs.j[rows].tolist())
    return [b"".join(sorted((ids[i], ids[j]))) for i, j in both]
