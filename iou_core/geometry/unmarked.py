"""Keypoints with points that are probably not marked: how many of each label, and why.

The counts of a label are packed into one number, so that a column holds them and a
count of equal numbers adds them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import Ints

_BITS = 24  # of a number of points
_MOST = 2**_BITS - 1


def pack(reasons: npt.NDArray[np.uint8], counts: Ints) -> Ints:
    """Returns one number a label; 0 for labels whose points are all marked.

    Args:
        reasons: ``(P,)`` as :func:`.keypoints.unmarked_points`
            returns them, label after label
        counts: ``(N,)`` how many points each label has, at least 1
    """
    codes = np.zeros(len(counts), dtype=np.int64)
    if not reasons.any():
        return codes
    starts = np.cumsum(counts) - counts
    why = np.bitwise_or.reduceat(reasons, starts).astype(np.int64)
    n_unmarked = np.add.reduceat((reasons > 0).astype(np.int64), starts)
    some = np.flatnonzero(why)
    sizes = np.minimum((n_unmarked[some], counts[some]), _MOST)
    codes[some] = (why[some] << 2 * _BITS) | (sizes[0] << _BITS) | sizes[1]
    return codes


def count(codes: Ints | None) -> Counter[int]:
    """Returns how many labels each number stands for, without those of 0."""
    if codes is None:
        return Counter()
    values, labels = np.unique(codes[codes != 0], return_counts=True)
    return Counter(dict(zip(values.tolist(), labels.tolist())))


def to_rows(counts: Mapping[int, int]) -> list[dict[str, int]]:
    """Returns counts ready for JSON, in one order.

    Returns:
        dicts of ``why`` (a sum of reasons), ``unmarked`` and ``points`` (of each label)
        and ``labels`` (how many such labels there are)
    """
    return [
        {
            "why": code >> 2 * _BITS,
            "unmarked": code >> _BITS & _MOST,
            "points": code & _MOST,
            "labels": labels,
        }
        for code, labels in sorted(counts.items())
    ]


def totals(rows: Iterable[Mapping[str, int]]) -> dict[str, Any]:
    """Returns what rows of :func:`to_rows` add up to.

    Returns:
        ``why`` (all reasons), ``labels``, ``unmarked`` and ``points`` of all of these
        labels, and ``each``: ``[unmarked, points]`` where that is the same for all
    """
    rows = list(rows)
    each = {(row["unmarked"], row["points"]) for row in rows}
    return {
        "why": int(np.bitwise_or.reduce([0, *(row["why"] for row in rows)])),
        "labels": sum(row["labels"] for row in rows),
        "unmarked": sum(row["unmarked"] * row["labels"] for row in rows),
        "points": sum(row["points"] * row["labels"] for row in rows),
        "each": list(each.pop()) if len(each) == 1 else None,
    }
