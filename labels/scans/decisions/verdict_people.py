"""The people who gave a stored verdict: one, or several who gave the same one.

A document holds the verdict of the first, and ``also`` those of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .verdict_kinds import Verdict

Person = tuple[str | None, str | None]
"""The name and the browser of a person; None where they are not known."""


def person_of(stored: Mapping[str, Any]) -> Person:
    """Returns who gave a stored verdict first."""
    return stored.get("who"), stored.get("browser")


def others_of(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the same verdict as other people gave it: their own values."""
    said = stored["verdict"], stored.get("kept")
    found = stored.get("also") or ()
    # earlier versions of the plugin keep them with another verdict
    return [one for one in found if (one.get("verdict"), one.get("kept")) == said]


def by_person(stored: Mapping[str, Any]) -> list[Verdict]:
    """Returns a stored verdict as each person gave it, that of the first one first."""
    first = Verdict.of(stored)
    return [first, *(Verdict.of({**stored, **one}) for one in others_of(stored))]


def given_by(person: Person | None, stored: Mapping[str, Any]) -> Verdict:
    """Returns a stored verdict as a person gave it; else as the first one did."""
    given = by_person(stored)
    theirs = (one for one in given if (one.who, one.browser) == person)
    return next(theirs, given[0])
