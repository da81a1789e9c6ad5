"""Whether an operator was called from Python, or through the App's server.

The App has no login and runs operators for any web page that its user visits. So only
a caller in this process may use parameters that reach beyond the dataset (a file, a
cluster).
"""

from __future__ import annotations

from typing import Any

_KEY = "iou_duplicates_caller"


class _Python:
    """A value that no request can hold, as JSON cannot represent it.

    A context variable would be lost: FiftyOne runs ``execute`` in another thread.
    """


def mark(ctx: dict[str, Any]) -> dict[str, Any]:
    """Returns the ``ctx`` of an operator call, marked as coming from Python.

    Only for calls that are executed at once: a queued call is stored as BSON.
    """
    return {**ctx, _KEY: _Python()}


def is_python(ctx: Any) -> bool:
    """Returns whether the caller is Python code in this process.

    Args:
        ctx: the execution context

    Returns:
        False for requests of the App, messages of the panel, background runs, and
        bare ``foo.execute_operator``: the rules for the App's server apply to these
    """
    return isinstance(ctx.request_params.get(_KEY), _Python)
