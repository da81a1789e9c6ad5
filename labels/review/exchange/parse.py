"""The rows of a review that was exported, read from CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from bson import ObjectId

from ....iou_core.errors import ParamsError
from ....iou_core.values import quoted
from ... import store
from ...scans.decisions.verdict_kinds import Given, require_kind, require_who
from ...tables import FORMATS, unescaped

NEEDED = ("label_id_1", "label_id_2", "verdict")
"""The columns that a table must have."""

_AHEAD = timedelta(days=1)  # by which the clocks of two machines may differ

_WORDS = {
    "label_ids": "does not name two labels",
    "verdict": "has an unknown verdict",
    "kept": "does not name which of its labels is kept",
    "who": "has an invalid name",
}


class RowError(Exception):
    """A row that is left out; the message continues "the row ..."."""


@dataclass(frozen=True)
class Row:
    """A verdict of a table.

    Attributes:
        given: the verdict
        sample_id: the sample of its labels; None if it is not named
        who: the name of the person; None if it is not known
        at: when it was given; None if it is not known
    """

    given: Given
    sample_id: ObjectId | None
    who: str | None
    at: datetime | None


def records(content: str, kind: str) -> list[Mapping[str, Any]]:
    """Returns the rows of a table as it is written, unchecked.

    Args:
        content: the table
        kind: "csv" or "json"

    Raises:
        ParamsError: if it is no such table, or lacks one of :data:`NEEDED`
    """
    if kind not in FORMATS:
        raise ParamsError(" or ".join(FORMATS), quoted(kind), "format")
    found = _csv(content) if kind == "csv" else _json(content)
    for name in NEEDED:
        if found and not any(name in record for record in found):
            expected = "a table with the columns " + ", ".join(NEEDED)
            raise ParamsError(expected, f"one without {name}", "content")
    return found


def _csv(content: str) -> list[Mapping[str, Any]]:
    # a spreadsheet may begin its files with a byte order mark
    stream = io.StringIO(content.removeprefix("\ufeff"), newline="")
    try:
        lines = [line for line in csv.reader(stream) if line]
    except csv.Error as error:
        raise ParamsError("a table as CSV", str(error), "content") from None
    if not lines:
        raise ParamsError("a table with a header", "no line", "content")
    names, *rows = lines
    return [dict(zip(names, map(_cell, row))) for row in rows]


def _cell(text: str) -> str | None:
    return unescaped(text) or None


def _json(content: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(content.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ParamsError("a table as JSON", "other text", "content") from None
    if not isinstance(found, list):
        raise ParamsError("a list of rows as JSON", quoted(found), "content")
    return [record if isinstance(record, dict) else {} for record in found]


def row_of(record: Mapping[str, Any], who: str | None = None) -> Row:
    """Returns the verdict of a row.

    Args:
        record: the row
        who (None): the name of the person where the row has none

    Raises:
        RowError: if a column cannot have the value
    """
    ids = [record.get("label_id_1"), record.get("label_id_2")]
    kept = record.get("kept_label_id")
    try:
        kind = require_kind(record.get("verdict"))
        given = Given.parse(ids, kind, kept)
        name = require_who(record.get("who")) or who
    except ParamsError as error:
        raise RowError(_WORDS[error.where]) from None
    sample_id = record.get("sample_id")
    known = isinstance(sample_id, str) and ObjectId.is_valid(sample_id)
    at = _time(record.get("at"))
    return Row(given, ObjectId(sample_id) if known else None, name, at)


def _time(text: object) -> datetime | None:
    """Returns a time in UTC as MongoDB stores it; None for none."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        if time.tzinfo is not None:
            time = time.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise RowError("has no valid time") from None
    if time > store.now() + _AHEAD:
        raise RowError("has a time that lies ahead")
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
