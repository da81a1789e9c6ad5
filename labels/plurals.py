"""Counts in words, in the singular and the plural."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLURALS = {
    "has": "have",
    "is": "are",
    "was": "were",
    "matches": "match",
    "remains": "remain",
    "overlaps": "overlap",
    "shares": "share",
    "does": "do",
}
_VERB = re.compile(rf"^(no longer )?({'|'.join(_PLURALS)})\b")


def counted(n: int, noun: str) -> str:
    """Returns a count with its noun: "1 label", "2,000 labels", "0 class pairs".

    Args:
        n: the count
        noun: the noun in the singular, whose plural ends in "s"; a phrase that
            qualifies it may follow after "of", as in "pair of tracks"
    """
    if n == 1:
        return f"1 {noun}"
    head, of, rest = noun.partition(" of ")
    return f"{n:,} {head}s{of}{rest}"


def predicate(n: int, words: str) -> str:
    """Returns what is said of ``n`` labels: "has no box", or "have no box"."""
    if n == 1:
        return words
    return _VERB.sub(lambda verb: (verb[1] or "") + _PLURALS[verb[2]], words)


def first_of(texts: Sequence[str], most: int) -> str:
    """Returns texts as a list that names at most ``most`` of them.

    For example "car 3, van 2, and 5 more"; empty for no texts.
    """
    more = [f"and {len(texts) - most:,} more"] if len(texts) > most else []
    return ", ".join([*texts[:most], *more])
