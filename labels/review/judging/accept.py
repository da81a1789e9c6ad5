"""Accepting what a plan removes, of all pairs that are likely enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from bson import ObjectId

from ....iou_core.params import require_fraction
from ...reading.fingerprint import ids_digest
from ...reading.raw.ids import to_object_ids
from ...scans.decisions import verdicts
from ...scans.decisions.verdict_kinds import ACCEPTED, DUPLICATE, Given
from .filters import Filters
from .label_values import LabelValues
from .session import Session


@dataclass(frozen=True)
class Accepted:
    """The pairs that are accepted at once.

    Attributes:
        pairs: the number of pairs; each removes another label
        images: the number of their samples, or frames
        stored: the number of verdicts that were stored
        digest: identifies these pairs
    """

    pairs: int
    images: int
    stored: int
    digest: str


def accept_above(
    session: Session,
    likelihood: float,
    filters: Filters | None = None,
    classes: Sequence[str | None] | None = None,
    who: str | None = None,
    digest: str | None = None,
    browser: str | None = None,
) -> Accepted:
    """Stores that labels which the plan removes are duplicates of those it keeps.

    Only undecided pairs are accepted. Groups in which a removed label
    overlaps no kept one, as in chains, are left to a person: once its neighbor is
    removed by a verdict, such a label would be kept.

    Args:
        session: the scan
        likelihood: accept pairs whose likelihood exceeds this, in ``[0, 1]``
        filters (None): only pairs of the groups that meet these
        classes (None): only removed labels of these classes
        who (None): the name of the person
        digest (None): the digest of the pairs that the person confirmed. Nothing is
            stored if it is None, or if there are other pairs now
        browser (None): an id of the person's browser

    Returns:
        the counts

    Raises:
        ParamsError: if the likelihood is no fraction, or the name is too long
    """
    require_fraction("likelihood", likelihood)
    given: dict[ObjectId, list[Given]] = {}
    for document_id, label, kept in _acceptable(session, likelihood, filters, classes):
        one, other = sorted((label, kept))
        given.setdefault(document_id, []).append(
            Given((one, other), DUPLICATE, kept, ACCEPTED, browser)
        )
    pairs = [pair for pairs in given.values() for pair in pairs]
    found = ids_digest(
        " ".join(map(str, (*pair.label_ids, pair.kept))) for pair in pairs
    )
    stored = 0
    if pairs and found == digest:
        stored = verdicts.put(session.scan.samples, given, who, replace=False)
    return Accepted(len(pairs), len(given), stored, found)


def _acceptable(
    session: Session,
    likelihood: float,
    filters: Filters | None,
    classes: Sequence[str | None] | None,
) -> Iterator[tuple[ObjectId, ObjectId, ObjectId]]:
    """Yields the document, the removed and the kept label of each pair."""
    read = LabelValues(session.scan.samples, session.params)
    names = session.cached.names
    for block, graph, judged in session.graphs():
        pairs = graph.pairs
        if not len(pairs):
            continue
        open_ = (graph.likelihood > likelihood) & ~judged.settled(block, pairs)
        fits = (filters or Filters()).fitting(
            graph, block, session.overlap(graph), judged.decided(block, graph), read
        )
        decided, reasons = graph.decision.decided, graph.decision.reasons
        alone = decided.labels[[not reason.names_kept for reason in reasons]]
        group = graph.groups.label[alone]
        fits[group[group >= 0]] = False
        rows = np.flatnonzero(open_ & fits[graph.group])
        among = {*zip(pairs.i[rows].tolist(), pairs.j[rows].tolist())}
        document_ids = to_object_ids(block.document_ids)
        labels = to_object_ids(block.label_ids)
        for label, partner in zip(decided.labels.tolist(), decided.partner.tolist()):
            named = classes is None or names[int(block.classes[label])] in classes
            pair = (min(label, partner), max(label, partner))
            if named and pair in among:
                yield (
                    document_ids[int(block.image[label])],
                    labels[label],
                    labels[partner],
                )
