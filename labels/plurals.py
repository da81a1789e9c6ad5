"""Reasons in the singular and the plural."""

from __future__ import annotations

_PLURALS = {"has": "have", "is": "are", "was": "were"}


def reason_of(reason: str, n: int) -> str:
    """Returns a reason about ``n`` labels: "has no box", or "have no box"."""
    verb, _, rest = reason.partition(" ")
    return reason if n == 1 or verb not in _PLURALS else f"{_PLURALS[verb]} {rest}"
