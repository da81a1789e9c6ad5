"""The groups of a scan as data: members, reasons and likelihoods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc

from ...iou_core.errors import ParamsError
from ..reading.places import name_places
from ..scans import stored
from .graph import Graph

PAGE = 50
"""The default number of groups on a page."""

_LIKELIHOODS = (
    (0.95, "almost certainly one object"),
    (0.6, "probably one object"),
    (0.4, "could be one object or two"),
    (0.1, "possibly one object"),
    (-1.0, "probably two objects"),
)
"""Texts, each for the likelihoods above a number."""


@dataclass(frozen=True)
class GroupPage:
    """Some groups of a scan.

    Attributes:
        count: the number of groups, on all pages
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
        offset (0): the number of groups to pass over
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
        graph = Graph(block, decider, model, names)
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


def in_words(group: dict[str, Any]) -> dict[str, Any]:
    """Returns a group with its reasons and likelihoods as plain sentences.

    Args:
        group: a group of :func:`list_groups`

    Returns:
        the group. A removed member has its ``rule`` beside its ``reason``, which is
        empty for a kept one; a pair has an ``explanation``
    """
    members = []
    for member in group["members"]:
        reason = member["reason"] or {"text": "", "rule": None}
        members.append({**member, "reason": reason["text"], "rule": reason["rule"]})
    pairs = [_explained(pair) for pair in group["pairs"]]
    return {**group, "members": members, "pairs": pairs}


def likelihood_text(likelihood: float) -> str:
    """Returns a likelihood in ``[0, 1]`` in words, the same as the panel's."""
    return next(text for least, text in _LIKELIHOODS if likelihood > least)


def explanation(pair: dict[str, Any], why: str) -> str:
    """Returns the likelihood of a pair in words, and the parts that it comes from."""
    overlap = f"IoU {pair['iou']:.2f}, IoS {pair['ios']:.2f}"
    if pair["mask_iou"] is not None:
        overlap += f", IoU of masks {pair['mask_iou']:.2f}"
    parts = " · ".join(filter(None, (overlap, why)))
    return f"{likelihood_text(pair['likelihood'])}: {parts}"


def _explained(pair: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in pair.items() if name != "why"}
    return {**own, "explanation": explanation(pair, pair["why"])}
