"""The groups of a scan in the order in which a person reviews them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....iou_core.arrays import Bools, Ints
from ....iou_core.errors import ParamsError
from ....iou_core.values import quoted
from ...reading.places import name_places
from ...reading.raw.ids import Bytes, to_strings
from ...scans.blocks.block import StoredBlock
from ...scans.decisions import verdicts
from ...scans.decisions.verdict_kinds import Given
from ...scans.decisions.verdict_people import Person
from ..graph import MEMBERS, Graph
from .filters import Filters
from .label_values import LabelValues
from .order import ORDERS, SAMPLE, Keys
from .reliability import sample_of
from .session import Session

MOST = 5000
"""The largest number of groups in a queue."""


@dataclass(frozen=True)
class Queue:
    """Groups to review.

    Attributes:
        groups: one dict for each of the first groups, ready for JSON
        total: the number of groups
        decided: how many of them are decided
    """

    groups: list[dict[str, Any]]
    total: int
    decided: int


@dataclass(frozen=True)
class _Part:
    """The groups of one block that meet the filters, and what they are ordered by."""

    block: StoredBlock
    graph: Graph
    groups: Ints
    decided: Bools
    likelihood: Any
    class_pair: Ints
    first_label: Bytes
    place: Ints


def review_queue(
    session: Session,
    order: str = "uncertain",
    filters: Filters | None = None,
    classes: Sequence[str | None] | None = None,
) -> Queue:
    """Returns the groups of a scan in the order in which they are reviewed.

    Args:
        session: the scan
        order ("uncertain"): one of :data:`.order.ORDERS`
        filters (None): conditions that each group meets; of a sample, none counts
        classes (None): only groups with a label of one of these classes; for a sample,
            of all

    Returns:
        a :class:`Queue` of at most :data:`MOST` groups

    Raises:
        ParamsError: if there is no such order
    """
    if order not in ORDERS:
        raise ParamsError(" or ".join(ORDERS), quoted(order), "order")
    read = LabelValues(session.scan.samples, session.params)
    sample = sample_of(session) if order == SAMPLE else None
    if sample is not None:
        filters = classes = None
    parts = []
    for block, graph, judged in session.graphs():
        if len(graph.best):
            decided = judged.decided(block, graph)
            overlap = session.overlap(graph)
            fits = (filters or Filters()).fitting(graph, block, overlap, decided, read)
            place = np.zeros(len(fits), np.int64)
            if sample is not None:
                place = sample.places(block, graph)
                fits = place < len(sample)
            part = _part(block, graph, decided, fits, place, classes)
            parts += [part] if len(part.groups) else []
    if not parts:
        return Queue([], 0, 0)
    decided = np.concatenate([part.decided for part in parts])
    listed = _first(parts, order, session.scan.uuid)
    return Queue(listed, len(decided), int(decided.sum()))


def _first(parts: Sequence[_Part], order: str, seed: str) -> list[dict[str, Any]]:
    """Returns the first :data:`MOST` groups of all parts in an order."""
    keys = Keys(
        np.concatenate([part.likelihood for part in parts]),
        np.concatenate([part.class_pair for part in parts]),
        np.concatenate([part.first_label for part in parts]),
        seed,
        np.concatenate([part.place for part in parts]),
    )
    first = ORDERS[order](keys)[:MOST]
    ends = np.cumsum([len(part.groups) for part in parts])
    number = np.searchsorted(ends, first, "right")
    listed: list[dict[str, Any]] = [{}] * len(first)
    for k in np.unique(number).tolist():
        part, where = parts[k], np.flatnonzero(number == k)
        rows = first[where] - (ends[k] - len(part.groups))
        for place, group in zip(where.tolist(), _listed(part, rows)):
            listed[place] = group
    return listed


def _part(
    block: StoredBlock,
    graph: Graph,
    decided: Bools,
    fits: Bools,
    place: Ints,
    classes: Sequence[str | None] | None,
) -> _Part:
    if classes is not None:
        among = np.zeros_like(fits)
        among[graph.shown(classes, None)] = True
        fits &= among
    groups = np.flatnonzero(fits)
    every = np.arange(len(fits))
    # the likeliest pair of each group, and its first label
    by_group = np.lexsort((-graph.likelihood, graph.group))
    pair = by_group[np.searchsorted(graph.group[by_group], every)][groups]
    members = np.flatnonzero(graph.groups.label >= 0)
    _, first = np.unique(graph.groups.label[members], return_index=True)
    ends = np.stack(
        [block.classes[graph.pairs.i[pair]], block.classes[graph.pairs.j[pair]]], 1
    )
    return _Part(
        block,
        graph,
        groups,
        decided[groups],
        graph.best[groups],
        np.sort(ends, axis=1),
        block.label_ids[members[first][groups]],
        place[groups],
    )


def _listed(part: _Part, rows: Ints) -> list[dict[str, Any]]:
    """Returns some groups of a part, ready for JSON."""
    block, label = part.block, part.graph.groups.label
    groups = part.groups[rows]
    members = np.flatnonzero(np.isin(label, groups))
    by_group = members[np.argsort(label[members], kind="stable")]
    ids = to_strings(block.label_ids[by_group])
    begin = np.searchsorted(label[by_group], groups)
    size = np.minimum(part.graph.groups.size[groups], MEMBERS)
    document_ids = to_strings(block.document_ids[block.image[by_group[begin]]])
    return [
        {"document_id": document_id, "label_ids": ids[lo : lo + n], "decided": decided}
        for document_id, lo, n, decided in zip(
            document_ids, begin.tolist(), size.tolist(), part.decided[rows].tolist()
        )
    ]


def review_groups(
    session: Session,
    wanted: Sequence[tuple[str, Sequence[str]]],
    person: Person | None = None,
) -> list[dict[str, Any]]:
    """Returns groups of a queue, with what is known of their members and pairs.

    Args:
        session: the scan
        wanted: for each group, its sample or frame, and its labels
        person (None): the name and the browser of a person. A verdict that they gave as
            others did is returned as theirs

    Returns:
        the groups as :func:`...review.groups.list_groups` returns them, with
        ``decided``, and each pair with its ``verdict``, in the order asked for; each is
        found by its first label that is in a group, and left out if none is
    """
    found: dict[int, dict[str, Any]] = {}
    for block, graph, judged in session.graphs(
        document_id for document_id, _ in wanted
    ):
        decided = judged.decided(block, graph)
        document_ids = to_strings(block.document_ids[block.image])
        labels = zip(document_ids, to_strings(block.label_ids))
        of = dict(zip(labels, graph.groups.label.tolist()))
        for k, (document_id, label_ids) in enumerate(wanted):
            held = (of.get((document_id, label_id), -1) for label_id in label_ids)
            group = next((group for group in held if group >= 0), None)
            if group is not None:
                found[k] = {**graph.as_data(group), "decided": bool(decided[group])}
    groups = [found[k] for k in sorted(found)]
    pairs = [pair for group in groups for pair in group["pairs"]]
    known = verdicts_of_pairs((pair["label_ids"] for pair in pairs), person)
    for pair in pairs:
        pair["verdict"] = known.get(frozenset(pair["label_ids"]))
    name_places(session.scan.samples, session.scan.params.label_field, groups)
    return groups


def verdicts_of_pairs(
    pairs: Iterable[Sequence[str]], person: Person | None = None
) -> dict[frozenset[str], dict[str, Any]]:
    """Returns the verdicts on some pairs by the set of their labels, ready for JSON."""
    found = verdicts.of_pairs((Given.parse(pair).label_ids for pair in pairs), person)
    given = [verdict.to_dict() for verdict in found.values()]
    return {
        frozenset(one["label_ids"]): {
            name: one[name] for name in ("verdict", "kept", "who", "at")
        }
        for one in given
    }
