"""Flags that people and tools write as numbers, bools or text."""

from __future__ import annotations

SPELLINGS: dict[str, bool] = {
    "1": True,
    "true": True,
    "yes": True,
    "0": False,
    "false": False,
    "no": False,
}
"""The texts that mean yes or no, in lower case; case is ignored."""


def read_flag(value: object) -> bool | None:
    """Returns whether a stored value means yes.

    Args:
        value: a bool; a number, of which 0 and NaN mean no; a key of
            :data:`SPELLINGS` in any case, with or without spaces around it; None
            and empty text mean no

    Returns:
        None for any other value

    Examples:
        >>> [read_flag(value) for value in (1, "no", "maybe")]
        [True, False, None]
        >>> read_flag("")
        False
    """
    if value is None:
        return False
    if isinstance(value, str):
        text = value.strip().lower()
        return SPELLINGS.get(text) if text else False
    if isinstance(value, (bool, int, float)):
        # NaN is the one number that differs from itself
        return bool(value) and value == value
    return None
