"""The table of messages: the functions that the browser may call, by name."""

from __future__ import annotations

from ..requests import Message

MESSAGES: dict[str, Message] = {}
"""The messages by name. A name is part of the protocol."""

WRITING: set[Message] = set()
"""The messages that change labels."""


def message(function: Message) -> Message:
    """Adds a function to the table, so that any web page may call it.

    A function without this decorator is not a message, whatever it returns.

    Raises:
        TypeError: if a message of this name is in the table already
    """
    name = function.__name__
    if name in MESSAGES:
        raise TypeError(f"two messages are named {name!r}")
    MESSAGES[name] = function
    return function


def writing_message(function: Message) -> Message:
    """Adds a function that changes labels to the table; see :func:`message`."""
    WRITING.add(message(function))
    return function
