"""Evidence on two labels besides their overlap: attributes and predictions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .arrays import Ints
from .errors import ParamsError, UnusedError
from .pairs import Pairs

Clues = npt.NDArray[np.uint64]

IS_TIME = 1 << 63
"""The bit that is set in the number of a time, and in that of no other value."""

MOST = 4
"""The largest number of attributes that may be compared."""

UNKNOWN, EQUAL, DIFFERENT, WITHIN_A_MINUTE, APART = range(5)
N_AGREEMENTS = 5

PREDICTIONS = "$predictions"
"""Stands for predictions among the names of attributes, of which none has a "$"."""

ONE_FOR_BOTH, ONE_EACH = EQUAL, DIFFERENT
"""The agreement of two labels in their predictions; see :func:`of_predictions`."""

MATCHES = 0.5
"""The IoU from which a prediction matches a label.

Source: AP50 of COCO's evaluation, https://cocodataset.org/#detection-eval
"""

_MINUTE = 60_000  # milliseconds


def require_attribute(where: str, value: object) -> str:
    """Returns a value, if it may be the name of an attribute.

    Raises:
        ParamsError: if it may not
    """
    if not isinstance(value, str) or not value:
        raise ParamsError("a name", repr(value), where)
    if re.search(r"[.$\0]", value):
        raise ParamsError("the name of a label attribute", repr(value), where)
    return value


def attributes(where: str, value: object) -> tuple[str, ...]:
    """Returns the names of some attributes, given as one name, a list or None.

    Raises:
        ParamsError: if they are anything else, too many, or named twice
    """
    given = (value,) if isinstance(value, str) else () if value is None else value
    if not isinstance(given, (list, tuple)):
        raise ParamsError("names of attributes", repr(value), where)
    names = tuple(require_attribute(where, name) for name in given)
    if len(names) > MOST or len(set(names)) < len(names):
        raise ParamsError(f"up to {MOST} attributes, each once", repr(value), where)
    return names


def require_predictions(
    value: object, label_field: str, two_fields: bool, where: str = "predictions"
) -> None:
    """Raises a ParamsError unless a value may name a field of predictions, or is None.

    Args:
        value: the value
        label_field: the field of the labels
        two_fields: whether these are compared with those of another field
        where ("predictions"): the parameter
    """
    if value is None:
        return
    if not isinstance(value, str) or not value:
        raise ParamsError("a name", repr(value), where)
    if two_fields:
        reason = "with other_field, as a likelihood is of one field"
        raise UnusedError(reason, repr(value), where)
    if value == label_field:
        raise ParamsError("another field than label_field", repr(value), where)


def names(evidence: tuple[str, ...], predictions: str | None) -> tuple[str, ...]:
    """Returns the names of all clues: of attributes, and :data:`PREDICTIONS`."""
    return evidence if predictions is None else (*evidence, PREDICTIONS)


def n_attributes(names: Sequence[str]) -> int:
    """Returns how many of the names of clues are those of attributes."""
    return len(names) - (PREDICTIONS in names)


def agreements(pairs: Pairs, clues: Clues) -> Ints:
    """Returns how the attributes of pairs agree.

    Args:
        pairs: ``M`` pairs of ``N`` labels
        clues: ``(N, K)`` the numbers of the values, 0 where there is none; those of
            times in milliseconds, with the bit :data:`IS_TIME`

    Returns:
        an ``(M,)`` array of codes; see :func:`digits`
    """
    code: Ints = np.zeros(len(pairs), dtype=np.int64)
    for column in clues.T[::-1]:
        first, second = column[pairs.i], column[pairs.j]
        times = (first >= IS_TIME).astype(np.int64) + (second >= IS_TIME)
        between = np.maximum(first, second) - np.minimum(first, second)
        agreement = np.where(first == second, EQUAL, DIFFERENT)
        soon = np.where(between <= _MINUTE, WITHIN_A_MINUTE, APART)
        agreement = np.where(times == 2, soon, agreement)
        known = (first > 0) & (second > 0) & (times != 1)
        code = code * N_AGREEMENTS + np.where(known, agreement, UNKNOWN)
    return code


def of_predictions(pairs: Pairs, overlaps: Pairs, n: int) -> Ints:
    """Returns whether one prediction matches both labels of a pair, or one each.

    Of the predictions with an IoU of at least :data:`MATCHES`, each matches one label:
    that with the largest IoU first, of equal ones the earlier. Classes do not count.

    Args:
        pairs: ``M`` pairs of ``n`` labels
        overlaps: pairs of a label and a prediction, whose numbers are ``j``
        n: the number of labels

    Returns:
        an ``(M,)`` array: :data:`ONE_EACH` if each label matches another prediction;
        :data:`ONE_FOR_BOTH` if both overlap one prediction that much, and neither
        any other; otherwise :data:`UNKNOWN`, as without predictions
    """
    near = np.flatnonzero(overlaps.iou >= MATCHES)
    near = near[np.lexsort((overlaps.j[near], -overlaps.iou[near], overlaps.i[near]))]
    label = overlaps.i[near]
    count = np.bincount(label, minlength=n)
    rank = np.arange(len(near)) - (np.cumsum(count) - count)[label]
    best, iou = np.full((n, 2), -1), np.zeros(n)
    for k in range(2):
        rows = near[rank == k]
        best[overlaps.i[rows], k] = overlaps.j[rows]
    iou[label[rank == 0]] = overlaps.iou[near[rank == 0]]
    first, second = best[pairs.i], best[pairs.j]
    both = (first[:, 0] >= 0) & (second[:, 0] >= 0)
    same = both & (first[:, 0] == second[:, 0])
    is_of_first = iou[pairs.i] >= iou[pairs.j]
    next_best = np.where(is_of_first, second[:, 1], first[:, 1])
    each = both & (~same | (next_best >= 0))
    only = same & (count[pairs.i] == 1) & (count[pairs.j] == 1)
    result: Ints = np.where(each, ONE_EACH, np.where(only, ONE_FOR_BOTH, UNKNOWN))
    return result


def joined(code: Ints, of_last: Ints, n: int) -> Ints:
    """Returns ``(M,)`` codes of ``n`` attributes with one more agreement at the end."""
    result: Ints = code + of_last * N_AGREEMENTS**n
    return result


def split(code: Ints, n: int) -> tuple[Ints, Ints]:
    """Returns the codes of ``n`` attributes, and the agreement behind them."""
    last, own = np.divmod(code, N_AGREEMENTS**n)
    return own, last


def digits(code: Ints, n: int) -> Ints:
    """Returns the agreement of each of ``n`` clues in ``(M,)`` codes, ``(M, n)``.

    Examples:
        >>> digits(np.array([EQUAL + N_AGREEMENTS * DIFFERENT]), 2).tolist()
        [[1, 2]]
    """
    powers = N_AGREEMENTS ** np.arange(n)
    found: Ints = code[:, None] // powers % N_AGREEMENTS
    return found
