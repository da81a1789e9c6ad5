"""Whether the attributes of two labels agree."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from .arrays import Ints
from .errors import ParamsError
from .pairs import Pairs

Clues = npt.NDArray[np.uint64]

IS_TIME = 1 << 63
"""The bit that tells the number of a time from that of any other value."""

MOST = 4
"""How many attributes may be compared."""

UNKNOWN, EQUAL, DIFFERENT, WITHIN_A_MINUTE, APART = range(5)
N_AGREEMENTS = 5

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


def digits(code: Ints, n: int) -> Ints:
    """Returns the agreement of each of ``n`` attributes in ``(M,)`` codes, ``(M, n)``.

    Examples:
        >>> digits(np.array([EQUAL + N_AGREEMENTS * DIFFERENT]), 2).tolist()
        [[1, 2]]
    """
    powers = N_AGREEMENTS ** np.arange(n)
    found: Ints = code[:, None] // powers % N_AGREEMENTS
    return found
