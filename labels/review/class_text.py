"""Class names as text: in sentences, and as the keys of results."""

from __future__ import annotations

NO_CLASS = "(no class)"
"""The text for labels without a class."""


def class_text(name: str | None) -> str:
    """Returns a class as text; a class named like :data:`NO_CLASS` is quoted."""
    if name is None:
        return NO_CLASS
    return repr(name) if name == NO_CLASS else name


def class_of_text(text: str | None) -> str | None:
    """Returns the class that :func:`class_text` wrote; None for None."""
    if text in (None, NO_CLASS):
        return None
    return NO_CLASS if text == repr(NO_CLASS) else text
