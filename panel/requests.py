"""Requests of the panel: reading and checking them, and explaining failures.

``src/protocol/messages.ts`` declares every message; ``tests/messages`` holds an
example of each.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fiftyone.core.dataset import DatasetNotFoundError

from ..iou_core import values
from ..iou_core.errors import (
    CvatError,
    DatabaseError,
    DuplicatesError,
    FieldError,
    JournalError,
    NewerError,
    NoScanError,
    OrderError,
    ParamsError,
    RunCancelled,
    RunError,
    ScanError,
    UnusedError,
)
from ..iou_core.keep_rule import parse_rules
from ..iou_core.params import METHODS, METRICS
from ..iou_core.values import Check
from ..labels import store
from ..labels.jobs.garbage import rare_searches
from ..labels.store import AGAIN

logger = logging.getLogger(__name__)

Answer = dict[str, Any]

Message = Callable[[Any], Answer]
"""A function that replies to a request; it may raise an error.

It takes the execution context.
"""

UNCHANGED = "Nothing was changed."
IN_HISTORY = "The changes made so far are in History and can be undone there."
ASK_AGAIN = "Try again; if it happens again, look at the log of the App's server."

_ADVICE: Sequence[tuple[type[DuplicatesError], str]] = (
    (RunCancelled, "Start it again to do the rest."),
    (RunError, "Wait for it to finish or cancel it, then try again."),
    (NewerError, "Update the plugin here, or use the newer version."),
    (ScanError, "Scan again."),
    (FieldError, "Choose another field, or fix this one and scan again."),
    (CvatError, "Fix this, then try again. Nothing was left half-done."),
    (JournalError, "History lists the actions that can be undone."),
    (OrderError, "Undo the later action first, in History."),
)

_BY_TYPE: Mapping[Check, str] = {
    values.key: "scan_key run_id restore_key anno_key trip_id",
    values.text: "label_field other_field compare target title tag method metric mode "
    "source scope what format cursor document_id sample_id url digest project_name "
    "task_assignee rotation_unit order who browser",
    values.long_text: "own_view content",
    values.flag: "classwise unmarked_as_missing background may_overlap sure cleanup "
    "forget allow_mass_delete",
    values.whole: "offset limit min_frames expected task_size segment_size "
    "image_quality emptied side",
    values.number: "iou_thresh likelihood precision",
    values.numbers: "keypoint_sigmas",
    values.texts: "slices keep classes class_pair label_ids sample_ids",
    values.either(values.text, values.texts): "job_assignees",
    values.either(values.flag, values.texts): "attributes",
    values.records: "tracks groups labels verdicts",
    values.flat: "filters settings",
}

CHECKS: Mapping[str, Check] = {
    name: check for check, names in _BY_TYPE.items() for name in names.split()
}
"""The check of each value of a request. A name means the same in all messages."""

_MID_WAY = (RunCancelled, DatabaseError)
"""The errors that can end a change of labels midway."""


class Failed(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that cannot be fulfilled, with a message and advice for the user."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def answer(message: Message, ctx: Any, writes: bool) -> Answer:
    """Returns the reply to a request, and never raises an error.

    The App replaces a panel whose method raises an error by a page with a traceback.

    Args:
        message: the function of the message
        ctx: the execution context, whose ``params`` are the request
        writes: whether the message changes labels
    """
    try:
        ctx.params = checked(ctx.params)
        with store.answering(message.__name__, AGAIN), rare_searches:
            reply = {"ok": True, **message(ctx)}
    except (DuplicatesError, Failed) as error:
        reply = {"ok": False, "error": explain(error)}
    except DatasetNotFoundError as error:
        reply = {"ok": False, "error": _no_dataset(error)}
    # the one edge to the App: every fault is logged, and shown in the panel
    except Exception as error:
        logger.exception("%s failed", message.__name__)
        reply = {"ok": False, "error": _unexpected(error, writes)}
    return {**reply, "request_id": ctx.params.get("request_id")}


def explain(error: DuplicatesError | Failed) -> dict[str, str]:
    """Returns the message, consequence and advice of an expected problem."""
    if isinstance(error, Failed):
        return {
            "message": str(error),
            "consequence": UNCHANGED,
            "advice": error.advice,
        }
    advice = next((words for kind, words in _ADVICE if isinstance(error, kind)), None)
    return {
        "message": _message(error),
        "consequence": IN_HISTORY if isinstance(error, _MID_WAY) else UNCHANGED,
        "advice": advice or ASK_AGAIN,
        "details": str(error),
    }


def _message(error: DuplicatesError) -> str:
    if isinstance(error, RunCancelled):
        return "It was canceled."
    if isinstance(error, NewerError):
        return f"A newer version of the plugin stored this: {error.where}."
    if isinstance(error, NoScanError):
        return f"The scan {error.got} is no longer stored."
    if isinstance(error, ScanError):
        return (
            f"This stored scan cannot be used: expected {error.expected}, "
            f"but found {error.got}."
        )
    if isinstance(error, RunError) and error.where == "run_id":
        return "This run no longer exists."
    if isinstance(error, RunError):
        return f"The field “{error.where}” is being written to: {error.got}."
    if isinstance(error, JournalError):
        return "This action is no longer in the journal."
    if isinstance(error, OrderError):
        return f"{error.expected[0].upper()}{error.expected[1:]}."
    if isinstance(error, CvatError):
        return f"{error.where}: expected {error.expected}, but got {error.got}."
    if isinstance(error, FieldError):
        return f"Expected {error.expected}, but found {error.got}."
    if isinstance(error, UnusedError):
        return f"“{error.where}” has no effect {error.expected}."
    return f"“{error.where}” must be {error.expected}, but was {error.got}."


def _no_dataset(error: DatasetNotFoundError) -> dict[str, str]:
    return {
        "message": "The dataset no longer exists.",
        "consequence": UNCHANGED,
        "advice": "Open another dataset.",
        "details": str(error),
    }


def _unexpected(error: Exception, writes: bool) -> dict[str, str]:
    return {
        "message": f"Something unexpected went wrong: {type(error).__name__}.",
        "consequence": IN_HISTORY if writes else UNCHANGED,
        "advice": ASK_AGAIN,
        "details": "".join(traceback.format_exception(error))[-4000:],
    }


def checked(params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a request after checking the types of its values.

    Raises:
        ParamsError: if a value has the wrong type
    """
    return {
        name: value
        if value is None or name not in CHECKS
        else CHECKS[name](name, value)
        for name, value in params.items()
    }


