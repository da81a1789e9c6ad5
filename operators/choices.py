"""The choice of what an operator acts on, for operators that offer more than one.

A form sends its choice as ``what``. Python code does not: its parameters imply the
choice, as ``scan_key`` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiftyone.operators import types

from ..labels.scans import stored

Choices = Mapping[str, Sequence[str]]
"""The names of what an operator can act on, each with the parameters of that choice."""

WHAT = "what"
"""The parameter by which a form names its choice."""

_NAMED_BY = {"scan": "scan_key", "selected": "label_ids"}
"""The parameters by which a caller makes a choice."""


def choice(params: Mapping[str, Any], choices: Choices) -> str | None:
    """Returns what an operator acts on: the choice of a form, or of the parameters.

    Args:
        params: the parameters by name
        choices: what the operator can act on; the first is the default

    Returns:
        a key of ``choices``; None if ``choices`` is empty or has no such key
    """
    what = params.get(WHAT)
    if what is not None:
        return what if isinstance(what, str) and what in choices else None
    named = (one for one, key in _NAMED_BY.items() if params.get(key) is not None)
    return next((one for one in named if one in choices), next(iter(choices), None))


def field(ctx: Any, inputs: types.Object, label: str, labels: Mapping[str, str]) -> str:
    """Adds the choice to a form.

    Args:
        ctx: the execution context
        inputs: the form
        label: the label of the field
        labels: the label of each choice, the default first. A scan is the default only
            if one is stored

    Returns:
        the choice, which decides the other fields of the form
    """
    drawn = types.RadioGroup(orientation="horizontal")
    for name, words in labels.items():
        drawn.add_choice(name, label=words)
    has_scans = bool(stored.list_scans(ctx.dataset))
    default = next(name for name in labels if name != "scan" or has_scans)
    inputs.enum(WHAT, list(labels), default=default, label=label, view=drawn)
    named = "scan" if ctx.params.get("scan_key") else default
    return str(ctx.params.get(WHAT) or named)
