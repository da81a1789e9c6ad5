"""Rows as CSV or JSON, written piece by piece."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ..iou_core.errors import ParamsError, UnreadableError
from . import files
from .media.files import read_file

Row = dict[str, Any]
Page = tuple[list[Row], str | None]
"""Some rows, and the cursor of the next rows; None at the end."""

FORMATS = ("csv", "json")

MOST_BYTES = 50 << 20
"""The largest file that is read."""

AT_ONCE = 20_000
"""The number of rows in a piece."""

_FORMULA = re.compile("'*[=+\\-@\t\r]")
"""Beginnings of texts that spreadsheets run as formulas (OWASP, "CSV injection").

Those that are escaped already are escaped again, so that each text is read as it was.
"""


def head(kind: str, columns: Sequence[str]) -> str:
    """Returns the beginning of a table."""
    return _csv([columns]) if kind == "csv" else "["


def body(kind: str, columns: Sequence[str], rows: Iterable[Row], is_first: bool) -> str:
    """Returns some rows of a table.

    Args:
        kind: "csv" or "json"
        columns: the keys of a row
        rows: the rows
        is_first: whether these are the first rows
    """
    if kind == "csv":
        return _csv([_cell(row[name]) for name in columns] for row in rows)
    lines = [json.dumps({name: row[name] for name in columns}) for row in rows]
    if not lines:
        return ""
    return ("\n" if is_first else ",\n") + ",\n".join(lines)


def foot(kind: str) -> str:
    """Returns the end of a table."""
    return "" if kind == "csv" else "\n]\n"


def piece(
    kind: str, columns: Sequence[str], page: Page, is_first: bool
) -> tuple[str, str | None]:
    """Returns a piece of a table, and the cursor of the next one."""
    rows, cursor = page
    begins = head(kind, columns) if is_first else ""
    ends = foot(kind) if cursor is None else ""
    return begins + body(kind, columns, rows, is_first) + ends, cursor


def write(
    target: files.Target, columns: Sequence[str], pages: Callable[[str | None], Page]
) -> int:
    """Writes a table to a file.

    Args:
        target: a file whose name ends in ``.csv`` or ``.json``
        columns: the keys of a row
        pages: returns the rows at a cursor; None for the first

    Returns:
        the number of rows written

    Raises:
        ParamsError: if the file cannot be written
    """
    kind = require_path(target.path)
    count, cursor, is_first = 0, None, True
    with target.open() as file:
        while is_first or cursor is not None:
            page = pages(cursor)
            text, cursor = piece(kind, columns, page, is_first)
            file.write(text)
            count, is_first = count + len(page[0]), False
    return count


def read(path: str) -> str:
    """Returns the text of a file of at most :data:`MOST_BYTES`.

    Only for callers in this process: an App's server must not read files.

    Raises:
        ParamsError: if it cannot be read, or is no text
    """
    try:
        found = read_file(path, MOST_BYTES)
        return found.decode()
    except (UnreadableError, UnicodeDecodeError) as error:
        raise ParamsError("a file of text", f"{path!r} ({error})", "path") from None


def require_path(path: object) -> str:
    """Returns the format that a path names.

    Raises:
        ParamsError: if it names none
    """
    kind = Path(path).suffix[1:].lower() if isinstance(path, str) else ""
    if kind not in FORMATS:
        raise ParamsError("a path that ends in .csv or .json", repr(path), "path")
    return kind


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    """Returns the content of a cell; texts that a spreadsheet would run are escaped."""
    if isinstance(value, (dict, list)):
        value = json.dumps(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def unescaped(text: str) -> str:
    """Returns the text of a cell, as it was before it was escaped."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
