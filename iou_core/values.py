"""The types of values that a request may carry.

A request may hold anything that JSON can. Each check takes the name of a parameter and
its value, and returns the value in the form in which it is used. It raises a
ParamsError if the value has another type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from reprlib import Repr
from typing import Any

from .errors import MOST_CHARACTERS, ParamsError

Check = Callable[[str, object], Any]
"""Takes a parameter's name and a value; returns the value, or raises ParamsError."""

MOST_NUMBER = 2**53
"""The largest whole number that JavaScript, BSON and Python represent exactly."""

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_QUOTES = Repr()
_QUOTES.maxstring = _QUOTES.maxother = _QUOTES.maxlong = MOST_CHARACTERS


def quoted(value: object) -> str:
    """Returns a value as a message quotes it, cut if it is long or deeply nested.

    Examples:
        >>> quoted("iou")
        "'iou'"
        >>> quoted("")
        "''"
    """
    return _QUOTES.repr(value)


def refused(where: str, expected: str, value: object) -> ParamsError:
    """Returns the error for a value of the wrong type."""
    return ParamsError(expected, quoted(value), where)


def text_of(most: int, words: str = "a text") -> Check:
    """Returns the check for texts that MongoDB can hold, of ``most`` characters."""

    def text(where: str, value: object) -> str:
        if not isinstance(value, str):
            raise refused(where, words, value)
        if len(value) > most:
            got = f"{len(value):,} characters"
            raise ParamsError(f"{words} of at most {most:,} characters", got, where)
        if _NOT_TEXT.search(value):
            expected = f"{words} without NUL and lone surrogates"
            raise refused(where, expected, value)
        return value

    return text


text = text_of(1_000)
key = text_of(1_000, "a key, as text")
long_text = text_of(10_000_000)


def flag(where: str, value: object) -> bool:
    """Returns True or False."""
    if not isinstance(value, bool):
        raise refused(where, "True or False", value)
    return value


def whole(where: str, value: object) -> int:
    """Returns a whole number, 0 or more; JavaScript's 2.0 counts as one."""
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if (
        isinstance(number, bool)
        or not isinstance(number, int)
        or not 0 <= number <= MOST_NUMBER
    ):
        raise refused(where, "a whole number, 0 or more", value)
    return number


def number(where: str, value: object) -> float:
    """Returns a finite number."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or abs(value) > MOST_NUMBER
    ):
        raise refused(where, "a number", value)
    return value


def list_of(one: Check, words: str) -> Check:
    """Returns the check for lists of values of one type; each may be null."""

    def values(where: str, value: object) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            raise refused(where, words, value)
        return [None if item is None else one(where, item) for item in value]

    return values


def either(single: Check, many: Check) -> Check:
    """Returns the check for a single value or a list of them."""

    def values(where: str, value: object) -> Any:
        return (many if isinstance(value, (list, tuple)) else single)(where, value)

    return values


def flat(where: str, value: object) -> Any:
    """Returns a record of numbers, texts, flags, and lists of these."""
    if isinstance(value, dict):
        return {text(where, name): _item(where, item) for name, item in value.items()}
    raise refused(where, "a record", value)


def _item(where: str, value: object) -> Any:
    if isinstance(value, (list, tuple)):
        return [_scalar(where, item) for item in value]
    return _scalar(where, value)


def _scalar(where: str, value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return number(where, value)
    return text(where, value)


texts = list_of(text, "a list of texts")
numbers = list_of(number, "a list of numbers")
records = list_of(flat, "a list of records")
