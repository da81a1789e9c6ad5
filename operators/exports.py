"""The form fields of operators that write a table to a file."""

from __future__ import annotations

import os
from typing import Any

from fiftyone.operators import types

from ..labels import files, tables
from . import caller

PARAMS = ("path", "overwrite")
"""The parameters of an operator that can write a table."""


def fields(inputs: types.Object) -> None:
    """Adds the fields that name the file of a table."""
    allowed = os.environ.get(files.EXPORT_DIR)
    inputs.str(
        "path",
        required=False,
        label="Write to",
        description="A .csv or .json file in the server's folder for exports"
        if allowed
        else f"From the App, this needs {files.EXPORT_DIR} to name a folder on the "
        "server. The panel downloads the same tables",
    )
    inputs.bool("overwrite", default=False, label="Replace an existing file")


def target(ctx: Any) -> files.Target | None:
    """Returns the file to write a table to; None if none is named.

    Raises:
        ParamsError: if the file may not be written
    """
    path = ctx.params.get("path")
    if path in (None, ""):
        return None
    tables.require_path(path)
    return files.Target(path, caller.is_python(ctx), ctx.params.get("overwrite"))
