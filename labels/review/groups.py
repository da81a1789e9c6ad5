"""The groups of a scan as data: members, reasons and likelihoods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ...iou_core.arrays import Ints
from ...iou_core.decisions.groups import Groups, find_groups
from ...iou_core.decisions.likelihood import LikelihoodModel
from ...iou_core.decisions.reasons import Reason
from ...iou_core.errors import ParamsError
from ...iou_core.pairs import Pairs
from ..reading.columns import to_strings
from ..reading.places import name_places
from ..scans import stored
from ..scans.blocks.block import StoredBlock
from ..scans.decisions.decider import Decider, Decision
from .class_text import class_text

PAGE = 50
"""How many groups a page holds by default."""

MEMBERS = 50
"""The largest number of members, and of pairs, that are listed of a group."""


@dataclass(frozen=True)
class GroupPage:
    """Some groups of a scan.

    Attributes:
        count: how many groups there are, on all pages
        chains: how many of them are chains
        groups: one dict for each group of this page, ready for JSON
    """

    count: int
    chains: int
    groups: list[dict[str, Any]]


def list_groups(
    samples: foc.SampleCollection,
    scan_key: str,
    offset: int = 0,
    limit: int = PAGE,
    classes: Sequence[str | None] | None = None,
    class_pair: Sequence[str | None] | None = None,
    **changes: Any,
) -> GroupPage:
    """Returns groups of a scan, those most likely one object first.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        offset (0): how many groups to pass over
        limit (50): the largest number of groups to return
        classes (None): only groups with a label of one of these classes
        class_pair (None): only groups in which labels of these two classes overlap
        **changes: other parameters of the decision than the scan's

    Returns:
        a :class:`GroupPage`

    Raises:
        ScanError: if there is no such scan, or its pairs do not reach as low as
            the threshold
        ParamsError: if one of the parameters cannot be used
    """
    for where, value in (("offset", offset), ("limit", limit)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ParamsError("a number of groups, 0 or more", repr(value), where)

    if class_pair is not None and len(class_pair) != 2:
        raise ParamsError("two classes", repr(class_pair), "class_pair")
    scan = stored.open_scan(samples, scan_key)
    decider = scan.decider(**changes)
    names, model = scan.class_names, scan.likelihood_model
    found: list[tuple[float, int, int]] = []
    chains = 0
    graphs = []
    for k, block in enumerate(scan.blocks()):
        graph = _Graph(block, decider, model, names)
        shown = graph.shown(classes, class_pair)
        graphs.append(graph if len(shown) else None)
        chains += int((~graph.groups.is_clique[shown]).sum())
        best = graph.best[shown].tolist()
        found += [(-value, k, g) for g, value in zip(shown.tolist(), best)]
    found.sort()
    page = [
        graphs[k].as_data(g)  # type: ignore[union-attr]
        for _, k, g in found[offset : offset + limit]
    ]
    name_places(samples, scan.params.label_field, page)
    return GroupPage(len(found), chains, page)


class _Graph:
    """The groups of one block."""

    def __init__(
        self,
        block: StoredBlock,
        decider: Decider,
        model: LikelihoodModel,
        names: list[str | None],
    ) -> None:
        self._block = block
        self._decider = decider
        self._names = names
        self._pairs: Pairs = block.pairs.select(decider.edges(block))
        self._likelihood = model.likelihood(self._pairs, block.classes)
        self._share = model.share(
            block.classes[self._pairs.i], block.classes[self._pairs.j]
        )
        n = len(block.label_ids)
        self.groups: Groups = find_groups(self._pairs.i, self._pairs.j, n)
        self._group = self.groups.label[self._pairs.i]
        self.best = np.zeros(len(self.groups.size))
        np.maximum.at(self.best, self._group, self._likelihood)
        self._decision: Decision | None = None
        # of two fields, the label of label_field is the later one of each pair
        self._later = frozenset(self._pairs.j.tolist())

    def shown(
        self,
        classes: Sequence[str | None] | None,
        class_pair: Sequence[str | None] | None,
    ) -> Ints:
        """Returns the groups with labels of these classes, and such a pair."""
        shown = np.ones(len(self.groups.size), dtype=np.bool_)
        of = self._block.classes
        if classes is not None:
            held = np.isin(of, self._numbers(classes)) & (self.groups.label >= 0)
            shown &= np.isin(np.arange(len(shown)), self.groups.label[held])
        if class_pair is not None:
            a, b = (self._numbers([name]) for name in class_pair)
            i, j = of[self._pairs.i], of[self._pairs.j]
            such = (np.isin(i, a) & np.isin(j, b)) | (np.isin(i, b) & np.isin(j, a))
            shown &= np.isin(np.arange(len(shown)), self._group[such])
        return np.flatnonzero(shown)

    def _numbers(self, classes: Sequence[str | None]) -> list[int]:
        return [k for k, name in enumerate(self._names) if name in classes]

    def as_data(self, group: int) -> dict[str, Any]:
        block = self._block
        if self._decision is None:
            self._decision = self._decider.decide(block)
        members = np.flatnonzero(self.groups.label == group)
        pairs = np.flatnonzero(self._group == group)
        pairs = pairs[np.argsort(-self._likelihood[pairs], kind="stable")]
        sample = int(block.image[members[0]])
        decided = self._decision.decided
        removed = {
            label: (partner, reason)
            for label, partner, reason in zip(
                decided.labels.tolist(),
                decided.partner.tolist(),
                self._decision.reasons,
            )
        }
        ids = to_strings(block.label_ids[members])
        return {
            "sample_id": block.document_ids[sample].tobytes().hex(),
            "kind": "clique" if self.groups.is_clique[group] else "chain",
            "size": len(members),
            "likelihood": float(self.best[group]),
            "members": [
                self._member(row, label_id, removed)
                for row, label_id in zip(members[:MEMBERS].tolist(), ids)
            ],
            "n_pairs": len(pairs),
            "pairs": [self._pair(row) for row in pairs[:MEMBERS].tolist()],
        }

    def _member(
        self, row: int, label_id: str, removed: dict[int, tuple[int, Reason]]
    ) -> dict[str, Any]:
        block = self._block
        partner, why = removed.get(row, (-1, None))
        return {
            "label_id": label_id,
            "field": self._field_of(row),
            "class": self._names[int(block.classes[row])],
            "bounding_box": block.boxes[row].tolist(),
            "stays": row not in removed,
            "partner_id": block.label_ids[partner].tobytes().hex()
            if partner >= 0
            else None,
            "reason": None if why is None else why.to_dict(),
        }

    def _field_of(self, row: int) -> str:
        """Returns the field of a label; of two, later labels are of the first."""
        params = self._decider.params
        other = params.other_field
        if other is None or row in self._later:
            return params.label_field
        return other

    def _pair(self, row: int) -> dict[str, Any]:
        pairs, ids = self._pairs, self._block.label_ids
        i, j = int(pairs.i[row]), int(pairs.j[row])
        return {
            "label_ids": [ids[i].tobytes().hex(), ids[j].tobytes().hex()],
            "iou": float(pairs.iou[row]),
            "ios": float(pairs.ios[row]),
            "likelihood": float(self._likelihood[row]),
            "share": float(self._share[row]),
        }


def in_words(group: dict[str, Any]) -> dict[str, Any]:
    """Returns a group with its reasons and likelihoods as sentences.

    Args:
        group: a group of :func:`list_groups`

    Returns:
        the group. A removed member has its ``rule`` beside its ``reason``, which is
        empty for a kept one; a pair has an ``explanation``
    """
    classes = {m["label_id"]: class_text(m["class"]) for m in group["members"]}
    members = []
    for member in group["members"]:
        reason = member["reason"]
        words = "" if reason is None else str(Reason.from_dict(reason))
        rule = None if reason is None else reason["rule"]
        members.append({**member, "reason": words, "rule": rule})
    pairs = [
        {**pair, "explanation": _explained(pair, classes)} for pair in group["pairs"]
    ]
    return {**group, "members": members, "pairs": pairs}


def _explained(pair: dict[str, Any], classes: dict[str, str]) -> str:
    """Returns the likelihood of a pair in words."""
    likelihood = pair["likelihood"]
    sort = (
        "almost surely one object"
        if likelihood > 0.95
        else "probably one object"
        if likelihood > 0.5
        else "perhaps one object"
        if likelihood > 0.1
        else "probably two objects"
    )
    # of a large group only the first members are listed
    names = [classes[_id] for _id in pair["label_ids"] if _id in classes]
    of = f"two {names[0]}" if len({*names}) == 1 else " and ".join(names)
    return (
        f"{sort}: IoU {pair['iou']:.2f}, and {100 * pair['share']:.2g} % of the "
        f"overlaps of {of or 'these classes'} in this dataset are of one object"
    )