def _given(ctx: Any, name: str) -> Any:
    value = ctx.params.get(name)
    if value is None:
        raise ParamsError("a value", "nothing", name)
    return value


def text(ctx: Any, name: str) -> str:
    """Returns a text of a request.

    Raises:
        ParamsError: if it is missing or empty
    """
    value = str(_given(ctx, name))
    if not value.strip():
        raise ParamsError("a text", repr(value), name)
    return value


def text_or_none(ctx: Any, name: str) -> str | None:
    """Returns a text of a request that may be null."""
    return None if ctx.params.get(name) is None else text(ctx, name)


def choice(ctx: Any, name: str, choices: Sequence[str]) -> str:
    """Returns one of several words of a request."""
    value = ctx.params.get(name)
    if value not in choices:
        raise ParamsError(" or ".join(choices), repr(value), name)
    return str(value)


def flag(ctx: Any, name: str) -> bool:
    """Returns a flag of a request."""
    return bool(_given(ctx, name))


def whole(ctx: Any, name: str, most: int | None = None) -> int:
    """Returns a whole number of a request, 0 or more."""
    value = int(_given(ctx, name))
    return value if most is None else min(value, most)


def decision(ctx: Any) -> dict[str, Any]:
    """Returns the decision of a request: method, keep rules, metric and class rule.

    Raises:
        ParamsError: if one of them is invalid
    """
    keep = _given(ctx, "keep")
    parse_rules(keep)
    return {
        "method": choice(ctx, "method", tuple(METHODS)),
        "keep": keep,
        "metric": choice(ctx, "metric", METRICS),
        "classwise": same_class(ctx),
    }


def same_class(ctx: Any) -> bool:
    """Returns whether only pairs of the same class count; False if not given."""
    return bool(ctx.params.get("classwise"))


def classes(ctx: Any) -> list[str | None] | None:
    """Returns the classes that a request is restricted to; None for all."""
    value: list[str | None] | None = ctx.params.get("classes")
    return value
