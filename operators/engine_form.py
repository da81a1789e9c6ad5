"""The form fields that choose where a comparison is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiftyone.operators import types

from ..labels.jobs import engines
from ..labels.jobs.engines import ENGINES, Engine
from . import caller

PARAMS = ("engine", "workers", "address")
"""The parameters of an engine."""


def field(ctx: Any, inputs: types.Object) -> None:
    """Adds a choice of engine, and its workers and address if it needs them."""
    choices = types.Dropdown()
    clusters = engines.clusters()
    for name, words in ENGINES.items():
        if name != "ray" or clusters:
            choices.add_choice(name, label=name, description=words)
    inputs.enum(
        "engine",
        list(ENGINES),
        default="local",
        label="Compute with",
        description="The result is the same. Workers help with millions of images",
        view=choices,
    )
    chosen = ctx.params.get("engine") or "local"
    if chosen != "local" or ctx.params.get("workers") is not None:
        inputs.int(
            "workers",
            required=False,
            label="Workers",
            description="By default, one for each processor",
        )
    if chosen == "ray" or ctx.params.get("address") is not None:
        named = types.AutocompleteView()
        for address in clusters:
            named.add_choice(address, label=address)
        inputs.str(
            "address",
            required=False,
            label="Address of the Ray cluster",
            description=f"By default, the first in RAY_ADDRESS and {engines.CLUSTERS}",
            view=named,
        )


def without(params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns parameters without those of the engine."""
    return {name: v for name, v in params.items() if name not in PARAMS}


def engine_of(ctx: Any) -> Engine:
    """Returns the engine that a form or a caller asks for.

    Raises:
        ParamsError: if there is no such engine, or this caller may not use it
    """
    return Engine.parse(ctx.params, caller.is_python(ctx))
