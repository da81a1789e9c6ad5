"""Filters of the groups of a scan for a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....iou_core.arrays import Bools, Floats
from ....iou_core.errors import ParamsError
from ....iou_core.values import quoted
from ...scans.blocks.block import StoredBlock
from ..graph import Graph
from .label_values import LabelValues

Range = tuple[float, float]
"""The smallest and the largest number; both are included."""

_RANGES = ("likelihood", "overlap", "size")
_FLAGS = ("chains", "undecided")
_TEXTS = ("tag", "annotator")
_CLASSES = ("classes", "class_pair")
_NAMES = frozenset((*_RANGES, *_FLAGS, *_TEXTS, *_CLASSES))


@dataclass(frozen=True)
class Filters:
    """Conditions that a group meets; None stands for no condition.

    Attributes:
        likelihood: the likelihood of its likeliest pair
        overlap: the overlap of the pair that overlaps most: the IoS if it is the
            metric of the scan, otherwise the IoU
        size: the area of its smallest label: in pixels, and in the unit of the kind for
            labels in space or time
        classes: it has a label of one of these
        class_pair: two of its labels, of these classes, overlap
        tag: one of its labels has this tag
        annotator: one of its labels is by this person
        chains: whether it is a chain
        undecided: whether only groups without a decision are shown
    """

    likelihood: Range | None = None
    overlap: Range | None = None
    size: Range | None = None
    classes: Sequence[str | None] | None = None
    class_pair: Sequence[str | None] | None = None
    tag: str | None = None
    annotator: str | None = None
    chains: bool | None = None
    undecided: bool = False

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Filters:
        """Returns the filters that a caller gave; those not named are None.

        Raises:
            ParamsError: if one has the wrong type, or there is no such filter
        """
        unknown = sorted(given.keys() - _NAMES)
        if unknown:
            expected = "the filters " + ", ".join(sorted(_NAMES))
            raise ParamsError(expected, quoted(unknown[0]), "filters")
        checks = {
            **dict.fromkeys(_RANGES, _range),
            **dict.fromkeys(_FLAGS, _flag),
            **dict.fromkeys(_TEXTS, _text),
            **dict.fromkeys(_CLASSES, _classes),
        }
        found = {
            name: checks[name](name, value)
            for name, value in given.items()
            if value is not None
        }
        class_pair = found.get("class_pair")
        if class_pair is not None and len(class_pair) != 2:
            raise ParamsError("two classes", quoted(class_pair), "class_pair")
        return cls(**found)

    def fitting(
        self,
        graph: Graph,
        block: StoredBlock,
        overlap: Floats,
        decided: Bools,
        read: LabelValues,
    ) -> Bools:
        """Returns which groups of a block meet the conditions.

        Args:
            graph: the ``G`` groups
            block: their block
            overlap: ``(M,)`` the overlap of each pair above the cut
            decided: ``(G,)`` whether each group is decided
            read: reads what the scan does not store
        """
        fits = np.zeros(len(graph.best), dtype=np.bool_)
        fits[graph.shown(self.classes, self.class_pair)] = True
        if self.likelihood is not None:
            fits &= _within(graph.best, self.likelihood)
        if self.overlap is not None:
            largest = np.zeros(len(fits))
            np.maximum.at(largest, graph.group, overlap)
            fits &= _within(largest, self.overlap)
        if self.chains is not None:
            fits &= graph.groups.is_clique != self.chains
        if self.undecided:
            fits &= ~decided
        if self.size is not None:
            fits &= self._of_size(graph, block, fits, read)
        for name, value in (("tag", self.tag), ("annotator", self.annotator)):
            if value is not None:
                rows = _members(graph, fits)
                has = read.has(block, rows, name, value)
                fits &= np.isin(np.arange(len(fits)), graph.groups.label[rows[has]])
        return fits

    def _of_size(
        self, graph: Graph, block: StoredBlock, fits: Bools, read: LabelValues
    ) -> Bools:
        rows = _members(graph, fits)
        smallest = np.full(len(fits), np.inf)
        # no size is in any range
        sizes = np.nan_to_num(read.sizes(block, rows), nan=-np.inf)
        np.minimum.at(smallest, graph.groups.label[rows], sizes)
        return _within(smallest, self.size or (0.0, np.inf))


def _members(graph: Graph, fits: Bools) -> Any:
    label = graph.groups.label
    rows = np.flatnonzero(label >= 0)
    return rows[fits[label[rows]]]


def _within(values: Floats, bounds: Range) -> Bools:
    result: Bools = (values >= bounds[0]) & (values <= bounds[1])
    return result


def _range(where: str, value: object) -> Range:
    if (
        not isinstance(value, (list, tuple))
        or len(value) != 2
        or not all(_is_number(bound) for bound in value)
        or value[0] > value[1]
    ):
        raise ParamsError("two numbers, the lower one first", quoted(value), where)
    return float(value[0]), float(value[1])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _flag(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ParamsError("True or False", quoted(value), where)
    return value


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise ParamsError("a text", quoted(value), where)
    return value


def _classes(where: str, value: object) -> list[str | None]:
    if not isinstance(value, (list, tuple)) or not all(
        name is None or isinstance(name, str) for name in value
    ):
        raise ParamsError("a list of classes", quoted(value), where)
    return list(value)
